/* SPDX-License-Identifier: MIT */
/* The last step: the program, or why it could not be started. */
#include "run/exec.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "core/shell.h"
#include "run/explain.h"
#include "run/steps.h"

extern char **environ;

/* Tries each directory of @path. What fails for another reason than not being there is remembered. */
static int search(const char *file, const char *path, char *const argv[], char *const envp[],
		  int errnum)
{
	char candidate[PATH_MAX];

	while (path_next(&path, file, candidate)) {
		(void)execve(candidate, argv, envp); /* errno says all there is to know */
		if (errno == EACCES)
			errnum = EACCES;
		else if (errno != ENOENT && errno != ENOTDIR)
			return errno;
	}
	return errnum;
}

/* Comes back where the program could not be executed. Return: the errno, positive. */
static int execute(const struct step *step, char *const argv[], char *const envp[])
{
	const char *path = strv_env_get(envp, "PATH");
	int errnum;

	if (!step->exec.search) {
		(void)execve(step->exec.file, argv, envp);
		return errno;
	}
	errnum = search(step->exec.file, path ? path : shell_standard_path, argv, envp, ENOENT);
	/* The caller's PATH means little among the target's files. */
	if (step->exec.more_path && errnum == ENOENT)
		errnum = search(step->exec.file, shell_standard_path, argv, envp, ENOENT);
	return errnum;
}

int explain_by_fd(const struct step *step, int errnum, struct error *err)
{
	error_set(err, ERROR_CANNOT_EXECUTE, errnum, "-X: cannot execute \"%s\"", step->exec.file);
	err->status = STATUS_CANNOT_EXEC;
	return -errnum;
}

void exec_shell_name(const struct step *step, char *buf, size_t size)
{
	(void)snprintf(buf, size, "%s%s", step->exec.login ? "-" : "", shell_name(step->exec.file));
}

/* Return: 0, or the errno that execve(2) would have, positive. */
static int check(const char *file)
{
	struct stat st;

	/* Real and effective ids are the same. */
	if (syscall(SYS_faccessat, AT_FDCWD, file, X_OK) < 0 || fstatat(AT_FDCWD, file, &st, 0) < 0)
		return errno;
	return S_ISREG(st.st_mode) ? 0 : EACCES;
}

bool exec_may(const char *file)
{
	return check(file) == 0;
}

int exec_search(const char *name, const char *path, char *file)
{
	int errnum = ENOENT;

	while (path_next(&path, name, file)) {
		int r = check(file);

		if (r == 0)
			return 0;
		if (r != ENOENT && r != ENOTDIR)
			errnum = EACCES;
	}
	return errnum;
}

int exec_find(const struct step *step, char *const envp[], char *file)
{
	const char *path = strv_env_get(envp, "PATH");
	int errnum;

	if (!step->exec.search) {
		int n = snprintf(file, PATH_MAX, "%s", step->exec.file);

		/* As execve(2) has it: cut off, it would be another file. */
		return n < PATH_MAX ? 0 : ENAMETOOLONG;
	}
	errnum = exec_search(step->exec.file, path ? path : shell_standard_path, file);
	if (step->exec.more_path && errnum == ENOENT)
		errnum = exec_search(step->exec.file, shell_standard_path, file);
	return errnum;
}

int step_exec(struct run *run, const struct step *step, struct error *err)
{
	char name[NAME_MAX + 2];
	char *shell[] = { name, NULL };
	char *const *argv = run->req->program;
	char *const *envp = run->target->env.item ? run->target->env.item : environ;
	int errnum;

	if (!argv) {
		exec_shell_name(step, name, sizeof(name));
		argv = shell;
	}
	if (run->parent && sigprocmask(SIG_SETMASK, &run->caller_mask, NULL) < 0)
		return error_set(err, ERROR_SYSTEM, errno, "restore the signal mask");
	if (step->exec.by_fd) {
		(void)syscall(SYS_execveat, run->target->exe_fd, "", argv, envp, AT_EMPTY_PATH);
		return explain_by_fd(step, errno, err);
	}
	errnum = execute(step, argv, envp);
	return explain_exec(run, step, errnum, err);
}
