/* SPDX-License-Identifier: MIT */
#include "cli/complete.h"

#include <string.h>

#include "cli/options.h"
#include "cli/output.h"
#include "util/text.h"

static int print_options(struct error *err)
{
	static const char *const kinds[] = {
		[ARG_NONE] = "none",
		[ARG_REQUIRED] = "required",
		[ARG_OPTIONAL] = "optional",
		[ARG_NSFILE] = "nsfile",
	};
	_cleanup_text_ struct text t = { 0 };

	for (enum option_id id = 0; id < OPTION_COUNT; id++) {
		const struct option_row *row = &option_table[id];

		text_add(&t, "%c\t%s\t%s\t%s\t%s\n", row->letter ? row->letter : '-', row->name,
			 kinds[row->arg], row->value ? row->value : "-",
			 row->nsenter ? "yes" : "no");
	}
	return output_take(&t, err);
}

int complete_run(char *const words[], struct error *err)
{
	if (!words[0])
		return error_set(err, ERROR_USAGE, 0, "__complete: nothing to complete");
	if (strcmp(words[0], "options") != 0 || words[1])
		return error_set(err, ERROR_USAGE, 0, "__complete: cannot complete \"%s\"",
				 words[0]);
	return print_options(err);
}
