/* SPDX-License-Identifier: MIT */
#include "util/error.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const char id_names[ERROR_COUNT][sizeof("wrong-namespace-file")] = {
	[ERROR_NONE] = "none",
	[ERROR_USAGE] = "usage",
	[ERROR_UNKNOWN_OPTION] = "unknown-option",
	[ERROR_NO_TARGET] = "no-target",
	[ERROR_TARGET_NOT_FOUND] = "target-not-found",
	[ERROR_TARGET_AMBIGUOUS] = "target-ambiguous",
	[ERROR_TARGET_IS_GONE] = "target-is-gone",
	[ERROR_TARGET_LOOKS_LIKE_ID] = "target-looks-like-id",
	[ERROR_FILE_NOT_ATTACHED] = "file-not-attached",
	[ERROR_WRONG_NAMESPACE_FILE] = "wrong-namespace-file",
	[ERROR_PERMISSION] = "permission",
	[ERROR_PERMISSION_HIDEPID] = "permission-hidepid",
	[ERROR_PERMISSION_YAMA] = "permission-yama",
	[ERROR_PERMISSION_LSM] = "permission-lsm",
	[ERROR_USERNS_NEEDED] = "userns-needed",
	[ERROR_PIDNS_UP] = "pidns-up",
	[ERROR_PIDNS_DEAD] = "pidns-dead",
	[ERROR_NO_SHELL] = "no-shell",
	[ERROR_PROGRAM_NOT_FOUND] = "program-not-found",
	[ERROR_INTERP_MISSING] = "interp-missing",
	[ERROR_CANNOT_EXECUTE] = "cannot-execute",
	[ERROR_KERNEL_TOO_OLD] = "kernel-too-old",
	[ERROR_CGROUP_JOIN] = "cgroup-join",
	[ERROR_CGROUP_FROZEN] = "cgroup-frozen",
	[ERROR_UID_UNMAPPED] = "uid-unmapped",
	[ERROR_SYSTEM] = "system",
};

const char *error_id_name(enum error_id id)
{
	return id_names[id];
}

const char *error_describe(int errnum)
{
	/* A static table: glibc's strerror() would consult the message catalogue of the locale. */
	const char *text = strerrordesc_np(errnum);

	return text ? text : "Unknown error";
}

static char *format(const char *fmt, va_list args)
{
	char *text;

	if (vasprintf(&text, fmt, args) < 0)
		return NULL;
	return text;
}

int error_set(struct error *err, enum error_id id, int errnum, const char *fmt, ...)
{
	int ret = errnum > 0 ? -errnum : -EINVAL;
	_cleanup_free_ char *what = NULL;
	va_list args;

	if (!err)
		return ret;
	va_start(args, fmt);
	what = format(fmt, args); /* the arguments may be texts of the error that is freed next */
	va_end(args);
	error_done(err);
	err->id = id;
	err->errnum = errnum;

	if (errnum > 0 &&
	    asprintf(&err->text, "%s: %s", what ? what : "failed", error_describe(errnum)) < 0)
		err->text = NULL;
	if (errnum <= 0)
		err->text = steal_pointer(&what);
	return ret;
}

void error_hint(struct error *err, const char *fmt, ...)
{
	va_list args;

	if (!err)
		return;
	for (size_t i = 0; i < ERROR_HINTS; i++) {
		if (err->hint[i])
			continue;
		va_start(args, fmt);
		err->hint[i] = format(fmt, args);
		va_end(args);
		return;
	}
}

void error_done(struct error *err)
{
	int saved = errno;

	free(err->text);
	free(err->detail);
	free(err->target);
	for (size_t i = 0; i < ERROR_HINTS; i++)
		free(err->hint[i]);
	*err = (struct error){ 0 };
	errno = saved;
}
