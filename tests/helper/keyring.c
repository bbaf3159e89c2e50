/* SPDX-License-Identifier: MIT */
/*
 * keyring hold NAME PROGRAM [ARGUMENT...]   runs PROGRAM in a new session keyring that has a key
 * keyring search NAME                       says "found SECRET", or the name of the error
 */
#include <errno.h>
#include <linux/keyctl.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static int hold(char *argv[])
{
	static const char secret[] = "secret";

	if (syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL) < 0 ||
	    syscall(SYS_add_key, "user", argv[2], secret, sizeof(secret) - 1,
		    KEY_SPEC_SESSION_KEYRING) < 0) {
		perror("keyring");
		return 2;
	}
	execvp(argv[3], argv + 3);
	perror(argv[3]);
	return 127;
}

static int search(const char *name)
{
	char text[64] = "";
	long key = syscall(SYS_keyctl, KEYCTL_SEARCH, KEY_SPEC_SESSION_KEYRING, "user", name, 0);

	if (key < 0 || syscall(SYS_keyctl, KEYCTL_READ, key, text, sizeof(text) - 1) < 0)
		puts(strerrorname_np(errno));
	else
		printf("found %s\n", text);
	return 0;
}

int main(int argc, char *argv[])
{
	if (argc > 3 && strcmp(argv[1], "hold") == 0)
		return hold(argv);
	if (argc == 3 && strcmp(argv[1], "search") == 0)
		return search(argv[2]);
	return 2;
}
