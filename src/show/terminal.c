/* SPDX-License-Identifier: MIT */
#include "show/terminal.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "util/macro.h"

/* The first of them that is set decides, as in setlocale(3). */
static bool says_utf8(void)
{
	static const char *const names[] = { "LC_ALL", "LC_CTYPE", "LANG" };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		const char *value = getenv(names[i]);

		if (value && *value)
			return strcasestr(value, "utf-8") || strcasestr(value, "utf8");
	}
	return false;
}

void terminal_look(enum color_when when, struct terminal *ret_terminal)
{
	struct terminal t = { .is_terminal = isatty(STDOUT_FILENO) == 1, .utf8 = says_utf8() };
	struct winsize size;

	t.color = color_wanted(when, t.is_terminal);
	if (t.is_terminal && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0)
		t.width = size.ws_col;
	*ret_terminal = t;
}
