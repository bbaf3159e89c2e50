/* SPDX-License-Identifier: MIT */
#include "run/explain.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/capability.h>
#include <linux/magic.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "core/shell.h"
#include "run/exec.h"
#include "sys/caps.h"
#include "sys/elf.h"
#include "util/escape.h"
#include "util/fd.h"
#include "util/text.h"

/* The call itself: the target's files may be in place of ours by now, so no library is loaded. */
static int keep_only(const struct __user_cap_data_struct kept[_LINUX_CAPABILITY_U32S_3])
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };

	if (prctl(PR_SET_NO_NEW_PRIVS, 1UL, 0UL, 0UL, 0UL) < 0 ||
	    syscall(SYS_capset, &header, kept) < 0)
		return -errno;
	return 0;
}

int give_up_privileges(void)
{
	const struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = { 0 };

	return keep_only(none);
}

int give_up_all_but(int cap)
{
	struct __user_cap_data_struct kept[_LINUX_CAPABILITY_U32S_3] = { 0 };

	if (caps_have(cap)) {
		kept[CAP_TO_INDEX(cap)].permitted = CAP_TO_MASK(cap);
		kept[CAP_TO_INDEX(cap)].effective = CAP_TO_MASK(cap);
	}
	return keep_only(kept);
}

/* Whether the view of the host has it: not where that one has something else in place of ours, and
 * where else a relative path leads is not known. */
static bool is_in_host_view(const char *file)
{
	static const char *const covered[] = { "/tmp/", "/dev/shm/", "/mnt/", "/media/", "/srv/" };

	for (size_t i = 0; i < ARRAY_SIZE(covered); i++)
		if (strncmp(file, covered[i], strlen(covered[i])) == 0)
			return false;
	return file[0] == '/';
}

unsigned int explain_ways_out(const struct request *req)
{
	const char *program = req->program ? req->program[0] : NULL, *path = getenv("PATH");
	bool none = req->view == VIEW_NONE;
	char file[PATH_MAX];
	unsigned int ways = 0;

	if (!program)
		return 0;
	if (strchr(program, '/')) {
		if (!exec_may(program))
			return 0;
		return (is_in_host_view(program) ? WAY_HOST_VIEW : 0) |
		       (none && !req->become ? WAY_OWN_FILES : 0);
	}
	/* The view has those of the standard directories. */
	if (none && exec_search(program, shell_standard_path, file) == 0)
		ways |= WAY_TARGET_VIEW;
	if (exec_search(program, path ? path : shell_standard_path, file) == 0 &&
	    is_in_host_view(file))
		ways |= WAY_HOST_VIEW;
	return ways;
}

/* What other tools take there: a user, a variable, a command line in one word. */
static void hint_habit(const struct request *req, const char *program, struct error *err)
{
	char before = req->before_program;

	if (before == ns_table[NS_UTS].letter || before == ns_table[NS_USER].letter)
		error_hint(err, "-%c is a namespace; as a user: -S %s", before, program);
	else if (program[strcspn(program, "/=")] == '=')
		error_hint(err, "%sfor a variable: env %s …",
			   before == 'e' ? "-e is the target's environment; " : "", program);
	else if (strpbrk(program, " |;&"))
		error_hint(err, "it is one word; a command line for a shell: sh -c \"%s\"",
			   program);
	else if (req->target && strcmp(program, "inspect") == 0)
		error_hint(err, "to ask about it: nsjoin inspect %s", req->target);
}

/* What was to be run, as far as it can be pasted. */
static char *command_of(const struct request *req, const char *program)
{
	_cleanup_text_ struct text text = { 0 };

	text_add(&text, "%s", program);
	for (char **word = req->program ? req->program + 1 : NULL; word && *word; word++) {
		if (!escape_is_word(*word)) {
			text_add(&text, " …");
			break;
		}
		text_add(&text, " %s", *word);
	}
	return text_take(&text);
}

static void hint_ways(const char *target, const char *command, unsigned int ways, struct error *err)
{
	if (ways & WAY_TARGET_VIEW)
		error_hint(err, "nsjoin -t %s -H %s              yours, in its files", target,
			   command);
	if (ways & WAY_HOST_VIEW)
		error_hint(err, "nsjoin -t %s -H --view=host %s  yours, in your files", target,
			   command);
}

int explain_missing(const struct request *req, const char *target, const char *program,
		    const char *path, unsigned int ways, struct error *err)
{
	_cleanup_free_ char *command = command_of(req, program);

	error_set(err, ERROR_PROGRAM_NOT_FOUND, 0, "\"%s\": not found%s%s%s", program,
		  target ? " in " : "", target ? target : "",
		  target && (ways & WAY_TAKEN) ? ", nor among your programs" : "");
	err->status = STATUS_NOT_FOUND;
	if (target)
		hint_ways(target, command ? command : program, ways, err);
	if (ways & WAY_OWN_FILES)
		error_hint(err, "the program is taken from the target's files; "
				"leave out -m, -a and -r to use your own");
	hint_habit(req, program, err);
	if (path && !strchr(program, '/'))
		error_hint(err, "PATH was searched: %s", path);
	return -ENOENT;
}

int explain_no_interp(bool target_files, const char *target, const char *program,
		      const char *interp, struct error *err)
{
	if (target_files && target)
		error_set(err, ERROR_INTERP_MISSING, 0,
			  "\"%s\" needs \"%s\", which %s does not have", program, interp, target);
	else
		error_set(err, ERROR_INTERP_MISSING, 0, "\"%s\" needs \"%s\", which does not exist",
			  program, interp);
	err->status = STATUS_NOT_FOUND;
	return -ENOENT;
}

static const char *searched_path(const struct run *run)
{
	const char *path =
		strv_env_get(run->target->env.item ? run->target->env.item : environ, "PATH");

	return path ? path : shell_standard_path;
}

/* The file that was meant: the first of that name in PATH. Return: "" where there is none. */
static void find_file(const struct run *run, const struct step *step, char *buf)
{
	const char *path = searched_path(run);
	struct stat st;

	if (!step->exec.search) {
		(void)snprintf(buf, PATH_MAX, "%s", step->exec.file); /* longer: ENAMETOOLONG */
		return;
	}
	while (path_next(&path, step->exec.file, buf))
		if (fstatat(AT_FDCWD, buf, &st, 0) == 0 && S_ISREG(st.st_mode))
			return;
	buf[0] = '\0';
}

static int open_readable(const char *file)
{
	return open(file, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
}

static int explain_absent(const struct run *run, const struct step *step, const char *file,
			  struct error *err)
{
	_cleanup_fd_ int fd = -EBADF;
	bool target_files = run->plan->target_files;
	unsigned int ways = target_files ? run->ways_out : 0;
	struct elf_needs needs = { 0 };
	const char *target = run->target->name;
	struct stat st;

	/* Looked at before it is opened: opening what is not a file can have effects. */
	if (fstatat(AT_FDCWD, file, &st, 0) == 0 && S_ISREG(st.st_mode))
		fd = open_readable(file);
	/* If it is there, then what is missing is what it needs to start. */
	if (fd >= 0 && elf_inspect(fd, &needs) == 0 && needs.interp[0])
		return explain_no_interp(target_files, target, file, needs.interp, err);
	if (run->req->view == VIEW_TARGET && step->exec.search)
		ways |= WAY_TAKEN;
	return explain_missing(run->req, target_files ? target : NULL, step->exec.file,
			       searched_path(run), ways, err);
}

/* /proc/PID/ns/net: may be closed to us, and still is what it is called. */
static bool is_namespace_link(const char *file)
{
	const char *slash = strrchr(file, '/');

	for (enum ns_type t = 0; slash && t < NS_COUNT; t++)
		if (strcmp(slash + 1, ns_table[t].name) == 0)
			return strstr(file, "/ns/") != NULL;
	return false;
}

static int explain_namespace_file(const struct request *req, const char *file, struct error *err)
{
	error_set(err, ERROR_FILE_NOT_ATTACHED, 0, "cannot execute \"%s\": it is a namespace file",
		  file);
	error_hint(err, "attach it to its option: -%c%s", req->unattached ? req->unattached : 'n',
		   file);
	return -EACCES;
}

static int explain_denied(const struct request *req, const char *file, struct error *err)
{
	_cleanup_fd_ int fd = open(file, O_PATH | O_CLOEXEC);
	struct statfs fs = { 0 };
	struct stat st;

	if (fd < 0 && is_namespace_link(file))
		return explain_namespace_file(req, file, err);
	if (fd < 0 || fstat(fd, &st) < 0 || fstatfs(fd, &fs) < 0)
		return error_set(err, ERROR_CANNOT_EXECUTE, EACCES, "cannot execute \"%s\"", file);
	if (fs.f_type == NSFS_MAGIC)
		return explain_namespace_file(req, file, err);
	if (S_ISDIR(st.st_mode)) {
		error_set(err, ERROR_CANNOT_EXECUTE, 0, "\"%s\": is a directory", file);
		if (req->unattached == 'w' || req->unattached == 'r')
			error_hint(err, "attach it to its option: -%c%s", req->unattached, file);
		return -EACCES;
	}
	if (!S_ISREG(st.st_mode))
		return error_set(err, ERROR_CANNOT_EXECUTE, 0, "\"%s\": is not a regular file",
				 file);
	if (!(st.st_mode & 0111)) {
		error_set(err, ERROR_CANNOT_EXECUTE, 0, "\"%s\": is not executable", file);
		error_hint(err, "no x bit is set: chmod +x, or name the interpreter");
		return -EACCES;
	}
	error_set(err, ERROR_CANNOT_EXECUTE, EACCES, "cannot execute \"%s\"", file);
	if (fs.f_flags & ST_NOEXEC)
		error_hint(err, "its file system is mounted noexec");
	return -EACCES;
}

static int explain_format(const char *file, struct error *err)
{
	_cleanup_fd_ int fd = open_readable(file);
	struct elf_needs needs = { 0 };

	if (fd >= 0 && elf_inspect(fd, &needs) == 0 && needs.kind == ELF_KIND_FOREIGN)
		return error_set(err, ERROR_CANNOT_EXECUTE, 0, "\"%s\" is a program for %s", file,
				 needs.arch ? needs.arch : "another processor");
	error_set(err, ERROR_CANNOT_EXECUTE, 0, "\"%s\": is neither a program nor starts with #!",
		  file);
	/* Its directory may be one that the target has put into PATH. */
	error_hint(err, "if it is a shell script: sh %s", escape_is_word(file) ? file : "FILE");
	return -ENOEXEC;
}

int explain_exec(const struct run *run, const struct step *step, int errnum, struct error *err)
{
	char file[PATH_MAX] = "";

	if (!run->plan->target_files || give_up_privileges() == 0)
		find_file(run, step, file);
	if (errnum == ENOENT)
		return explain_absent(run, step, file, err);
	if (errnum == EACCES && file[0])
		(void)explain_denied(run->req, file, err); /* its answer is in @err */
	else if (errnum == ENOEXEC && file[0])
		(void)explain_format(file, err);
	else
		error_set(err, ERROR_CANNOT_EXECUTE, errnum, "cannot execute \"%s\"",
			  step->exec.file);
	/* A file that was to be attached to an option is no program that cannot be executed. */
	err->status = err->id == ERROR_FILE_NOT_ATTACHED ? STATUS_FAILED : STATUS_CANNOT_EXEC;
	return -errnum;
}
