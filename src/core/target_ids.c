/* SPDX-License-Identifier: MIT */
#include "core/target_parts.h"

#include <errno.h>
#include <linux/capability.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "sys/caps.h"
#include "sys/idmap.h"
#include "sys/proc.h"
#include "util/fd.h"

static struct id_fact translate(const struct target_maps *maps, const struct idmap *map,
				uint32_t outside)
{
	struct id_fact fact = { .known = maps->same || maps->known };

	if (maps->same) {
		fact.mapped = true;
		fact.id = outside;
	} else if (maps->known) {
		fact.mapped = idmap_to_inside(map, outside, &fact.id);
	}
	return fact;
}

static struct id_fact exists(const struct target_maps *maps, const struct idmap *map,
			     uint32_t inside)
{
	return (struct id_fact){
		.known = maps->same || maps->known,
		.mapped = maps->same || (maps->known && idmap_has(map, inside)),
		.id = inside,
	};
}

/* The kernel denies setgroups as long as no gid map was written, too. */
static void know_maps(struct target *t, bool denied)
{
	char text[IDMAP_TEXT_MAX];

	t->maps.known = true;
	t->facts.setgroups_denied = denied || t->maps.gid.n == 0;
	if (t->facts.setgroups_denied)
		t->facts.caller_setgid = caps_have(CAP_SETGID);
	t->uid_map = strdup(idmap_describe(&t->maps.uid, text));
	t->gid_map = strdup(idmap_describe(&t->maps.gid, text));
	t->facts.uid_map = t->uid_map;
	t->facts.gid_map = t->gid_map;
}

static int read_maps(struct target *t, struct error *err)
{
	struct target_maps *maps = &t->maps;
	bool denied;
	int r;

	if (!ns_has(t->facts.present & ~t->facts.same, NS_USER)) {
		maps->same = true;
		return 0;
	}
	if (!ns_has(t->facts.by_pidfd, NS_USER))
		return 0; /* from a FILE, or the parent: no process shows us the map */
	r = idmap_read(t->found.proc_fd, "uid_map", &maps->uid);
	if (r >= 0)
		r = idmap_read(t->found.proc_fd, "gid_map", &maps->gid);
	if (r >= 0)
		r = setgroups_denied(t->found.proc_fd, &denied);
	if (r < 0)
		return error_set(err, ERROR_SYSTEM, -r, "read the id maps of \"%s\"", t->name);
	know_maps(t, denied);
	return 0;
}

int target_status(struct target *t, const char **ret_text)
{
	int r = t->status ? 0 : proc_status_text(t->found.proc_fd, &t->status);

	*ret_text = t->status;
	return r;
}

static int read_status(struct target *t, struct error *err)
{
	const struct target_maps *maps = &t->maps;
	struct proc_status status;
	const char *text;
	int r = target_status(t, &text);

	if (r >= 0)
		r = proc_status_parse(text, &status);
	if (r < 0)
		return target_explain_access(t, "status", -r, err);
	t->facts.target_uid = translate(maps, &maps->uid, status.uid[1]);
	t->facts.target_gid = translate(maps, &maps->gid, status.gid[1]);
	t->facts.uid_is_ours = status.uid[1] == geteuid();
	t->facts.gid_is_ours = status.gid[1] == (gid_t)syscall(SYS_getegid);
	t->facts.target_kuid = status.uid[1];
	t->groups = status.groups;
	for (size_t i = 0; i < status.n_groups; i++) {
		struct id_fact fact = translate(maps, &maps->gid, status.groups[i]);

		if (fact.mapped) /* the others mean nothing inside, and could not be set there */
			t->groups[t->facts.n_target_groups++] = fact.id;
	}
	t->facts.target_groups = t->groups;
	return 0;
}

static bool needs_ids(const struct request *req, const struct target *t)
{
	bool user = ns_has(t->facts.present & ~t->facts.same, NS_USER);

	return (user && !req->preserve_credentials) || req->uid.kind != ID_UNSET ||
	       req->gid.kind != ID_UNSET;
}

static void decide_numbers(const struct request *req, const struct target_maps *maps,
			   struct facts *facts)
{
	facts->uid0 = exists(maps, &maps->uid, 0);
	facts->gid0 = exists(maps, &maps->gid, 0);
	if (req->uid.kind == ID_NUMBER)
		facts->wanted_uid = exists(maps, &maps->uid, req->uid.number);
	if (req->uid.kind == ID_FOLLOW)
		facts->wanted_uid = facts->target_uid;
	if (req->gid.kind == ID_NUMBER)
		facts->wanted_gid = exists(maps, &maps->gid, req->gid.number);
	if (req->gid.kind == ID_FOLLOW || (req->gid.kind == ID_UNSET && req->uid.kind == ID_FOLLOW))
		facts->wanted_gid = facts->target_gid;
}

int target_read_ids(const struct request *req, struct target *t, struct error *err)
{
	struct target_maps *maps = &t->maps;
	bool follow = req->uid.kind == ID_FOLLOW || req->gid.kind == ID_FOLLOW;
	int r;

	if (!needs_ids(req, t))
		return 0;
	r = read_maps(t, err);
	if (r < 0)
		return r;
	if (follow && t->found.proc_fd < 0) {
		error_set(err, ERROR_NO_TARGET, 0, "follow: no target");
		error_hint(err, "nsjoin -t TARGET -S follow …");
		return -EINVAL;
	}
	/* The target's own ids serve as well where nobody is 0 inside. */
	if (follow || (maps->known && !(idmap_has(&maps->uid, 0) && idmap_has(&maps->gid, 0)))) {
		r = read_status(t, err);
		if (r < 0)
			return r;
	}
	decide_numbers(req, maps, &t->facts);
	return 0;
}

bool target_lacks_maps(const struct request *req, const struct target *t)
{
	return needs_ids(req, t) && !t->maps.same && !t->maps.known;
}

int target_take_maps(const struct request *req, struct target *t, const char *uid_map,
		     const char *gid_map, bool denied, struct error *err)
{
	int r = idmap_parse(uid_map, &t->maps.uid);

	if (r >= 0)
		r = idmap_parse(gid_map, &t->maps.gid);
	if (r < 0)
		return error_set(err, ERROR_SYSTEM, -r, "read the id maps of the user namespace");
	know_maps(t, denied);
	decide_numbers(req, &t->maps, &t->facts);
	return 0;
}

void target_settle_ids(const struct request *req, struct target *t, const uint32_t *uid,
		       const uint32_t *gid)
{
	if (req->uid.kind == ID_NAME)
		t->facts.wanted_uid =
			uid ? exists(&t->maps, &t->maps.uid, *uid) : (struct id_fact){ 0 };
	if (gid)
		t->facts.wanted_gid = exists(&t->maps, &t->maps.gid, *gid);
}

int target_settle_groups(struct target *t, const uint32_t *list, size_t n, struct error *err)
{
	struct facts *facts = &t->facts;

	if (n == 0)
		return 0;
	t->wanted_groups = calloc(n, sizeof(*list));
	if (!t->wanted_groups)
		return error_set(err, ERROR_SYSTEM, ENOMEM, "take groups");
	/* What does not exist inside could not be set there. */
	for (size_t i = 0; i < n; i++)
		if (exists(&t->maps, &t->maps.gid, list[i]).mapped)
			t->wanted_groups[facts->n_wanted_groups++] = list[i];
	facts->wanted_groups = t->wanted_groups;
	return 0;
}
