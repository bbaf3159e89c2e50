/* SPDX-License-Identifier: MIT */
#include "find/pod.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "util/macro.h"
#include "util/parse.h"

static bool is_same(const char *told, const char *wanted)
{
	return !wanted[0] || (told && strcmp(told, wanted) == 0);
}

/*
 * Pods of Kubernetes go by their name; one of podman's also by its id, of which the state tells the
 * beginning.
 */
static bool is_pod(const struct known *known, const char *wanted)
{
	size_t told = strlen(known->pod_uid), n = strlen(wanted);

	if (is_same(known->pod, wanted))
		return true;
	return !known->pod_namespace && told > 0 && n <= FIND_ID_MAX &&
	       parse_hex(wanted, SPEC_PREFIX_MIN) &&
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
	struct candidate *sandbox, *application; /* the first of each, or NULL */
	size_t applications;
	bool several_pods;
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

static void look_at(const struct search *s, struct members *ret_members)
{
	struct candidate *first = NULL;

	*ret_members = (struct members){ 0 };
	for (size_t i = 0; i < s->candidates.n; i++) {
		struct candidate *c = &s->candidates.item[i];

		if (!candidate_runs(c) || !c->known.pod || !search_is_wanted(s, c))
			continue;
		if (first && !is_same_pod(&first->known, &c->known))
			ret_members->several_pods = true;
		first = first ? first : c;
		if (c->known.sandbox) {
			ret_members->sandbox = c;
			continue;
		}
		ret_members->applications++;
		if (!ret_members->application)
			ret_members->application = c;
	}
}

static int refuse_empty(const struct search *s, struct error *err)
{
	(void)error_set(err, ERROR_TARGET_NOT_FOUND, 0,
			"pod \"%s\" has no container that runs, but its sandbox does",
			s->spec->text);
	error_hint(err, "its network, IPC and hostname can be joined: -n, -i and -u alone");
	return -ESRCH;
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
	if (m.several_pods)
		return search_refuse_ambiguous(s, "the pod's name", err);
	one = m.application;
	if (s->query->want_sandbox && m.sandbox && !s->spec->container[0])
		one = m.sandbox;
	else if (m.applications > 1 && !s->query->want_sandbox)
		return search_refuse_ambiguous(s, "the pod", err);
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
