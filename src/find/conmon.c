/* SPDX-License-Identifier: MIT */
#include "find/conmon.h"

#include <string.h>

/*
 * What podman will be called with when the container has ended: each word of it follows an
 * "--exit-command-arg". Return: the word after @name, or NULL.
 */
static const char *exit_option(const struct procscan_item *item, const char *name)
{
	static const char marker[] = "--exit-command-arg";
	const char *end = item->cmdline + item->cmdline_size;
	bool wanted = false;

	for (const char *word = item->cmdline; word < end; word += strlen(word) + 1) {
		const char *next = word + strlen(word) + 1;

		if (strcmp(word, marker) != 0 || next >= end)
			continue;
		if (wanted)
			return next;
		wanted = strcmp(next, name) == 0;
		word = next;
	}
	return NULL;
}

static bool is_podman(const char *path)
{
	const char *base = path ? strrchr(path, '/') : NULL;

	return path && strcmp(base ? base + 1 : path, "podman") == 0;
}

bool conmon_read(const struct procscan_item *item, struct conmon *ret_conmon)
{
	struct conmon conmon = { 0 };

	if (item->kind != PROCSCAN_CONMON || !is_podman(procscan_option(item, "--exit-command")))
		return false;
	/* Each "podman exec" has one as well, with the same id and name. */
	if (procscan_option(item, "--exec-process-spec"))
		return false;
	conmon.id = procscan_option(item, "-c");
	conmon.name = procscan_option(item, "-n");
	conmon.root = exit_option(item, "--root");
	conmon.runroot = exit_option(item, "--runroot");
	if (!conmon.id)
		return false;
	*ret_conmon = conmon;
	return true;
}
