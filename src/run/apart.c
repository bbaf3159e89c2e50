/* SPDX-License-Identifier: MIT */
/* The steps that keep the program and what is the caller's apart. */
#include "run/steps.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/keyctl.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "run/calls.h"
#include "run/exec.h"
#include "run/explain.h"
#include "run/seal.h"

extern char **environ;

/* Two numbers before the program's own words, and the end. */
enum {
	LEADER_WORDS = 3,
	USUAL_WORDS = 64, /* so many need no memory of their own */
};

int step_seal(struct run *run, const struct step *step, struct error *err)
{
	(void)step;
	run->leader_fd = seal_leader(err);
	return run->leader_fd < 0 ? run->leader_fd : 0;
}

/* As we number it: the program may be in another user namespace. */
static uint32_t program_id(const struct run *run, enum step_kind kind, const struct idmap *map)
{
	const struct target_maps *maps = &run->target->maps;

	for (size_t i = 0; i < run->plan->n; i++) {
		uint32_t id = run->plan->step[i].id;

		if (run->plan->step[i].kind == kind &&
		    (maps->same || (maps->known && idmap_to_outside(map, id, &id))))
			return id;
	}
	return (uint32_t)-1;
}

uint32_t run_program_uid(const struct run *run)
{
	return program_id(run, STEP_UID, &run->target->maps.uid);
}

static uint32_t program_gid(const struct run *run)
{
	return program_id(run, STEP_GID, &run->target->maps.gid);
}

int run_give(const struct run *run, int fd)
{
	return relay_give(fd, run_program_uid(run), program_gid(run));
}

int step_streams(struct run *run, const struct step *step, struct error *err)
{
	(void)step;
	return relay_open(&run->relay, run->plan->stream, run->target->facts.stream,
			  run_program_uid(run), program_gid(run), err);
}

/*
 * Whether a filter that we are under answers so to all that has to do with keys, as Docker's does to
 * what runs in a container. The program will be under it, too. The kernel itself refuses none of
 * these with EPERM: two of them lack their arguments.
 */
static bool are_keys_forbidden(int errnum)
{
	return errnum == EPERM &&
	       syscall(SYS_keyctl, KEYCTL_GET_KEYRING_ID, KEY_SPEC_SESSION_KEYRING, 0) < 0 &&
	       errno == errnum && syscall(SYS_add_key, NULL, NULL, NULL, 0, 0) < 0 &&
	       errno == errnum && syscall(SYS_request_key, NULL, NULL, NULL, 0) < 0 &&
	       errno == errnum;
}

int step_keyring(struct run *run, const struct step *step, struct error *err)
{
	int errnum = 0;

	(void)run;
	(void)step;
	if (syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL) < 0)
		errnum = errno;
	/* A kernel without keys has none to be found. */
	if (errnum != 0 && errnum != ENOSYS && !are_keys_forbidden(errnum))
		return error_set(err, ERROR_SYSTEM, errnum, "start a session keyring");
	return 0;
}

/* From here on what is said goes to the program's standard error: the parent says it, then. */
static int take_streams(const struct run *run)
{
	for (int i = 0; i < STREAMS; i++) {
		int fd = relay_program_fd(&run->relay, i);

		if (run->plan->stream[i].way == WAY_PIPE)
			continue; /* since the child was made */
		if (run->plan->stream[i].way == WAY_PTY)
			fd = run->slave_fd;
		if (fd != i && call_dup_to(fd, i) < 0)
			return -errno;
	}
	return 0;
}

/* The descriptors of ours that outlive the exec: the leader's end, and what the program will use. */
static int keep_for_leader(const struct run *run)
{
	const struct plan *plan = run->plan;
	bool late = false;
	int r = fcntl(run->control_fd, F_SETFD, 0);

	for (size_t i = 0; i < plan->n && r == 0; i++) {
		const struct step *step = &plan->step[i];

		late |= step->kind == STEP_LEADER;
		if (late && step->kind == STEP_CGROUP)
			r = fcntl(run->target->cgroup_fd[step->cgroup], F_SETFD, 0);
	}
	if (r == 0 && run->filters.fd >= 0)
		r = fcntl(run->filters.fd, F_SETFD, 0);
	return r;
}

_Noreturn static void tell_failure(const struct run *run, enum leader_report_kind what, int errnum)
{
	(void)child_tell(run, what, errnum, -EBADF); /* else our end is all there is */
	child_end(STATUS_FAILED);
}

/* -X: the leader executes it by its descriptor. */
static int keep_exe(const struct run *run)
{
	int fd = run->target->exe_fd;

	return fd < 0 ? 0 : fcntl(fd, F_SETFD, 0);
}

static int execute_leader(const struct run *run, char *file, char *const *words, char *const envp[],
			  struct error *err)
{
	char number[sizeof("2147483647")], name[] = "nsjoin", *usual[USUAL_WORDS] = { 0 };
	_cleanup_free_ char **more = NULL;
	char **argv = usual;
	size_t n = 0;

	while (words[n])
		n++;
	if (LEADER_WORDS + n >= USUAL_WORDS)
		argv = more = calloc(LEADER_WORDS + n + 1, sizeof(*argv));
	if (!argv)
		return error_set(err, ERROR_SYSTEM, ENOMEM, "start the program");
	(void)snprintf(number, sizeof(number), "%d", run->control_fd); /* an int fits */
	argv[0] = name;
	argv[1] = number;
	argv[2] = file;
	for (size_t i = 0; i < n; i++)
		argv[LEADER_WORDS + i] = words[i];
	if (take_streams(run) < 0)
		tell_failure(run, LEADER_FAILED, errno);
	if (keep_for_leader(run) == 0 && keep_exe(run) == 0)
		(void)syscall(SYS_execveat, run->leader_fd, "", argv, envp, AT_EMPTY_PATH);
	tell_failure(run, LEADER_FAILED, errno);
}

int step_leader(struct run *run, const struct step *step, struct error *err)
{
	const struct step *exec = &run->plan->step[run->plan->n - 1];
	char *const *envp = run->target->env.item ? run->target->env.item : environ;
	char file[PATH_MAX], name[NAME_MAX + 2];
	char *shell[] = { name, NULL };
	int errnum = exec->exec.by_fd ? 0 : exec_find(exec, envp, file);

	(void)step;
	if (errnum)
		tell_failure(run, LEADER_NOT_FOUND, errnum);
	if (exec->exec.by_fd)
		file[0] = '\0';
	exec_shell_name(exec, name, sizeof(name));
	return execute_leader(run, file, run->req->program ? run->req->program : shell, envp, err);
}
