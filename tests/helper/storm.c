/* SPDX-License-Identifier: MIT */
/*
 * storm DIR NAMESPACE - does all that makes it hard to be entered, as fast as it can
 *
 * NAMESPACE is the tests' pid namespace (apart.h).
 *
 * Goes on in the background, as soon as it is in DIR. Takes turns at: making processes that end at
 * once; killing every process but the first of its pid namespace and itself; renaming DIR/a and DIR/b;
 * covering /proc with an empty file system and uncovering it; where there is a /remount, mounting the
 * root directory there, making it the root of all and unmounting the old one.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "apart.h"

static void make_processes(void)
{
	for (int i = 0; i < 20; i++)
		if (fork() == 0)
			_exit(0);
	while (waitpid(-1, NULL, WNOHANG) > 0)
		;
}

static void rename_both(void)
{
	rename("a", "c");
	rename("b", "a");
	rename("c", "b");
}

static void cover_proc(void)
{
	if (mount("none", "/proc", "tmpfs", 0, NULL) == 0)
		umount2("/proc", MNT_DETACH);
}

static void change_root(void)
{
	if (mount("/", "/remount", NULL, MS_BIND | MS_REC, NULL) < 0)
		return;
	if (chdir("/remount") < 0 || syscall(SYS_pivot_root, ".", ".") < 0)
		umount2("/remount", MNT_DETACH);
	else
		umount2(".", MNT_DETACH);
	if (chdir("/") < 0)
		_exit(1);
}

int main(int argc, char *argv[])
{
	pid_t child;

	if (argc != 3 || !is_apart_from(argv[2]))
		return 2;
	if (chdir(argv[1]) < 0) {
		perror("storm");
		return 1;
	}
	child = fork();
	if (child != 0)
		return child < 0;
	/* Who has started us is to end by itself. */
	while (getppid() != 1)
		usleep(100);
	for (;;) {
		make_processes();
		kill(-1, SIGKILL); /* all but the first and us */
		rename_both();
		cover_proc();
		change_root();
	}
}
