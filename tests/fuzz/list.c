/* SPDX-License-Identifier: MIT */
/* Short texts of the kernel's, in which others chose some of the words. */
#include <limits.h>

#include "find/conmon.h"
#include "find/lxc.h"
#include "find/pids.h"
#include "fuzz.h"
#include "show/limits.h"
#include "sys/procmounts.h"

/* ---- cgroup.procs: a number in each line, 0 for who is in another pid namespace */

/* Return: the number of a line, where it is one and nothing else. */
static bool is_number(const char *line, size_t n, long *ret_number)
{
	char *end;

	if (n == 0 || n > 10 || strspn(line, "0123456789") != n)
		return false;
	*ret_number = strtol(line, &end, 10);
	return *ret_number <= INT_MAX;
}

static void check_sorted(struct pids *pids)
{
	size_t n = pids->n;
	pid_t last = n > 0 ? pids->item[n - 1] : 0;

	pids_sort(pids);
	MUST(pids->n <= n && (pids->n > 0) == (n > 0));
	for (size_t i = 0; i < pids->n; i++)
		MUST(i == 0 || pids->item[i - 1] < pids->item[i]);
	MUST(n == 0 || pids_has(pids, last));
	MUST(!pids_has(pids, 0) && !pids_has(pids, -1));
}

static void check_pids(const char *text, bool partial)
{
	_cleanup_pids_ struct pids pids = { .partial = partial };
	const char *line = text;
	bool unseen = false;
	size_t at = 0;

	MUST(pids_take(text, &pids) == 0);
	for (;;) {
		size_t n = strcspn(line, "\n");
		long number;

		if (!is_number(line, n, &number) || (partial && !line[n]))
			break;
		if (number > 0)
			MUST(at < pids.n && pids.item[at++] == number);
		unseen |= number == 0;
		line += n + (line[n] == '\n');
	}
	MUST(at <= pids.n && (!unseen || pids.unseen));
	if (!*line)
		MUST(at == pids.n && unseen == pids.unseen);
	for (size_t i = 0; i < pids.n; i++)
		MUST(pids.item[i] > 0);
	check_sorted(&pids);
}

/* ---- mountinfo: whether two mount namespaces show different procfs */

struct line {
	const char *number;
	size_t n;
};

/* The third field of a line whose type, behind the first lone "-", is "proc". */
static bool is_proc(const char *line, size_t n, struct line *ret)
{
	const char *end = line + n, *dash = memmem(line, n, " - ", 3);

	if (!dash || end - dash < 8 || memcmp(dash, " - proc ", 8) != 0)
		return false;
	*ret = (struct line){ line, 0 };
	for (int i = 0; i < 3; i++) {
		ret->number = line;
		ret->n = 0;
		while (line < end && *line != ' ') {
			line++;
			ret->n++;
		}
		line += line < end;
	}
	return true;
}

static bool next_proc(const char **text, struct line *ret)
{
	while (**text) {
		const char *line = *text;
		size_t n = strcspn(line, "\n");

		*text += n + (line[n] == '\n');
		if (is_proc(line, n, ret))
			return true;
	}
	return false;
}

static bool same(const struct line *a, const struct line *b)
{
	return a->n == b->n && memcmp(a->number, b->number, a->n) == 0;
}

static bool are_apart(const char *theirs, const char *ours)
{
	struct line first = { NULL, 0 }, other;

	if (!next_proc(&theirs, &first))
		return true;
	while (next_proc(&theirs, &other))
		if (!same(&first, &other))
			return false;
	while (next_proc(&ours, &other))
		if (same(&first, &other))
			return false;
	return true;
}

static void check_mounts(const char *text)
{
	_cleanup_free_ char *theirs = strdup(text), *ours = strdup(text);
	_cleanup_free_ char *second = NULL, *first = NULL;
	char *half = strstr(text, "\n\n");

	MUST(theirs && ours);
	MUST(procmounts_text_apart(theirs, ours) == are_apart(text, text));
	if (!half)
		return;
	first = strndup(text, (size_t)(half - text));
	second = strdup(half + 2);
	free(theirs);
	free(ours);
	theirs = strdup(first);
	ours = strdup(second);
	MUST(theirs && ours && procmounts_text_apart(theirs, ours) == are_apart(first, second));
}

/* ---- the title of LXC's monitor, which is its command line */

static void check_monitor(const char *text)
{
	static const char title[] = "[lxc monitor] ";
	_cleanup_free_ char *line = strdup(text);
	const char *lxcpath, *name;
	int r = lxc_split_monitor(line, &lxcpath, &name);

	MUST(r == 0 || r == -EBADMSG);
	if (r < 0)
		return;
	MUST(lxcpath[0] == '/' && name[0] && !strchr(name, '/') && !strchr(name, ' '));
	MUST(strlen(title) + strlen(lxcpath) + 1 + strlen(name) == strlen(text));
	MUST(strncmp(text, title, strlen(title)) == 0);
	MUST(strncmp(text + strlen(title), lxcpath, strlen(lxcpath)) == 0);
	MUST(strcmp(text + strlen(text) - strlen(name), name) == 0);
}

/* ---- the files of limits */

static void check_limits(const char *text)
{
	for (enum limit_kind kind = 0; kind < LIMIT_COUNT; kind++) {
		const struct limit limit = limit_parse(kind, text, NULL);

		MUST(limit.state <= LIMIT_SET && (limit.state == LIMIT_SET || limit.value == 0));
		if (strcmp(text, "max\n") == 0)
			MUST(limit.state == LIMIT_NONE);
		if (limit.state == LIMIT_SET)
			MUST(strpbrk(text, "0123456789"));
	}
	(void)limit_parse(LIMIT_CPU, "100000", text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_free_ char *text = fuzz_text(data, size);

	check_pids(text, false);
	check_pids(text, true);
	check_mounts(text);
	check_monitor(text);
	check_limits(text);
	return 0;
}
