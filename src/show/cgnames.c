/* SPDX-License-Identifier: MIT */
#include "show/cgnames.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "find/cgname.h"
#include "sys/cgroupfs.h"
#include "util/output.h"

enum {
	INPUT_MAX = 64 << 20
};

static int read_input(char **ret_text, size_t *ret_size, struct error *err)
{
	_cleanup_free_ char *text = NULL;
	size_t used = 0, size = 0;

	for (;;) {
		ssize_t n;

		if (used + 1 >= size) {
			char *more = realloc(text, size = size ? size * 2 : 65536);

			if (!more)
				return error_set(err, ERROR_SYSTEM, ENOMEM, "read standard input");
			text = more;
		}
		n = read(STDIN_FILENO, text + used, size - used - 1);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return error_set(err, ERROR_SYSTEM, errno, "read standard input");
		if (n == 0)
			break;
		used += (size_t)n;
		if (used > INPUT_MAX)
			return error_set(err, ERROR_SYSTEM, EFBIG, "read standard input");
	}
	text[used] = '\0';
	*ret_text = steal_pointer(&text);
	*ret_size = used;
	return 0;
}

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
	size_t size = 0;
	int r = read_input(&text, &size, err);

	if (r < 0)
		return r;
	for (char *line = text, *end = text + size; line < end;) {
		char *newline = memchr(line, '\n', (size_t)(end - line));

		if (newline)
			*newline = '\0';
		cgnames_print(line, &out);
		line = newline ? newline + 1 : end;
	}
	return output_take(&out, err);
}
