/* SPDX-License-Identifier: MIT */
/* The options of ps and inspect: a table of their own, since their letters mean other things. */
#pragma once

#include "cli/options.h"
#include "util/error.h"

/* In the order of "nsjoin help VERB". */
enum verb_option {
	VERB_OPTION_ALL,
	VERB_OPTION_COLUMNS,
	VERB_OPTION_FIELD,
	VERB_OPTION_QUIET,
	VERB_OPTION_NOHEADINGS,
	VERB_OPTION_TREE,
	VERB_OPTION_JSON,
	VERB_OPTION_COLOR,
	VERB_OPTION_HOST_ROOT,
	VERB_OPTION_ERRORS,
	VERB_OPTION_VERBOSE,
	VERB_OPTION_HELP,
	VERB_OPTION_COUNT,
};

struct verb_row {
	struct option_row row;
	unsigned int verbs; /* VERB_BIT() of each that has it */
};

#define VERB_BIT(verb) (1u << (verb))

extern const struct verb_row verb_table[VERB_OPTION_COUNT];

/* verb_word() - "ps". Return: static text, or NULL for what is not one of these verbs. */
const char *verb_word(enum verb verb);

/* verb_of() - the other way round. Return: VERB_ENTER where @word is none of them. */
enum verb verb_of(const char *word);

/*
 * verb_options_parse() - what follows the verb
 * @argv: with the verb as argv[1]; options and other words may be mixed, and are sorted
 *
 * Return: 0, or a negative errno with @err filled.
 */
int verb_options_parse(int argc, char *argv[], struct command *command, struct error *err);
