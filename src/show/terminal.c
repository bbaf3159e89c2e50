/* SPDX-License-Identifier: MIT */
#include "show/terminal.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "util/macro.h"

/* ".UTF-8", ".utf8@euro" */
static bool has_utf8(const char *codeset)
{
	return codeset && (strncasecmp(codeset, ".utf-8", strlen(".utf-8")) == 0 ||
			   strncasecmp(codeset, ".utf8", strlen(".utf8")) == 0);
}

/* The first of them that is set decides, as in setlocale(3). */
static bool says_utf8(void)
{
	static const char *const names[] = { "LC_ALL", "LC_CTYPE", "LANG" };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		const char *value = getenv(names[i]);

		if (value && *value)
			return has_utf8(strchr(value, '.'));
	}
	return false;
}

void terminal_look(enum color_when when, struct terminal *ret_terminal)
{
	struct terminal t = { .utf8 = says_utf8() };
	struct winsize size;

	/* Every terminal has a size, and nothing else has: no need of isatty(3) before it. */
	t.is_terminal = ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0;
	t.color = color_wanted(when, t.is_terminal);
	if (t.is_terminal)
		t.width = size.ws_col;
	*ret_terminal = t;
}
