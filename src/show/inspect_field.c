/* SPDX-License-Identifier: MIT */
#include "show/inspect_field.h"

#include <inttypes.h>
#include <string.h>

#include "core/plan_limits.h"
#include "show/columns.h"

static void put_string(struct text *out, const char *value)
{
	if (value)
		text_add(out, "%s", value);
}

#define FIELD(name)                                                                                \
	static void name(struct text *out, const struct inspection *in, enum ns_type type)

#define STRING_FIELD(name, member)                                                                 \
	FIELD(name)                                                                                \
	{                                                                                          \
		(void)type;                                                                        \
		put_string(out, in->member);                                                       \
	}

#define ID_FIELD(name, member)                                                                     \
	FIELD(name)                                                                                \
	{                                                                                          \
		(void)type;                                                                        \
		if (in->has_status)                                                                \
			text_add(out, "%" PRIu32, in->status.member);                              \
	}

STRING_FIELD(put_target, listed.target)
STRING_FIELD(put_runtime, listed.runtime)
STRING_FIELD(put_id, listed.id)
STRING_FIELD(put_name, listed.name)
STRING_FIELD(put_image, listed.image)
STRING_FIELD(put_part_of, part_of)
STRING_FIELD(put_upper, root.upper)
STRING_FIELD(put_shell, shell)
STRING_FIELD(put_user, s.user)
STRING_FIELD(put_label, label)
STRING_FIELD(put_cwd, cwd)
ID_FIELD(put_uid, uid[1])
ID_FIELD(put_gid, gid[1])

FIELD(put_pid)
{
	(void)type;
	text_add(out, "%d", in->listed.found.pid);
}

FIELD(put_pid_inside)
{
	(void)type;
	if (in->pid_inside > 0)
		text_add(out, "%d", in->pid_inside);
}

void inspect_put_started(struct text *out, const struct inspection *in, enum ns_type type)
{
	char buf[sizeof("2147483647-12-31 23:59:59")];
	struct tm tm;

	(void)type;
	if (in->started && localtime_r(&in->started, &tm) &&
	    strftime(buf, sizeof(buf), "%Y-%m-%d %H:%M:%S", &tm) > 0)
		text_add(out, "%s", buf);
}

FIELD(put_command)
{
	(void)type;
	column_command(out, &in->s);
}

FIELD(put_root)
{
	(void)type;
	if (in->root.type)
		text_add(out, "/proc/%d/root", in->listed.found.pid);
}

void inspect_put_groups(struct text *out, const struct inspection *in, enum ns_type type)
{
	(void)type;
	for (size_t i = 0; in->has_status && i < in->status.n_groups; i++)
		text_add(out, "%s%" PRIu32, i ? " " : "", in->status.groups[i]);
}

void inspect_put_caps(struct text *out, const struct inspection *in, enum ns_type type)
{
	size_t start = out->used;

	(void)type;
	for (int cap = 0; in->has_caps && caps_name(cap); cap++)
		if (in->caps.effective >> cap & 1)
			text_add(out, "%s%s", out->used > start ? " " : "", caps_name(cap));
}

void inspect_put_cap_count(struct text *out, const struct inspection *in)
{
	static const struct {
		uint64_t caps;
		const char *as;
	} known[] = {
		{ UINT64_C(0xa80425fb), "as docker and kubernetes give" },
		{ UINT64_C(0x800405fb), "as podman gives" },
	};
	uint64_t named = 0;
	int count = 0, of = 0;

	for (; caps_name(of); of++) {
		named |= UINT64_C(1) << of;
		count += (int)(in->caps.effective >> of & 1);
	}
	if (!in->has_caps)
		return;
	text_add(out, "%d of %d", count, of);
	if ((in->caps.effective & named) == named)
		text_add(out, " (all)");
	for (size_t i = 0; i < ARRAY_SIZE(known); i++)
		if (in->caps.effective == known[i].caps)
			text_add(out, " (%s)", known[i].as);
}

FIELD(put_seccomp)
{
	static const char *const words[] = {
		[SECCOMP_UNKNOWN] = NULL,
		[SECCOMP_OFF] = "off",
		[SECCOMP_STRICT] = "strict",
		[SECCOMP_FILTER] = "filter",
	};

	(void)type;
	put_string(out, words[in->seccomp]);
}

FIELD(put_no_new_privs)
{
	static const char *const words[] = {
		[ANSWER_UNKNOWN] = NULL,
		[ANSWER_NO] = "off",
		[ANSWER_YES] = "on",
	};

	(void)type;
	put_string(out, words[in->no_new_privs]);
}

void inspect_put_modes(struct text *out, const struct inspection *in)
{
	if (in->has_sched)
		text_add(out, "nice %d, oom_score_adj %d", in->sched.nice, in->oom_score_adj);
	if (in->has_modes && in->modes.umask >= 0)
		text_add(out, "%sumask %03o", out->used ? ", " : "", (unsigned int)in->modes.umask);
	if (in->has_modes && in->modes.tracer > 0)
		text_add(out, ", traced by process %d", in->modes.tracer);
}

FIELD(put_nice)
{
	(void)type;
	if (in->has_sched)
		text_add(out, "%d", in->sched.nice);
}

FIELD(put_oom)
{
	(void)type;
	if (in->has_sched)
		text_add(out, "%d", in->oom_score_adj);
}

FIELD(put_umask)
{
	(void)type;
	if (in->has_modes && in->modes.umask >= 0)
		text_add(out, "%03o", (unsigned int)in->modes.umask);
}

/* Where it is, by the hierarchy of v2, or else the first one. */
FIELD(put_cgroup)
{
	(void)type;
	if (in->cgroup.n == 0)
		return;
	for (size_t i = 0; i < in->cgroup.n; i++)
		if (in->cgroup.item[i][0] == ':' && strcmp(in->cgroup.item[i], ":/") != 0) {
			put_string(out, in->cgroup.item[i] + 1);
			return;
		}
	put_string(out, strchr(in->cgroup.item[0], ':') + 1);
}

static void put_limit(struct text *out, const struct inspection *in, enum limit_kind kind)
{
	const struct limit *limit = &in->limit[kind];

	if (limit->state == LIMIT_NONE)
		text_add(out, "none");
	else if (limit->state == LIMIT_SET && kind == LIMIT_CPU)
		text_add(out, "%" PRIu64 ".%03" PRIu64, limit->value / 1000, limit->value % 1000);
	else if (limit->state == LIMIT_SET)
		text_add(out, "%" PRIu64, limit->value);
}

FIELD(put_memory)
{
	(void)type;
	put_limit(out, in, LIMIT_MEMORY);
}

FIELD(put_cpus)
{
	(void)type;
	put_limit(out, in, LIMIT_CPU);
}

FIELD(put_pids)
{
	(void)type;
	put_limit(out, in, LIMIT_PIDS);
}

FIELD(put_inode)
{
	if (ns_has(in->s.seen, type))
		text_add(out, "%" PRIu64, in->s.ino[type]);
}

/* "512 MiB": the largest unit that leaves no remainder. */
static void put_bytes(struct text *out, uint64_t bytes)
{
	static const char *const units[] = { "bytes", "KiB", "MiB", "GiB", "TiB" };
	size_t i = 0;

	while (i + 1 < ARRAY_SIZE(units) && bytes >= 1024 && bytes % 1024 == 0) {
		bytes /= 1024;
		i++;
	}
	text_add(out, "%" PRIu64 " %s", bytes, units[i]);
}

/* "1.5": thousandths without the zeros at the end */
static void put_thousandths(struct text *out, uint64_t value)
{
	uint64_t rest = value % 1000;
	int digits = 3;

	while (rest && rest % 10 == 0) {
		rest /= 10;
		digits--;
	}
	text_add(out, "%" PRIu64, value / 1000);
	if (rest)
		text_add(out, ".%0*" PRIu64, digits, rest);
}

void inspect_put_limits(struct text *out, const struct inspection *in)
{
	const struct limit *memory = &in->limit[LIMIT_MEMORY];
	const struct limit *cpu = &in->limit[LIMIT_CPU];
	const struct limit *pids = &in->limit[LIMIT_PIDS];

	if (memory->state == LIMIT_SET) {
		text_add(out, "memory ");
		put_bytes(out, memory->value);
	} else {
		text_add(out, "memory %s", memory->state == LIMIT_NONE ? "unlimited" : "unknown");
	}
	if (cpu->state == LIMIT_SET) {
		text_add(out, ", ");
		put_thousandths(out, cpu->value);
		text_add(out, " cpus");
	} else {
		text_add(out, ", cpus %s", cpu->state == LIMIT_NONE ? "unlimited" : "unknown");
	}
	if (pids->state == LIMIT_SET)
		text_add(out, ", at most %" PRIu64 " processes", pids->value);
	else
		text_add(out, ", processes %s",
			 pids->state == LIMIT_NONE ? "unlimited" : "unknown");
}

static void put_rlimit(struct text *out, uint64_t value)
{
	if (value == PROCLIMIT_INFINITY)
		text_add(out, "unlimited");
	else
		text_add(out, "%" PRIu64, value);
}

void inspect_put_rlimits(struct text *out, const struct inspection *in, bool set_only)
{
	size_t start = out->used;

	for (unsigned int i = 0; i < RLIM_NLIMITS; i++) {
		const struct proclimit *limit = &in->rlimits.item[i];

		if (!limit->known || (set_only && limit->soft == PROCLIMIT_INFINITY &&
				      limit->hard == PROCLIMIT_INFINITY))
			continue;
		text_add(out, "%s%s=", out->used > start ? " " : "", rlimit_name((int)i));
		put_rlimit(out, limit->soft);
		text_add(out, ":");
		put_rlimit(out, limit->hard);
	}
}

FIELD(put_rlimits)
{
	(void)type;
	inspect_put_rlimits(out, in, false);
}

/* clang-format off */
const struct inspect_field inspect_field_table[] = {
	{ "target", put_target, 0 },
	{ "runtime", put_runtime, 0 },
	{ "id", put_id, 0 },
	{ "name", put_name, 0 },
	{ "image", put_image, 0 },
	{ "part-of", put_part_of, 0 },
	{ "pid", put_pid, 0 },
	{ "pid-inside", put_pid_inside, 0 },
	{ "started", inspect_put_started, 0 },
	{ "command", put_command, 0 },
	{ "root", put_root, 0 },
	{ "upper", put_upper, 0 },
	{ "shell", put_shell, 0 },
	{ "uid", put_uid, 0 },
	{ "gid", put_gid, 0 },
	{ "user", put_user, 0 },
	{ "groups", inspect_put_groups, 0 },
	{ "caps", inspect_put_caps, 0 },
	{ "seccomp", put_seccomp, 0 },
	{ "no-new-privs", put_no_new_privs, 0 },
	{ "label", put_label, 0 },
	{ "rlimits", put_rlimits, 0 },
	{ "nice", put_nice, 0 },
	{ "oom-score-adj", put_oom, 0 },
	{ "umask", put_umask, 0 },
	{ "cwd", put_cwd, 0 },
	{ "cgroup", put_cgroup, 0 },
	{ "memory", put_memory, 0 },
	{ "cpus", put_cpus, 0 },
	{ "pids", put_pids, 0 },
	{ "mntns", put_inode, NS_MNT },
	{ "utsns", put_inode, NS_UTS },
	{ "ipcns", put_inode, NS_IPC },
	{ "netns", put_inode, NS_NET },
	{ "pidns", put_inode, NS_PID },
	{ "cgroupns", put_inode, NS_CGROUP },
	{ "userns", put_inode, NS_USER },
	{ "timens", put_inode, NS_TIME },
};
/* clang-format on */
const size_t inspect_field_count = ARRAY_SIZE(inspect_field_table);

const struct inspect_field *inspect_field_find(const char *name)
{
	for (size_t i = 0; i < inspect_field_count; i++)
		if (strcmp(inspect_field_table[i].name, name) == 0)
			return &inspect_field_table[i];
	return NULL;
}
