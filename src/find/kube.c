/* SPDX-License-Identifier: MIT */
#include "find/kube.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "find/containerd.h"
#include "find/kubelog.h"
#include "util/macro.h"

enum {
	KUBE_NAME_MAX = 253 /* a DNS name */
};

bool kube_is_name(const char *text)
{
	size_t n = strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-.");

	return n > 0 && n <= KUBE_NAME_MAX && !text[n] && !strchr("-.", text[0]);
}

/* A copy of what is told, NULL of what is not. Return: 0 or -ENOMEM. */
static int copy(const char *text, char **ret_copy)
{
	*ret_copy = text ? strdup(text) : NULL;
	return text && !*ret_copy ? -ENOMEM : 0;
}

static int fill_name(struct known *known)
{
	free(known->name);
	if (asprintf(&known->name, "%s/%s%s%s", known->pod_namespace, known->pod,
		     known->container ? "/" : "", known->container ? known->container : "") < 0) {
		known->name = NULL;
		return -ENOMEM;
	}
	return 0;
}

int kube_fill(const struct kube_labels *labels, struct known *known)
{
	const char *container = labels->sandbox ? NULL : labels->container;

	if (!labels->pod || !kube_is_name(labels->pod) || !labels->pod_namespace ||
	    !kube_is_name(labels->pod_namespace) ||
	    (!labels->sandbox && (!container || !kube_is_name(container))))
		return 0;
	if (copy(labels->pod, &known->pod) < 0 ||
	    copy(labels->pod_namespace, &known->pod_namespace) < 0 ||
	    copy(container, &known->container) < 0 || fill_name(known) < 0)
		return -ENOMEM;
	if (labels->pod_uid && strlen(labels->pod_uid) < sizeof(known->pod_uid))
		memcpy(known->pod_uid, labels->pod_uid, strlen(labels->pod_uid) + 1);
	known->sandbox = labels->sandbox;
	return 1;
}

/* The fields of a name, cut in place. Return: how many there are, at most @size. */
static size_t split(char *text, char *fields[], size_t size)
{
	size_t n = 0;

	while (text && n < size) {
		fields[n++] = text;
		text = strchr(text, '_');
		if (text)
			*text++ = '\0';
	}
	return n;
}

int kube_parse_name(const char *name, struct known *known)
{
	enum {
		MARK,
		CONTAINER,
		POD,
		NAMESPACE,
		UID,
		ATTEMPT,
		FIELDS
	};
	_cleanup_free_ char *text = strdup(name);
	char *field[FIELDS];

	if (!text)
		return -ENOMEM;
	if (split(text, field, FIELDS) < FIELDS || strcmp(field[MARK], "k8s") != 0)
		return 0;
	return kube_fill(&(struct kube_labels){ .pod = field[POD],
						.pod_namespace = field[NAMESPACE],
						.pod_uid = field[UID],
						.container = field[CONTAINER],
						.sandbox = strcmp(field[CONTAINER], "POD") == 0 },
			 known);
}

int kube_parse_log(const char *name, struct known *known)
{
	static const char suffix[] = ".log";
	enum {
		POD,
		NAMESPACE,
		CONTAINER,
		FIELDS
	};
	size_t n = strlen(name);
	_cleanup_free_ char *text = strdup(name);
	char *field[FIELDS + 1];
	char *id;

	if (!text)
		return -ENOMEM;
	if (n <= strlen(suffix) || strcmp(text + n - strlen(suffix), suffix) != 0)
		return 0;
	text[n - strlen(suffix)] = '\0';
	if (split(text, field, FIELDS + 1) != FIELDS)
		return 0;
	id = strrchr(field[CONTAINER], '-');
	if (!id || !id[1] || strspn(id + 1, "0123456789abcdef") != strlen(id + 1))
		return 0;
	*id++ = '\0';
	if (copy(id, &known->id) < 0)
		return -ENOMEM;
	return kube_fill(&(struct kube_labels){ .pod = field[POD],
						.pod_namespace = field[NAMESPACE],
						.container = field[CONTAINER] },
			 known);
}

static int list(struct runtime_context *ctx, const struct known_filter *filter,
		struct known_list *list, struct error *err)
{
	const struct containerd_query query = { ctx, &runtime_cri, CONTAINERD_CRI, filter, list };
	int r = containerd_list(&query, err);

	return r < 0 ? r : kubelog_list(ctx, &runtime_cri, filter, list, err);
}

static int list_scanned(struct runtime_context *ctx, const struct known_filter *filter,
			struct known_list *list, struct error *err)
{
	const struct containerd_query query = { ctx, &runtime_cri, CONTAINERD_CRI, filter, list };

	return containerd_list_scanned(&query, err);
}

static const char *const schemes[] = { "containerd", "k8s", NULL };

const struct runtime runtime_cri = {
	.name = "cri",
	.schemes = schemes,
	.cgname = CGNAME_K8S,
	.list = list,
	.list_scanned = list_scanned,
};
