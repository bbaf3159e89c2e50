/* SPDX-License-Identifier: MIT */
#include "find/cgname.h"

#include <string.h>

#include "find/cgpath.h"
#include "util/macro.h"

enum {
	HEX_ID = 64,
	BUILDKIT_ID = 25
};

enum verdict {
	PASS_OVER, /* says nothing: look at the segment above */
	CONTAINER,
	NEVER, /* a monitor, a virtual machine, a mount unit: the search ends */
};

static void copy_id(struct piece p, char *ret_id)
{
	size_t n = MIN(p.n, (size_t)CGNAME_ID_MAX - 1);

	memcpy(ret_id, p.at, n);
	ret_id[n] = '\0';
}

/*
 * systemd writes bytes that a unit name cannot hold as \xNN. What no name of a machine can hold
 * either, "/" and NUL, stays as it is written: it would make the name another one.
 */
static void copy_unescaped(struct piece p, char *ret_id)
{
	static const char hex[] = "0123456789abcdef";
	size_t n = 0;

	for (size_t i = 0; i < p.n && n < CGNAME_ID_MAX - 1; i++) {
		struct piece rest = piece_after(p, i);
		char c = '\0';

		if (piece_begins(rest, "\\x") && piece_span_hex(piece_after(rest, 2)) >= 2)
			c = (char)((strchr(hex, rest.at[2]) - hex) * 16 +
				   (strchr(hex, rest.at[3]) - hex));
		if (c == '\0' || c == '/') {
			ret_id[n++] = p.at[i];
		} else {
			ret_id[n++] = c;
			i += 3;
		}
	}
	ret_id[n] = '\0';
}

/* Lengths of the groups between dashes; ends with 0. */
static bool is_grouped_hex(struct piece p, const unsigned char *groups, char dash)
{
	for (; *groups; groups++) {
		if (piece_span_hex(p) != *groups)
			return false;
		p = piece_after(p, *groups);
		if (groups[1]) {
			if (p.n == 0 || p.at[0] != dash)
				return false;
			p = piece_after(p, 1);
		}
	}
	return p.n == 0;
}

static const unsigned char uuid_groups[] = { 8, 4, 4, 4, 12, 0 };
static const unsigned char garden_groups[] = { 8, 4, 4, 4, 4, 0 };
static const unsigned char static_pod_groups[] = { 32, 0 };

static bool is_pod_uid(struct piece p)
{
	return is_grouped_hex(p, uuid_groups, '-') || is_grouped_hex(p, uuid_groups, '_') ||
	       is_grouped_hex(p, static_pod_groups, '-');
}

/* The uid in "podUID", "kubepods-burstable-podUID.slice" and "…-podUID.slice:cri-containerd:ID". */
static bool pod_uid(struct piece segment, struct piece *ret_uid)
{
	const char *colon = memchr(segment.at, ':', segment.n);
	struct piece p = piece_without(
		colon ? piece_until(segment, (size_t)(colon - segment.at)) : segment, ".slice");

	for (size_t i = p.n; i-- > 0;) {
		struct piece rest = piece_after(p, i);

		/* The first letter alone: this is asked of every byte of every path. */
		if (p.at[i] != 'p' || !piece_begins(rest, "pod") || (i > 0 && p.at[i - 1] != '-'))
			continue;
		*ret_uid = piece_after(rest, 3);
		return is_pod_uid(*ret_uid);
	}
	return false;
}

/* 64 hex digits, then the end or a suffix. A service or mount unit of that name is something else. */
static bool is_hex_id(struct piece p)
{
	return piece_span_hex(p) == HEX_ID && (p.n == HEX_ID || p.at[HEX_ID] == '.') &&
	       !piece_ends(p, ".service");
}

static bool is_buildkit_id(struct piece p)
{
	return p.n == BUILDKIT_ID && piece_span_base36(p) == p.n;
}

struct prefix_row {
	const char *prefix;
	enum cgname_runtime runtime;
};

/* A prefix, 64 hex digits, and perhaps .scope. The same words stand in the layout with colons. */
static const struct prefix_row prefixes[] = {
	{ "docker", CGNAME_DOCKER }, { "libpod-payload", CGNAME_PODMAN },
	{ "libpod", CGNAME_PODMAN }, { "cri-containerd", CGNAME_CONTAINERD },
	{ "crio", CGNAME_CRIO },     { "nerdctl", CGNAME_NERDCTL },
};

static enum verdict match_prefix(struct piece s, char separator, struct cgname *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(prefixes); i++) {
		size_t n = strlen(prefixes[i].prefix);

		if (!piece_begins(s, prefixes[i].prefix) || s.n <= n || s.at[n] != separator ||
		    !is_hex_id(piece_after(s, n + 1)))
			continue;
		name->runtime = prefixes[i].runtime;
		copy_id(piece_until(piece_after(s, n + 1), HEX_ID), name->id);
		return CONTAINER;
	}
	return PASS_OVER;
}

/* "<slice>:<prefix>:<id>": a path meant for systemd, given to a runtime that makes directories. */
static enum verdict match_colons(struct piece s, struct cgname *name)
{
	const char *colon = memchr(s.at, ':', s.n);
	struct piece rest;

	if (!colon)
		return PASS_OVER;
	rest = piece_after(s, (size_t)(colon - s.at) + 1);
	if (piece_begins(rest, "docker:") && is_buildkit_id(piece_after(rest, 7))) {
		name->runtime = CGNAME_BUILDKIT;
		copy_id(piece_after(rest, 7), name->id);
		return CONTAINER;
	}
	return match_prefix(rest, ':', name);
}

/* 64 hex digits alone: only the directories above can tell whose they are. */
static enum verdict match_bare(struct piece path, struct cgname *name)
{
	struct piece s = piece_last_segment(path);
	struct piece parent = piece_last_segment(piece_above(path));
	struct piece uid;

	if (!is_hex_id(s) || piece_is(parent, "libpod_parent")) /* a pod of podman's */
		return PASS_OVER;
	if (piece_is(parent, "kata_overhead"))
		return NEVER;
	if (piece_is(parent, "docker"))
		name->runtime = CGNAME_DOCKER;
	else if (pod_uid(parent, &uid))
		name->runtime = CGNAME_K8S;
	else if (piece_has_ancestor(path, "ecs"))
		name->runtime = CGNAME_ECS;
	else
		name->runtime = CGNAME_OCI;
	copy_id(piece_until(s, HEX_ID), name->id);
	return CONTAINER;
}

/* AWS Fargate: 32 hex digits, a dash, digits. */
static enum verdict match_ecs(struct piece path, struct cgname *name)
{
	struct piece s = piece_last_segment(path);

	if (piece_span_hex(s) != 32 || s.n < 34 || s.at[32] != '-' ||
	    piece_span_digits(piece_after(s, 33)) != s.n - 33 || !piece_has_ancestor(path, "ecs"))
		return PASS_OVER;
	name->runtime = CGNAME_ECS;
	copy_id(s, name->id);
	return CONTAINER;
}

static enum verdict match_lxc(struct piece path, struct cgname *name)
{
	static const char payload[] = "lxc.payload.";
	struct piece s = piece_last_segment(path);
	struct piece parent = piece_last_segment(piece_above(path));

	if (piece_begins(s, payload) && s.n > strlen(payload))
		copy_id(piece_after(s, strlen(payload)), name->id);
	else if (s.n > 0 && (piece_is(parent, "lxc") || piece_is(parent, "lxc.payload")))
		copy_id(s, name->id); /* LXC 3 and before */
	else
		return PASS_OVER;
	name->runtime = CGNAME_LXC;
	return CONTAINER;
}

/* machined's scopes: "machine-NAME", with libvirt's "lxc-NUMBER-NAME" and "qemu-NUMBER-NAME". */
static enum verdict match_machine(struct piece path, struct cgname *name)
{
	struct piece s = piece_last_segment(path);

	if (piece_begins(s, "machine-qemu\\x2d"))
		return NEVER;
	if (piece_ends(s, ".libvirt-lxc")) {
		name->runtime = CGNAME_LIBVIRT_LXC;
		copy_id(piece_without(s, ".libvirt-lxc"), name->id);
		return CONTAINER;
	}
	if (piece_begins(s, "machine-") && piece_ends(s, ".scope")) {
		struct piece escaped = piece_without(piece_after(s, strlen("machine-")), ".scope");
		struct piece number = piece_after(escaped, MIN(escaped.n, strlen("lxc\\x2d")));
		size_t digits = piece_span_digits(number);

		name->runtime = CGNAME_NSPAWN;
		if (piece_begins(escaped, "lxc\\x2d") && digits > 0 &&
		    piece_begins(piece_after(number, digits), "\\x2d")) {
			name->runtime = CGNAME_LIBVIRT_LXC;
			escaped = piece_after(number, digits + strlen("\\x2d"));
		}
		copy_unescaped(escaped, name->id);
		return CONTAINER;
	}
	if (piece_begins(s, "systemd-nspawn@") && piece_ends(s, ".service")) {
		name->runtime = CGNAME_NSPAWN;
		copy_unescaped(piece_without(piece_after(s, strlen("systemd-nspawn@")), ".service"),
			       name->id);
		return CONTAINER;
	}
	return PASS_OVER;
}

static enum verdict match_rest(struct piece path, struct cgname *name)
{
	struct piece s = piece_last_segment(path);
	struct piece parent = piece_last_segment(piece_above(path));

	if (piece_is(parent, "buildkit") && is_buildkit_id(s)) {
		name->runtime = CGNAME_BUILDKIT;
		copy_id(s, name->id);
		return CONTAINER;
	}
	if (piece_has_ancestor(path, "nomad.slice") && piece_ends(s, ".scope") && s.n > 37 &&
	    is_grouped_hex(piece_until(s, 36), uuid_groups, '-') && s.at[36] == '.') {
		name->runtime = CGNAME_NOMAD;
		copy_id(piece_without(s, ".scope"), name->id);
		return CONTAINER;
	}
	if (is_grouped_hex(s, garden_groups, '-')) {
		name->runtime = CGNAME_GARDEN;
		copy_id(s, name->id);
		return CONTAINER;
	}
	return PASS_OVER;
}

/* What runs beside a container and may even bear its id. */
static bool is_never(struct piece path)
{
	static const char *const monitors[] = { "libpod-conmon-", "crio-conmon-", "podman-pause-",
						"lxc.monitor.", "kata_" };
	struct piece s = piece_last_segment(path);
	struct piece parent = piece_last_segment(piece_above(path));

	if (piece_ends(s, ".mount") || piece_is(s, "lxc.pivot"))
		return true;
	for (size_t i = 0; i < ARRAY_SIZE(monitors); i++)
		if (piece_begins(s, monitors[i]))
			return true;
	if (piece_is(s, "conmon")) /* there, or in a pod's that is there */
		return piece_is(parent, "libpod_parent") ||
		       (is_hex_id(parent) &&
			piece_is(piece_last_segment(piece_above(piece_above(path))),
				 "libpod_parent"));
	if (piece_is(s, "runtime")) /* conmon of a container that shares a unit's cgroup */
		return piece_ends(parent, ".service");
	if (piece_is(s, "supervisor"))
		return piece_begins(parent, "machine-") || piece_begins(parent, "systemd-nspawn@");
	return false;
}

/* Whether an id can be the name of a file, as it is in the state of its runtime. */
static bool is_file_name(const char *id)
{
	return id[0] && strcmp(id, ".") != 0 && strcmp(id, "..") != 0;
}

static enum verdict match_segment(struct piece path, struct cgname *name)
{
	static enum verdict (*const by_path[])(struct piece, struct cgname *) = {
		match_lxc, match_bare, match_ecs, match_machine, match_rest,
	};
	struct piece s = piece_last_segment(path);
	enum verdict v;

	if (is_never(path))
		return NEVER;
	v = match_prefix(s, '-', name);
	if (v == PASS_OVER)
		v = match_colons(s, name);
	for (size_t i = 0; i < ARRAY_SIZE(by_path) && v == PASS_OVER; i++)
		v = by_path[i](path, name);
	return v == CONTAINER && !is_file_name(name->id) ? PASS_OVER : v;
}

static bool is_user_slice(struct piece s)
{
	return piece_begins(s, "user-") && piece_span_digits(piece_after(s, 5)) > 0 &&
	       piece_is(piece_after(piece_after(s, 5), piece_span_digits(piece_after(s, 5))),
			".slice");
}

static void copy_pod(struct piece uid, char *ret_pod)
{
	for (size_t i = 0; i < uid.n; i++)
		ret_pod[i] = uid.at[i] == '_' ? '-' : uid.at[i];
	ret_pod[uid.n] = '\0';
}

bool cgname_parse(const char *path, struct cgname *ret_name)
{
	struct cgname name = { .runtime = CGNAME_NONE };
	bool searching = true;

	for (struct piece p = { path, strlen(path) }; p.n > 0; p = piece_above(p)) {
		struct cgname here = { .runtime = CGNAME_NONE };
		struct piece s = piece_last_segment(p);
		struct piece uid;

		if (is_user_slice(s))
			name.user_slice = true;
		if (!name.pod[0] && pod_uid(s, &uid))
			copy_pod(uid, name.pod);
		if (!searching && (name.runtime == CGNAME_NONE || name.outer[0]))
			continue;
		switch (match_segment(p, &here)) {
		case PASS_OVER:
			break;
		case NEVER:
			searching = false;
			break;
		case CONTAINER:
			if (searching) {
				name.runtime = here.runtime;
				memcpy(name.id, here.id, sizeof(name.id));
				searching = false;
			} else {
				memcpy(name.outer, here.id, sizeof(name.outer));
			}
			break;
		}
	}
	*ret_name = name;
	return name.runtime != CGNAME_NONE;
}

bool cgname_is_container(const char *path)
{
	for (struct piece p = { path, strlen(path) }; p.n > 0; p = piece_above(p)) {
		struct cgname here;

		switch (match_segment(p, &here)) {
		case PASS_OVER:
			break;
		case NEVER:
			return false;
		case CONTAINER:
			return true;
		}
	}
	return false;
}

const char *cgname_runtime_name(enum cgname_runtime runtime)
{
	static const char *const names[CGNAME_COUNT] = {
		[CGNAME_NONE] = "none",
		[CGNAME_OCI] = "oci",
		[CGNAME_DOCKER] = "docker",
		[CGNAME_PODMAN] = "podman",
		[CGNAME_CONTAINERD] = "containerd",
		[CGNAME_CRIO] = "crio",
		[CGNAME_K8S] = "k8s",
		[CGNAME_NERDCTL] = "nerdctl",
		[CGNAME_BUILDKIT] = "buildkit",
		[CGNAME_LXC] = "lxc",
		[CGNAME_NSPAWN] = "nspawn",
		[CGNAME_LIBVIRT_LXC] = "libvirt-lxc",
		[CGNAME_ECS] = "ecs",
		[CGNAME_NOMAD] = "nomad",
		[CGNAME_GARDEN] = "garden",
	};

	return names[runtime];
}
