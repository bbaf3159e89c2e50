/* SPDX-License-Identifier: MIT */
#include "cli/complete.h"

#include <string.h>

#include "cli/options.h"
#include "cli/verb_options.h"
#include "util/output.h"
#include "util/text.h"

static const char *arg_word(enum option_arg arg)
{
	static const char *const words[] = {
		[ARG_NONE] = "none",
		[ARG_REQUIRED] = "required",
		[ARG_OPTIONAL] = "optional",
		[ARG_NSFILE] = "nsfile",
	};

	return words[arg];
}

static void add_row(struct text *t, const struct option_row *row)
{
	text_add(t, "%c\t%s\t%s\t%s\t%s\n", row->letter ? row->letter : '-', row->name,
		 arg_word(row->arg), row->value ? row->value : "-", row->nsenter ? "yes" : "no");
}

static int print_options(struct error *err)
{
	_cleanup_text_ struct text t = { 0 };

	for (enum option_id id = 0; id < OPTION_COUNT; id++)
		add_row(&t, &option_table[id]);
	return output_take(&t, err);
}

static int print_verb_options(enum verb verb, struct error *err)
{
	_cleanup_text_ struct text t = { 0 };

	for (enum verb_option id = 0; id < VERB_OPTION_COUNT; id++)
		if (verb_table[id].verbs & VERB_BIT(verb))
			add_row(&t, &verb_table[id].row);
	return output_take(&t, err);
}

int complete_run(char *const words[], struct error *err)
{
	if (!words[0])
		return error_set(err, ERROR_USAGE, 0, "__complete: nothing to complete");
	if (strcmp(words[0], "options") != 0 || (words[1] && verb_of(words[1]) == VERB_ENTER))
		return error_set(err, ERROR_USAGE, 0, "__complete: cannot complete \"%s\"",
				 words[0]);
	return words[1] ? print_verb_options(verb_of(words[1]), err) : print_options(err);
}
