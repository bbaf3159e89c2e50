/* SPDX-License-Identifier: MIT */
/* TARGET as text: what kind of thing it names. Pure: nothing is looked up. */
#pragma once

#include <stdint.h>
#include <sys/types.h>

#include "util/error.h"

enum spec_kind {
	SPEC_PID,	/* digits: always a process id, never a name */
	SPEC_PID_INODE, /* PID:INODE */
	SPEC_HOST,	/* host */
	SPEC_PIDFILE,	/* @PIDFILE */
	SPEC_ID,	/* id:HEX: the id of a container of whatever kind, or its beginning */
	SPEC_DOCKER,	/* docker:X: name, id or beginning of one */
	SPEC_DOCKER_ID, /* docker://ID */
	SPEC_WORD,	/* full id, else name, else beginning of an id, of whatever kind */
};

enum {
	SPEC_PREFIX_MIN = 4
}; /* hex digits that make the beginning of an id */

struct spec {
	enum spec_kind kind;
	const char *text; /* the whole TARGET, as typed; borrowed */
	const char *word; /* what follows the scheme; for SPEC_WORD the whole text; borrowed */
	pid_t pid;	  /* SPEC_PID, SPEC_PID_INODE; 0 where the digits exceed every pid */
	uint64_t inode;	  /* SPEC_PID_INODE */
};

/*
 * spec_parse() - read TARGET
 * @text: as typed; must outlive @ret_spec
 *
 * Return: 0, or a negative errno with @err filled where the text cannot name anything.
 */
int spec_parse(const char *text, struct spec *ret_spec, struct error *err);
