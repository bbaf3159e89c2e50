/* SPDX-License-Identifier: MIT */
/*
 * Kubernetes: the containers of pods, whatever made them. containerd keeps them in a namespace of
 * its own; where a runtime's state tells nothing, the names of the kubelet's log files do.
 */
#pragma once

#include <stdbool.h>

#include "find/runtime.h"

extern const struct runtime runtime_cri;

/* What Kubernetes allows for the names of namespaces, pods and containers. */
bool kube_is_name(const char *text);

/* What is told of a container; borrowed. NULL where it is not. */
struct kube_labels {
	const char *pod, *pod_namespace, *pod_uid;
	const char *container; /* NULL for the sandbox */
	bool sandbox;
};

/*
 * kube_fill() - make it the container of a pod: its names and its uid
 *
 * The name becomes "NAMESPACE/POD/CONTAINER", the sandbox's "NAMESPACE/POD".
 * Return: 1, 0 where the labels name no pod, or -ENOMEM.
 */
int kube_fill(const struct kube_labels *labels, struct known *known);

/*
 * kube_parse_name() - a name as the kubelet gives it to Docker and CRI-O:
 * k8s_CONTAINER_POD_NAMESPACE_UID_ATTEMPT, with POD as the container's name for the sandbox
 *
 * Return: as kube_fill().
 */
int kube_parse_name(const char *name, struct known *known);

/*
 * kube_parse_log() - the name of a file in /var/log/containers: POD_NAMESPACE_CONTAINER-ID.log
 *
 * Past 255 bytes the kubelet cuts the id: known->id may be the beginning of it.
 * Return: as kube_fill().
 */
int kube_parse_log(const char *name, struct known *known);
