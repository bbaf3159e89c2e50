/* SPDX-License-Identifier: MIT */
/* TARGET as text: what kind of thing it names. Pure: nothing is looked up. */
#pragma once

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "util/error.h"

enum spec_kind {
	SPEC_PID,	/* digits: always a process id, never a name */
	SPEC_PID_INODE, /* PID:INODE */
	SPEC_HOST,	/* host */
	SPEC_PIDFILE,	/* @PIDFILE */
	SPEC_CGROUP,	/* cgroup:PATH */
	SPEC_COMM,	/* comm:NAME */
	SPEC_UNIT,	/* unit:NAME */
	SPEC_POD,	/* pod:[NAMESPACE/]POD[/CONTAINER] */
	SPEC_ID,	/* id:HEX: the id of a container of whatever kind, or its beginning */
	SPEC_KIND,	/* docker:X: name, id or beginning of one, of one kind of container */
	SPEC_KIND_ID,	/* docker://ID */
	SPEC_WORD,	/* full id, else name, else beginning of an id, of whatever kind */
};

enum {
	SPEC_PREFIX_MIN = 4
}; /* hex digits that make the beginning of an id */

struct spec {
	enum spec_kind kind;
	const char *text;    /* the whole TARGET, as typed; borrowed */
	const char *word;    /* what follows the scheme; for SPEC_WORD the whole text; borrowed */
	const char *runtime; /* SPEC_KIND, SPEC_KIND_ID: "docker", static; else NULL */
	pid_t pid;	     /* SPEC_PID, SPEC_PID_INODE; 0 where the digits exceed every pid */
	uint64_t inode;	     /* SPEC_PID_INODE */

	char user[NAME_MAX + 1]; /* USER of podman:USER/NAME, or "" */

	/* The parts of what can be a pod: SPEC_POD, and SPEC_WORD and SPEC_KIND with a slash. */
	char pod_namespace[NAME_MAX + 1], pod[NAME_MAX + 1], container[NAME_MAX + 1];
	bool two_parts; /* "A/B": taken as NAMESPACE/POD, but it may be POD/CONTAINER */
};

/*
 * spec_parse() - read TARGET
 * @text: as typed; must outlive @ret_spec
 *
 * Return: 0, or a negative errno with @err filled where the text cannot name anything.
 */
int spec_parse(const char *text, struct spec *ret_spec, struct error *err);
