/* SPDX-License-Identifier: MIT */
/* /proc/net/unix: the sockets of LXC's monitors among those of everybody. */
#include "find/lxcsock.h"
#include "fuzz.h"

/* Each that was read is found again. */
static void check_path(const struct lxcsock *sockets, const char *path)
{
	_cleanup_free_ char *lxcpath = strdup(path);
	char *slash;

	MUST(lxcpath && !strchr(path, '\n'));
	slash = strrchr(lxcpath, '/');
	if (!slash)
		return;
	*slash = '\0';
	MUST(lxcsock_has(sockets, lxcpath, slash + 1));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_lxcsock_ struct lxcsock sockets = { 0 };

	MUST(lxcsock_parse_consume(fuzz_text(data, size), &sockets) == 0);
	for (size_t i = 0; i < sockets.n; i++) {
		MUST(i == 0 || strcmp(sockets.path[i - 1], sockets.path[i]) <= 0);
		check_path(&sockets, sockets.path[i]);
	}
	MUST(sockets.n > 0 || !lxcsock_has(&sockets, "/var/lib/lxc", "c1"));
	return 0;
}
