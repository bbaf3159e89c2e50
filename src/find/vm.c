/* SPDX-License-Identifier: MIT */
#include "find/vm.h"

#include <string.h>

#include "util/macro.h"

struct row {
	const char *word, *reason;
};

static const struct row rows[] = {
	{ "kata", "it runs in a virtual machine (kata), which has a kernel of its own" },
	{ "runsc", "it runs in gVisor, which is a kernel of its own" },
	{ "gvisor", "it runs in gVisor, which is a kernel of its own" },
};

/* A word of a name that is made of several: "kata" in "containerd-shim-kata-qemu-v2". */
static bool has_word(const char *name, const char *word)
{
	static const char separators[] = ".-_";
	size_t n = strlen(word);

	for (const char *p = name; *p; p += strspn(p, separators)) {
		size_t length = strcspn(p, separators);

		if (length == n && strncmp(p, word, n) == 0)
			return true;
		p += length;
	}
	return false;
}

const char *vm_of_runtime(const char *name)
{
	const char *base = strrchr(name, '/');

	base = base ? base + 1 : name;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (has_word(base, rows[i].word))
			return rows[i].reason;
	return NULL;
}

bool vm_is_mentioned(const char *text, size_t n)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (memmem(text, n, rows[i].word, strlen(rows[i].word)))
			return true;
	return false;
}
