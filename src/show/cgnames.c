/* SPDX-License-Identifier: MIT */
#include "show/cgnames.h"

#include <string.h>
#include <unistd.h>

#include "find/cgname.h"
#include "sys/cgroupfs.h"
#include "util/fd.h"
#include "util/output.h"

enum {
	INPUT_MAX = 64 << 20
};

void cgnames_print(char *line, struct text *out)
{
	struct cgroup_line parsed;
	struct cgname name;

	if (cgroup_line_next(&line, &parsed) <= 0 || !cgname_parse(parsed.path, &name)) {
		text_add(out, "none\t-\t-\n");
		return;
	}
	text_add(out, "%s\t", cgname_runtime_name(name.runtime));
	text_add_escaped(out, name.id);
	text_add(out, "\t%s\n", name.pod[0] ? name.pod : "-");
}

int cgnames_run(struct error *err)
{
	_cleanup_free_ char *text = NULL;
	struct text out = { 0 };
	ssize_t size = fd_read_rest(STDIN_FILENO, INPUT_MAX, &text);

	if (size < 0)
		return error_set(err, ERROR_SYSTEM, (int)-size, "read standard input");
	for (char *line = text, *end = text + size; line < end;) {
		char *newline = memchr(line, '\n', (size_t)(end - line));

		if (newline)
			*newline = '\0';
		cgnames_print(line, &out);
		line = newline ? newline + 1 : end;
	}
	return output_take(&out, err);
}
