/* SPDX-License-Identifier: MIT */
/*
 * Prints the completions for one shell, made from the table of options: a text of the shell's own
 * with @MARKERS@ where the options go (templates.h). What it prints is checked in, and a lint
 * compares the two.
 */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "cli/options.h"
#include "cli/verb_options.h"
#include "util/macro.h"

#include "templates.h"

typedef bool filter(const struct option_row *row);

static bool takes_next_word(const struct option_row *row)
{
	return row->arg == ARG_REQUIRED;
}

static bool takes_rest_of_word(const struct option_row *row)
{
	return row->arg == ARG_REQUIRED || row->arg == ARG_OPTIONAL;
}

static bool takes_nsfile(const struct option_row *row)
{
	return row->arg == ARG_NSFILE;
}

/* Other letters can follow. */
static bool begins_cluster(const struct option_row *row)
{
	return row->arg == ARG_NONE || row->arg == ARG_NSFILE;
}

static void put_letters(filter *is_wanted)
{
	for (enum option_id id = 0; id < OPTION_COUNT; id++)
		if (option_table[id].letter && is_wanted(&option_table[id]))
			(void)putchar(option_table[id].letter);
}

static void put_flags(void)
{
	put_letters(begins_cluster);
}

static void put_required(void)
{
	put_letters(takes_next_word);
}

static void put_valued(void)
{
	put_letters(takes_rest_of_word);
}

static void put_nsfile(void)
{
	put_letters(takes_nsfile);
}

static void put_names(void)
{
	for (enum option_id id = 0; id < OPTION_COUNT; id++)
		(void)printf("%s%s", id > 0 ? " " : "", option_table[id].name);
}

static void put_words(void)
{
	for (enum option_id id = 0; id < OPTION_COUNT; id++) {
		if (option_table[id].letter)
			(void)printf("-%c ", option_table[id].letter);
		(void)printf("--%s%s", option_table[id].name, id + 1 < OPTION_COUNT ? " " : "");
	}
}

/* The long options whose value is the next word, with @between. */
static void put_next(const char *between)
{
	const char *lead = "";

	for (enum option_id id = 0; id < OPTION_COUNT; id++) {
		if (!takes_next_word(&option_table[id]))
			continue;
		(void)printf("%s--%s", lead, option_table[id].name);
		lead = between;
	}
}

static void put_bash_next(void)
{
	(void)printf("\t\t");
	put_next(" | ");
}

/* Several words with commas between. */
static bool is_list(const struct option_row *row)
{
	return row->value &&
	       (strcmp(row->value, "COLUMNS") == 0 || strcmp(row->value, "LIST") == 0);
}

/* The branch for the value of an option; @before and @after are what else its pattern matches. */
static void put_bash_case(const struct option_row *row, const char *before, const char *after)
{
	static const char *const commands[] = {
		[COMPLETE_NOTHING] = NULL,
		[COMPLETE_TARGET] = "_nsjoin_targets",
		[COMPLETE_FILE] = "_filedir",
		[COMPLETE_DIR] = "_filedir -d",
		[COMPLETE_USER] = "_nsjoin_words -u",
		[COMPLETE_GROUP] = "_nsjoin_words -g",
		[COMPLETE_WORDS] = "",
	};
	const char *command = commands[row->complete];

	if (!command)
		return;
	(void)printf("\t");
	if (row->letter)
		(void)printf("%s-%c%s | ", before, row->letter, after);
	(void)printf("%s--%s%s)\n", before, row->name, after);
	if (*command)
		(void)printf("\t\t%s\n", command);
	if (row->words)
		(void)printf("\t\t%s '%s'\n", is_list(row) ? "_nsjoin_list" : "_nsjoin_words -W",
			     row->words);
	(void)printf("\t\t;;\n");
}

static void put_bash_values(void)
{
	for (enum option_id id = 0; id < OPTION_COUNT; id++)
		put_bash_case(&option_table[id], "", "");
}

static const enum verb verbs[] = { VERB_PS, VERB_INSPECT };

static bool has_option(enum verb verb, enum verb_option id)
{
	return (verb_table[id].verbs & VERB_BIT(verb)) != 0;
}

static void put_bash_verb_values(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(verbs); i++) {
		char before[sizeof("inspect:")];

		(void)snprintf(before, sizeof(before), "%s:", verb_word(verbs[i])); /* fits */
		for (enum verb_option id = 0; id < VERB_OPTION_COUNT; id++)
			if (has_option(verbs[i], id))
				put_bash_case(&verb_table[id].row, before, ":*");
	}
}

static void put_bash_verb_words(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(verbs); i++) {
		const char *between = "";

		(void)printf("\t%s:*:-*)\n\t\t_nsjoin_words -W '", verb_word(verbs[i]));
		for (enum verb_option id = 0; id < VERB_OPTION_COUNT; id++) {
			if (!has_option(verbs[i], id))
				continue;
			if (verb_table[id].row.letter)
				(void)printf("%s-%c", between, verb_table[id].row.letter);
			between = verb_table[id].row.letter ? " " : between;
			(void)printf("%s--%s", between, verb_table[id].row.name);
			between = " ";
		}
		(void)printf("'\n\t\t;;\n");
	}
}

/* Text inside single quotes, of which @special are escaped with a backslash. */
static void put_quoted(const char *text, const char *quote, const char *special)
{
	for (; *text; text++) {
		if (*text == '\'')
			(void)printf("%s", quote);
		else if (strchr(special, *text))
			(void)printf("\\%c", *text);
		else
			(void)putchar(*text);
	}
}

/* ":message:action" of _arguments. */
static void put_zsh_value(const struct option_row *row)
{
	static const char *const actions[] = {
		[COMPLETE_NOTHING] = " ",
		[COMPLETE_TARGET] = "_nsjoin_targets",
		[COMPLETE_FILE] = "_files",
		[COMPLETE_DIR] = "_directories",
		[COMPLETE_USER] = " _nsjoin_account users",
		[COMPLETE_GROUP] = " _nsjoin_account groups",
		[COMPLETE_WORDS] = NULL,
	};
	const char *action = actions[row->complete];

	if (!row->value)
		return;
	(void)printf("%s:%s:", row->arg == ARG_REQUIRED ? "" : ":", row->value);
	if (action)
		(void)printf("%s%s%s", action, row->words ? " " : "", row->words ? row->words : "");
	else if (is_list(row))
		(void)printf(" _nsjoin_list %s", row->words);
	else
		(void)printf("(%s)", row->words);
}

static bool repeats(const struct option_row *row)
{
	static const char *const names[] = { "verbose", "keep-fd", "tools-from" };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (strcmp(row->name, names[i]) == 0)
			return true;
	return false;
}

/* Short namespace options are without FILE here: _arguments would not see the cluster in -nt. */
static void put_zsh_spec(const struct option_row *row, bool is_short)
{
	static const char *const short_kind[] = { "", "+", "-", "" };
	static const char *const long_kind[] = { "", "=", "=-", "=-" };

	(void)printf("\t\t'");
	if (repeats(row))
		(void)printf("*");
	else if (row->letter)
		(void)printf("(-%c --%s)", row->letter, row->name);
	if (is_short)
		(void)printf("-%c%s", row->letter, short_kind[row->arg]);
	else
		(void)printf("--%s%s", row->name, long_kind[row->arg]);
	(void)printf("[");
	put_quoted(row->help, "'\\''", "[]:\\");
	(void)printf("]");
	if (!is_short || row->arg != ARG_NSFILE)
		put_zsh_value(row);
	(void)printf("' \\\n");
}

static void put_zsh_specs(void)
{
	for (enum option_id id = 0; id < OPTION_COUNT; id++) {
		if (option_table[id].letter)
			put_zsh_spec(&option_table[id], true);
		put_zsh_spec(&option_table[id], false);
	}
}

static void put_zsh_verb(enum verb verb)
{
	for (enum verb_option id = 0; id < VERB_OPTION_COUNT; id++) {
		if (!has_option(verb, id))
			continue;
		if (verb_table[id].row.letter)
			put_zsh_spec(&verb_table[id].row, true);
		put_zsh_spec(&verb_table[id].row, false);
	}
}

static void put_zsh_ps(void)
{
	put_zsh_verb(VERB_PS);
}

static void put_zsh_inspect(void)
{
	put_zsh_verb(VERB_INSPECT);
}

static void put_fish_next(void)
{
	(void)printf("            case ");
	put_next(" ");
}

static void put_fish_value(const struct option_row *row)
{
	static const char *const values[] = {
		[COMPLETE_NOTHING] = "",
		[COMPLETE_TARGET] = "(__nsjoin_targets)",
		[COMPLETE_FILE] = NULL,
		[COMPLETE_DIR] = "(__fish_complete_directories)",
		[COMPLETE_USER] = "(__fish_complete_users)",
		[COMPLETE_GROUP] = "(__fish_complete_groups)",
		[COMPLETE_WORDS] = "",
	};
	const char *value = values[row->complete], *words = row->words ? row->words : "";

	if (!row->value)
		return;
	/* An optional value is never in the next word, and that is what -x would mean. */
	if (row->arg == ARG_REQUIRED)
		(void)printf(" -x");
	if (!value)
		(void)printf(" -F");
	else if (is_list(row))
		(void)printf(" -a '(__nsjoin_list %s)'", words);
	else if (*value || *words)
		(void)printf(" -a '%s%s%s'", value, *value && *words ? " " : "", words);
}

static void put_fish_row(const struct option_row *row, const char *condition)
{
	(void)printf("complete -c nsjoin -n %s", condition);
	if (row->letter)
		(void)printf(" -s %c", row->letter);
	(void)printf(" -l %s", row->name);
	put_fish_value(row);
	(void)printf(" -d '");
	put_quoted(row->help, "\\'", "\\");
	(void)printf("'\n");
}

static void put_fish_specs(void)
{
	for (enum option_id id = 0; id < OPTION_COUNT; id++)
		put_fish_row(&option_table[id], "__nsjoin_in_options");
}

static void put_fish_verbs(void)
{
	for (enum verb_option id = 0; id < VERB_OPTION_COUNT; id++) {
		char condition[sizeof("'__nsjoin_after ps inspect'")];

		(void)snprintf(condition, sizeof(condition), "'__nsjoin_after%s%s'", /* fits */
			       has_option(VERB_PS, id) ? " ps" : "",
			       has_option(VERB_INSPECT, id) ? " inspect" : "");
		put_fish_row(&verb_table[id].row, condition);
	}
}

struct marker {
	const char *name;
	void (*put)(void);
};

/* Each shell has its own; the first of a name counts. */
/* clang-format off */
static const struct marker bash_markers[] = {
	{ "VALUES", put_bash_values }, { "NEXT", put_bash_next }, { "FLAGS", put_flags },
	{ "REQUIRED", put_required }, { "VALUED", put_valued }, { "NSFILE", put_nsfile },
	{ "NAMES", put_names }, { "WORDS", put_words },
	{ "VERB_VALUES", put_bash_verb_values }, { "VERB_WORDS", put_bash_verb_words },
	{ NULL, NULL },
};
static const struct marker zsh_markers[] = {
	{ "SPECS", put_zsh_specs }, { "NAMES", put_names },
	{ "PS", put_zsh_ps }, { "INSPECT", put_zsh_inspect }, { NULL, NULL },
};
static const struct marker fish_markers[] = {
	{ "SPECS", put_fish_specs }, { "NEXT", put_fish_next }, { "NAMES", put_names },
	{ "FLAGS", put_flags }, { "REQUIRED", put_required }, { "VERBS", put_fish_verbs },
	{ NULL, NULL },
};
/* clang-format on */

/* Return: the text after the marker that @text begins with, written out; NULL: it is none. */
static const char *put_marker(const char *text, const struct marker *markers)
{
	for (const struct marker *m = markers; m->name; m++) {
		size_t n = strlen(m->name);

		if (strncmp(text + 1, m->name, n) != 0 || text[n + 1] != '@')
			continue;
		m->put();
		return text + n + 2;
	}
	return NULL;
}

static void put_text(const char *text, const struct marker *markers)
{
	while (*text) {
		const char *after = *text == '@' ? put_marker(text, markers) : NULL;

		if (after)
			text = after;
		else
			(void)putchar(*text++);
	}
}

int main(int argc, char *argv[])
{
	static const struct {
		const char *shell;
		const char *text;
		const struct marker *markers;
	} shells[] = {
		{ "bash", bash_text, bash_markers },
		{ "zsh", zsh_text, zsh_markers },
		{ "fish", fish_text, fish_markers },
	};

	for (size_t i = 0; argc == 2 && i < ARRAY_SIZE(shells); i++) {
		if (strcmp(argv[1], shells[i].shell) != 0)
			continue;
		put_text(shells[i].text, shells[i].markers);
		return fflush(stdout) == 0 && !ferror(stdout) ? 0 : 1;
	}
	(void)fprintf(stderr, "usage: %s bash|zsh|fish\n", argc > 0 ? argv[0] : "generate");
	return 2;
}
