/* SPDX-License-Identifier: MIT */
#include "find/pids.h"

#include <errno.h>
#include <stdlib.h>

#include "util/fd.h"
#include "util/macro.h"
#include "util/take.h"

enum {
	PROCS_LIMIT = 1 << 22 /* bytes of cgroup.procs */
};

int pids_add(struct pids *pids, pid_t pid)
{
	if (pids->n == pids->size) {
		size_t size = MAX(pids->size * 2, (size_t)32);
		pid_t *more = reallocarray(pids->item, size, sizeof(*more));

		if (!more)
			return -ENOMEM;
		pids->item = more;
		pids->size = size;
	}
	pids->item[pids->n++] = pid;
	return 0;
}

int pids_take(const char *text, struct pids *pids)
{
	pid_t pid;
	int r = 0;

	while (r == 0 && (text = take_int(text, &pid)) && !(*text == '\0' && pids->partial)) {
		text += *text == '\n';
		if (pid > 0)
			r = pids_add(pids, pid);
		else
			pids->unseen = true;
	}
	return r;
}

int pids_read(int dirfd, const char *path, struct pids *pids)
{
	_cleanup_free_ char *text = NULL;
	ssize_t n = fd_read_alloc(dirfd, path, PROCS_LIMIT, &text);

	pids->partial = false;
	return n < 0 ? (int)n : pids_take(text, pids);
}

static int compare(const void *a, const void *b)
{
	pid_t x = *(const pid_t *)a, y = *(const pid_t *)b;

	return (x > y) - (x < y);
}

void pids_sort(struct pids *pids)
{
	size_t n = 0;

	if (pids->n == 0)
		return;
	qsort(pids->item, pids->n, sizeof(pid_t), compare);
	for (size_t i = 0; i < pids->n; i++)
		if (i == 0 || pids->item[i] != pids->item[n - 1])
			pids->item[n++] = pids->item[i];
	pids->n = n;
}

bool pids_has(const struct pids *pids, pid_t pid)
{
	return pids->n > 0 && bsearch(&pid, pids->item, pids->n, sizeof(pid_t), compare);
}

void pids_done(struct pids *pids)
{
	free(pids->item);
	*pids = (struct pids){ 0 };
}
