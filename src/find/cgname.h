/* SPDX-License-Identifier: MIT */
/*
 * The path of a cgroup as the name of a container: which runtime made it, and the container's id.
 * Pure: string functions only. What a path says is a claim; who owns the directory decides whether
 * it is believed.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

enum cgname_runtime {
	CGNAME_NONE, /* no container, or none that the path tells */
	CGNAME_OCI,  /* 64 hex digits below a parent that tells nothing */
	CGNAME_DOCKER,
	CGNAME_PODMAN,
	CGNAME_CONTAINERD,
	CGNAME_CRIO,
	CGNAME_K8S, /* 64 hex digits below a pod: docker or containerd */
	CGNAME_NERDCTL,
	CGNAME_BUILDKIT,
	CGNAME_LXC,
	CGNAME_NSPAWN,
	CGNAME_LIBVIRT_LXC,
	CGNAME_ECS,
	CGNAME_NOMAD,
	CGNAME_GARDEN,
	CGNAME_COUNT,
};

enum {
	CGNAME_ID_MAX = 256, /* a file name and its NUL */
	CGNAME_POD_MAX = sizeof("01234567-0123-0123-0123-0123456789ab"),
};

struct cgname {
	enum cgname_runtime runtime;
	char id[CGNAME_ID_MAX];	   /* of the innermost container */
	char outer[CGNAME_ID_MAX]; /* of the container around it, or "" */
	char pod[CGNAME_POD_MAX];  /* uid of the pod, or "" */
	bool user_slice;	   /* below the slice of an ordinary user's session */
};

/*
 * cgname_parse() - read one cgroup path
 *
 * The innermost container wins. Monitors, virtual machines and mount units are no containers, even
 * where their names hold an id.
 * Return: whether the path names a container; *ret_name is filled in any case.
 */
bool cgname_parse(const char *path, struct cgname *ret_name);

/* cgname_is_container() - what cgname_parse() returns, where it is not asked which container */
bool cgname_is_container(const char *path);

/* cgname_runtime_name() - "docker", as it is typed before the colon. */
const char *cgname_runtime_name(enum cgname_runtime runtime);
