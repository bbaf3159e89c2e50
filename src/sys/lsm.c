/* SPDX-License-Identifier: MIT */
#include "sys/lsm.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/fd.h"

/* Labels are a few dozen bytes; stacked AppArmor profiles add up. */
enum {
	LABEL_SIZE_MAX = 65536
};

void lsm_label_done(struct lsm_label *label)
{
	free(label->label);
	free(label->exec_text);
	*label = (struct lsm_label){ 0 };
}

/* The first @n bytes of @text are the label; @prefix is what the attr file wants before it. */
static int label_make(const char *text, size_t n, const char *prefix, const char *attr,
		      struct lsm_label *ret_label)
{
	_cleanup_lsm_label_ struct lsm_label label = { .attr = attr };

	if (n == 0)
		return -EOPNOTSUPP;
	for (size_t i = 0; i < n; i++)
		if ((unsigned char)text[i] < 0x20 || text[i] == 0x7f)
			return -EBADMSG;
	label.label = strndup(text, n);
	if (!label.label)
		return -ENOMEM;
	if (asprintf(&label.exec_text, "%s%s", prefix, label.label) < 0) {
		label.exec_text = NULL;
		return -ENOMEM;
	}
	*ret_label = label;
	label = (struct lsm_label){ 0 };
	return 0;
}

/* The length of a label before its mode, " (enforce)", and whether it has one. */
static bool cut_mode(const char *text, size_t *n)
{
	static const char *const modes[] = {
		" (enforce)", " (complain)", " (kill)",	 " (unconfined)",
		" (prompt)",  " (user)",     " (mixed)",
	};

	for (size_t i = 0; i < ARRAY_SIZE(modes); i++) {
		size_t mode = strlen(modes[i]);

		if (*n <= mode || memcmp(text + *n - mode, modes[i], mode) != 0)
			continue;
		*n -= mode;
		return true;
	}
	return false;
}

static bool is_unconfined(const char *text, size_t n)
{
	return n == strlen("unconfined") && memcmp(text, "unconfined", n) == 0;
}

/* To a caller who is confined "nothing" would mean to stay so. */
static int make_unconfined(const char *attr, struct lsm_label *ret_label)
{
	char *text = strdup("exec unconfined");

	if (!text)
		return -ENOMEM;
	*ret_label = (struct lsm_label){ .exec_text = text, .attr = attr };
	return 0;
}

static int parse_apparmor(const char *text, const char *attr, struct lsm_label *ret_label)
{
	size_t n = strcspn(text, "\n");

	if (is_unconfined(text, n))
		return make_unconfined(attr, ret_label);
	if (!cut_mode(text, &n))
		return -EOPNOTSUPP;
	return label_make(text, n, "exec ", attr, ret_label);
}

int lsm_parse_apparmor(const char *text, struct lsm_label *ret_label)
{
	return parse_apparmor(text, "attr/apparmor/exec", ret_label);
}

int lsm_parse_current(const char *text, struct lsm_label *ret_label)
{
	size_t n = strcspn(text, "\n"), shown = n;
	const char *colon = memchr(text, ':', n);

	if (is_unconfined(text, n) || cut_mode(text, &shown))
		return parse_apparmor(text, "attr/exec", ret_label);
	/* SELinux: user:role:type and perhaps a level. Smack's labels have no such form. */
	if (!colon || !memchr(colon + 1, ':', n - (size_t)(colon + 1 - text)))
		return -EOPNOTSUPP;
	return label_make(text, n, "", "attr/exec", ret_label);
}

/* Return: 0 with heap text, or -EOPNOTSUPP where no module answers for this file. */
static int read_attr(int proc_fd, const char *name, char **ret_text)
{
	ssize_t n = fd_read_alloc(proc_fd, name, LABEL_SIZE_MAX, ret_text);

	/* EINVAL: no such module is active; ENOENT, ENOTDIR: the kernel was built without. */
	if (n == -EINVAL || n == -ENOENT || n == -ENOTDIR)
		return -EOPNOTSUPP;
	return n < 0 ? (int)n : 0;
}

/* Return: as lsm_label_read(). */
static int read_label(int proc_fd, const char *name,
		      int (*parse)(const char *text, struct lsm_label *ret_label),
		      struct lsm_label *ret_label)
{
	_cleanup_free_ char *text = NULL;
	int r = read_attr(proc_fd, name, &text);

	return r < 0 ? r : parse(text, ret_label);
}

int lsm_label_read(int proc_fd, struct lsm_label *ret_label)
{
	_cleanup_lsm_label_ struct lsm_label apparmor = { 0 };
	int r = read_label(proc_fd, "attr/apparmor/current", lsm_parse_apparmor, &apparmor);

	if (r < 0 && r != -EOPNOTSUPP)
		return r;
	/* Where AppArmor does not confine it SELinux may. */
	if (!apparmor.label) {
		int other = read_label(proc_fd, "attr/current", lsm_parse_current, ret_label);

		if (other != -EOPNOTSUPP || r < 0)
			return other;
	}
	*ret_label = apparmor;
	apparmor = (struct lsm_label){ 0 };
	return 0;
}
