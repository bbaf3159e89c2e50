/* SPDX-License-Identifier: MIT */
/* -H --view=target: what the host's programs need to run in a root directory that is not theirs. */
#include "core/target_parts.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/shell.h"
#include "core/viewtree.h"
#include "sys/beneath.h"
#include "sys/elf.h"
#include "sys/filestat.h"
#include "util/fd.h"
#include "util/text.h"

const char *const view_trees[VIEW_TREES] = { "usr",  "lib",   "lib64",	"bin",
					     "sbin", "lib32", "libx32", "nix" };

enum {
	CONF_MAX = 65536, /* of a file of ld.so.conf.d */
};

/* Whether a path of ours is in one of the trees that are shown. */
static bool is_shown(const char *path)
{
	for (size_t i = 0; i < VIEW_TREES; i++) {
		size_t n = strlen(view_trees[i]);

		if (path[0] == '/' && strncmp(path + 1, view_trees[i], n) == 0 &&
		    path[n + 1] == '/')
			return true;
	}
	return false;
}

/* A file of the tree that programs are taken from; its links are meant within it. */
static int open_in(int base, const char *path, int flags)
{
	return beneath_open(base, path + strspn(path, "/"), flags, RESOLVE_IN_ROOT);
}

static bool is_program(int base, const char *path)
{
	_cleanup_fd_ int fd = open_in(base, path, O_PATH);
	struct stat st;

	return fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && (st.st_mode & 0111);
}

static const char *choose_shell(const struct request *req, int base)
{
	static const char *const shells[] = { "/bin/bash", "/bin/sh", NULL };
	const char *wanted = req->shell ? req->shell : getenv("SHELL");

	if (wanted && is_shown(wanted) && shell_usable_name(wanted) && is_program(base, wanted))
		return wanted;
	if (req->shell)
		return NULL;
	for (const char *const *s = shells; *s; s++)
		if (is_program(base, *s))
			return *s;
	return NULL;
}

/* The loader that programs of ours name, or "" where they are static. */
static int read_interp(int base, const char *program, struct elf_needs *needs)
{
	_cleanup_fd_ int fd = open_in(base, program, O_RDONLY);

	return fd < 0 ? fd : elf_inspect(fd, needs);
}

static void add_directory(struct text *list, const char *dir)
{
	text_add(list, "%s" VIEW_PREFIX "%s", list->used ? ":" : "", dir);
}

/* A line that names a directory; all else of the syntax is for ldconfig. */
static void add_conf(struct text *list, int dir, const char *name)
{
	_cleanup_free_ char *text = NULL;
	char *line, *rest;

	if (dir < 0 || fd_read_alloc(dir, name, CONF_MAX, &text) < 0)
		return;
	rest = text;
	while ((line = strsep(&rest, "\n"))) {
		line[strcspn(line, " \t#")] = '\0';
		if (is_shown(line))
			add_directory(list, line);
	}
}

/* What the loader would search here, by its configuration and then by itself. */
static char *library_path(const struct target *t, int base)
{
	static const char *const standard[] = { "/lib", "/usr/lib", "/lib64", "/usr/lib64" };
	struct text list = { 0 };
	_cleanup_fd_ int etc = open_in(base, "etc", O_RDONLY | O_DIRECTORY);
	_cleanup_fd_ int conf = open_in(base, "etc/ld.so.conf.d", O_PATH | O_DIRECTORY);
	char link[FD_LINK_MAX];
	DIR *dir = conf < 0 ? NULL : opendir(fd_link(conf, link));
	const struct dirent *entry;

	for (size_t i = 0; i < t->n_tools_extra; i++)
		text_add(&list, "%s" VIEW_FROM "/%zu/lib", list.used ? ":" : "", i);
	add_conf(&list, etc, "ld.so.conf");
	while (dir && (entry = readdir(dir)))
		if (strlen(entry->d_name) > 5 &&
		    strcmp(entry->d_name + strlen(entry->d_name) - 5, ".conf") == 0)
			add_conf(&list, dirfd(dir), entry->d_name);
	if (dir)
		(void)closedir(dir); /* read-only */
	for (size_t i = 0; i < ARRAY_SIZE(standard); i++)
		add_directory(&list, standard[i]);
	return text_take(&list);
}

/* Where a file is within its tree when all links have been followed, on the heap. */
static int find_in(int base, const char *base_path, const char *path, char **ret_path)
{
	_cleanup_fd_ int fd = open_in(base, path, O_PATH);
	char link[FD_LINK_MAX], real[PATH_MAX];
	size_t skip = strcmp(base_path, "/") == 0 ? 0 : strlen(base_path);
	ssize_t n;

	if (fd < 0)
		return fd;
	n = readlinkat(AT_FDCWD, fd_link(fd, link), real, sizeof(real) - 1);
	if (n < 0)
		return -errno;
	real[n] = '\0';
	if (strncmp(real, base_path, skip) != 0)
		return -ESTALE; /* the tree was moved meanwhile */
	*ret_path = strdup(real + skip);
	return *ret_path ? 0 : -ENOMEM;
}

/* The text of leader/shim.h's SHIM_TOOLS. */
static int write_tools(const char *loader, int base, struct target *t)
{
	_cleanup_free_ char *libraries = library_path(t, base);
	const char *option = strstr(t->tools_interp, "ld-linux") ? "--inhibit-cache" : "";
	int n;

	if (!libraries)
		return -ENOMEM;
	n = asprintf(&t->tools_text, VIEW_PREFIX "%s%c%s%c%s%c", loader, 0, libraries, 0, option,
		     0);
	if (n < 0) {
		t->tools_text = NULL;
		return -ENOMEM;
	}
	t->tools_size = (size_t)n;
	return 0;
}

static int set_path(struct target *t, const char *theirs)
{
	/* The usual order but for bin and sbin: what both have is in sbin a link to /bin, as ip(8)
	 * of Debian is, and /bin is where the target has its own. */
	static const char *const dirs[] = { "/usr/local/sbin", "/usr/local/bin", "/usr/bin",
					    "/usr/sbin", "/bin", "/sbin",
					    /* Links to there dangle, in another /etc. */
					    "/etc/alternatives" };
	struct text path = { 0 };
	_cleanup_free_ char *text = NULL;

	for (size_t i = 0; i < t->n_tools_extra; i++)
		text_add(&path, VIEW_FROM "/%zu/bin:" VIEW_FROM "/%zu:", i, i);
	for (size_t i = 0; i < ARRAY_SIZE(dirs); i++)
		text_add(&path, "%s" VIEW_PREFIX "%s", i ? ":" : "", dirs[i]);
	/* An empty one would be the current directory, whatever that is by then. */
	text_add(&path, ":%s", theirs && *theirs ? theirs : shell_standard_path);
	text = text_take(&path);
	return text ? strv_env_set(&t->env, "PATH", text) : -ENOMEM;
}

/* Of the caller's what a terminal needs, of the target's where it finds its own: nothing else. */
static int set_environment(struct target *t, const struct strv *theirs)
{
	static const char *const ours[] = { "TERM", "COLORTERM", "LANG", "LC_ALL", "LC_CTYPE" };
	const char *home = strv_env_get(theirs->item, "HOME");
	int r = set_path(t, strv_env_get(theirs->item, "PATH"));

	for (size_t i = 0; i < ARRAY_SIZE(ours) && r == 0; i++)
		if (getenv(ours[i]))
			r = strv_env_set(&t->env, ours[i], getenv(ours[i]));
	if (r == 0)
		r = strv_env_set(&t->env, "HOME", home ? home : "/");
	if (r == 0)
		r = strv_env_set(&t->env, "TERMINFO_DIRS",
				 VIEW_PREFIX "/usr/share/terminfo:" VIEW_PREFIX "/lib/terminfo");
	if (r == 0)
		r = strv_env_set(&t->env, "MANOPT", "-C " VIEW_PREFIX "/" VIEW_MANUAL);
	if (r == 0)
		r = strv_env_set(&t->env, "NSJOIN_TARGET", t->name);
	if (r == 0)
		r = strv_env_set(&t->env, "NSJOIN_ROOT", VIEW_ROOT);
	if (r == 0)
		r = strv_env_set(&t->env, "NSJOIN_PREFIX", VIEW_PREFIX);
	return r;
}

/* As text: a descriptor would lead out of the view. */
static void read_cwd(struct target *t)
{
	char cwd[PATH_MAX], root[PATH_MAX];
	ssize_t n = readlinkat(t->found.proc_fd, "cwd", cwd, sizeof(cwd) - 1);
	ssize_t skip = readlinkat(t->found.proc_fd, "root", root, sizeof(root) - 1);
	struct statx st;

	if (n <= 0 || skip <= 0 ||
	    filestat_known(t->found.proc_fd, "cwd", 0, STATX_NLINK, &st) < 0 || st.stx_nlink == 0)
		return;
	cwd[n] = '\0';
	/* Both are seen from our root directory, where a target may only be in another one. */
	skip = skip == 1 ? 0 : skip;
	if (n < skip || memcmp(cwd, root, (size_t)skip) != 0 ||
	    (cwd[skip] != '/' && cwd[skip] != '\0'))
		return;
	t->tools_cwd = strdup(cwd[skip] ? cwd + skip : "/");
	t->facts.view_cwd = t->tools_cwd;
}

/* A root directory has programs where those of ours are, and what they need: it stands in for ours. */
static bool is_root(const char *dir)
{
	_cleanup_fd_ int fd = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC);

	return fd >= 0 && (is_program(fd, "/bin/sh") || is_program(fd, "/usr/bin/env"));
}

/* Where our own root directory is made by -H: the loader's name leads to the stand-in or to a link. */
static bool is_view(void)
{
	struct stat st;

	return fstatat(AT_FDCWD, VIEW_PREFIX, &st, 0) == 0 &&
	       fstatat(AT_FDCWD, VIEW_ROOT, &st, 0) == 0;
}

static int use_own_root(struct target *t, struct error *err)
{
	if (is_view()) {
		error_set(err, ERROR_USAGE, 0,
			  "-H: your programs are shown by a view of -H themselves, and cannot be "
			  "once more");
		error_hint(err, "start nsjoin where they are at home, or take others: "
				"--tools-from=DIR");
		return -EINVAL;
	}
	t->tools_base = strdup("/");
	return t->tools_base ? 0 : error_set(err, ERROR_SYSTEM, ENOMEM, "-H");
}

static int sort_trees(const struct request *req, struct target *t, struct error *err)
{
	for (size_t i = 0; i < req->n_tools_from; i++) {
		_cleanup_free_ char *dir = realpath(req->tools_from[i], NULL);
		struct stat st;

		if (!dir || fstatat(AT_FDCWD, dir, &st, 0) < 0 || !S_ISDIR(st.st_mode))
			return error_set(err, ERROR_USAGE, dir ? ENOTDIR : errno,
					 "--tools-from: \"%s\"", req->tools_from[i]);
		if (!t->tools_base && is_root(dir))
			t->tools_base = steal_pointer(&dir);
		else
			t->tools_extra[t->n_tools_extra++] = steal_pointer(&dir);
	}
	return t->tools_base ? 0 : use_own_root(t, err);
}

static int look_at_loader(int base, struct target *t, struct error *err)
{
	_cleanup_free_ char *loader = NULL;
	int r = find_in(base, t->tools_base, t->tools_interp, &loader);

	if (r < 0) {
		error_set(err, ERROR_INTERP_MISSING, -r,
			  "-H: the loader \"%s\" of the programs of \"%s\"", t->tools_interp,
			  t->tools_base);
		err->status = STATUS_NOT_FOUND;
		return -ENOEXEC;
	}
	return write_tools(loader, base, t);
}

/* Return: 0, -ENOEXEC with @err filled, or another negative errno. */
static int look_at_tools(const struct request *req, const char *shell, int base, struct target *t,
			 struct error *err)
{
	struct elf_needs needs = { 0 };
	int r = read_interp(base, shell, &needs);

	if (r == 0 && needs.kind == ELF_KIND_FOREIGN) {
		error_set(err, ERROR_CANNOT_EXECUTE, 0, "-H: the programs of \"%s\" are for %s",
			  t->tools_base, needs.arch ? needs.arch : "another processor");
		err->status = STATUS_CANNOT_EXEC;
		return -ENOEXEC;
	}
	if (r == 0 && needs.kind == ELF_KIND_DYNAMIC) {
		t->tools_interp = strdup(needs.interp);
		t->facts.view_interp = t->tools_interp;
		r = t->tools_interp ? look_at_loader(base, t, err) : -ENOMEM;
	}
	if (r == 0 && !req->program) {
		if (asprintf(&t->program, VIEW_PREFIX "%s", shell) < 0)
			t->program = NULL;
		t->facts.program = t->program;
		r = t->program ? 0 : -ENOMEM;
	}
	return r;
}

int target_open_tools(const struct request *req, struct target *t, const struct strv *theirs,
		      struct error *err)
{
	_cleanup_fd_ int base = -EBADF;
	const char *shell;
	int r = sort_trees(req, t, err);

	if (r < 0)
		return r;
	base = open(t->tools_base, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (base < 0)
		return error_set(err, ERROR_USAGE, errno, "--tools-from: \"%s\"", t->tools_base);
	shell = choose_shell(req, base);
	if (!shell) {
		error_set(err, ERROR_NO_SHELL, 0, "-H: no shell%s%s among your programs",
			  req->shell ? " " : "", req->shell ? req->shell : "");
		err->status = STATUS_NOT_FOUND;
		return -ENOENT;
	}
	r = look_at_tools(req, shell, base, t, err);
	if (r == 0)
		r = set_environment(t, theirs);
	if (r < 0 && r != -ENOEXEC)
		return error_set(err, ERROR_SYSTEM, -r, "-H: look at your programs");
	if (r < 0)
		return r;
	read_cwd(t);
	return 0;
}
