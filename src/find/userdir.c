/* SPDX-License-Identifier: MIT */
#include "find/userdir.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sys/passwd.h"
#include "util/macro.h"
#include "util/parse.h"

/* Return: 0 with *ret_entry, to be released, or -errno. */
static int find(const struct hostfs *host, const char *name, uid_t uid,
		struct passwd_entry *ret_entry)
{
	_cleanup_free_ char *text = NULL;
	ssize_t n = hostfs_read(host, "/etc/passwd", PASSWD_SIZE_MAX, &text);

	if (n < 0)
		return (int)n;
	return name ? passwd_find_name(text, (size_t)n, name, ret_entry)
		    : passwd_find_uid(text, (size_t)n, uid, ret_entry);
}

int userdir_uid(const struct hostfs *host, const char *user, uid_t *ret_uid)
{
	_cleanup_passwd_entry_ struct passwd_entry entry = { 0 };
	int r;

	if (parse_digits(user))
		return parse_id(user, ret_uid) < 0 ? -ENOENT : 0;
	r = find(host, user, 0, &entry);
	if (r == 0)
		*ret_uid = entry.uid;
	return r;
}

char *userdir_name(const struct hostfs *host, uid_t uid)
{
	_cleanup_passwd_entry_ struct passwd_entry entry = { 0 };
	char *text;

	if (find(host, NULL, uid, &entry) == 0)
		return steal_pointer(&entry.name);
	return asprintf(&text, "%u", uid) < 0 ? NULL : text;
}

/* Root's environment may be that of the user who called sudo. */
static const char *own_environment(uid_t uid, const char *name)
{
	const char *value = uid == geteuid() && uid != 0 ? getenv(name) : NULL;

	return value && value[0] == '/' ? value : NULL;
}

static char *join(const char *a, const char *b, const char *c)
{
	char *path;

	return asprintf(&path, "%s%s/%s", a, b, c) < 0 ? NULL : path;
}

char *userdir_home(const struct hostfs *host, uid_t uid)
{
	_cleanup_passwd_entry_ struct passwd_entry entry = { 0 };
	const char *home = own_environment(uid, "HOME");

	if (home)
		return strdup(home);
	if (find(host, NULL, uid, &entry) == 0 && entry.home[0] == '/')
		return steal_pointer(&entry.home);
	return NULL;
}

/* Where $@variable, or else @usual below the home directory, is. */
static char *below_home(const struct hostfs *host, uid_t uid, const char *variable,
			const char *usual, const char *name)
{
	const char *dir = own_environment(uid, variable);
	_cleanup_free_ char *home = dir ? NULL : userdir_home(host, uid);

	if (dir)
		return join(dir, "", name);
	return home ? join(home, usual, name) : NULL;
}

char *userdir_data(const struct hostfs *host, uid_t uid, const char *name)
{
	return below_home(host, uid, "XDG_DATA_HOME", "/.local/share", name);
}

char *userdir_config(const struct hostfs *host, uid_t uid, const char *name)
{
	return below_home(host, uid, "XDG_CONFIG_HOME", "/.config", name);
}

char *userdir_run(uid_t uid, const char *name)
{
	const char *run = own_environment(uid, "XDG_RUNTIME_DIR");
	char *path;

	if (run)
		return join(run, "", name);
	return asprintf(&path, "/run/user/%u/%s", uid, name) < 0 ? NULL : path;
}
