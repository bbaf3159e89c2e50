/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "core/plan_limits.h"
#include "show/inspect_field.h"
#include "show/inspect_print.h"
#include "util/json.h"

static void answer(struct json *j, const char *key, enum answer value)
{
	if (value == ANSWER_UNKNOWN)
		json_null(j, key);
	else
		json_bool(j, key, value == ANSWER_YES);
}

static void add_process(struct json *j, const struct inspection *in)
{
	_cleanup_text_ struct text started = { 0 };
	const char *word;
	size_t at = 0;

	inspect_put_started(&started, in, 0);
	json_object(j, "process");
	json_uint(j, "pid", (uint64_t)in->listed.found.pid);
	json_uint_or_null(j, "pid_inside", in->pid_inside > 0, (uint64_t)in->pid_inside);
	json_uint_or_null(j, "starttime", in->s.has_stat, in->s.stat.start_time);
	json_string(j, "started", started.buf);
	json_string(j, "comm", in->s.has_stat ? in->s.stat.comm : NULL);
	json_array(j, "command");
	while ((word = subject_next_word(&in->s, &at)))
		json_string(j, NULL, word);
	json_array_end(j);
	json_object_end(j);
}

static void add_namespaces(struct json *j, const struct inspection *in)
{
	json_object(j, "namespaces");
	for (enum ns_type t = 0; t < NS_COUNT; t++) {
		bool known = ns_has(in->s.same | in->s.differs, t);

		json_object(j, ns_table[t].name);
		json_uint_or_null(j, "ino", ns_has(in->s.seen, t), in->s.ino[t]);
		answer(j, "same",
		       !known		       ? ANSWER_UNKNOWN
		       : ns_has(in->s.same, t) ? ANSWER_YES
					       : ANSWER_NO);
		json_uint_or_null(j, "owner", in->owner[t].known, in->owner[t].ino);
		json_uint_or_null(j, "owner_uid", in->owner[t].known, in->owner[t].uid);
		json_object_end(j);
	}
	json_object_end(j);
}

static void add_root(struct json *j, const struct inspection *in)
{
	json_object(j, "root");
	json_string(j, "type", in->root.type);
	json_string(j, "source", in->root.source);
	json_string(j, "upper", in->root.upper);
	json_object_end(j);
}

static void add_ids(struct json *j, const struct inspection *in)
{
	json_object(j, "user");
	json_uint_or_null(j, "uid", in->has_status, in->status.uid[1]);
	json_uint_or_null(j, "gid", in->has_status, in->status.gid[1]);
	json_string(j, "name", in->s.user);
	json_uint_or_null(j, "uid_inside", in->has_inside, in->uid_inside);
	json_uint_or_null(j, "gid_inside", in->has_inside, in->gid_inside);
	json_array(j, "groups");
	for (size_t i = 0; i < in->status.n_groups; i++)
		json_uint(j, NULL, in->status.groups[i]);
	json_array_end(j);
	json_object_end(j);
}

static void add_set(struct json *j, const char *key, bool known, uint64_t set)
{
	if (!known) {
		json_null(j, key);
		return;
	}
	json_array(j, key);
	for (int cap = 0; caps_name(cap); cap++)
		if (set >> cap & 1)
			json_string(j, NULL, caps_name(cap));
	json_array_end(j);
}

static void add_confinement(struct json *j, const struct inspection *in)
{
	static const char *const modes[] = {
		[SECCOMP_UNKNOWN] = NULL,
		[SECCOMP_OFF] = "off",
		[SECCOMP_STRICT] = "strict",
		[SECCOMP_FILTER] = "filter",
	};

	json_object(j, "capabilities");
	add_set(j, "effective", in->has_caps, in->caps.effective);
	add_set(j, "permitted", in->has_caps, in->caps.permitted);
	add_set(j, "inheritable", in->has_caps, in->caps.inheritable);
	add_set(j, "bounding", in->has_caps, in->caps.bounding);
	add_set(j, "ambient", in->has_caps, in->caps.ambient);
	json_object_end(j);
	json_string(j, "seccomp", modes[in->seccomp]);
	answer(j, "no_new_privs", in->no_new_privs);
	json_string(j, "label", in->label);
}

static void int_or_null(struct json *j, const char *key, bool known, int value)
{
	if (known)
		json_int(j, key, value);
	else
		json_null(j, key);
}

static void add_modes(struct json *j, const struct inspection *in)
{
	int_or_null(j, "nice", in->has_sched, in->sched.nice);
	int_or_null(j, "oom_score_adj", in->has_sched, in->oom_score_adj);
	int_or_null(j, "umask", in->has_modes && in->modes.umask >= 0, in->modes.umask);
	int_or_null(j, "tracer", in->has_modes && in->modes.tracer > 0, in->modes.tracer);
	json_string(j, "cwd", in->cwd);
}

/* null: not known; "none": no limit */
static void add_limit(struct json *j, const char *key, const struct limit *limit)
{
	if (limit->state == LIMIT_NONE)
		json_string(j, key, "none");
	else
		json_uint_or_null(j, key, limit->state == LIMIT_SET, limit->value);
}

static void add_cgroups(struct json *j, const struct inspection *in)
{
	json_array(j, "cgroups");
	for (size_t i = 0; i < in->cgroup.n; i++) {
		char *item = in->cgroup.item[i];
		size_t n = strcspn(item, ":");
		_cleanup_free_ char *controllers = strndup(item, n);

		json_object(j, NULL);
		json_string(j, "controllers", controllers);
		json_string(j, "path", item + n + 1);
		json_object_end(j);
	}
	json_array_end(j);
	json_object(j, "limits");
	add_limit(j, "memory_bytes", &in->limit[LIMIT_MEMORY]);
	add_limit(j, "millicpus", &in->limit[LIMIT_CPU]);
	add_limit(j, "pids", &in->limit[LIMIT_PIDS]);
	json_object_end(j);
}

static void add_rlimit(struct json *j, const char *key, uint64_t value)
{
	if (value == PROCLIMIT_INFINITY)
		json_string(j, key, "unlimited");
	else
		json_uint(j, key, value);
}

static void add_rlimits(struct json *j, const struct inspection *in)
{
	json_object(j, "rlimits");
	for (unsigned int i = 0; i < RLIM_NLIMITS; i++) {
		const struct proclimit *limit = &in->rlimits.item[i];

		if (!limit->known) {
			json_null(j, rlimit_name((int)i));
			continue;
		}
		json_object(j, rlimit_name((int)i));
		add_rlimit(j, "soft", limit->soft);
		add_rlimit(j, "hard", limit->hard);
		json_object_end(j);
	}
	json_object_end(j);
}

static void add_shared(struct json *j, const struct inspection *in)
{
	_cleanup_strv_ struct strv lines = { 0 };

	if (inspect_shared(in, &lines) < 0)
		j->failed = true;
	json_array(j, "not_isolated");
	for (size_t i = 0; i < lines.n; i++)
		json_string(j, NULL, lines.item[i]);
	json_array_end(j);
}

void inspect_print_json(const struct inspection *in, struct text *out)
{
	_cleanup_json_ struct json j = { 0 };

	json_object(&j, NULL);
	json_uint(&j, "schema", 1);
	json_string(&j, "target", in->listed.target);
	json_string(&j, "runtime", in->listed.runtime);
	json_string(&j, "id", in->listed.id);
	json_string(&j, "name", in->listed.name);
	json_string(&j, "image", in->listed.image);
	json_bool(&j, "sandbox", in->listed.sandbox);
	json_string(&j, "part_of", in->part_of);
	json_bool(&j, "paused", in->paused);
	add_process(&j, in);
	add_namespaces(&j, in);
	add_root(&j, in);
	json_string(&j, "shell", in->shell);
	add_ids(&j, in);
	add_confinement(&j, in);
	add_modes(&j, in);
	add_cgroups(&j, in);
	add_rlimits(&j, in);
	add_shared(&j, in);
	json_string(&j, "refused", in->listed.refuse);
	json_object_end(&j);
	json_end_line(&j);
	if (j.failed)
		out->failed = true;
	else
		text_add(out, "%s", j.text);
}
