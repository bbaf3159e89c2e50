/* SPDX-License-Identifier: MIT */
#include "core/plan_ids.h"

#include <errno.h>
#include <string.h>

#include "core/plan_limits.h"
#include "core/plan_order.h"

/* An id that is to be set, or none. */
struct choice {
	bool set;
	uint32_t id;
};

/* Ids become root's in a user namespace that is joined, unless they are to be kept. */
static bool becomes_root(const struct request *req, const struct plan *plan)
{
	return ns_has(plan->join, NS_USER) && !req->preserve_credentials;
}

static bool changes_groups(const struct request *req, const struct plan *plan)
{
	return becomes_root(req, plan) || req->gid.kind != ID_UNSET ||
	       (req->uid.kind != ID_UNSET && !req->preserve_credentials);
}

static int refuse_unmapped(const struct facts *facts, const char *what, uint32_t id,
			   const char *map, struct error *err)
{
	error_set(err, ERROR_UID_UNMAPPED, 0,
		  "%s %u does not exist in the user namespace of \"%s\"", what, id,
		  facts->target ? facts->target : "FILE");
	if (map)
		error_hint(err, "it has %s %s", what, map);
	return -EINVAL;
}

static int refuse_nameless(const struct id_request *id, const struct facts *facts, const char *what,
			   const char *map, struct error *err)
{
	bool follow = id->kind == ID_FOLLOW;

	error_set(err, ERROR_UID_UNMAPPED, 0,
		  "the %s of \"%s\" does not exist in its user namespace", what,
		  follow ? facts->target : id->name);
	if (map && strcmp(map, "none") != 0)
		error_hint(err, "it has %s %s: choose one with -S and -G", what, map);
	if (follow)
		error_hint(err, "run nsjoin as uid %u, which is the target's", facts->target_kuid);
	return -EINVAL;
}

/* What was asked for with -S or -G. */
static int choose_wanted(const struct id_request *id, const struct id_fact *fact,
			 const struct facts *facts, const char *what, const char *map,
			 struct choice *ret_choice, struct error *err)
{
	if (id->kind == ID_NUMBER && fact->known && !fact->mapped)
		return refuse_unmapped(facts, what, id->number, map, err);
	if (id->kind != ID_NUMBER && (!fact->known || !fact->mapped))
		return refuse_nameless(id, facts, what, map, err);
	*ret_choice = (struct choice){ true, fact->known ? fact->id : id->number };
	return 0;
}

/* 0 in a user namespace, or the target's own where nobody is 0. */
static int choose_root(const struct id_fact *root, const struct id_fact *target,
		       const struct facts *facts, const char *what, const char *map,
		       struct plan *plan, struct choice *ret_choice, struct error *err)
{
	if (!root->known || root->mapped) {
		*ret_choice = (struct choice){ true, 0 };
		return 0;
	}
	if (!target->known || !target->mapped)
		return refuse_unmapped(facts, what, 0, map, err);
	plan_note(plan, true, "%s 0 does not exist in the user namespace of %s: using its own, %u",
		  what, facts->target, target->id);
	*ret_choice = (struct choice){ true, target->id };
	return 0;
}

static bool is_nameless(const struct id_fact *fact)
{
	return fact->known && !fact->mapped;
}

static int choose_uid(const struct request *req, const struct facts *facts, struct plan *plan,
		      struct choice *ret_choice, struct error *err)
{
	/* Its owner has it already, and needs no name for it inside. */
	if (req->uid.kind == ID_FOLLOW && is_nameless(&facts->wanted_uid) && facts->uid_is_ours)
		return 0;
	if (req->uid.kind != ID_UNSET)
		return choose_wanted(&req->uid, &facts->wanted_uid, facts, "uid", facts->uid_map,
				     ret_choice, err);
	if (becomes_root(req, plan))
		return choose_root(&facts->uid0, &facts->target_uid, facts, "uid", facts->uid_map,
				   plan, ret_choice, err);
	return 0;
}

static void refuse_groupless(const struct id_request *uid, const struct facts *facts,
			     struct error *err)
{
	/* The line is there, and what it says cannot be had. */
	if (is_nameless(&facts->wanted_gid) && uid->kind != ID_FOLLOW) {
		error_set(err, ERROR_UID_UNMAPPED, 0,
			  "-S: the group of that user does not exist in the user namespace of "
			  "\"%s\"",
			  facts->target ? facts->target : "FILE");
		if (facts->gid_map)
			error_hint(err, "it has gid %s: choose one with -G", facts->gid_map);
		return;
	}
	if (uid->kind == ID_NUMBER)
		error_set(err, ERROR_USAGE, 0,
			  "-S %u: the passwd file has no line, hence no group for it", uid->number);
	else
		error_set(err, ERROR_USAGE, 0, "-S %s: no group is known for it",
			  uid->kind == ID_NAME ? uid->name : "follow");
	error_hint(err, "name the group: -G GID");
}

static int choose_gid(const struct request *req, const struct facts *facts, struct plan *plan,
		      struct choice *ret_choice, struct error *err)
{
	if (req->gid.kind == ID_FOLLOW && is_nameless(&facts->wanted_gid) && facts->gid_is_ours)
		return 0;
	if (req->gid.kind != ID_UNSET)
		return choose_wanted(&req->gid, &facts->wanted_gid, facts, "gid", facts->gid_map,
				     ret_choice, err);
	/* -S alone: gid 0 and root's groups never stay behind silently. */
	if (req->uid.kind != ID_UNSET && !req->preserve_credentials) {
		if (!facts->wanted_gid.known || !facts->wanted_gid.mapped) {
			refuse_groupless(&req->uid, facts, err);
			error_hint(err, "or keep yours: --preserve-credentials");
			return -EINVAL;
		}
		*ret_choice = (struct choice){ true, facts->wanted_gid.id };
		return 0;
	}
	if (becomes_root(req, plan))
		return choose_root(&facts->gid0, &facts->target_gid, facts, "gid", facts->gid_map,
				   plan, ret_choice, err);
	return 0;
}

static bool follows_groups(const struct request *req)
{
	return req->gid.kind == ID_FOLLOW ||
	       (req->gid.kind == ID_UNSET && req->uid.kind == ID_FOLLOW);
}

static void add_groups(const struct request *req, const struct facts *facts, struct plan *plan)
{
	struct step *step;

	if (!changes_groups(req, plan))
		return;
	if (facts->setgroups_denied) {
		if (!facts->caller_setgid)
			plan_note(plan, false,
				  "your supplementary groups stay: its user namespace denies "
				  "setgroups");
		return;
	}
	step = plan_add(plan, STEP_GROUPS, "no supplementary group of yours stays behind");
	if (facts->n_wanted_groups > 0) {
		step->why = "take the groups of this user, as its files have them";
		step->groups.list = facts->wanted_groups;
		step->groups.n = facts->n_wanted_groups;
	}
	if (follows_groups(req)) {
		step->why = "take the target's supplementary groups";
		step->groups.list = facts->target_groups;
		step->groups.n = facts->n_target_groups;
	}
}

void plan_early_groups(const struct request *req, const struct facts *facts, struct plan *plan)
{
	if (changes_groups(req, plan) && facts->setgroups_denied && facts->caller_setgid)
		plan_add(plan, STEP_GROUPS, "the user namespace would deny it later");
}

/*
 * Who has the same ids, and all capabilities that it has, may look into a process: /proc/PID/root. The
 * target's root takes whatever ids it likes. All that keeps it out is a capability that it lacks.
 */
static void note_exposed(const struct request *req, const struct facts *facts,
			 const struct choice *uid, struct plan *plan)
{
	bool own_files = !plan->target_files;
	bool as_user = uid->set && uid->id != 0 && !req->keep_caps;
	bool as_target = facts->limits_known && plan_takes(req, facts, AS_CAPS);

	/* Of a user namespace plan_notes() says it. */
	if (!own_files || !ns_has(plan->join, NS_PID) || ns_has(plan->join, NS_USER) ||
	    !(as_user || as_target))
		return;
	plan_note(plan, true,
		  "processes of %s can look into the program, which has no privileges that they "
		  "lack, and reach your files through it: not for a target that is not trusted",
		  facts->target ? facts->target : "the namespace");
}

int plan_ids(const struct request *req, const struct facts *facts, struct plan *plan,
	     struct error *err)
{
	struct choice uid = { 0 }, gid = { 0 };
	bool keep_caps;
	/* Where a user does not exist, neither does his group: that is the reason to name. */
	int r = choose_uid(req, facts, plan, &uid, err);

	if (r >= 0)
		r = choose_gid(req, facts, plan, &gid, err);
	if (r < 0)
		return r;
	add_groups(req, facts, plan);
	if (gid.set)
		plan_add(plan, STEP_GID, "run with this group")->id = gid.id;
	keep_caps = req->keep_caps && ns_has(plan->join, NS_USER);
	if (uid.set && (keep_caps || (uid.id != 0 && plan_limits_hold_caps(req, facts))))
		plan_add(plan, STEP_HOLD_CAPS, "the change of user does not clear capabilities");
	if (uid.set)
		plan_add(plan, STEP_UID, "run as this user")->id = uid.id;
	if (keep_caps)
		plan_add(plan, STEP_KEEP_CAPS,
			 "capabilities of the user namespace survive the exec");
	note_exposed(req, facts, &uid, plan);
	return 0;
}
