/* SPDX-License-Identifier: MIT */
#include "util/output.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "util/fd.h"

int output_write(const char *text, struct error *err)
{
	int r = fd_write_all(STDOUT_FILENO, text, strlen(text));

	if (r < 0)
		return error_set(err, ERROR_SYSTEM, -r, "write to standard output");
	return 0;
}

int output_take(struct text *text, struct error *err)
{
	_cleanup_free_ char *all = text_take(text);

	if (!all)
		return error_set(err, ERROR_SYSTEM, ENOMEM, "write to standard output");
	return output_write(all, err);
}
