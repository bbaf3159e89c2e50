/* SPDX-License-Identifier: MIT */
#include "core/lookup.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/shell.h"
#include "sys/elf.h"
#include "sys/idmap.h"
#include "sys/passwd.h"
#include "util/error.h"
#include "util/fd.h"
#include "util/log.h"

struct view {
	int root_fd, procfd;
	bool hostile;
};

static int open_file(const struct view *view, const char *path)
{
	if (view->hostile)
		return passwd_open_vetted(view->root_fd, path, view->procfd);
	return open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
}

static bool is_executable_file(int fd)
{
	struct stat st;

	/* Any x bit is enough for who may do everything; execve has the last word. */
	return fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && (st.st_mode & 0111);
}

static bool exists(const struct view *view, const char *path)
{
	_cleanup_fd_ int fd = open_file(view, path);

	return fd >= 0 || fd == -EACCES;
}

/* Whether execve has the last word on what is of no known format, or something else will do. */
enum choice {
	CHOICE_NAMED,
	CHOICE_FREE
};

/* What @path would do if it were executed. */
static enum lookup_result try_program(const struct view *view, const char *path, enum choice choice,
				      struct lookup_answer *answer)
{
	_cleanup_fd_ int fd = open_file(view, path);
	struct elf_needs needs;

	if (fd < 0 && view->hostile && fd != -EACCES)
		return LOOKUP_MISSING;
	if (fd < 0)
		/* It may be executable without being readable. */
		return faccessat(AT_FDCWD, path, X_OK, 0) == 0 ? LOOKUP_FOUND : LOOKUP_MISSING;
	if (!is_executable_file(fd))
		return LOOKUP_MISSING;
	if (elf_inspect(fd, &needs) < 0 || needs.kind == ELF_KIND_NONE)
		return choice == CHOICE_NAMED ? LOOKUP_FOUND : LOOKUP_MISSING;
	if (needs.interp[0] == '\0')
		return LOOKUP_FOUND;
	if (exists(view, needs.interp))
		return LOOKUP_FOUND;
	memcpy(answer->interp, needs.interp, sizeof(answer->interp)); /* both are PATH_MAX */
	return LOOKUP_NO_INTERP;
}

static bool take(const struct view *view, const char *path, enum choice choice,
		 struct lookup_answer *answer)
{
	enum lookup_result result;

	if (strlen(path) >= sizeof(answer->program))
		return false;
	result = try_program(view, path, choice, answer);
	if (result == LOOKUP_MISSING)
		return false;
	answer->result = result;
	memcpy(answer->program, path, strlen(path) + 1);
	answer->busybox = shell_is_busybox(path);
	return result == LOOKUP_FOUND;
}

static void find_program(const struct lookup_question *q, const struct view *view,
			 struct lookup_answer *answer)
{
	const char *path = q->path;
	char candidate[PATH_MAX];

	answer->result = LOOKUP_MISSING;
	if (strchr(q->program, '/')) {
		/* the answer says what came of it */
		(void)take(view, q->program, CHOICE_NAMED, answer);
		return;
	}
	while (path_next(&path, q->program, candidate))
		if (take(view, candidate, CHOICE_NAMED, answer))
			return; /* execve, too, goes on past one that cannot start */
}

static void find_shell(const struct lookup_question *q, const struct view *view, const char *passwd,
		       size_t size, struct lookup_answer *answer)
{
	static const char *const of_ours[] = { "/bin/sh", NULL };
	const char *const *others = view->hostile ? shell_candidates : of_ours;
	struct passwd_entry entry = { 0 };
	bool found;

	answer->result = LOOKUP_MISSING;
	if (q->shell) {
		/* as above: no other one will do */
		(void)take(view, q->shell, CHOICE_NAMED, answer);
		return;
	}
	/* SHELL may be empty, or left over from another system. */
	found = q->usual_shell && q->usual_shell[0] == '/' &&
		take(view, q->usual_shell, CHOICE_FREE, answer);
	if (!found && passwd && passwd_find_uid(passwd, size, q->shell_uid, &entry) == 0)
		found = shell_usable_name(entry.shell) &&
			take(view, entry.shell, CHOICE_FREE, answer);
	passwd_entry_done(&entry);
	for (; *others && !found; others++)
		found = take(view, *others, CHOICE_FREE, answer);
}

/* Where there is no file there is no such name. */
static int unread(ssize_t size)
{
	return size < 0 && size != -ENOENT ? (int)-size : 0;
}

/* As a login would have them: the group of the line among them. */
static void find_groups(const struct view *view, const struct passwd_entry *entry,
			struct lookup_answer *answer)
{
	_cleanup_free_ char *text = NULL;
	ssize_t size = passwd_read(view->root_fd, "etc/group", view->procfd, &text);

	answer->group_errnum = unread(size);
	answer->groups[0] = entry->gid;
	answer->n_groups = 1;
	if (size >= 0)
		answer->n_groups += group_list_of(text, (size_t)size, entry->name,
						  answer->groups + 1, LOOKUP_GROUPS_MAX - 1);
	if (answer->n_groups > LOOKUP_GROUPS_MAX) {
		answer->group_errnum = EOVERFLOW;
		answer->n_groups = 0;
	}
}

static void find_user(const struct lookup_question *q, const struct view *view, const char *passwd,
		      size_t size, struct lookup_answer *answer)
{
	struct passwd_entry entry = { 0 };
	int r = -ENOENT;

	if (!passwd)
		return;
	if (q->uid.kind == ID_NAME)
		r = passwd_find_name(passwd, size, q->uid.name, &entry);
	else if (q->uid.kind == ID_NUMBER)
		r = passwd_find_uid(passwd, size, q->uid.number, &entry);
	if (r < 0)
		return;
	answer->has_uid = true;
	answer->uid = entry.uid;
	answer->has_gid = q->want_group;
	answer->gid = entry.gid;
	if (entry.home[0] == '/') /* shorter than PATH_MAX, as all fields */
		memcpy(answer->home, entry.home, strlen(entry.home) + 1);
	if (q->want_groups)
		find_groups(view, &entry, answer);
	passwd_entry_done(&entry);
}

static void find_group(const struct lookup_question *q, const struct view *view,
		       struct lookup_answer *answer)
{
	_cleanup_free_ char *text = NULL;
	ssize_t size;

	if (q->gid.kind != ID_NAME)
		return;
	size = passwd_read(view->root_fd, "etc/group", view->procfd, &text);
	answer->group_errnum = unread(size);
	if (size >= 0 && group_find_name(text, (size_t)size, q->gid.name, &answer->gid) == 0)
		answer->has_gid = true;
}

/* A path that begins in a directory which will be entered between here and the program. */
static bool begins_elsewhere(const struct request *req)
{
	const char *program = req->program ? req->program[0] : "/";

	return program[0] != '/' && strchr(program, '/') &&
	       (req->wd.kind != DIR_UNSET || req->wdns);
}

bool lookup_wants_program(const struct request *req)
{
	/* With -X it is open already. */
	return !req->host_exe && req->view != VIEW_TARGET && !begins_elsewhere(req) &&
	       (req->dry_run || req->verbosity >= LOG_VERBOSE);
}

bool lookup_needed(const struct request *req)
{
	bool number = req->uid.kind == ID_NUMBER;
	bool group = number && req->gid.kind == ID_UNSET && !req->preserve_credentials;
	bool home = number && req->become && req->env;

	bool shell = !req->program && req->view != VIEW_TARGET;

	return shell || req->uid.kind == ID_NAME || req->gid.kind == ID_NAME || group || home ||
	       lookup_wants_program(req);
}

void lookup_files(const struct lookup_question *q, int root_fd, int procfd,
		  struct lookup_answer *ret_answer)
{
	const struct view view = { root_fd, procfd, q->hostile };
	_cleanup_free_ char *passwd = NULL;
	ssize_t size = -ENOENT;

	*ret_answer = (struct lookup_answer){ .result = LOOKUP_NOTHING };
	if (q->uid.kind != ID_UNSET || q->want_shell)
		size = passwd_read(root_fd, "etc/passwd", procfd, &passwd);
	ret_answer->passwd_errnum = unread(size);
	find_user(q, &view, size < 0 ? NULL : passwd, (size_t)size, ret_answer);
	find_group(q, &view, ret_answer);
	if (q->want_shell)
		find_shell(q, &view, size < 0 ? NULL : passwd, (size_t)size, ret_answer);
	else if (q->program)
		find_program(q, &view, ret_answer);
}

/* Looked at as a byte: another one is no value that may be asked for. */
static bool is_bool(const bool *sent)
{
	unsigned char byte;

	memcpy(&byte, sent, sizeof(byte));
	return byte <= 1;
}

static bool is_errnum(int errnum)
{
	return errnum >= 0 && errnum <= ERRNUM_MAX;
}

static bool has_end(const char path[PATH_MAX])
{
	return memchr(path, '\0', PATH_MAX) != NULL;
}

static bool are_ids(const struct lookup_answer *answer)
{
	if ((answer->has_uid && answer->uid == IDMAP_NO_ID) ||
	    (answer->has_gid && answer->gid == IDMAP_NO_ID) || answer->n_groups > LOOKUP_GROUPS_MAX)
		return false;
	for (size_t i = 0; i < answer->n_groups; i++)
		if (answer->groups[i] == IDMAP_NO_ID)
			return false;
	return true;
}

static bool are_paths(const struct lookup_answer *answer)
{
	const bool named = answer->result == LOOKUP_FOUND || answer->result == LOOKUP_NO_INTERP;

	if (!has_end(answer->home) || !has_end(answer->program) || !has_end(answer->interp))
		return false;
	return (!answer->home[0] || answer->home[0] == '/') && (!named || answer->program[0]) &&
	       (answer->result != LOOKUP_NO_INTERP || answer->interp[0]);
}

/* What was not asked for would be taken for what was. */
static bool was_asked(const struct lookup_question *q, const struct lookup_answer *answer)
{
	return (!answer->has_uid || q->uid.kind != ID_UNSET) &&
	       (!answer->has_gid || q->want_group || q->gid.kind == ID_NAME) &&
	       (answer->n_groups == 0 || q->want_groups) &&
	       (answer->result != LOOKUP_NOTHING) == (q->want_shell || q->program);
}

int lookup_check(const struct lookup_question *q, const struct lookup_answer *answer)
{
	if (!is_bool(&answer->has_uid) || !is_bool(&answer->has_gid) ||
	    !is_bool(&answer->busybox) || !is_errnum(answer->passwd_errnum) ||
	    !is_errnum(answer->group_errnum) || (unsigned int)answer->result > LOOKUP_NO_INTERP)
		return -EBADMSG;
	return are_ids(answer) && are_paths(answer) && was_asked(q, answer) ? 0 : -EBADMSG;
}
