/* SPDX-License-Identifier: MIT */
#include "cli/option_set.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "util/log.h"
#include "util/parse.h"

const char *option_spell(const struct option_use *use, char *buf)
{
	const struct option_row *row = &option_table[use->id];

	if (use->is_long)
		(void)snprintf(buf, OPTION_SPELLED_MAX, "--%s", row->name); /* test: all fit */
	else
		(void)snprintf(buf, OPTION_SPELLED_MAX, "-%c", row->letter);
	return buf;
}

static int bad_value(const struct option_use *use, const char *why, struct error *err)
{
	char buf[OPTION_SPELLED_MAX];

	return error_set(err, ERROR_USAGE, 0, "%s \"%s\": %s", option_spell(use, buf), use->value,
			 why);
}

/* @arg of the setters: the offset of a member of struct request, or an enum ns_type. */
typedef int setter(struct request *req, const struct option_use *use, size_t arg,
		   struct error *err);

static void *member(struct request *req, size_t offset)
{
	return (char *)req + offset;
}

static int set_flag(struct request *req, const struct option_use *use, size_t arg,
		    struct error *err)
{
	bool *flag = member(req, arg);

	(void)use;
	(void)err;
	*flag = true;
	return 0;
}

static int set_target(struct request *req, const struct option_use *use, size_t arg,
		      struct error *err)
{
	(void)arg;
	if (req->target)
		return error_set(err, ERROR_USAGE, 0, "--target may be given only once");
	if (use->value[0] == '-')
		return bad_value(use, "a target does not start with \"-\"", err);
	req->target = use->value;
	return 0;
}

static int set_ns(struct request *req, const struct option_use *use, size_t arg, struct error *err)
{
	req->wanted |= NS_BIT(arg);
	if (!use->value)
		return 0;
	if (use->value[0] == ':' && !parse_digits(use->value + 1))
		return bad_value(use, "a namespace id is \":\" and digits", err);
	req->ns_file[arg] = use->value;
	return 0;
}

static int set_net_socket(struct request *req, const struct option_use *use, size_t arg,
			  struct error *err)
{
	uint64_t fd;

	(void)arg;
	if (parse_uint64(use->value, INT_MAX, &fd) < 0)
		return bad_value(use, "not the number of a descriptor", err);
	req->net_socket = (int)fd;
	return 0;
}

/*
 * A name starts like one. What merely resembles a number ("1a", "0x1", " 1", "-1") must never be
 * looked up: a hostile passwd file has a line for it.
 */
static bool is_account_name(const char *text)
{
	unsigned char first = (unsigned char)*text;

	if (!(first >= 'a' && first <= 'z') && !(first >= 'A' && first <= 'Z') && first != '_' &&
	    first < 0x80)
		return false;
	for (; *text; text++)
		if ((unsigned char)*text < ' ' || *text == 0x7f || *text == ':' || *text == '/')
			return false;
	return true;
}

static int set_account(struct request *req, const struct option_use *use, size_t arg,
		       struct error *err)
{
	const char *what =
		use->id == OPTION_SETUID ? "not a user id or name" : "not a group id or name";
	struct id_request *id = member(req, arg);
	uint32_t number;
	int r;

	if (strcmp(use->value, "follow") == 0) {
		*id = (struct id_request){ .kind = ID_FOLLOW };
		return 0;
	}
	r = parse_id(use->value, &number);
	if (r == -ERANGE)
		return bad_value(use, "ids go from 0 to 4294967294", err);
	if (r == 0) {
		*id = (struct id_request){ .kind = ID_NUMBER, .number = number };
		return 0;
	}
	if (is_account_name(use->value)) {
		*id = (struct id_request){ .kind = ID_NAME, .name = use->value };
		return 0;
	}
	r = bad_value(use, what, err);
	if (strchr(use->value, ':'))
		error_hint(err, "user and group are two options: -S USER -G GROUP");
	return r;
}

static int set_dir(struct request *req, const struct option_use *use, size_t arg, struct error *err)
{
	struct dir_request *dir = member(req, arg);

	(void)err;
	dir->kind = use->value ? DIR_PATH : DIR_TARGET;
	dir->path = use->value;
	return 0;
}

static int set_text(struct request *req, const struct option_use *use, size_t arg,
		    struct error *err)
{
	const char **text = member(req, arg);

	(void)err;
	*text = use->value;
	return 0;
}

static int set_shell(struct request *req, const struct option_use *use, size_t arg,
		     struct error *err)
{
	(void)arg;
	req->want_shell = true;
	if (!use->value)
		return 0;
	/* Where a relative one would begin is not where it is looked for. */
	if (use->value[0] != '/') {
		(void)bad_value(use, "not an absolute path", err);
		error_hint(err, "without a path the best shell is looked for: --shell");
		return -EINVAL;
	}
	req->shell = use->value;
	return 0;
}

static int set_view(struct request *req, const struct option_use *use, size_t arg,
		    struct error *err)
{
	(void)arg;
	if (strcmp(use->value, "target") == 0)
		req->view = VIEW_TARGET;
	else if (strcmp(use->value, "host") == 0)
		req->view = VIEW_HOST;
	else
		return bad_value(use, "neither target nor host", err);
	return 0;
}

static int set_tools_from(struct request *req, const struct option_use *use, size_t arg,
			  struct error *err)
{
	(void)arg;
	if (req->n_tools_from == REQUEST_TOOLS)
		return error_set(err, ERROR_USAGE, 0, "--tools-from can be given %d times",
				 REQUEST_TOOLS);
	req->tools_from[req->n_tools_from++] = use->value;
	return 0;
}

static unsigned int remount_part(const char *word, size_t n)
{
	static const struct {
		const char *name;
		enum remount_part part;
	} parts[] = {
		{ "proc", REMOUNT_PROC },
		{ "sys", REMOUNT_SYS },
		{ "etc", REMOUNT_ETC },
	};

	for (size_t i = 0; i < ARRAY_SIZE(parts); i++)
		if (strlen(parts[i].name) == n && memcmp(parts[i].name, word, n) == 0)
			return parts[i].part;
	return 0;
}

static int set_remount(struct request *req, const struct option_use *use, size_t arg,
		       struct error *err)
{
	const char *word = use->value;

	(void)arg;
	if (!word) {
		req->remount = REMOUNT_ALL;
		return 0;
	}
	for (;;) {
		size_t n = strcspn(word, ",");
		unsigned int part = remount_part(word, n);

		if (!part)
			return bad_value(use, "a list of proc, sys and etc", err);
		req->remount |= part;
		req->remount_named |= part;
		if (!word[n])
			return 0;
		word += n + 1;
	}
}

static int set_as_target(struct request *req, const struct option_use *use, size_t arg,
			 struct error *err)
{
	int r;

	(void)arg;
	req->want_parts = true;
	req->as_target = AS_ALL;
	req->parts_named = false;
	if (!use->value || request_parse_parts(use->value, &req->as_target, &req->parts_named) == 0)
		return 0;
	r = bad_value(use, "not a list of parts of a target", err);
	error_hint(err, "parts are %s; a leading \"-\" leaves one out",
		   option_table[OPTION_AS_TARGET].words);
	return r;
}

static int set_keep_fd(struct request *req, const struct option_use *use, size_t arg,
		       struct error *err)
{
	uint64_t fd;

	(void)arg;
	if (parse_uint64(use->value, INT_MAX, &fd) < 0)
		return bad_value(use, "not the number of a descriptor", err);
	if (fd <= 2)
		return bad_value(use, "0, 1 and 2 always reach the program", err);
	if (req->n_keep_fd == REQUEST_KEEP_FDS)
		return error_set(err, ERROR_USAGE, 0, "--keep-fd can be given %d times",
				 REQUEST_KEEP_FDS);
	req->keep_fd[req->n_keep_fd++] = (int)fd;
	return 0;
}

static int set_pty(struct request *req, const struct option_use *use, size_t arg, struct error *err)
{
	(void)arg;
	if (!use->value || strcmp(use->value, "always") == 0)
		req->pty = PTY_ALWAYS;
	else if (strcmp(use->value, "auto") == 0)
		req->pty = PTY_AUTO;
	else if (strcmp(use->value, "never") == 0)
		req->pty = PTY_NEVER;
	else
		return bad_value(use, "neither auto, always nor never", err);
	return 0;
}

static int set_stdio(struct request *req, const struct option_use *use, size_t arg,
		     struct error *err)
{
	(void)arg;
	req->stdio_pass = strcmp(use->value, "pass") == 0;
	if (!req->stdio_pass && strcmp(use->value, "relay") != 0)
		return bad_value(use, "neither relay nor pass", err);
	return 0;
}

static int set_errors(struct request *req, const struct option_use *use, size_t arg,
		      struct error *err)
{
	(void)arg;
	req->errors_json = strcmp(use->value, "json") == 0;
	if (!req->errors_json && strcmp(use->value, "text") != 0)
		return bad_value(use, "neither text nor json", err);
	return 0;
}

static int set_verbosity(struct request *req, const struct option_use *use, size_t arg,
			 struct error *err)
{
	(void)arg;
	(void)err;
	if (use->id == OPTION_QUIET)
		req->verbosity = LOG_QUIET;
	else if (req->verbosity < LOG_TRACE)
		req->verbosity = MAX(req->verbosity, LOG_NORMAL) + 1;
	return 0;
}

#define MEMBER(name) offsetof(struct request, name)

/* clang-format off */
static const struct {
	setter *set;
	size_t arg;
} setters[OPTION_COUNT] = {
	[OPTION_TARGET]      = { set_target, 0 },
	[OPTION_HOST_ROOT]   = { set_text, MEMBER(host_root) },
	[OPTION_ALL]         = { set_flag, MEMBER(all) },
	[OPTION_MOUNT]       = { set_ns, NS_MNT },
	[OPTION_UTS]         = { set_ns, NS_UTS },
	[OPTION_IPC]         = { set_ns, NS_IPC },
	[OPTION_NET]         = { set_ns, NS_NET },
	[OPTION_PID]         = { set_ns, NS_PID },
	[OPTION_USER]        = { set_ns, NS_USER },
	[OPTION_CGROUP]      = { set_ns, NS_CGROUP },
	[OPTION_TIME]        = { set_ns, NS_TIME },
	[OPTION_NET_SOCKET]  = { set_net_socket, 0 },
	[OPTION_USER_PARENT] = { set_flag, MEMBER(user_parent) },
	[OPTION_SETUID]      = { set_account, MEMBER(uid) },
	[OPTION_SETGID]      = { set_account, MEMBER(gid) },
	[OPTION_PRESERVE_CREDENTIALS] = { set_flag, MEMBER(preserve_credentials) },
	[OPTION_KEEP_CAPS]   = { set_flag, MEMBER(keep_caps) },
	[OPTION_ROOT]        = { set_dir, MEMBER(root) },
	[OPTION_WD]          = { set_dir, MEMBER(wd) },
	[OPTION_WDNS]        = { set_text, MEMBER(wdns) },
	[OPTION_ENV]         = { set_flag, MEMBER(env) },
	[OPTION_JOIN_CGROUP] = { set_flag, MEMBER(join_cgroup) },
	[OPTION_FOLLOW_CONTEXT] = { set_flag, MEMBER(follow_context) },
	[OPTION_NO_FORK]     = { set_flag, MEMBER(no_fork) },
	[OPTION_HOST_TOOLS]  = { set_flag, MEMBER(host_tools) },
	[OPTION_VIEW]        = { set_view, 0 },
	[OPTION_TOOLS_FROM]  = { set_tools_from, 0 },
	[OPTION_REMOUNT]     = { set_remount, 0 },
	[OPTION_HOST_EXE]    = { set_flag, MEMBER(host_exe) },
	[OPTION_PRIVILEGED]  = { set_flag, MEMBER(privileged) },
	[OPTION_AS_TARGET]   = { set_as_target, 0 },
	[OPTION_SHELL]       = { set_shell, 0 },
	[OPTION_PTY]         = { set_pty, 0 },
	[OPTION_STDIO]       = { set_stdio, 0 },
	[OPTION_KEEP_FD]     = { set_keep_fd, 0 },
	[OPTION_DRY_RUN]     = { set_flag, MEMBER(dry_run) },
	[OPTION_JSON]        = { set_flag, MEMBER(json) },
	[OPTION_ERRORS]      = { set_errors, 0 },
	[OPTION_VERBOSE]     = { set_verbosity, 0 },
	[OPTION_QUIET]       = { set_verbosity, 0 },
};
/* clang-format on */

int option_set(struct request *req, const struct option_use *use, struct error *err)
{
	char buf[OPTION_SPELLED_MAX];

	if (use->value && !*use->value)
		return error_set(err, ERROR_USAGE, 0, "%s: %s is empty", option_spell(use, buf),
				 option_table[use->id].value);
	if (!setters[use->id].set)
		return 0;
	return setters[use->id].set(req, use, setters[use->id].arg, err);
}
