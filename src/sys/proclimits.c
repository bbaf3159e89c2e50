/* SPDX-License-Identifier: MIT */
#include "sys/proclimits.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "util/fd.h"
#include "util/macro.h"
#include "util/take.h"

enum {
	LIMITS_TEXT_MAX = 4096 /* 17 lines of 78 bytes */
};

/* As the kernel writes them. */
static const char titles[RLIM_NLIMITS][sizeof("Max realtime priority ")] = {
	[RLIMIT_CPU] = "Max cpu time ",
	[RLIMIT_FSIZE] = "Max file size ",
	[RLIMIT_DATA] = "Max data size ",
	[RLIMIT_STACK] = "Max stack size ",
	[RLIMIT_CORE] = "Max core file size ",
	[RLIMIT_RSS] = "Max resident set ",
	[RLIMIT_NPROC] = "Max processes ",
	[RLIMIT_NOFILE] = "Max open files ",
	[RLIMIT_MEMLOCK] = "Max locked memory ",
	[RLIMIT_AS] = "Max address space ",
	[RLIMIT_LOCKS] = "Max file locks ",
	[RLIMIT_SIGPENDING] = "Max pending signals ",
	[RLIMIT_MSGQUEUE] = "Max msgqueue size ",
	[RLIMIT_NICE] = "Max nice priority ",
	[RLIMIT_RTPRIO] = "Max realtime priority ",
	[RLIMIT_RTTIME] = "Max realtime timeout ",
};

/* "unlimited" or a number, with the blanks before it. Return: what follows, or NULL. */
static const char *take_value(const char *text, uint64_t *ret_value)
{
	static const char unlimited[] = "unlimited";

	text += strspn(text, " ");
	if (strncmp(text, unlimited, strlen(unlimited)) == 0) {
		*ret_value = PROCLIMIT_INFINITY;
		return text + strlen(unlimited);
	}
	return take_uint(text, 10, ret_value);
}

static bool take_line(const char *line, struct proclimits *limits)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(titles); i++) {
		size_t n = strlen(titles[i]);
		struct proclimit limit = { .known = true };
		const char *rest;

		if (strncmp(line, titles[i], n) != 0)
			continue;
		rest = take_value(line + n, &limit.soft);
		if (!rest || *rest != ' ' || !take_value(rest, &limit.hard))
			return false;
		limits->item[i] = limit;
		return true;
	}
	return false;
}

int proclimits_parse(const char *text, struct proclimits *ret_limits)
{
	struct proclimits limits = { 0 };
	bool any = false;

	while (*text) {
		any |= take_line(text, &limits);
		text += strcspn(text, "\n");
		text += *text == '\n';
	}
	if (!any)
		return -EBADMSG;
	*ret_limits = limits;
	return 0;
}

int proclimits_read(int proc_fd, struct proclimits *ret_limits)
{
	char text[LIMITS_TEXT_MAX];
	ssize_t n = fd_read_once(proc_fd, "limits", text, sizeof(text));

	return n < 0 ? (int)n : proclimits_parse(text, ret_limits);
}
