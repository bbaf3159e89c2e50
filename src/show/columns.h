/* SPDX-License-Identifier: MIT */
/* The columns of ps: adding one is adding a row. Pure. */
#pragma once

#include <stddef.h>

#include "show/subject.h"
#include "show/table.h"
#include "util/error.h"
#include "util/text.h"

/* What a cell is made of. */
struct column_source {
	const struct subject *s;
	const struct viewer *viewer;
	enum ns_type type; /* of the namespace columns */
};

struct column {
	const char *name; /* heading, and what -o calls it, in whatever case */
	const char *help;
	bool right, whole;
	unsigned int needs; /* of enum subject_need */
	enum color color;
	/* Writes nothing where nothing is known. */
	void (*put)(struct text *out, const struct column_source *from);
	enum ns_type type;
};

extern const struct column column_table[];
extern const size_t column_count;

/* The columns of one listing. */
enum {
	CHOICE_MAX = 32
};

struct choice {
	const struct column *column[CHOICE_MAX];
	size_t n;
	unsigned int needs;
};

/*
 * choice_parse() - the columns that -o asks for
 * @list: "TARGET,PID", "+CGROUP" for those before COMMAND among the usual ones, or NULL for the usual ones
 *
 * Return: 0, or a negative errno with @err filled (usage).
 */
int choice_parse(const char *list, struct choice *ret_choice, struct error *err);

/* column_letters() - "muinpC--": the letters of what differs, "-" for shared, "?" for not known */
void column_letters(struct text *out, const struct subject *s);

/* column_command() - the command line, or "[name]" where there is none; not escaped */
void column_command(struct text *out, const struct subject *s);
