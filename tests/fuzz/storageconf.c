/* SPDX-License-Identifier: MIT */
/* storage.conf, and the paths that it has. */
#include "find/storageconf.h"
#include "find/storageplaces.h"
#include "fuzz.h"

static void check_path(const char *path)
{
	static const struct storage_user user = { "/home/ana", "ana", 1000 };
	_cleanup_free_ char *full = NULL;

	if (!path)
		return;
	MUST(path[0] && !strchr(path, '\n'));
	full = storageconf_expand(path, &user);
	MUST(!full || full[0] == '/');
	MUST(!full || strchr(path, '$') || strcmp(full, path) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_storageconf_ struct storageconf conf = { .graphroot = NULL };
	_cleanup_free_ char *text = fuzz_text(data, size);
	int r = storageconf_parse(text, &conf);

	MUST(r == 0 || r == -EBADMSG);
	MUST(r == 0 || (!conf.graphroot && !conf.runroot && !conf.rootless));
	check_path(conf.graphroot);
	check_path(conf.runroot);
	check_path(conf.rootless);
	return 0;
}
