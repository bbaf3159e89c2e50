/* SPDX-License-Identifier: MIT */
/* How ps prints: a table, a tree, or JSON. Pure. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "show/columns.h"
#include "show/subject.h"
#include "show/table.h"
#include "util/text.h"

/* What is listed: those that matched. */
struct ps_list {
	struct subject *s; /* heap */
	size_t n;
	size_t unreadable; /* what could not be looked at */
};

void ps_print_table(const struct ps_list *list, const struct viewer *viewer,
		    const struct choice *choice, const struct table_style *style, struct text *out);

/* @utf8: the terminal shows lines of more than ASCII */
void ps_print_tree(const struct ps_list *list, const struct viewer *viewer, bool utf8,
		   const struct table_style *style, struct text *out);

void ps_print_json(const struct ps_list *list, struct text *out);

/* ps_print_summary() - "6 containers, 1 service: ..." in one line */
void ps_print_summary(const struct ps_list *list, struct text *out);
