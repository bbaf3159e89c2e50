/* SPDX-License-Identifier: MIT */
/*
 * -R: the target's resolv.conf, hosts and hostname, as texts. They are hostile: a disposable process
 * without privileges reads them below the target's root directory, regular files of real file
 * systems only, and what it sends is what will be shown, whatever becomes of the files.
 */
#include "run/probe.h"

#include <errno.h>
#include <string.h>

#include "core/etcfile.h"
#include "run/disposable.h"
#include "run/explain.h"
#include "sys/passwd.h"
#include "sys/procroot.h"
#include "util/fd.h"

/* Plain old data: it travels through a pipe. */
struct etc_answer {
	ssize_t size[ETC_TEXTS]; /* or -errno */
	char text[ETC_TEXTS][ETC_TEXT_MAX];
};

struct etc_question {
	int root_fd;
	struct etc_answer *answer; /* heap: too large for the stack */
};

static void read_one(int root_fd, int procfd, enum etc_file i, struct etc_answer *answer)
{
	_cleanup_free_ char *text = NULL;

	answer->size[i] = passwd_read(root_fd, etc_table[i].path, procfd, &text);
	if (answer->size[i] > ETC_TEXT_MAX)
		answer->size[i] = -EFBIG;
	if (answer->size[i] > 0)
		memcpy(answer->text[i], text, (size_t)answer->size[i]);
}

static int read_work(void *ctx, int out)
{
	const struct etc_question *q = ctx;
	_cleanup_fd_ int procfd = proc_root_open();

	if (procfd < 0 || give_up_privileges() < 0)
		return STATUS_FAILED;
	for (enum etc_file i = 0; i < ETC_TEXTS; i++)
		read_one(q->root_fd, procfd, i, q->answer);
	return fd_write_all(out, q->answer, sizeof(*q->answer)) < 0 ? STATUS_FAILED : 0;
}

static int take_one(struct target *t, enum etc_file i, const struct etc_answer *answer,
		    struct error *err)
{
	ssize_t size = answer->size[i];

	if (size == -ENOENT || size == -ENOTDIR)
		return 0;
	if (size < 0) {
		error_set(err, ERROR_SYSTEM, size == -EINVAL ? 0 : (int)-size,
			  size == -EINVAL ? "-R: %s of \"%s\" is not a regular file"
					  : "-R: read %s of \"%s\"",
			  etc_table[i].path, t->name);
		error_hint(err, "without it: -R=proc,sys");
		return (int)size;
	}
	t->etc_text[i] = strndup(answer->text[i], (size_t)size);
	if (!t->etc_text[i])
		return error_set(err, ERROR_SYSTEM, ENOMEM, "-R: read %s", etc_table[i].path);
	t->facts.etc_found[i] = true;
	t->facts.etc_size[i] = strlen(t->etc_text[i]);
	return 0;
}

int probe_etc(struct target *t, struct error *err)
{
	_cleanup_free_ struct etc_answer *answer = NULL;
	struct etc_question q = { .root_fd = t->etc_fd };
	int r = 0;

	if (t->etc_fd < 0)
		return 0;
	q.answer = answer = calloc(1, sizeof(*answer));
	if (!answer)
		return error_set(err, ERROR_SYSTEM, ENOMEM, "-R: read the target's files");
	r = disposable_ask(read_work, &q, answer, sizeof(*answer), "-R: the target's /etc", err);
	if (r > 0)
		return error_set(err, ERROR_SYSTEM, 0, "-R: the target's /etc cannot be read");
	for (enum etc_file i = 0; i < ETC_TEXTS && r == 0; i++)
		r = take_one(t, i, answer, err);
	return r;
}
