/* SPDX-License-Identifier: MIT */
/*
 * From argv to a command. getopt_long() finds the words; what it does not know is done here: FILEs
 * of short options that can be told from clusters (-mt PID), abbreviations that keep the meaning
 * they have in nsenter, and errors that say what to type.
 */
#include "cli/options.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "cli/option_check.h"
#include "cli/option_set.h"
#include "cli/verb_options.h"
#include "util/escape.h"
#include "util/log.h"
#include "util/nearest.h"
#include "util/text.h"

/* getopt_long() returns this plus the option_id for a long option. */
enum {
	LONG_BASE = 256
};

struct parser {
	struct command *command;
	int argc;
	char **argv;
	char last;	/* letter of the last option */
	char last_bare; /* the same, if it could have had an argument; or 0 */
	struct error *err;
};

static int unknown_letter(struct parser *p, char letter, const char *rest)
{
	int r = error_set(p->err, ERROR_UNKNOWN_OPTION, 0, "unknown option \"-%c\"", letter);

	if (rest)
		error_hint(p->err, "a FILE has a slash or follows \"=\": -%s", rest);
	error_hint(p->err, "nsjoin --help lists the options");
	return r;
}

static int take(struct parser *p, enum option_id id, bool is_long, const char *value)
{
	const struct option_row *row = &option_table[id];
	const struct option_use use = { id, is_long, value };
	bool bare = !value && (row->arg == ARG_OPTIONAL || row->arg == ARG_NSFILE);

	p->last = row->letter;
	p->last_bare = bare ? row->letter : 0;
	if (id == OPTION_HELP)
		p->command->verb = VERB_HELP;
	if (id == OPTION_VERSION)
		p->command->verb = VERB_VERSION;
	return option_set(&p->command->request, &use, p->err);
}

static int missing_value(struct parser *p, enum option_id id, bool is_long)
{
	const struct option_use use = { id, is_long, NULL };
	char buf[OPTION_SPELLED_MAX];

	return error_set(p->err, ERROR_USAGE, 0, "%s: %s is missing", option_spell(&use, buf),
			 option_table[id].value);
}

static const char *skip_equals(const char *text)
{
	return *text == '=' ? text + 1 : text;
}

/* Text attached to a namespace option: a file, or else more option letters. */
static bool is_file(const char *text)
{
	return strchr(text, '/') || strchr("=:.", *text);
}

/*
 * Option letters that getopt took for the FILE of the namespace option before them.
 * @word: the letter of that option and what follows, for the hint
 */
static int take_letters(struct parser *p, const char *word)
{
	int r = 0;

	for (const char *c = word + 1; r == 0 && *c && p->command->verb == VERB_ENTER; c++) {
		enum option_id id = option_by_letter(*c);

		if (id == OPTION_COUNT) {
			_cleanup_free_ char *file = NULL;

			if (asprintf(&file, "%c=%s", *word, word + 1) < 0)
				file = NULL;
			return unknown_letter(p, *c, file);
		}
		switch (option_table[id].arg) {
		case ARG_NONE:
			r = take(p, id, false, NULL);
			break;
		case ARG_NSFILE:
			if (!c[1] || !is_file(c + 1)) {
				r = take(p, id, false, NULL);
				break;
			}
			return take(p, id, false, skip_equals(c + 1));
		case ARG_OPTIONAL:
			return take(p, id, false, c[1] ? skip_equals(c + 1) : NULL);
		case ARG_REQUIRED:
			if (c[1])
				return take(p, id, false, skip_equals(c + 1));
			if (optind == p->argc)
				return missing_value(p, id, false);
			return take(p, id, false, p->argv[optind++]);
		}
	}
	return r;
}

static int take_short(struct parser *p, char letter, char *value)
{
	enum option_id id = option_by_letter(letter);
	int r;

	if (option_table[id].arg == ARG_NONE)
		return take(p, id, false, NULL);
	if (!value)
		return take(p, id, false, NULL);
	if (option_table[id].arg == ARG_NSFILE && !is_file(value)) {
		r = take(p, id, false, NULL);
		return r < 0 ? r : take_letters(p, value - 1);
	}
	/* Only an attached value can have the "=" that some write out of habit. */
	return take(p, id, false, value == p->argv[optind - 1] ? value : skip_equals(value));
}

static size_t count_prefix(const char *name, size_t n, bool nsenter_only, enum option_id *ret_last)
{
	size_t found = 0;

	for (enum option_id id = 0; id < OPTION_COUNT; id++) {
		if (strncmp(option_table[id].name, name, n) != 0 ||
		    (nsenter_only && !option_table[id].nsenter))
			continue;
		*ret_last = id;
		found++;
	}
	return found;
}

static int ambiguous(struct parser *p, const char *name, size_t n)
{
	_cleanup_text_ struct text list = { 0 };
	int r = error_set(p->err, ERROR_UNKNOWN_OPTION, 0, "ambiguous option \"--%.*s\"", (int)n,
			  name);

	for (enum option_id id = 0; id < OPTION_COUNT; id++)
		if (strncmp(option_table[id].name, name, n) == 0)
			text_add(&list, "%s--%s", list.used ? ", " : "", option_table[id].name);
	if (!list.failed)
		error_hint(p->err, "it could be %s", list.buf);
	return r;
}

static int unknown_name(struct parser *p, const char *name, size_t n)
{
	_cleanup_free_ char *typed = strndup(name, n);
	const char *best = NULL;
	int r = error_set(p->err, ERROR_UNKNOWN_OPTION, 0, "unknown option \"--%.*s\"", (int)n,
			  name);

	for (enum option_id id = 0; typed && id < OPTION_COUNT; id++)
		best = nearest_offer(typed, option_table[id].name, best);
	if (best)
		error_hint(p->err, "did you mean --%s?", best);
	else
		error_hint(p->err, "nsjoin --help lists the options");
	return r;
}

/*
 * A long option that getopt_long() does not know as it was typed: an abbreviation is nsenter's if
 * it is unique there, so that an option of our own never takes a meaning away.
 */
static int take_abbreviation(struct parser *p, const char *word)
{
	const char *name = word + 2, *value = strchr(name, '=');
	size_t n = value ? (size_t)(value - name) : strlen(name);
	enum option_id id = OPTION_COUNT;
	size_t matches = count_prefix(name, n, true, &id);

	if (matches == 0)
		matches = count_prefix(name, n, false, &id);
	if (matches == 0 || n == 0)
		return unknown_name(p, name, n);
	if (matches > 1)
		return ambiguous(p, name, n);
	if (value && option_table[id].arg == ARG_NONE)
		return error_set(p->err, ERROR_USAGE, 0, "--%s takes no value",
				 option_table[id].name);
	if (value || option_table[id].arg != ARG_REQUIRED)
		return take(p, id, true, value ? value + 1 : NULL);
	if (optind == p->argc)
		return missing_value(p, id, true);
	return take(p, id, true, p->argv[optind++]);
}

/* getopt_long() returned '?'. */
static int take_unknown(struct parser *p)
{
	if (optopt == 0)
		return take_abbreviation(p, p->argv[optind - 1]);
	if (optopt >= LONG_BASE)
		return error_set(p->err, ERROR_USAGE, 0, "--%s takes no value",
				 option_table[optopt - LONG_BASE].name);
	return unknown_letter(p, (char)optopt, NULL);
}

/* Habit from docker exec; here it would mean: the ipc namespace, and a target to come. */
static int refuse_it(struct parser *p)
{
	int next = MAX(optind, 1); /* 0: getopt has not started */
	const char *word = next < p->argc ? p->argv[next] : "";
	const char *target = p->command->request.target;
	int r;

	if (strcmp(word, "-it") != 0 && strcmp(word, "-ti") != 0)
		return 0;
	r = error_set(p->err, ERROR_USAGE, 0, "\"%s\" is not needed", word);
	if (!target && next + 1 < p->argc)
		target = p->argv[next + 1];
	if (!target || *target == '-' || !escape_is_word(target))
		target = "TARGET";
	error_hint(p->err, "a terminal is used when there is one: nsjoin -t %s", target);
	error_hint(p->err, "for the ipc namespace: -i -t %s", target);
	return r;
}

struct getopt_tables {
	char letters[3 * OPTION_COUNT + 3]; /* "+:", each letter and up to two colons */
	struct option names[OPTION_COUNT + 1];
};

/* The table as getopt_long() wants it. */
static void make_getopt_tables(struct getopt_tables *ret)
{
	static const struct {
		const char *colons;
		int has_arg;
	} kinds[] = {
		[ARG_NONE] = { "", no_argument },
		[ARG_REQUIRED] = { ":", required_argument },
		[ARG_OPTIONAL] = { "::", optional_argument },
		[ARG_NSFILE] = { "::", optional_argument },
	};
	char *s = stpcpy(ret->letters, "+:");

	for (enum option_id id = 0; id < OPTION_COUNT; id++) {
		const struct option_row *row = &option_table[id];

		ret->names[id] = (struct option){ .name = row->name,
						  .has_arg = kinds[row->arg].has_arg,
						  .val = LONG_BASE + (int)id };
		if (!row->letter)
			continue;
		*s++ = row->letter;
		s = stpcpy(s, kinds[row->arg].colons);
	}
	ret->names[OPTION_COUNT] = (struct option){ 0 };
}

static int take_options(struct parser *p)
{
	struct getopt_tables tables;
	int c, r;

	make_getopt_tables(&tables);
	optind = 0; /* start anew: options may be parsed more than once in a process */
	opterr = 0;
	do {
		r = refuse_it(p);
		if (r < 0)
			return r;
		optopt = 0;
		c = getopt_long(p->argc, p->argv, tables.letters, tables.names, NULL);
		if (c == -1)
			return 0;
		if (c == '?')
			r = take_unknown(p);
		else if (c == ':' && optopt >= LONG_BASE)
			r = missing_value(p, (enum option_id)(optopt - LONG_BASE), true);
		else if (c == ':')
			r = missing_value(p, option_by_letter((char)optopt), false);
		else if (c >= LONG_BASE)
			r = take(p, (enum option_id)(c - LONG_BASE), true, optarg);
		else
			r = take_short(p, (char)c, optarg);
	} while (r == 0 && p->command->verb == VERB_ENTER);
	return r;
}

static int take_program(struct parser *p)
{
	struct request *req = &p->command->request;

	if (optind == p->argc)
		return 0;
	if (!*p->argv[optind])
		return error_set(p->err, ERROR_USAGE, 0, "the program's name is empty");
	req->program = p->argv + optind;
	if (strcmp(p->argv[optind - 1], "--") == 0)
		return 0;
	req->before_program = p->last;
	if (strchr(req->program[0], '/'))
		req->unattached = p->last_bare;
	return 0;
}

static int take_environment(struct parser *p)
{
	const char *format = getenv("NSJOIN_ERRORS");
	const char *host_root = getenv("NSJOIN_HOST_ROOT");

	if (host_root && *host_root)
		p->command->request.host_root = host_root;
	if (!format || !*format || strcmp(format, "text") == 0)
		return 0;
	if (strcmp(format, "json") != 0)
		return error_set(p->err, ERROR_USAGE, 0,
				 "NSJOIN_ERRORS is \"%s\": neither text nor json", format);
	p->command->request.errors_json = true;
	return 0;
}

/* Return: whether argv[1] is a verb. */
static bool take_verb(struct parser *p)
{
	static const struct {
		const char *word;
		enum verb verb;
	} verbs[] = {
		{ "help", VERB_HELP },
		{ "version", VERB_VERSION },
		{ "ps", VERB_PS },
		{ "inspect", VERB_INSPECT },
		{ "__complete", VERB_COMPLETE },
		{ "__cgname", VERB_CGNAME },
	};

	for (size_t i = 0; p->argc > 1 && i < ARRAY_SIZE(verbs); i++) {
		if (strcmp(p->argv[1], verbs[i].word) != 0)
			continue;
		p->command->verb = verbs[i].verb;
		p->command->words = p->argv + 2;
		return true;
	}
	return false;
}

/* What completes by looking is told from what is in the table of options. */
static void take_looking(struct command *command, const char *what)
{
	bool patterns = strcmp(what, "patterns") == 0;

	if (!patterns && strcmp(what, "targets") != 0)
		return;
	command->verb = VERB_TARGETS;
	command->request.show.patterns = patterns;
	command->request.verbosity = LOG_QUIET;
	command->words++;
}

static int take_words(struct parser *p)
{
	struct command *command = p->command;
	enum verb verb = command->verb;

	if (verb == VERB_PS || verb == VERB_INSPECT)
		return verb_options_parse(p->argc, p->argv, command, p->err);
	if (verb == VERB_COMPLETE && p->argc > 2)
		take_looking(command, p->argv[2]);
	return 0;
}

int options_parse(int argc, char *argv[], struct command *command, struct error *err)
{
	struct parser p = { command, argc, argv, 0, 0, err };
	int r;

	*command = (struct command){ .words = argv + argc };
	request_init(&command->request);
	r = take_environment(&p);
	if (r < 0)
		return r;
	if (take_verb(&p))
		return take_words(&p);
	r = take_options(&p);
	if (r < 0 || command->verb != VERB_ENTER)
		return r;
	r = take_program(&p);
	return r < 0 ? r : option_check(&command->request, err);
}
