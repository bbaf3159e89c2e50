/* SPDX-License-Identifier: MIT */
#include "core/request.h"

#include <errno.h>
#include <string.h>

/* clang-format off */
static const char *const part_names[AS_COUNT] = {
	[AS_IDS]     = "ids",
	[AS_CAPS]    = "caps",
	[AS_NNP]     = "nnp",
	[AS_SECCOMP] = "seccomp",
	[AS_LSM]     = "lsm",
	[AS_CGROUP]  = "cgroup",
	[AS_ENV]     = "env",
	[AS_CWD]     = "cwd",
	[AS_RLIMITS] = "rlimits",
	[AS_OOM]     = "oom",
};
/* clang-format on */

/* What the programs of a view have: who wants more names it. */
static const uint32_t view_parts = AS_ALL & ~(AS_BIT(AS_ENV) | AS_BIT(AS_CWD) | AS_BIT(AS_CGROUP));

void request_init(struct request *req)
{
	*req = (struct request){ .net_socket = -1 };
}

bool request_has_namespace(const struct request *req)
{
	return req->all || req->wanted || req->net_socket >= 0 || req->user_parent;
}

/* Return: the bit of the word of @n bytes, or 0. */
static uint32_t find_part(const char *word, size_t n)
{
	for (enum as_part part = 0; part < AS_COUNT; part++)
		if (strlen(part_names[part]) == n && memcmp(part_names[part], word, n) == 0)
			return AS_BIT(part);
	return 0;
}

int request_parse_parts(const char *list, uint32_t *ret_parts, bool *ret_named)
{
	uint32_t with = 0, without = 0;

	for (const char *word = list;; word++) {
		bool minus = *word == '-';
		size_t n;
		uint32_t bit;

		word += minus;
		n = strcspn(word, ",");
		bit = find_part(word, n);
		if (!bit)
			return -EINVAL;
		*(minus ? &without : &with) |= bit;
		word += n;
		if (!*word)
			break;
	}
	*ret_parts = (with ? with : AS_ALL) & ~without;
	*ret_named = with;
	return 0;
}

bool request_takes(const struct request *req, enum as_part part)
{
	return req->as_target & AS_BIT(part);
}

const char *request_without(const struct request *req, enum as_part part,
			    char buf[REQUEST_PARTS_MAX])
{
	uint32_t stay = req->as_target & ~AS_BIT(part), said;
	bool named = req->parts_named && stay;
	const char *before = named ? "" : "-";
	char *at = stpcpy(buf, "--as-target=");

	said = named ? stay : (req->view == VIEW_TARGET ? view_parts : AS_ALL) & ~stay;
	for (enum as_part i = 0; i < AS_COUNT; i++) {
		if (!(said & AS_BIT(i)))
			continue;
		/* All of them with commas and minus signs have room. */
		at = stpcpy(stpcpy(at, before), part_names[i]);
		before = named ? "," : ",-";
	}
	return buf;
}

static void settle_parts(struct request *req)
{
	if (request_takes(req, AS_ENV))
		req->env = true;
	if (request_takes(req, AS_CWD) && req->wd.kind == DIR_UNSET && !req->wdns)
		req->wd.kind = DIR_TARGET;
	if (req->preserve_credentials)
		req->as_target &= ~AS_BIT(AS_IDS);
	if (!request_takes(req, AS_IDS))
		return;
	/* -S alone takes the group of that user; -G alone changes the group only. */
	if (req->gid.kind == ID_UNSET && req->uid.kind == ID_UNSET)
		req->gid.kind = ID_FOLLOW;
	if (req->uid.kind == ID_UNSET)
		req->uid.kind = ID_FOLLOW;
}

/* The caller's files and privileges stay: all else of the target is joined, or what was named. */
static void settle_host_view(struct request *req)
{
	if (!request_has_namespace(req))
		req->all = true;
	req->spare = NS_BIT(NS_MNT);
	if (!req->remount_named)
		req->remount = REMOUNT_ALL;
}

/* Whoever can make the host's programs load his files has their privileges: no more than he has. */
static void settle_limits(struct request *req)
{
	if (!req->want_parts)
		req->as_target = req->privileged ? 0 : view_parts;
	else if (!req->parts_named)
		req->as_target &= view_parts;
	req->want_parts = true;
}

static void settle_target_view(struct request *req)
{
	if (request_has_namespace(req) && !req->all)
		req->wanted |= NS_BIT(NS_MNT);
	settle_limits(req);
}

void request_settle(struct request *req)
{
	if ((req->host_tools || req->n_tools_from > 0) && req->view == VIEW_NONE)
		req->view = VIEW_TARGET;
	if (req->view == VIEW_HOST)
		settle_host_view(req);
	if (req->view == VIEW_TARGET)
		settle_target_view(req);
	if (!request_has_namespace(req)) {
		req->become = true;
		req->all = true;
		if (req->root.kind == DIR_UNSET)
			req->root.kind = DIR_TARGET;
		if (!req->want_parts)
			req->as_target = req->privileged ? AS_BIT(AS_ENV) | AS_BIT(AS_CWD) : AS_ALL;
	}
	settle_parts(req);
}

void request_use_static_shell(struct request *req)
{
	static char busybox[] = "busybox", sh[] = "sh", login[] = "-l";
	static char *program[] = { busybox, sh, login, NULL };

	req->host_exe = true;
	req->program = program;
	if (!req->become)
		settle_limits(req);
	settle_parts(req);
}

void request_use_tools(struct request *req)
{
	req->host_tools = true;
	request_settle(req);
}
