/* SPDX-License-Identifier: MIT */
#include "run/words.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "run/calls.h"
#include "util/escape.h"
#include "util/fd.h"
#include "util/macro.h"

int words_open(struct words *words)
{
	int end[2];

	if (call_pipe(end, O_CLOEXEC | O_NONBLOCK) < 0)
		return -errno;
	*words = (struct words){ end[0], end[1] };
	return 0;
}

int words_replace(const struct words *words, int stream)
{
	return call_dup_to(words->out, stream) < 0 ? -errno : 0;
}

/* It has looked at hostile files: what it says may be theirs by now. */
static void say(const char *text)
{
	_cleanup_free_ char *clean = escape_again(text);

	/* As in the log: there is nowhere to report that it could not be said. */
	if (clean)
		(void)fd_write_all(STDERR_FILENO, clean, strlen(clean));
}

void words_pass_on(const struct words *words)
{
	char text[4096 + 1];
	ssize_t n;

	if (words->in < 0)
		return;
	while ((n = read(words->in, text, sizeof(text) - 1)) > 0 || (n < 0 && errno == EINTR))
		if (n > 0) {
			text[n] = '\0';
			say(text);
		}
}

void words_done(struct words *words)
{
	words->in = fd_close(words->in);
	words->out = fd_close(words->out);
}
