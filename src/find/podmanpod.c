/* SPDX-License-Identifier: MIT */
#include "find/podmanpod.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "find/find.h"
#include "find/state.h"
#include "util/macro.h"

enum {
	SHORT_ID = 12,		/* digits, as podman prints them */
	CONFIG_LIMIT = 1 << 20, /* of the bundle: usually 10 KiB */
};

/* What the configuration of one bundle tells. */
struct bundle {
	struct jsondoc doc;
	const char *sandbox; /* the infra container's id, or the pod's where it has none; or NULL */
	char pod[SHORT_ID + 1]; /* the beginning of the pod's id, or "" */
};

/* Return: the number of bytes, 0 where it is not believed or too much, or -ENOMEM. */
static ssize_t read_config(struct podmanpod *pods, const char *id, char **ret_text)
{
	uid_t owner = pods->place->owner;
	_cleanup_free_ char *path = NULL;
	size_t limit = owner == 0 ? CONFIG_LIMIT : MIN(pods->left, (size_t)CONFIG_LIMIT);
	ssize_t n;

	if (asprintf(&path, "%s/%s-containers/%s/userdata/config.json", pods->place->root,
		     pods->driver, id) < 0) {
		path = NULL;
		return -ENOMEM;
	}
	n = limit > 0 ? hostfs_read_of(pods->ctx->host, path, owner, limit, ret_text) : 0;
	if (n < 0)
		return n == -ENOMEM ? n : 0;
	if (owner != 0)
		pods->left -= MIN(pods->left, (size_t)n);
	return n;
}

/*
 * The pod's id: "/libpod_parent/POD/libpod-ID" by the one manager of cgroups,
 * "machine-libpod_pod_POD.slice:libpod:ID" by the other.
 */
static void find_pod_id(const char *cgroup, char *ret_pod)
{
	static const char *const marks[] = { "libpod_pod_", "libpod_parent/" };
	static const char *const ends[] = { ".", "/" };

	for (size_t i = 0; i < ARRAY_SIZE(marks); i++) {
		const char *at = strstr(cgroup, marks[i]);

		at = at ? at + strlen(marks[i]) : "";
		if (strspn(at, "0123456789abcdef") != FIND_ID_MAX || at[FIND_ID_MAX] != *ends[i])
			continue;
		memcpy(ret_pod, at, SHORT_ID);
		ret_pod[SHORT_ID] = '\0';
		return;
	}
}

/* "b6c67cf408f8-infra", as podman calls what holds a pod's namespaces if nobody has named it. */
static bool is_infra_name(const char *name)
{
	return strspn(name, "0123456789abcdef") == SHORT_ID &&
	       strcmp(name + SHORT_ID, "-infra") == 0;
}

static void bundle_done(struct bundle *b)
{
	jsondoc_done(&b->doc);
}

/* Saves parsing what is in no pod. */
static bool may_be_in_pod(const char *text, size_t n)
{
	static const char *const marks[] = { "SandboxID", "libpod_pod_", "libpod_parent",
					     "-infra" };

	for (size_t i = 0; i < ARRAY_SIZE(marks); i++)
		if (memmem(text, n, marks[i], strlen(marks[i])))
			return true;
	return false;
}

/* Return: 1, 0 where there is nothing to be believed, or a negative errno with @err filled. */
static int bundle_read(struct podmanpod *pods, const char *id, struct bundle *ret_bundle,
		       struct error *err)
{
	_cleanup_free_ char *text = NULL;
	ssize_t n = read_config(pods, id, &text);
	struct bundle b = { .sandbox = NULL };
	const char *cgroup;
	int r;

	if (n < 0)
		return state_no_memory(err);
	if (n == 0 || !may_be_in_pod(text, (size_t)n))
		return 0;
	r = state_parse(text, (size_t)n, &b.doc, err);
	if (r <= 0)
		return r;
	b.sandbox = jsondoc_string(&b.doc, "annotations/io.kubernetes.cri-o.SandboxID");
	if (b.sandbox && !find_is_id(b.sandbox))
		b.sandbox = NULL;
	cgroup = jsondoc_string(&b.doc, "linux/cgroupsPath");
	if (cgroup)
		find_pod_id(cgroup, b.pod);
	*ret_bundle = b;
	return 1;
}

/* With the host's UTS namespace the hostname is the host's. */
static const char *hostname_of(const struct bundle *b)
{
	const char *name = jsondoc_string(&b->doc, "hostname");
	size_t n = jsondoc_count(&b->doc, "linux/namespaces");
	char path[64]; /* fits: a number */

	if (!name || !state_is_name(name))
		return NULL;
	for (size_t i = 0; i < n; i++) {
		const char *type;

		(void)snprintf(path, sizeof(path), "linux/namespaces/%zu/type", i);
		type = jsondoc_string(&b->doc, path);
		if (type && strcmp(type, "uts") == 0)
			return name;
	}
	return NULL;
}

static int set_pod(struct known *known, const char *name, const char *id, struct error *err)
{
	if (!name && !id[0])
		return 0;
	known->pod = strdup(name ? name : id);
	if (!known->pod)
		return state_no_memory(err);
	(void)snprintf(known->pod_uid, sizeof(known->pod_uid), "%s", id); /* fits: 12 digits */
	return 0;
}

static int fill_infra(const struct bundle *b, struct known *known, struct error *err)
{
	char id[SHORT_ID + 1] = "";

	if (b->pod[0])
		memcpy(id, b->pod, sizeof(id));
	else if (is_infra_name(known->name))
		memcpy(id, known->name, SHORT_ID); /* zeroes follow */
	else
		return 0;
	known->sandbox = true;
	return set_pod(known, hostname_of(b), id, err);
}

static int fill_member(struct podmanpod *pods, const struct bundle *b, struct known *known,
		       struct error *err)
{
	_cleanup_(bundle_done) struct bundle infra = { .sandbox = NULL };
	char id[SHORT_ID + 1] = "";
	int r = bundle_read(pods, b->sandbox, &infra, err);

	if (r < 0)
		return r;
	if (b->pod[0])
		memcpy(id, b->pod, sizeof(id));
	else if (r == 0)
		memcpy(id, b->sandbox, SHORT_ID); /* a pod without infra container */
	known->container = strdup(known->name);
	if (!known->container)
		return state_no_memory(err);
	return set_pod(known, r > 0 ? hostname_of(&infra) : NULL, id, err);
}

int podmanpod_fill(struct podmanpod *pods, struct known *known, struct error *err)
{
	_cleanup_(bundle_done) struct bundle b = { .sandbox = NULL };
	int r = bundle_read(pods, known->id, &b, err);

	if (r <= 0)
		return r;
	if (b.sandbox && strcmp(b.sandbox, known->id) != 0)
		return fill_member(pods, &b, known, err);
	return fill_infra(&b, known, err);
}
