/* SPDX-License-Identifier: MIT */
#include "cli/verb_options.h"

#include <getopt.h>
#include <string.h>

#include "util/log.h"
#include "util/nearest.h"
#include "util/text.h"

/* getopt_long() returns this plus the enum verb_option, of long and short options alike. */
enum {
	LONG_BASE = 256
};

struct verb_parser {
	struct command *command;
	enum verb verb;
	struct option names[VERB_OPTION_COUNT + 1];
	char letters[2 * VERB_OPTION_COUNT + 2];
	struct error *err;
};

static bool has_option(enum verb verb, enum verb_option id)
{
	return (verb_table[id].verbs & VERB_BIT(verb)) != 0;
}

static void make_tables(struct verb_parser *p)
{
	char *s = stpcpy(p->letters, ":");
	size_t n = 0;

	for (enum verb_option id = 0; id < VERB_OPTION_COUNT; id++) {
		const struct option_row *row = &verb_table[id].row;
		bool value = row->arg == ARG_REQUIRED;

		if (!has_option(p->verb, id))
			continue;
		p->names[n++] = (struct option){ .name = row->name,
						 .has_arg = value ? required_argument : no_argument,
						 .val = LONG_BASE + (int)id };
		if (!row->letter)
			continue;
		*s++ = row->letter;
		s = stpcpy(s, value ? ":" : "");
	}
}

static int bad_value(struct verb_parser *p, const char *value, enum verb_option id)
{
	const struct option_row *row = &verb_table[id].row;
	int r = error_set(p->err, ERROR_USAGE, 0, "%s: --%s cannot be \"%s\"", verb_word(p->verb),
			  row->name, value);

	error_hint(p->err, "it is one of: %s", row->words);
	return r;
}

static int take_color(struct verb_parser *p, const char *value)
{
	static const char *const words[] = {
		[COLOR_AUTO] = "auto",
		[COLOR_ALWAYS] = "always",
		[COLOR_NEVER] = "never",
	};

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (strcmp(words[i], value) == 0) {
			p->command->request.show.color = (enum color_when)i;
			return 0;
		}
	return bad_value(p, value, VERB_OPTION_COLOR);
}

static int take_errors(struct verb_parser *p, const char *value)
{
	bool json = strcmp(value, "json") == 0;

	if (!json && strcmp(value, "text") != 0)
		return bad_value(p, value, VERB_OPTION_ERRORS);
	p->command->request.errors_json = json;
	return 0;
}

static void show_help(struct verb_parser *p)
{
	/* What would have been typed as "nsjoin help ps"; the words are only read. */
	static char ps[] = "ps", inspect[] = "inspect";
	static char *help_ps[] = { ps, NULL }, *help_inspect[] = { inspect, NULL };

	p->command->words = p->verb == VERB_PS ? help_ps : help_inspect;
	p->command->verb = VERB_HELP;
}

static int take(struct verb_parser *p, enum verb_option id, const char *value)
{
	struct request *req = &p->command->request;

	switch (id) {
	case VERB_OPTION_ALL:
		req->show.processes = true;
		return 0;
	case VERB_OPTION_COLUMNS:
	case VERB_OPTION_FIELD:
		req->show.columns = value;
		return 0;
	case VERB_OPTION_QUIET:
		req->show.targets_only = true;
		return 0;
	case VERB_OPTION_NOHEADINGS:
		req->show.no_headings = true;
		return 0;
	case VERB_OPTION_TREE:
		req->show.tree = true;
		return 0;
	case VERB_OPTION_JSON:
		req->json = true;
		return 0;
	case VERB_OPTION_COLOR:
		return take_color(p, value);
	case VERB_OPTION_HOST_ROOT:
		req->host_root = value;
		return 0;
	case VERB_OPTION_ERRORS:
		return take_errors(p, value);
	case VERB_OPTION_VERBOSE:
		if (req->verbosity < LOG_TRACE)
			req->verbosity++;
		return 0;
	case VERB_OPTION_HELP:
		show_help(p);
		return 0;
	case VERB_OPTION_COUNT:
		break;
	}
	return 0;
}

static enum verb_option by_letter(enum verb verb, int letter)
{
	enum verb_option id = 0;

	while (id < VERB_OPTION_COUNT &&
	       (!has_option(verb, id) || verb_table[id].row.letter != letter))
		id++;
	return id;
}

/* How targets are named everywhere else. */
static void hint_list(const struct verb_parser *p, bool target, struct error *err)
{
	const char *verb = verb_word(p->verb);

	if (target && p->verb == VERB_INSPECT)
		error_hint(err, "the target is a word of its own: nsjoin %s TARGET", verb);
	else
		error_hint(err, "nsjoin help %s lists the options", verb);
}

/* A long option that getopt_long() does not know, or that could be several. */
static int unknown_name(struct verb_parser *p, const char *name, size_t n)
{
	_cleanup_free_ char *typed = strndup(name, n);
	_cleanup_text_ struct text could_be = { 0 };
	const char *verb = verb_word(p->verb), *best = NULL;
	int r;

	for (enum verb_option id = 0; typed && id < VERB_OPTION_COUNT; id++) {
		const char *known = verb_table[id].row.name;

		if (!has_option(p->verb, id))
			continue;
		best = nearest_offer(typed, known, best);
		if (n > 0 && strncmp(known, name, n) == 0)
			text_add(&could_be, "%s--%s", could_be.used ? ", " : "", known);
	}
	r = error_set(p->err, ERROR_UNKNOWN_OPTION, 0, "%s: %s option \"--%.*s\"", verb,
		      could_be.used ? "ambiguous" : "unknown", (int)n, name);
	if (could_be.used)
		error_hint(p->err, "it could be %s", could_be.buf);
	else if (best)
		error_hint(p->err, "did you mean --%s?", best);
	else
		hint_list(p, typed && strcmp(typed, "target") == 0, p->err);
	return r;
}

/* @word: as it was typed, where optopt does not tell */
static int unknown(struct verb_parser *p, const char *word)
{
	const char *verb = verb_word(p->verb);
	int r;

	if (optopt == 0)
		return unknown_name(p, word + 2, strcspn(word + 2, "="));
	if (optopt >= LONG_BASE)
		r = error_set(p->err, ERROR_USAGE, 0, "%s: --%s takes no value", verb,
			      verb_table[optopt - LONG_BASE].row.name);
	else
		r = error_set(p->err, ERROR_UNKNOWN_OPTION, 0, "%s: unknown option \"-%c\"", verb,
			      optopt);
	hint_list(p, optopt == 't', p->err);
	return r;
}

static enum verb_option option_of_optopt(const struct verb_parser *p)
{
	return optopt >= LONG_BASE ? (enum verb_option)(optopt - LONG_BASE)
				   : by_letter(p->verb, optopt);
}

static int lacks_value(struct verb_parser *p, enum verb_option id, const char *how)
{
	const struct option_row *row = &verb_table[id].row;

	return error_set(p->err, ERROR_USAGE, 0, "%s: --%s: %s is %s", verb_word(p->verb),
			 row->name, row->value, how);
}

static int take_options(struct verb_parser *p, int argc, char *argv[])
{
	int r = 0;

	optind = 0; /* start anew: options may be parsed more than once in a process */
	opterr = 0;
	while (r == 0 && p->command->verb == p->verb) {
		enum verb_option id;
		int c;

		optopt = 0;
		c = getopt_long(argc, argv, p->letters, p->names, NULL);
		if (c == -1)
			return 0;
		id = c >= LONG_BASE ? (enum verb_option)(c - LONG_BASE) : by_letter(p->verb, c);
		if (c == '?')
			r = unknown(p, argv[optind - 1]);
		else if (c == ':')
			r = lacks_value(p, option_of_optopt(p), "missing");
		else if (optarg && !*optarg)
			r = lacks_value(p, id, "empty");
		else
			r = take(p, id, optarg);
	}
	return r;
}

/* What must hold between options. */
static int check(struct verb_parser *p)
{
	const struct request *req = &p->command->request;
	const struct show_request *show = &req->show;

	if (p->verb == VERB_INSPECT && !show->words[0])
		return error_set(p->err, ERROR_NO_TARGET, 0, "inspect: no target");
	if (p->verb == VERB_INSPECT && show->words[1])
		return error_set(p->err, ERROR_USAGE, 0, "inspect: unexpected \"%s\"",
				 show->words[1]);
	if (p->verb == VERB_INSPECT && show->columns && req->json)
		return error_set(p->err, ERROR_USAGE, 0,
				 "inspect: --output and --json exclude each other");
	if (req->json + show->tree + show->targets_only + (show->columns != NULL) > 1)
		return error_set(p->err, ERROR_USAGE, 0,
				 "ps: --json, --tree, --quiet and --output exclude each other");
	return 0;
}

int verb_options_parse(int argc, char *argv[], struct command *command, struct error *err)
{
	struct verb_parser p = { .command = command, .verb = command->verb, .err = err };
	int r;

	make_tables(&p);
	/* The verb stands in for the program's name. */
	r = take_options(&p, argc - 1, argv + 1);
	command->request.show.words = argv + 1 + optind;
	if (r < 0 || command->verb != p.verb)
		return r;
	return check(&p);
}
