/* SPDX-License-Identifier: MIT */
#include "sys/environ.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "sys/procmem.h"
#include "util/fd.h"

/* Real environments have hundreds. */
enum {
	ENTRIES_MAX = 32768,
};

/*
 * What makes a program load code, or run a command that nobody asked for. A final "*" stands for
 * any rest of the name. Here and in other large tables the texts themselves, not pointers: the
 * loader would have to relocate each at every start.
 */
/* clang-format off */
static const char loaders[][sizeof("OPENSSL_CONF_INCLUDE")] = {
	/* The C library: what it ignores itself in set-user-ID programs. TMPDIR and TZ load nothing. */
	"LD_*", "GCONV_PATH", "GETCONF_DIR", "GLIBC_TUNABLES", "HOSTALIASES", "LOCALDOMAIN",
	"LOCPATH", "MALLOC_*", "NIS_PATH", "NLSPATH", "RESOLV_HOST_CONF", "RES_OPTIONS", "TZDIR",
	"LANGUAGE", "TEXTDOMAINDIR",
	/* Shells. */
	"BASH_ENV", "BASH_FUNC_*", "BASHOPTS", "BASH_LOADABLES_PATH", "ENV", "FPATH",
	"PROMPT_COMMAND", "PS0", "PS1", "PS2", "PS4", "SHELLOPTS", "ZDOTDIR",
	/* Interpreters and their modules. */
	"PYTHON*", "PERL*", "RUBYLIB", "RUBYOPT", "RUBYPATH", "GEM_*",
	"BUNDLE_*", "NODE_*", "LUA_*", "PHPRC", "PHP_INI_SCAN_DIR", "TCLLIBPATH", "TCL_LIBRARY",
	"GUILE_*", "AWKPATH", "AWKLIBPATH", "ERL_*", "R_PROFILE*", "R_LIBS*", "JULIA_*",
	"CLASSPATH", "JAVA_TOOL_OPTIONS", "_JAVA_OPTIONS", "JDK_JAVA_OPTIONS",
	"DOTNET_*", "CORECLR_*", "COR_*",
	/* Libraries with plug-ins. */
	"OPENSSL_CONF", "OPENSSL_CONF_INCLUDE", "OPENSSL_ENGINES", "OPENSSL_MODULES", "KRB5*",
	 "SASL_*", "P11_KIT_*", "GIO_*", "GTK_*", "GDK_*", "GST_*", "QT_*", "LIBGL_*",
	"VK_*", "TERMINFO", "TERMINFO_DIRS", "TERMCAP", "MAGIC", "XTABLES_*", "IPTABLES_LIB_DIR",
	"IP6TABLES_LIB_DIR", "TC_LIB_DIR", "WIRESHARK_*", "NMAPDIR", "DBUS_*",
	/* Commands that programs run on their own: less those of LESS='+!command'. */
	"GIT_*", "LESS*", "SYSTEMD_LESS", "MANOPT", "MANROFFOPT", "MAKEFILES", "MAKEFLAGS",
	"GNUMAKEFLAGS", "TAR_OPTIONS", "RSYNC_*", "HGRCPATH", "CVS_RSH", "SVN_SSH", "EXINIT",
	"INPUTRC", "KUBECONFIG", "AWS_CONFIG_FILE", "AWS_SHARED_*", "DOCKER_*", "CONTAINERS_*",
	"BUILDAH_*", "CNI_PATH", "SSH_ASKPASS", "SUDO_ASKPASS", "PSQL*", "PGSYSCONFDIR", "MYSQL_*",
	"LIBMYSQL_*", "RIPGREP_CONFIG_PATH", "FZF_*", "BAT_*", "PERF_*", "GCC_EXEC_PREFIX",
	"COMPILER_PATH", "GOENV", "GOFLAGS", "GOROOT", "GOTOOLDIR", "CARGO_*", "RUSTC*",
	/* Editors and their run time files. */
	"VIM*", "GVIMINIT", "NVIM*", "EMACS*",
	/* Servers that are given the caller's terminal. */
	"TMUX*", "STY", "SCREEN*",
};

/* Which files and programs are meant depends on whose they are. */
static const char places[][sizeof("OPENSSL_CONF_INCLUDE")] = {
	"PATH", "HOME", "SHELL", "CDPATH", "TMPDIR", "XDG_*", "HISTFILE", "GNUPGHOME", "CURL_HOME",
	"WGETRC", "EDITOR", "VISUAL", "FCEDIT", "SUDO_EDITOR", "PAGER", "MANPAGER", "BROWSER",
	"SYSTEMD_PAGER", "SYSTEMD_EDITOR",
};
/* clang-format on */

struct entry {
	const char *text;
	size_t name; /* bytes before "=" */
	bool stale;  /* a later one has the same name */
};

static int compare_names(const struct entry *a, const struct entry *b)
{
	int r = memcmp(a->text, b->text, MIN(a->name, b->name));

	return r ? r : (a->name > b->name) - (a->name < b->name);
}

/* By name, then by place: entries lie in one array, so that their addresses are their order. */
static int compare_entries(const void *a, const void *b)
{
	const struct entry *x = *(struct entry *const *)a, *y = *(struct entry *const *)b;
	int r = compare_names(x, y);

	return r ? r : (x > y) - (x < y);
}

/* Sorting keeps a million bytes of "A=" from costing a quadratic search. */
static int mark_stale(struct entry *list, size_t n)
{
	_cleanup_free_ struct entry **order = calloc(n, sizeof(struct entry *));

	if (!order)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++)
		order[i] = &list[i];
	qsort(order, n, sizeof(struct entry *), compare_entries);
	for (size_t i = 0; i + 1 < n; i++)
		order[i]->stale = compare_names(order[i], order[i + 1]) == 0;
	return 0;
}

static int copy_fresh(const struct entry *list, size_t n, struct strv *ret_env)
{
	_cleanup_strv_ struct strv env = { 0 };

	for (size_t i = 0; i < n; i++)
		if (!list[i].stale && strv_add(&env, list[i].text) < 0)
			return -ENOMEM;
	*ret_env = env;
	env = (struct strv){ 0 };
	return 0;
}

/* @text of @size bytes ends in NUL. Return: the number of entries in @list. */
static size_t collect(const char *text, size_t size, struct entry *list,
		      struct environ_report *report)
{
	const char *end = text + size;
	size_t n = 0;

	for (; text < end; text += strlen(text) + 1) {
		const char *equals = strchr(text, '=');

		if (!equals || equals == text) {
			report->dropped++;
			continue;
		}
		if (n == ENTRIES_MAX) {
			report->truncated = true;
			break;
		}
		list[n++] = (struct entry){ .text = text, .name = (size_t)(equals - text) };
	}
	return n;
}

/* As many as there are, and not the most there can be: large memory is dear to get and to give back. */
static struct entry *make_list(const char *text, size_t size)
{
	size_t n = 1;

	for (size_t i = 0; i < size && n < ENTRIES_MAX; i++)
		n += text[i] == '\0';
	return calloc(n, sizeof(struct entry));
}

int environ_parse(const char *text, size_t size, struct strv *ret_env,
		  struct environ_report *ret_report)
{
	struct environ_report report = { 0 };
	_cleanup_free_ struct entry *list = make_list(text, size);
	_cleanup_free_ char *copy = malloc(size + 1);
	size_t n;
	int r;

	if (!list || !copy)
		return -ENOMEM;
	if (size > 0)
		memcpy(copy, text, size);
	copy[size] = '\0';
	n = collect(copy, size, list, &report);
	report.overwritten = size > 0 && n == 0;
	r = n ? mark_stale(list, n) : 0;
	if (r == 0)
		r = copy_fresh(list, n, ret_env);
	if (r == 0 && ret_report)
		*ret_report = report;
	return r;
}

int environ_read(int proc_fd, size_t limit, struct strv *ret_env, struct environ_report *ret_report)
{
	_cleanup_free_ char *text = NULL;
	struct environ_report report = { 0 };
	ssize_t n = procmem_read(proc_fd, "environ", limit + 1, &text);
	bool truncated;
	int r;

	if (n < 0)
		return (int)n;
	truncated = (size_t)n > limit;
	if (truncated) /* half an entry is a wrong one */
		for (n = (ssize_t)limit; n > 0 && text[n - 1] != '\0';)
			n--;
	r = environ_parse(text, (size_t)n, ret_env, &report);
	if (r < 0)
		return r;
	report.truncated |= truncated;
	if (ret_report)
		*ret_report = report;
	return 0;
}

static bool matches(const char *entry, const char *pattern)
{
	size_t n = strlen(pattern);

	if (pattern[n - 1] == '*')
		return strncmp(entry, pattern, n - 1) == 0;
	return strncmp(entry, pattern, n) == 0 && entry[n] == '=';
}

static bool is_loader(const char *entry)
{
	const char *value = strchr(entry, '=');

	/* A function exported by bash before 4.3 patch 27, under any name (CVE-2014-6271). */
	if (value && strncmp(value, "=() {", strlen("=() {")) == 0)
		return true;
	for (size_t i = 0; i < ARRAY_SIZE(loaders); i++)
		if (matches(entry, loaders[i]))
			return true;
	return false;
}

static bool is_place(const char *entry)
{
	for (size_t i = 0; i < ARRAY_SIZE(places); i++)
		if (matches(entry, places[i]))
			return true;
	return false;
}

static size_t drop(struct strv *env, bool (*is_dropped)(const char *entry))
{
	size_t kept = 0, dropped;

	for (size_t i = 0; i < env->n; i++) {
		if (is_dropped(env->item[i]))
			free(env->item[i]);
		else
			env->item[kept++] = env->item[i];
	}
	dropped = env->n - kept;
	env->n = kept;
	if (env->item)
		env->item[kept] = NULL;
	return dropped;
}

size_t environ_drop_loaders(struct strv *env)
{
	return drop(env, is_loader);
}

int environ_take_places(struct strv *env, char *const *own)
{
	(void)drop(env, is_place); /* however many they are */
	for (; *own; own++)
		if (is_place(*own) && strv_add(env, *own) < 0)
			return -ENOMEM;
	return 0;
}
