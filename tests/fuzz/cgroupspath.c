/* SPDX-License-Identifier: MIT */
/* cgroupsPath of an OCI configuration. */
#include "find/ocistate.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_free_ char *text = fuzz_text(data, size), *path = NULL;
	int r = ocistate_cgroup(text, &path);

	MUST(r == 0 || r == 1);
	MUST((r == 1) == (path != NULL));
	if (text[0] == '/')
		MUST(r == 1 && strcmp(path, text) == 0);
	else if (r == 1)
		MUST(path[0] == '/' && !strstr(path, "//") && !strstr(path, "/../"));
	return 0;
}
