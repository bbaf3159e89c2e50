/* SPDX-License-Identifier: MIT */
#include "find/find.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "find/cgroupref.h"
#include "find/comm.h"
#include "find/container.h"
#include "find/hostfs.h"
#include "find/ident.h"
#include "find/pinned.h"
#include "find/process.h"
#include "find/spec.h"
#include "find/unit.h"
#include "sys/pidfd.h"
#include "sys/proc.h"
#include "util/fd.h"
#include "util/parse.h"

bool find_is_id(const char *text)
{
	return strlen(text) == FIND_ID_MAX && parse_hex(text, FIND_ID_MAX);
}

static int find_pid(const struct hostfs *host, const struct spec *spec, struct found *ret_found,
		    struct error *err)
{
	int r = spec->pid > 0 ? process_open(host, spec->pid, ret_found, err) : -ESRCH;

	/* Digits are a process and nothing else, but the error may know what was meant. */
	if (r == -ESRCH)
		return container_explain_number(host, spec, err);
	return r;
}

static int find_pid_inode(const struct hostfs *host, const struct spec *spec,
			  struct found *ret_found, struct error *err)
{
	_cleanup_found_ struct found found = FOUND_NONE;
	int r = process_open(host, spec->pid, &found, err);

	if (r < 0)
		return r;
	r = process_check_inode(&found, spec->inode, err);
	if (r < 0)
		return r;
	*ret_found = found;
	found = FOUND_NONE;
	return 0;
}

static int find_spec(const struct find_query *query, const struct hostfs *host,
		     const struct spec *spec, struct found *ret_found, struct error *err)
{
	switch (spec->kind) {
	case SPEC_PID:
		return find_pid(host, spec, ret_found, err);
	case SPEC_PID_INODE:
		return find_pid_inode(host, spec, ret_found, err);
	case SPEC_HOST:
		return process_open(host, 1, ret_found, err);
	case SPEC_PIDFILE:
		return process_open_pidfile(host, spec->word, ret_found, err);
	case SPEC_CGROUP:
		return cgroupref_find(host, spec->word, ret_found, err);
	case SPEC_COMM:
		return comm_find(host, spec->word, ret_found, err);
	case SPEC_UNIT:
		return unit_find(host, spec->word, ret_found, err);
	case SPEC_POD:
	case SPEC_ID:
	case SPEC_KIND:
	case SPEC_KIND_ID:
	case SPEC_WORD:
		return container_find(query, host, spec, ret_found, err);
	}
	return error_set(err, ERROR_USAGE, 0, "target \"%s\": unknown kind", spec->text);
}

/* What could not be opened counts as missing: who was short of descriptors has seen nothing. */
static int explain_shortage(const struct hostfs *host, const char *text, int r, struct error *err)
{
	if (hostfs_can_open(host))
		return r;
	return error_set(err, ERROR_SYSTEM, EMFILE, "look for \"%s\"", text);
}

int find_query(const struct find_query *query, struct found *ret_found, struct error *err)
{
	_cleanup_hostfs_ struct hostfs host = HOSTFS_NONE;
	struct spec spec;
	int r = spec_parse(query->text, &spec, err);

	if (r >= 0)
		r = hostfs_init(query->host_root, &host, err);
	if (r >= 0)
		r = hostfs_check_proc(&host, err);
	if (r >= 0)
		r = find_spec(query, &host, &spec, ret_found, err);
	if (r >= 0)
		ret_found->lifeless =
			host.foreign && !ret_found->pinned && !hostfs_is_procfs(ret_found->proc_fd);
	if (r < 0 && err && err->id == ERROR_TARGET_NOT_FOUND && host.root_fd >= 0)
		r = explain_shortage(&host, query->text, r, err);
	if (r < 0 && err) {
		free(err->target);
		err->target = strdup(query->text); /* without memory the message has to do */
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

/* The kernel tells where it is without writing down all hierarchies. Further down is elsewhere. */
static bool is_in_its_cgroup(const struct found *found)
{
	uint64_t cgroup;

	if (found->cgroup && found->pidfd >= 0 && pidfd_cgroup(found->pidfd, &cgroup) == 0 &&
	    cgroup == found->cgroup)
		return true;
	return ident_is(found->proc_fd, found->id);
}

int find_verify(const struct found *found, struct error *err)
{
	if (!is_alive(found)) {
		(void)error_set(err, ERROR_TARGET_IS_GONE, 0, "process %d has exited", found->pid);
		return -ESRCH;
	}
	if (found->id && found->by_cgroup && !is_in_its_cgroup(found)) {
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
	pinned_free(found->pinned);
	free(found->runtime);
	free(found->id);
	free(found->name);
	free(found->cgroup_path);
	*found = FOUND_NONE;
}
