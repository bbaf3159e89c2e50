/* SPDX-License-Identifier: MIT */
#include "cli/usage.h"

#include <stdio.h>
#include <string.h>

#include "cli/options.h"
#include "cli/verb_options.h"
#include "util/json.h"
#include "util/output.h"
#include "util/text.h"

/* The second column of the list of options. */
enum {
	HELP_COLUMN = 28
};

static const char synopsis[] =
	"Usage: nsjoin [OPTION]... [--] [PROGRAM [ARGUMENT]...]\n"
	"       nsjoin ps [OPTION]... [PATTERN]...\n"
	"       nsjoin inspect [OPTION]... TARGET\n"
	"       nsjoin help [TOPIC]\n"
	"       nsjoin version [--json]\n"
	"\n"
	"Run PROGRAM in the namespaces of a process or container.  Without PROGRAM, start\n"
	"a shell: the target's if its files are joined, else yours.\n"
	"\n"
	"With a namespace option, join just those and keep your privileges.  Without one,\n"
	"become a process of the target: its user, capabilities, filters and limits, too.\n";

static const char targets[] =
	"TARGET:\n"
	"  PID, PID:INODE            process; INODE as the pidfd's, against reuse\n"
	"  NAME, ID, ID-PREFIX       container; 4 digits of the ID or more\n"
	"  docker:X, docker://ID     Docker container; likewise podman: cri: containerd:\n"
	"                            crio: lxc: machine: and unit:\n"
	"  pod:[NS/]POD[/CONTAINER]  Kubernetes pod\n"
	"  cgroup:PATH, comm:NAME    first process of a cgroup, process of that name\n"
	"  id:HEX                    container ID that could be taken for a PID\n"
	"  @PIDFILE                  process whose PID the file holds\n"
	"  host                      process 1\n";

static const char epilogue[] =
	"Exit status: PROGRAM's; 125 nsjoin failed, 126 cannot execute,\n"
	"127 not found, 128+N killed by signal N.\n"
	"\n"
	"Examples:\n"
	"  nsjoin -t 14251 -n tcpdump -i eth0\n"
	"  nsjoin -t web -n ip addr         your ip, the network of container web\n"
	"  nsjoin -t web                    shell in web, as its own processes are\n"
	"  nsjoin -t web -a                 the same with your privileges\n"
	"  nsjoin -t web -H                 your shell and programs in its files\n"
	"  nsjoin -t web -a --dry-run       what that would do\n"
	"  nsjoin -n/run/netns/blue ss -tln\n"
	"  nsjoin ps                        what can be joined\n"
	"\n"
	"nsjoin help ps and nsjoin help inspect list their options.  nsenter(1) command\n"
	"lines work when the word is replaced; the differences are in the manual:\n"
	"man nsjoin\n";

static const char about_ps[] =
	"Usage: nsjoin ps [OPTION]... [PATTERN]...\n"
	"\n"
	"List what can be joined.  PATTERN is a glob for TARGET, name, pod or id, or the\n"
	"beginning of an id.\n";

static const char epilogue_ps[] =
	"NAMESPACES has a letter for each that is not yours: nsjoin's options; \"-\" is\n"
	"shared with you, \"?\" cannot be read by you.\n"
	"\n"
	"Exit status: 0; 1 no PATTERN matched, 125 nsjoin failed.\n"
	"\n"
	"Examples:\n"
	"  nsjoin ps -o +CGROUP 'web*'\n"
	"  nsjoin ps -q 'docker:*' | xargs -I{} nsjoin -t {} -n ss -s\n";

static const char about_inspect[] =
	"Usage: nsjoin inspect [OPTION]... TARGET\n"
	"\n"
	"Tell what TARGET is, what confines it, and what it shares with you.\n";

static const char epilogue_inspect[] =
	"Exit status: 0; 1 TARGET does not have this field, 125 nsjoin failed.\n"
	"\n"
	"Examples:\n"
	"  nsjoin inspect web\n"
	"  nsjoin inspect -o pid web\n"
	"  nsjoin inspect -o part-of 14251  which container has this process\n";

static const char *const features[] = {
	"pid",	    "docker", "pidfd",	    "cgroup-v1", "cgroup-v2", "seccomp", "selinux",
	"apparmor", "pty",    "host-tools", "remount",	 "dry-run",   "ps",	 "inspect",
};

/* "  -n, --net[=FILE]" */
static void add_forms(struct text *t, const struct option_row *row)
{
	static const struct {
		const char *open, *close;
	} marks[] = {
		[ARG_NONE] = { "", "" },
		[ARG_REQUIRED] = { "=", "" },
		[ARG_OPTIONAL] = { "[=", "]" },
		[ARG_NSFILE] = { "[=", "]" },
	};

	if (row->letter)
		text_add(t, "  -%c, --%s", row->letter, row->name);
	else
		text_add(t, "      --%s", row->name);
	text_add(t, "%s%s%s", marks[row->arg].open, row->value ? row->value : "",
		 marks[row->arg].close);
}

static void add_option(struct text *t, const struct option_row *row)
{
	size_t start = t->used, width;

	add_forms(t, row);
	width = t->used - start;
	if (width + 2 > HELP_COLUMN) {
		text_add(t, "\n");
		width = 0;
	}
	text_add(t, "%*s%s\n", HELP_COLUMN - (int)width, "", row->help);
}

static void add_everything(struct text *t)
{
	const char *group = NULL;

	text_add(t, "%s", synopsis);
	for (enum option_id id = 0; id < OPTION_COUNT; id++) {
		if (option_table[id].group != group)
			text_add(t, "\n%s:\n", option_table[id].group);
		group = option_table[id].group;
		add_option(t, &option_table[id]);
	}
	text_add(t, "\n%s\n%s", targets, epilogue);
}

/* The words that -o takes, filled into lines. */
static void add_words(struct text *t, const char *what, const char *words)
{
	enum {
		INDENT = 2,
		WIDTH = 80,
	};
	size_t column = WIDTH;

	text_add(t, "\n%s:", what);
	while (*words) {
		size_t n = strcspn(words, " ");

		if (column + 1 + n > WIDTH) {
			text_add(t, "\n%*s", INDENT, "");
			column = INDENT;
		} else {
			text_add(t, " ");
			column++;
		}
		text_add(t, "%.*s", (int)n, words);
		column += n;
		words += n + (words[n] == ' ');
	}
	text_add(t, "\n");
}

static int help_verb(enum verb verb, struct error *err)
{
	_cleanup_text_ struct text t = { 0 };

	text_add(&t, "%s\nOptions:\n", verb == VERB_PS ? about_ps : about_inspect);
	for (enum verb_option id = 0; id < VERB_OPTION_COUNT; id++)
		if (verb_table[id].verbs & VERB_BIT(verb))
			add_option(&t, &verb_table[id].row);
	if (verb == VERB_PS)
		add_words(&t, "COLUMNS (separated by commas)",
			  verb_table[VERB_OPTION_COLUMNS].row.words);
	else
		add_words(&t, "FIELD", verb_table[VERB_OPTION_FIELD].row.words);
	text_add(&t, "\n%s", verb == VERB_PS ? epilogue_ps : epilogue_inspect);
	return output_take(&t, err);
}

static enum option_id find_option(const char *topic)
{
	topic += strspn(topic, "-");
	if (topic[0] && !topic[1])
		return option_by_letter(topic[0]);
	return option_by_name(topic, strlen(topic));
}

int usage_help(const char *topic, struct error *err)
{
	_cleanup_text_ struct text t = { 0 };
	enum option_id id;
	int r;

	if (!topic) {
		add_everything(&t);
		return output_take(&t, err);
	}
	if (strcmp(topic, "targets") == 0)
		return output_write(targets, err);
	if (verb_of(topic) != VERB_ENTER)
		return help_verb(verb_of(topic), err);
	id = find_option(topic);
	if (id == OPTION_COUNT) {
		r = error_set(err, ERROR_USAGE, 0, "no help about \"%s\"", topic);
		error_hint(err,
			   "nsjoin help TOPIC, where TOPIC is an option, ps, inspect or targets");
		return r;
	}
	add_option(&t, &option_table[id]);
	return output_take(&t, err);
}

static int print_version_json(struct error *err)
{
	_cleanup_json_ struct json j = { 0 };
	_cleanup_text_ struct text t = { 0 };

	json_object(&j, NULL);
	json_uint(&j, "schema", 1);
	json_string(&j, "name", "nsjoin");
	json_string(&j, "version", NSJOIN_VERSION);
	json_array(&j, "features");
	for (size_t i = 0; i < ARRAY_SIZE(features); i++)
		json_string(&j, NULL, features[i]);
	json_array_end(&j);
	json_object_end(&j);
	t.failed = j.failed;
	text_add(&t, "%s\n", j.text ? j.text : "");
	return output_take(&t, err);
}

int usage_version(bool json, struct error *err)
{
	_cleanup_text_ struct text t = { 0 };

	if (json)
		return print_version_json(err);
	text_add(&t, "nsjoin %s\nfeatures:", NSJOIN_VERSION);
	for (size_t i = 0; i < ARRAY_SIZE(features); i++)
		text_add(&t, " %s", features[i]);
	text_add(&t, "\n");
	return output_take(&t, err);
}

static int one_word_at_most(const struct command *command, const char *verb, struct error *err)
{
	if (command->words[0] && command->words[1])
		return error_set(err, ERROR_USAGE, 0, "%s: unexpected \"%s\"", verb,
				 command->words[1]);
	return 0;
}

int usage_verb(const struct command *command, struct error *err)
{
	const char *word = command->words[0];
	bool version = command->verb == VERB_VERSION;
	int r = one_word_at_most(command, version ? "version" : "help", err);

	if (r < 0)
		return r;
	if (!version)
		return usage_help(word, err);
	if (word && strcmp(word, "--json") != 0)
		return error_set(err, ERROR_USAGE, 0, "version: unexpected \"%s\"", word);
	return usage_version(word, err);
}
