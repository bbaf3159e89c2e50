/* SPDX-License-Identifier: MIT */
#include "cli/verb_options.h"

#include <string.h>

#define PS	VERB_BIT(VERB_PS)
#define INSPECT VERB_BIT(VERB_INSPECT)

static const char group[] = "Options";

/* What -o takes; a unit test compares them with what there is. */
static const char columns[] =
	"TARGET PID NAMESPACES USER NAME COMMAND AGE CGROUP COMM ID IMAGE NOTE "
	"ROOT RUNTIME UID MNTNS UTSNS "
	"IPCNS NETNS PIDNS CGROUPNS USERNS TIMENS";
static const char fields[] =
	"target runtime id name image part-of pid pid-inside started command root upper shell uid "
	"gid user groups "
	"caps seccomp no-new-privs label rlimits nice oom-score-adj umask cwd cgroup memory cpus "
	"pids mntns utsns ipcns netns pidns "
	"cgroupns userns timens";

/* clang-format off */
const struct verb_row verb_table[VERB_OPTION_COUNT] = {
	[VERB_OPTION_ALL] = { { 'a', "all", ARG_NONE, NULL, group,
		"processes in namespaces of their own, too", COMPLETE_NOTHING, NULL, false }, PS },
	[VERB_OPTION_COLUMNS] = { { 'o', "output", ARG_REQUIRED, "COLUMNS", group,
		"these columns; +COLUMNS: besides the usual", COMPLETE_WORDS, columns, false }, PS },
	[VERB_OPTION_FIELD] = { { 'o', "output", ARG_REQUIRED, "FIELD", group,
		"the bare value of one field", COMPLETE_WORDS, fields, false }, INSPECT },
	[VERB_OPTION_QUIET] = { { 'q', "quiet", ARG_NONE, NULL, group,
		"TARGET alone, one in each line", COMPLETE_NOTHING, NULL, false }, PS },
	[VERB_OPTION_NOHEADINGS] = { { 0, "noheadings", ARG_NONE, NULL, group,
		"no headings and no summary", COMPLETE_NOTHING, NULL, false }, PS },
	[VERB_OPTION_TREE] = { { 0, "tree", ARG_NONE, NULL, group,
		"what is inside of what", COMPLETE_NOTHING, NULL, false }, PS },
	[VERB_OPTION_JSON] = { { 0, "json", ARG_NONE, NULL, group,
		"for programs", COMPLETE_NOTHING, NULL, false }, PS | INSPECT },
	[VERB_OPTION_COLOR] = { { 0, "color", ARG_REQUIRED, "WHEN", group,
		"auto, always or never", COMPLETE_WORDS, "auto always never", false }, PS | INSPECT },
	[VERB_OPTION_HOST_ROOT] = { { 0, "host-root", ARG_REQUIRED, "DIR", group,
		"where the host's tree is seen", COMPLETE_DIR, NULL, false }, PS | INSPECT },
	[VERB_OPTION_ERRORS] = { { 0, "errors", ARG_REQUIRED, "FORMAT", group,
		"how errors are written: text or json", COMPLETE_WORDS, "text json", false },
		PS | INSPECT },
	[VERB_OPTION_VERBOSE] = { { 'v', "verbose", ARG_NONE, NULL, group,
		"say what was not there", COMPLETE_NOTHING, NULL, false }, PS | INSPECT },
	[VERB_OPTION_HELP] = { { 'h', "help", ARG_NONE, NULL, group,
		"print this help", COMPLETE_NOTHING, NULL, false }, PS | INSPECT },
};
/* clang-format on */

static const struct {
	const char *word;
	enum verb verb;
} words[] = {
	{ "ps", VERB_PS },
	{ "inspect", VERB_INSPECT },
};

const char *verb_word(enum verb verb)
{
	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (words[i].verb == verb)
			return words[i].word;
	return NULL;
}

enum verb verb_of(const char *word)
{
	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (strcmp(words[i].word, word) == 0)
			return words[i].verb;
	return VERB_ENTER;
}
