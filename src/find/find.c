/* SPDX-License-Identifier: MIT */
#include "find/find.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "find/container.h"
#include "find/ident.h"
#include "find/process.h"
#include "find/spec.h"
#include "sys/pidfd.h"
#include "sys/proc.h"
#include "util/fd.h"

static int find_pid(const struct spec *spec, struct found *ret_found, struct error *err)
{
	int r = spec->pid > 0 ? process_open(spec->pid, ret_found, err) : -ESRCH;

	/* Digits are a process and nothing else, but the error may know what was meant. */
	if (r == -ESRCH)
		return container_explain_number(spec, err);
	return r;
}

static int find_pid_inode(const struct spec *spec, struct found *ret_found, struct error *err)
{
	_cleanup_found_ struct found found = FOUND_NONE;
	int r = process_open(spec->pid, &found, err);

	if (r < 0)
		return r;
	r = process_check_inode(&found, spec->inode, err);
	if (r < 0)
		return r;
	*ret_found = found;
	found = FOUND_NONE;
	return 0;
}

static int find_spec(const struct spec *spec, struct found *ret_found, struct error *err)
{
	switch (spec->kind) {
	case SPEC_PID:
		return find_pid(spec, ret_found, err);
	case SPEC_PID_INODE:
		return find_pid_inode(spec, ret_found, err);
	case SPEC_HOST:
		return process_open(1, ret_found, err);
	case SPEC_PIDFILE:
		return process_open_pidfile(spec->word, ret_found, err);
	case SPEC_ID:
	case SPEC_DOCKER:
	case SPEC_DOCKER_ID:
	case SPEC_WORD:
		return container_find(spec, ret_found, err);
	}
	return error_set(err, ERROR_USAGE, 0, "target \"%s\": unknown kind", spec->text);
}

int find_target(const char *text, struct found *ret_found, struct error *err)
{
	struct spec spec;
	int r = spec_parse(text, &spec, err);

	if (r >= 0)
		r = find_spec(&spec, ret_found, err);
	if (r < 0 && err) {
		free(err->target);
		err->target = strdup(text); /* without memory the message has to do */
	}
	return r;
}

static bool is_alive(const struct found *found)
{
	struct proc_stat stat;

	if (found->pidfd >= 0)
		return !pidfd_exited(found->pidfd);
	/* The directory is bound to the process: once it was reaped this fails. */
	return proc_stat_read(found->proc_fd, &stat) == 0 && stat.state != 'Z' && stat.state != 'X';
}

int find_verify(const struct found *found, struct error *err)
{
	if (!is_alive(found)) {
		(void)error_set(err, ERROR_TARGET_IS_GONE, 0, "process %d has exited", found->pid);
		return -ESRCH;
	}
	if (found->id && !ident_is(found->proc_fd, found->id)) {
		(void)error_set(err, ERROR_TARGET_IS_GONE, 0,
				"process %d is no longer in the cgroup of container %.12s",
				found->pid, found->id);
		return -ESRCH;
	}
	return 0;
}

void found_done(struct found *found)
{
	found->pidfd = fd_close(found->pidfd);
	found->proc_fd = fd_close(found->proc_fd);
	free(found->runtime);
	free(found->id);
	free(found->name);
	*found = FOUND_NONE;
}
