/* SPDX-License-Identifier: MIT */
#include "find/ident.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/types.h>

#include "sys/cgroupfs.h"
#include "util/fd.h"
#include "util/macro.h"

/* v2 tells most; systemd keeps its own tree of v1 in order; the others may lack containers. */
static int line_rank(const struct cgroup_line *line)
{
	if (!*line->controllers)
		return 2;
	return strcmp(line->controllers, "name=systemd") == 0 ? 1 : 0;
}

int ident_parse(char *text, struct cgname *ret_name, struct ident_line *ret_line)
{
	struct cgname best = { .runtime = CGNAME_NONE };
	struct cgroup_line line;
	const char *best_path = "";
	int best_rank = -1;

	while (cgroup_line_next(&text, &line) > 0) {
		struct cgname name;

		/* Mostly all hierarchies agree to the letter, or have nothing but their root. */
		if (strcmp(line.path, best_path) == 0)
			name = best;
		else if (!line.path[1] || !cgname_parse(line.path, &name))
			continue;
		if (best_rank >= 0 && strcmp(name.id, best.id) != 0)
			return -EBADMSG;
		if (line_rank(&line) <= best_rank)
			continue;
		best = name;
		best_rank = line_rank(&line);
		best_path = line.path;
		if (ret_line)
			*ret_line = (struct ident_line){ line.controllers, line.path };
	}
	*ret_name = best;
	return best_rank >= 0;
}

int ident_text(int proc_fd, char *buf, size_t size, char **ret_heap, char **ret_text)
{
	ssize_t n = fd_read_file(proc_fd, "cgroup", buf, size);

	*ret_heap = NULL;
	*ret_text = buf;
	if (n != -EFBIG)
		return n < 0 ? (int)n : 0;
	n = fd_read_alloc(proc_fd, "cgroup", CGROUP_TEXT_MAX, ret_heap);
	*ret_text = *ret_heap;
	return n < 0 ? (int)n : 0;
}

int ident_read(int proc_fd, struct cgname *ret_name)
{
	char buf[IDENT_USUAL], *text;
	_cleanup_free_ char *heap = NULL;
	int r = ident_text(proc_fd, buf, sizeof(buf), &heap, &text);

	return r < 0 ? r : ident_parse(text, ret_name, NULL);
}

bool ident_is(int proc_fd, const char *id)
{
	struct cgname name;

	return ident_read(proc_fd, &name) > 0 && strcmp(name.id, id) == 0;
}

bool ident_is_ours(const char *id)
{
	_cleanup_fd_ int self = open("/proc/self", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct cgname ours;

	return self >= 0 && ident_read(self, &ours) > 0 &&
	       (strcmp(ours.id, id) == 0 || strcmp(ours.outer, id) == 0);
}

bool ident_is_within(const char *path, const char *above)
{
	size_t n = strlen(above);

	/* "/" holds everything and says nothing. */
	return n > 1 && strncmp(path, above, n) == 0 && (path[n] == '\0' || path[n] == '/');
}

bool ident_find_path(char *text, const char *path, struct ident_line *ret_line)
{
	struct cgroup_line line;

	while (cgroup_line_next(&text, &line) > 0) {
		if (!ident_is_within(line.path, path))
			continue;
		*ret_line = (struct ident_line){ line.controllers, line.path };
		return true;
	}
	return false;
}

/*
 * Of a cgroup beside or above our cgroup namespace ("/../ID") it is not seen what is further up, which
 * may be all that tells whose it is.
 */
static bool is_runtimes(enum cgname_runtime runtime, const struct cgname *name, const char *path)
{
	return name->runtime == runtime ||
	       (name->runtime == CGNAME_OCI && strncmp(path, "/../", 4) == 0);
}

bool ident_fits(int proc_fd, const struct ident_claim *claim)
{
	char buf[IDENT_USUAL], *text;
	_cleanup_free_ char *heap = NULL;
	struct ident_line line;
	struct cgname name;

	if (ident_text(proc_fd, buf, sizeof(buf), &heap, &text) < 0)
		return false;
	if (claim->cgroup)
		return ident_find_path(text, claim->cgroup, &line);
	return ident_parse(text, &name, &line) > 0 && strcmp(name.id, claim->id) == 0 &&
	       (claim->runtime == CGNAME_NONE || is_runtimes(claim->runtime, &name, line.path));
}
