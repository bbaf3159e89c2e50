/* SPDX-License-Identifier: MIT */
#include "find/machine.h"

#include <errno.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "find/cgroot.h"
#include "find/children.h"
#include "find/ident.h"
#include "find/procscan.h"
#include "find/state.h"
#include "find/unitpath.h"
#include "sys/cgroupfs.h"
#include "sys/proc.h"
#include "util/fd.h"
#include "util/macro.h"
#include "util/parse.h"

static const char machines_dir[] = "/run/systemd/machines";
static const char libvirt_dir[] = "/run/libvirt/lxc";

static int add_wanted(const struct known_filter *filter, struct known *k, struct known_list *list,
		      struct error *err)
{
	if (!known_filter_takes(filter, k->owner, k->id, k->name))
		return 0;
	return known_list_add_consume(list, k) < 0 ? state_no_memory(err) : 0;
}

/* The path down to @unit, if that is the unit which @path is in. Return: heap, or NULL. */
static char *path_to(const struct hostfs *host, const struct cgroup_line *line, const char *unit)
{
	_cleanup_free_ char *manager = cgroot_manager(host, line->controllers);
	struct unitpath in;

	/* A user can give a cgroup any name, but only in a unit of his own. */
	if (!manager || !unitpath_parse(line->path, manager, &in) || in.of_user ||
	    in.name_size != strlen(unit) || strncmp(in.name, unit, in.name_size) != 0)
		return NULL;
	return strndup(line->path, (size_t)(in.name - line->path) + in.name_size);
}

/*
 * What machined says of the leader is believed if that process is in the machine's unit: a file that
 * machined did not live to remove, or one of another pid namespace, names a process of someone else.
 */
static int check_leader(const struct hostfs *host, pid_t pid, const char *unit, struct known *k)
{
	char buf[IDENT_USUAL], *text;
	_cleanup_free_ char *heap = NULL;
	_cleanup_fd_ int proc_fd = hostfs_proc(host, pid);
	struct cgroup_line line;
	struct proc_stat stat;

	if (proc_fd < 0 || proc_stat_read(proc_fd, &stat) < 0 ||
	    ident_text(proc_fd, buf, sizeof(buf), &heap, &text) < 0)
		return -ESRCH;
	while (cgroup_line_next(&text, &line) > 0 && !k->cgroup)
		k->cgroup = path_to(host, &line, unit);
	if (!k->cgroup)
		return -ESRCH;
	k->pid = pid;
	k->start_time = stat.start_time;
	return 0;
}

/* The unit's name tells libvirt's containers apart, and how the cgroup is read elsewhere. */
static int fill_ids(const struct machine_file *file, struct known *k)
{
	_cleanup_free_ char *path = NULL;
	struct cgname cgroup = { .runtime = CGNAME_NONE };

	if (file->unit && asprintf(&path, "/%s", file->unit) < 0) {
		path = NULL;
		return -ENOMEM;
	}
	k->runtime = &runtime_machine;
	if (path && cgname_parse(path, &cgroup) && cgroup.runtime == CGNAME_LIBVIRT_LXC)
		k->runtime = &runtime_libvirt_lxc;
	else if (cgroup.runtime != CGNAME_NSPAWN)
		cgroup.id[0] = '\0';
	k->name = strdup(file->name);
	k->id = strdup(cgroup.id[0] ? cgroup.id : file->name);
	k->state_root = strdup(machines_dir);
	return k->name && k->id && k->state_root ? 0 : -ENOMEM;
}

static int fill_machine(const struct hostfs *host, const struct machine_file *file, struct known *k)
{
	pid_t pid;
	uint64_t inode;
	uint32_t uid;

	if (fill_ids(file, k) < 0)
		return -ENOMEM;
	if (file->uid && parse_id(file->uid, &uid) == 0)
		k->owner = uid;
	if (file->class && strcmp(file->class, "vm") == 0) {
		k->refuse = "it is a virtual machine, whose processes run on another kernel";
		return 0;
	}
	if (file->leader_inode && parse_uint64(file->leader_inode, UINT64_MAX, &inode) == 0)
		k->pidfd_inode = inode;
	k->stopped = !file->leader || !file->unit || parse_pid(file->leader, &pid) < 0 ||
		     check_leader(host, pid, file->unit, k) < 0;
	return 0;
}

static int list_machine(struct runtime_context *ctx, const char *entry,
			const struct known_filter *filter, struct known_list *list,
			struct error *err)
{
	char path[sizeof(machines_dir) + NAME_MAX + 1];
	_cleanup_known_ struct known k = { .runtime = NULL };
	struct machine_file file;
	_cleanup_free_ char *text = NULL;
	int r = 0;

	(void)snprintf(path, sizeof(path), "%s/%s", machines_dir, entry); /* fits: a file name */
	/* "unit:UNIT" is a link to the file, which is not followed. */
	if (state_text(ctx, path, &text) < 0)
		return 0;
	if (machine_parse(text, &file) < 0)
		return state_no_memory(err);
	if (file.name && strcmp(file.name, entry) == 0)
		r = fill_machine(ctx->host, &file, &k);
	machine_file_done(&file);
	if (r < 0)
		return state_no_memory(err);
	return k.runtime ? add_wanted(filter, &k, list, err) : 0;
}

static int machine_list(struct runtime_context *ctx, const struct known_filter *filter,
			struct known_list *list, struct error *err)
{
	_cleanup_state_dir_ struct state_dir dir = STATE_DIR_NONE;
	const char *entry;
	int r = 0;

	if (state_dir_open(ctx, machines_dir, &dir) < 0)
		return 0;
	while (r == 0 && (entry = state_dir_next(&dir)))
		if (strncmp(entry, "unit:", strlen("unit:")) != 0)
			r = list_machine(ctx, entry, filter, list, err);
	return r;
}

/* What is after the last slash, without the suffix of an image. */
static char *base_name(const char *path)
{
	size_t n = strlen(path), start;

	while (n > 1 && path[n - 1] == '/')
		n--;
	for (start = n; start > 0 && path[start - 1] != '/'; start--)
		;
	if (n - start > 4 && strncmp(path + n - 4, ".raw", 4) == 0)
		n -= 4;
	return n > start ? strndup(path + start, n - start) : NULL;
}

/*
 * What a word has of an option's value: "" where the next word is it. NULL: another option.
 * Letters that take none may stand before: "-bD /srv/web".
 */
static const char *value_in(const char *word, const char *name, char letter)
{
	static const char flags[] = "habjqxnUP";
	size_t length = strlen(name);

	if (strncmp(word, name, length) == 0 && (!word[length] || word[length] == '='))
		return word + length + (word[length] == '=');
	if (word[0] != '-')
		return NULL;
	word += 1 + strspn(word + 1, flags);
	return *word == letter ? word + 1 : NULL;
}

/* The first one of an option: what follows the machine's own are the words of its program. */
static const char *first_option(const char *cmdline, size_t n, const char *name, char letter)
{
	for (const char *word = cmdline; word < cmdline + n; word += strlen(word) + 1) {
		const char *next = word + strlen(word) + 1, *value = value_in(word, name, letter);

		if (value && *value)
			return value;
		if (value && next < cmdline + n)
			return next;
	}
	return NULL;
}

char *machine_nspawn_name(const char *cmdline, size_t n)
{
	const char *value = first_option(cmdline, n, "--machine", 'M');

	if (value)
		return strdup(value);
	value = first_option(cmdline, n, "--directory", 'D');
	if (!value)
		value = first_option(cmdline, n, "--image", 'i');
	return value ? base_name(value) : NULL;
}

/* The cgroup of the payload names it, unless systemd-nspawn was told to keep its caller's. */
static int fill_nspawn(const struct hostfs *host, const struct procscan_item *item, struct known *k)
{
	_cleanup_fd_ int proc_fd = -EBADF;
	struct cgname cgroup = { .runtime = CGNAME_NONE };

	k->name = machine_nspawn_name(item->cmdline, item->cmdline_size);
	if (children_payload(host, item->pid, &k->pid, &k->start_time) < 0)
		return 0;
	proc_fd = hostfs_proc(host, k->pid);
	if (proc_fd < 0 || ident_read(proc_fd, &cgroup) < 0 || cgroup.runtime != CGNAME_NSPAWN)
		cgroup.id[0] = '\0';
	if (!k->name && cgroup.id[0])
		k->name = strdup(cgroup.id);
	if (!k->name || !k->name[0])
		return 0;
	k->id = strdup(cgroup.id[0] ? cgroup.id : k->name);
	return k->id ? 1 : -ENOMEM;
}

static int machine_list_scanned(struct runtime_context *ctx, const struct known_filter *filter,
				struct known_list *list, struct error *err)
{
	int r = procscan_run(ctx->scan, ctx->host, err);

	for (size_t i = 0; i < ctx->scan->n && r == 0; i++) {
		const struct procscan_item *item = &ctx->scan->item[i];
		_cleanup_known_ struct known k = { .runtime = &runtime_machine,
						   .owner = item->uid };
		int filled = item->kind == PROCSCAN_NSPAWN ? fill_nspawn(ctx->host, item, &k) : 0;

		if (filled < 0)
			return state_no_memory(err);
		if (filled > 0)
			r = add_wanted(filter, &k, list, err);
	}
	return r;
}

/* A pid file that its controller did not live to remove can name any process. */
static bool is_controller(const struct hostfs *host, pid_t pid)
{
	_cleanup_fd_ int proc_fd = hostfs_proc(host, pid);
	struct proc_status status = { 0 };
	struct proc_stat stat;
	bool is = proc_fd >= 0 && proc_stat_read(proc_fd, &stat) == 0 &&
		  strcmp(stat.comm, "libvirt_lxc") == 0 && proc_status_read(proc_fd, &status) == 0;

	for (size_t i = 0; i < ARRAY_SIZE(status.uid) && is; i++)
		is = status.uid[i] == 0;
	proc_status_done(&status);
	return is;
}

static int list_libvirt(struct runtime_context *ctx, const char *entry,
			const struct known_filter *filter, struct known_list *list,
			struct error *err)
{
	char path[sizeof(libvirt_dir) + NAME_MAX + 1];
	_cleanup_known_ struct known k = { .runtime = &runtime_libvirt_lxc };
	size_t n = strlen(entry);
	pid_t controller;

	if (n <= 4 || strcmp(entry + n - 4, ".pid") != 0)
		return 0;
	(void)snprintf(path, sizeof(path), "%s/%s", libvirt_dir, entry); /* fits: a file name */
	controller = state_pid(ctx, path);
	k.id = strndup(entry, n - 4);
	k.name = strndup(entry, n - 4);
	k.state_root = strdup(libvirt_dir);
	if (!k.id || !k.name || !k.state_root)
		return state_no_memory(err);
	k.stopped = controller <= 0 || !is_controller(ctx->host, controller) ||
		    children_payload(ctx->host, controller, &k.pid, &k.start_time) < 0;
	return add_wanted(filter, &k, list, err);
}

static int libvirt_list(struct runtime_context *ctx, const struct known_filter *filter,
			struct known_list *list, struct error *err)
{
	_cleanup_state_dir_ struct state_dir dir = STATE_DIR_NONE;
	const char *entry;
	int r = 0;

	if (state_dir_open(ctx, libvirt_dir, &dir) < 0)
		return 0;
	while (r == 0 && (entry = state_dir_next(&dir)))
		r = list_libvirt(ctx, entry, filter, list, err);
	return r;
}

static const char *const schemes[] = { "nspawn", NULL };

const struct runtime runtime_machine = {
	.name = "machine",
	.schemes = schemes,
	.cgname = CGNAME_NSPAWN,
	.list = machine_list,
	.list_scanned = machine_list_scanned,
};

const struct runtime runtime_libvirt_lxc = {
	.name = "libvirt-lxc",
	.cgname = CGNAME_LIBVIRT_LXC,
	.list = libvirt_list,
};
