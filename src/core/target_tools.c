/* SPDX-License-Identifier: MIT */
/* -H --view=target: what the host's programs need to run in a root directory that is not theirs. */
#include "core/target_parts.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/shell.h"
#include "core/viewtree.h"
#include "sys/elf.h"
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

static const char *choose_shell(const struct request *req)
{
	static const char *const shells[] = { "/bin/bash", "/bin/sh", NULL };
	const char *wanted = req->shell ? req->shell : getenv("SHELL");

	if (wanted && is_shown(wanted) && shell_usable_name(wanted) && access(wanted, X_OK) == 0)
		return wanted;
	if (req->shell)
		return NULL;
	for (const char *const *s = shells; *s; s++)
		if (access(*s, X_OK) == 0)
			return *s;
	return NULL;
}

/* The loader that programs of ours name, or "" where they are static. */
static int read_interp(const char *program, struct elf_needs *needs)
{
	_cleanup_fd_ int fd = open(program, O_RDONLY | O_CLOEXEC | O_NOCTTY);

	return fd < 0 ? -errno : elf_inspect(fd, needs);
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

	if (fd_read_alloc(dir, name, CONF_MAX, &text) < 0)
		return;
	rest = text;
	while ((line = strsep(&rest, "\n"))) {
		line[strcspn(line, " \t#")] = '\0';
		if (is_shown(line))
			add_directory(list, line);
	}
}

/* What the loader would search here, by its configuration and then by itself. */
static char *library_path(void)
{
	static const char *const standard[] = { "/lib", "/usr/lib", "/lib64", "/usr/lib64" };
	struct text list = { 0 };
	DIR *dir = opendir("/etc/ld.so.conf.d");
	const struct dirent *entry;

	add_conf(&list, AT_FDCWD, "/etc/ld.so.conf");
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

/* The text of leader/shim.h's SHIM_TOOLS. */
static int write_tools(const char *interp, struct target *t)
{
	_cleanup_free_ char *loader = realpath(interp, NULL), *libraries = library_path();
	const char *option = strstr(interp, "ld-linux") ? "--inhibit-cache" : "";
	int n;

	if (!loader || !libraries)
		return -errno;
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
	static const char *const dirs[] = { "/usr/local/sbin", "/usr/local/bin", "/usr/sbin",
					    "/usr/bin", "/sbin", "/bin",
					    /* Links to there dangle, in another /etc. */
					    "/etc/alternatives" };
	struct text path = { 0 };
	_cleanup_free_ char *text = NULL;

	for (size_t i = 0; i < ARRAY_SIZE(dirs); i++)
		text_add(&path, "%s" VIEW_PREFIX "%s", i ? ":" : "", dirs[i]);
	text_add(&path, ":%s", theirs ? theirs : shell_standard_path);
	text = text_take(&path);
	return text ? strv_env_set(&t->env, "PATH", text) : -ENOMEM;
}

/* Of the caller's what a terminal needs, of the target's where it finds its own: nothing else. */
static int set_environment(const struct request *req, struct target *t, const struct strv *theirs)
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
		r = strv_env_set(&t->env, "NSJOIN_TARGET", t->name);
	if (r == 0)
		r = strv_env_set(&t->env, "NSJOIN_ROOT", VIEW_ROOT);
	if (r == 0)
		r = strv_env_set(&t->env, "NSJOIN_PREFIX", VIEW_PREFIX);
	(void)req;
	return r;
}

/* As text: a descriptor would lead out of the view. */
static void read_cwd(struct target *t)
{
	char cwd[PATH_MAX], root[PATH_MAX];
	ssize_t n = readlinkat(t->found.proc_fd, "cwd", cwd, sizeof(cwd) - 1);
	ssize_t skip = readlinkat(t->found.proc_fd, "root", root, sizeof(root) - 1);
	struct stat st;

	if (n <= 0 || skip <= 0 || fstatat(t->found.proc_fd, "cwd", &st, 0) < 0 || st.st_nlink == 0)
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

int target_open_tools(const struct request *req, struct target *t, const struct strv *theirs,
		      struct error *err)
{
	const char *shell = choose_shell(req);
	struct elf_needs needs = { 0 };
	int r;

	if (!shell) {
		error_set(err, ERROR_NO_SHELL, 0, "-H: no shell%s%s among your programs",
			  req->shell ? " " : "", req->shell ? req->shell : "");
		err->status = STATUS_NOT_FOUND;
		return -ENOENT;
	}
	r = read_interp(shell, &needs);
	if (r == 0 && needs.kind == ELF_KIND_DYNAMIC) {
		t->tools_interp = strdup(needs.interp);
		t->facts.view_interp = t->tools_interp;
		r = t->tools_interp ? write_tools(needs.interp, t) : -ENOMEM;
	}
	if (r == 0 && !req->program) {
		if (asprintf(&t->program, VIEW_PREFIX "%s", shell) < 0)
			t->program = NULL;
		t->facts.program = t->program;
		r = t->program ? 0 : -ENOMEM;
	}
	if (r == 0)
		r = set_environment(req, t, theirs);
	if (r < 0)
		return error_set(err, ERROR_SYSTEM, -r, "-H: look at your programs");
	read_cwd(t);
	return 0;
}
