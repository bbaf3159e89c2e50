/* SPDX-License-Identifier: MIT */
/*
 * -R: the target's resolv.conf, hosts and hostname, as texts. They are hostile: a disposable process
 * reads them below the target's root directory, regular files of real file systems only, and what
 * it sends is what will be shown, whatever becomes of the files.
 *
 * Of its privileges it keeps CAP_DAC_READ_SEARCH: without capabilities uid 0 is one user of many,
 * and a root directory of mode 0700 that a user namespace's root owns, or files of a service's own
 * user, are closed to it. The capability opens nothing but files, and only below that directory:
 * devices, pipes and the kernel's own files are not opened at all. A link may lead to a file of the
 * target's that not even its root may read; but what is read is shown to the caller's program alone,
 * and the caller could read it by himself.
 */
#include "run/probe.h"

#include <errno.h>
#include <linux/capability.h>
#include <stddef.h>
#include <string.h>

#include "core/etcfile.h"
#include "run/disposable.h"
#include "run/explain.h"
#include "sys/passwd.h"
#include "sys/procroot.h"
#include "util/fd.h"
#include "util/macro.h"

/* Plain old data: it travels through a pipe, as much of it as there is. */
struct etc_answer {
	ssize_t size[ETC_TEXTS];	     /* or -errno */
	char text[ETC_TEXTS * ETC_TEXT_MAX]; /* one behind the other */
};

/* To where the texts before it end. Return: where this one ends. */
static size_t read_one(int root_fd, int procfd, enum etc_file i, size_t at,
		       struct etc_answer *answer)
{
	_cleanup_free_ char *text = NULL;
	ssize_t size = passwd_read(root_fd, etc_table[i].path, procfd, &text);

	answer->size[i] = size > ETC_TEXT_MAX ? -EFBIG : size;
	if (answer->size[i] <= 0)
		return at;
	memcpy(answer->text + at, text, (size_t)size);
	return at + (size_t)size;
}

static int read_work(void *ctx, int out)
{
	const struct target *t = ctx;
	/* Too large for the stack. */
	_cleanup_free_ struct etc_answer *answer = calloc(1, sizeof(*answer));
	_cleanup_fd_ int procfd = proc_root_open();
	size_t used = 0;

	if (!answer || procfd < 0 || give_up_all_but(CAP_DAC_READ_SEARCH) < 0)
		return STATUS_FAILED;
	for (enum etc_file i = 0; i < ETC_TEXTS; i++)
		used = read_one(t->etc_fd, procfd, i, used, answer);
	used += offsetof(struct etc_answer, text);
	return fd_write_all(out, answer, used) < 0 ? STATUS_FAILED : 0;
}

/* The option that shows the rest of what is joined, or NULL where that is nothing. */
static const char *without_etc(const struct facts *facts)
{
	const ns_set join = facts->present & ~facts->same;

	if (ns_has(join, NS_PID))
		return ns_has(join, NS_NET) ? "-R=proc,sys" : "-R=proc";
	return ns_has(join, NS_NET) ? "-R=sys" : NULL;
}

/* @text: where it begins. Whoever read the target's files may lie: what was not sent is zeros. */
static int take_one(struct target *t, enum etc_file i, ssize_t size, const char *text,
		    struct error *err)
{
	const char *rest = without_etc(&t->facts);

	if (size == -ENOENT || size == -ENOTDIR)
		return 0;
	if (size < -ERRNUM_MAX)
		return error_set(err, ERROR_SYSTEM, EBADMSG, "-R: read %s of \"%s\"",
				 etc_table[i].path, t->name);
	if (size < 0) {
		error_set(err, ERROR_SYSTEM, size == -EINVAL ? 0 : (int)-size,
			  size == -EINVAL ? "-R: %s of \"%s\" is not a regular file"
					  : "-R: read %s of \"%s\"",
			  etc_table[i].path, t->name);
		if (rest)
			error_hint(err, "without it: %s", rest);
		return (int)size;
	}
	t->etc_text[i] = strndup(text, (size_t)size);
	if (!t->etc_text[i])
		return error_set(err, ERROR_SYSTEM, ENOMEM, "-R: read %s", etc_table[i].path);
	t->facts.etc_found[i] = true;
	t->facts.etc_size[i] = strlen(t->etc_text[i]);
	return 0;
}

static int take_all(struct target *t, const struct etc_answer *answer, struct error *err)
{
	size_t at = 0;
	int r = 0;

	for (enum etc_file i = 0; i < ETC_TEXTS && r == 0; i++) {
		ssize_t size = MIN(answer->size[i], (ssize_t)ETC_TEXT_MAX);

		r = take_one(t, i, size, answer->text + at, err);
		at += size > 0 ? (size_t)size : 0;
	}
	return r;
}

int probe_etc(struct target *t, struct error *err)
{
	_cleanup_free_ struct etc_answer *answer = NULL;
	const struct disposable asked = {
		.work = read_work,
		.ctx = t,
		.facts = &t->facts,
		.what = "-R: the target's /etc",
		.reads = true,
	};
	int r = 0;

	if (t->etc_fd < 0)
		return 0;
	answer = calloc(1, sizeof(*answer));
	if (!answer)
		return error_set(err, ERROR_SYSTEM, ENOMEM, "-R: read the target's files");
	r = disposable_ask(&asked, answer, offsetof(struct etc_answer, text), sizeof(*answer), err);
	if (r > 0)
		return error_set(err, ERROR_SYSTEM, 0, "-R: the target's /etc cannot be read");
	return r < 0 ? r : take_all(t, answer, err);
}
