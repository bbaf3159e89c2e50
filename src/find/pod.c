/* SPDX-License-Identifier: MIT */
#include "find/pod.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "find/pinned.h"
#include "sys/nsfd.h"
#include "util/macro.h"
#include "util/parse.h"

static bool is_same(const char *told, const char *wanted)
{
	return !wanted[0] || (told && strcmp(told, wanted) == 0);
}

/*
 * Pods of Kubernetes go by their name and, as in the kubelet's log and directories, their uid; one of
 * podman's also by its id, of which the state tells the beginning.
 */
static bool is_pod(const struct known *known, const char *wanted)
{
	size_t told = strlen(known->pod_uid), n = strlen(wanted);

	if (is_same(known->pod, wanted))
		return true;
	if (known->pod_namespace)
		return told > 0 && strcmp(known->pod_uid, wanted) == 0;
	return told > 0 && n <= FIND_ID_MAX && parse_hex(wanted, SPEC_PREFIX_MIN) &&
	       strncmp(known->pod_uid, wanted, MIN(n, told)) == 0;
}

static bool match_pod(const struct search *s, const struct known *known)
{
	const struct spec *spec = s->spec;

	if (!known->pod)
		return false;
	if (is_same(known->pod_namespace, spec->pod_namespace) && is_pod(known, spec->pod) &&
	    is_same(known->container, spec->container))
		return true;
	return spec->two_parts && is_pod(known, spec->pod_namespace) &&
	       is_same(known->container, spec->pod);
}

static const char *or_null(const char *text)
{
	return text[0] ? text : NULL;
}

static int add(struct search *s, bool scanned, struct error *err)
{
	const struct spec *spec = s->spec;
	const struct known_filter filter = {
		.pod = spec->pod,
		.pod_namespace = or_null(spec->pod_namespace),
		.container = or_null(spec->container),
	};
	const struct known_filter other = { .pod = spec->pod_namespace, .container = spec->pod };
	int r = search_add(s, &filter, match_pod, scanned, err);

	/* POD/CONTAINER, where the pod's namespace goes without saying. */
	if (r >= 0 && spec->two_parts)
		r = search_add(s, &other, match_pod, scanned, err);
	return r < 0 ? r : search_settle(s, true, err);
}

/* What runs of what was asked for. */
struct members {
	struct candidate *sandbox, *application; /* one of each, or NULL */
	size_t sandboxes, applications, pods;
};

static bool is_same_pod(const struct known *a, const struct known *b)
{
	const char *in = a->pod_namespace ? a->pod_namespace : "";

	/* podman's have no namespace, and what they are called is no key. */
	if (a->runtime == b->runtime && !a->pod_namespace && !b->pod_namespace &&
	    strcmp(a->pod_uid, b->pod_uid) != 0)
		return false;
	return strcmp(a->pod, b->pod) == 0 && is_same(b->pod_namespace, in);
}

static bool is_first_of_pod(const struct search *s, size_t i)
{
	for (size_t j = 0; j < i; j++) {
		const struct candidate *c = &s->candidates.item[j];

		if (c->known.pod && search_may_take(s, c) &&
		    is_same_pod(&c->known, &s->candidates.item[i].known))
			return false;
	}
	return true;
}

static void look_at(const struct search *s, struct members *ret_members)
{
	*ret_members = (struct members){ 0 };
	for (size_t i = 0; i < s->candidates.n; i++) {
		struct candidate *c = &s->candidates.item[i];

		if (!c->known.pod || !search_may_take(s, c))
			continue;
		ret_members->pods += is_first_of_pod(s, i);
		if (c->known.sandbox) {
			ret_members->sandboxes++;
			ret_members->sandbox = c;
			continue;
		}
		ret_members->applications++;
		if (!ret_members->application)
			ret_members->application = c;
	}
}

static int refuse_pods(const struct search *s, const struct members *m, struct error *err)
{
	const struct candidate *one = m->application ? m->application : m->sandbox;
	int r = search_refuse_several(s, "the name", m->pods, "pods", err);

	if (one->known.pod_namespace)
		error_hint(err, "or put its namespace before it: -t NAMESPACE/%s", s->spec->word);
	return r;
}

static int refuse_members(const struct search *s, const struct members *m, struct error *err)
{
	int r = search_refuse_several(s, "the pod", m->applications, "containers", err);

	if (!s->spec->user[0]) /* for whose pods there is no such spelling */
		error_hint(err, "or name the container as well: -t pod:%s/CONTAINER",
			   s->spec->word);
	return r;
}

static int refuse_empty(const struct search *s, struct error *err)
{
	(void)error_set(err, ERROR_TARGET_NOT_FOUND, 0,
			"pod \"%s\" has no container that runs, but its sandbox does",
			s->spec->text);
	error_hint(err, "its network, IPC and hostname can be joined: -n, -i and -u alone");
	return -ESRCH;
}

static bool is_same_pinned(const int *a, const int *b)
{
	for (enum ns_type t = 0; t < NS_COUNT; t++) {
		uint64_t left, right;

		if (a[t] >= 0 &&
		    (nsfd_inode(a[t], &left) < 0 || nsfd_inode(b[t], &right) < 0 || left != right))
			return false;
	}
	return true;
}

static int take_pinned(const struct candidate *c, int **fd, struct found *ret_found)
{
	struct found found = FOUND_NONE;

	found.runtime = strdup(candidate_runtime(c));
	found.id = strdup(c->known.id);
	found.name = c->known.name ? strdup(c->known.name) : NULL;
	if (!found.runtime || !found.id || (c->known.name && !found.name)) {
		found_done(&found);
		return -ENOMEM;
	}
	found.pinned = steal_pointer(fd);
	*ret_found = found;
	return 1;
}

static bool may_have_pinned(const struct search *s, const struct candidate *c)
{
	return c->known.sandbox && c->known.pod && !c->known.refuse && search_is_wanted(s, c) &&
	       (c->known.owner == 0 || c->known.owner == geteuid());
}

/* Return: 1 with *ret_found, 0 where no files keep all that will be joined, or a negative errno. */
static int find_pinned(struct search *s, struct found *ret_found, struct error *err)
{
	_cleanup_found_ struct found found = FOUND_NONE;
	int r = 0;

	for (size_t i = 0; i < s->candidates.n && r >= 0; i++) {
		const struct candidate *c = &s->candidates.item[i];
		int *fd = NULL;

		if (!may_have_pinned(s, c))
			continue;
		r = pinned_open(s->host, &c->known, s->query->shared, &fd);
		if (r > 0 && found.pinned && !is_same_pinned(found.pinned, fd))
			r = search_refuse_ambiguous(s, "the pod's name", err);
		else if (r > 0 && !found.pinned && take_pinned(c, &fd, &found) < 0)
			r = search_no_memory(err);
		else if (r == -ENOMEM)
			r = search_no_memory(err);
		pinned_free(fd);
	}
	if (r < 0 || !found.pinned)
		return r < 0 ? r : 0;
	*ret_found = found;
	found = FOUND_NONE;
	return 1;
}

static int find(struct search *s, bool scanned, struct found *ret_found, struct error *err)
{
	struct candidate *one;
	struct members m;
	int r;

	if (!s->spec->pod[0])
		return 0;
	r = add(s, scanned, err);
	if (r < 0)
		return r;
	look_at(s, &m);
	if (m.pods > 1)
		return refuse_pods(s, &m, err);
	one = m.application;
	if (s->query->want_sandbox && !s->spec->container[0]) {
		r = m.sandbox ? 0 : find_pinned(s, ret_found, err);
		if (r != 0)
			return r;
		if (m.sandboxes > 1)
			return search_refuse_several(s, "the pod", m.sandboxes, "sandboxes", err);
		one = m.sandbox ? m.sandbox : one;
	}
	if (!s->query->want_sandbox && m.applications > 1)
		return refuse_members(s, &m, err);
	if (one)
		return candidate_take(one, ret_found) < 0 ? search_no_memory(err) : 1;
	return m.sandbox ? refuse_empty(s, err) : 0;
}

int pod_find(struct search *s, struct found *ret_found, struct error *err)
{
	return find(s, false, ret_found, err);
}

int pod_find_scanned(struct search *s, struct found *ret_found, struct error *err)
{
	return find(s, true, ret_found, err);
}
