/* SPDX-License-Identifier: MIT */
/*
 * -X: the caller's own program, opened before anything is joined. It is executed by its descriptor
 * in a root directory that has neither its loader nor its interpreter: only a static one can start.
 */
#include "core/target_parts.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/plan.h"
#include "core/shell.h"
#include "sys/caps.h"
#include "sys/elf.h"
#include "sys/mountapi.h"
#include "util/fd.h"

/* Whether execve would take it, as far as file and directory tell: x bits, noexec, a regular file. */
static bool may_execute(const char *path)
{
	struct stat st;

	return fstatat(AT_FDCWD, path, &st, 0) == 0 && S_ISREG(st.st_mode) &&
	       faccessat(AT_FDCWD, path, X_OK, AT_EACCESS) == 0;
}

/* Return: the path, in @buf where it was searched for, or NULL where there is none. */
static const char *find_exe(const char *program, char *buf)
{
	const char *path = getenv("PATH");

	if (strchr(program, '/'))
		return program;
	if (!path)
		path = shell_standard_path;
	while (path_next(&path, program, buf))
		if (may_execute(buf))
			return buf;
	return NULL;
}

static int refuse_missing(const char *program, struct error *err)
{
	error_set(err, ERROR_PROGRAM_NOT_FOUND, 0, "-X: \"%s\": not found among your files",
		  program);
	err->status = STATUS_NOT_FOUND;
	return -ENOENT;
}

static int refuse_unopened(const char *path, int errnum, struct error *err)
{
	if (errnum == ENOENT || errnum == ENOTDIR)
		return refuse_missing(path, err);
	error_set(err, ERROR_CANNOT_EXECUTE, errnum, "-X: cannot execute \"%s\"", path);
	err->status = STATUS_CANNOT_EXEC;
	return -errnum;
}

static int open_exe(const char *path, int *ret_fd, struct error *err)
{
	/* Neither waits for a FIFO's other end nor takes a terminal, whatever it is. */
	_cleanup_fd_ int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

	if (fd < 0)
		return refuse_unopened(path, errno, err);
	if (!may_execute(path))
		return refuse_unopened(path, EACCES, err);
	*ret_fd = fd_steal(&fd);
	return 0;
}

static int refuse_kind(const char *path, const struct elf_needs *needs, struct error *err)
{
	switch (needs->kind) {
	case ELF_KIND_STATIC:
		return 0;
	case ELF_KIND_DYNAMIC:
		/* It is there, and not to be had where the program would look for it. */
		error_set(err, ERROR_CANNOT_EXECUTE, 0,
			  "-X: \"%s\" is not static: it needs the loader \"%s\"", path,
			  needs->interp);
		break;
	case ELF_KIND_SCRIPT:
		error_set(err, ERROR_CANNOT_EXECUTE, 0,
			  "-X: \"%s\" is a script: \"%s\" would have to read it by its path", path,
			  needs->interp);
		break;
	case ELF_KIND_FOREIGN:
		error_set(err, ERROR_CANNOT_EXECUTE, 0, "-X: \"%s\" is a program for %s", path,
			  needs->arch);
		break;
	case ELF_KIND_NONE:
		error_set(err, ERROR_CANNOT_EXECUTE, 0, "-X: \"%s\": is no program", path);
		break;
	}
	err->status = STATUS_CANNOT_EXEC;
	if (needs->kind == ELF_KIND_DYNAMIC || needs->kind == ELF_KIND_SCRIPT)
		error_hint(err, "a static program works, for example busybox; -H without -X brings "
				"the loader along");
	return -ENOEXEC;
}

/* Whether whoever the program runs as may execute it, as all may execute a copy. */
static bool is_for_all(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 && (st.st_mode & 0005) == 0005 && st.st_nlink > 0;
}

/* Whether an overlay can be told of it, as one of two directories that do not hold each other. */
static bool is_lower(const char *dir)
{
	size_t n = strlen(PLAN_OTHER_LOWER);

	return dir[0] == '/' && dir[1] && !strpbrk(dir, ":\\") &&
	       (strncmp(dir, PLAN_OTHER_LOWER, n) != 0 || (dir[n] != '/' && dir[n] != '\0'));
}

/* Where the file itself is, whatever links have led to it: nowhere if it has to be copied. */
static int find_place(struct target *t)
{
	char link[FD_LINK_MAX], path[PATH_MAX], *slash;
	ssize_t n;

	if (!is_for_all(t->exe_fd) || !caps_have(CAP_SYS_ADMIN) || mountapi_look(false) < 0)
		return 0;
	n = readlinkat(AT_FDCWD, fd_link(t->exe_fd, link), path, sizeof(path) - 1);
	if (n <= 0)
		return 0;
	path[n] = '\0';
	slash = strrchr(path, '/');
	if (!slash)
		return 0;
	*slash = '\0';
	if (!is_lower(path))
		return 0;
	t->exe_dir = strdup(path);
	t->exe_base = strdup(slash + 1);
	if (!t->exe_dir || !t->exe_base)
		return -ENOMEM;
	t->facts.exe_dir = t->exe_dir;
	t->facts.exe_base = t->exe_base;
	return 0;
}

int target_open_exe(const struct request *req, struct target *t, struct error *err)
{
	char candidate[PATH_MAX];
	struct elf_needs needs;
	const char *path;
	int r;

	if (!req->host_exe)
		return 0;
	path = find_exe(req->program[0], candidate);
	if (!path)
		return refuse_missing(req->program[0], err);
	r = open_exe(path, &t->exe_fd, err);
	if (r < 0)
		return r;
	r = elf_inspect(t->exe_fd, &needs);
	if (r < 0)
		return error_set(err, ERROR_SYSTEM, -r, "-X: read \"%s\"", path);
	r = refuse_kind(path, &needs, err);
	if (r < 0)
		return r;
	t->exe = strdup(path);
	if (!t->exe || find_place(t) < 0)
		return error_set(err, ERROR_SYSTEM, ENOMEM, "-X: open \"%s\"", path);
	t->facts.exe = t->exe;
	return 0;
}
