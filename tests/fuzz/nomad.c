/* SPDX-License-Identifier: MIT */
/*
 * Nomad's state, which is what directories are called: the first line of the input is the name of an
 * allocation, the second one that of a task.
 */
#include "find/nomad.h"
#include "find/find.h"
#include "scratch.h"

#define ALLOCS "host/opt/nomad/alloc/"

static bool can_be_made(const char *name)
{
	return name[0] && !strchr(name, '/') && strlen(name) < 256 && strcmp(name, ".") != 0 &&
	       strcmp(name, "..") != 0;
}

static void check(const struct known *known, const char *alloc, const char *task)
{
	MUST(strcmp(known->name, task) == 0 && strcmp(task, "alloc") != 0);
	MUST(strncmp(known->id, alloc, strlen(alloc)) == 0);
	MUST(known->id[strlen(alloc)] == '.' && alloc[0] != '.' && task[0] != '.');
	MUST(fuzz_is_clean(known->id) && !strpbrk(known->id, " :/"));
}

static void list(const char *alloc, const char *task)
{
	const struct known_filter everything = { 0 };
	_cleanup_known_list_ struct known_list list = { 0 };
	_cleanup_hostfs_ struct hostfs host = HOSTFS_NONE;
	struct runtime_context ctx = { .host = &host };

	MUST(hostfs_init("host", &host, NULL) == 0);
	MUST(runtime_nomad.list(&ctx, &everything, &list, NULL) == 0 && list.n <= 1);
	for (size_t i = 0; i < list.n; i++)
		check(&list.item[i], alloc, task);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_free_ char *alloc = fuzz_line(&data, &size);
	_cleanup_free_ char *task = fuzz_line(&data, &size);
	_cleanup_free_ char *outer = NULL, *inner = NULL;

	if (!can_be_made(alloc) || !can_be_made(task))
		return 0;
	MUST(asprintf(&outer, ALLOCS "%s", alloc) > 0);
	MUST(asprintf(&inner, ALLOCS "%s/%s", alloc, task) > 0);
	scratch_make_dirs(inner);
	MUST(mkdir(inner, 0700) == 0);
	list(alloc, task);
	MUST(rmdir(inner) == 0 && rmdir(outer) == 0);
	return 0;
}
