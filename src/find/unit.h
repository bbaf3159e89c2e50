/* SPDX-License-Identifier: MIT */
/*
 * unit:NAME: systemd's units, found by their cgroups and without asking systemd. Units of a user's
 * manager are spelled unit:USER/NAME unless they are our own.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "find/find.h"
#include "find/hostfs.h"
#include "util/error.h"

struct unit {
	char *name;    /* "redis.service"; heap, untrusted where of_user */
	char *path;    /* below the root of its hierarchy; heap */
	bool of_user;  /* of a user's manager, or in a cgroup that a user was given */
	uid_t owner;   /* that user */
	int hierarchy; /* which one it was found in */
};

struct units {
	struct unit *item; /* heap */
	size_t n, size;
};

/*
 * unit_find() - the main process of a unit
 * @word: what follows "unit:": NAME, NAME.service, NAME.scope or USER/ and one of these; \xNN of the
 *        name may be typed as what it means
 *
 * Where that process only watches over a container (conmon, systemd-nspawn), the container's first
 * one instead.
 * Return: 0 with *ret_found filled (runtime "unit", no id, the unit's name); or a negative errno
 * with @err filled.
 */
int unit_find(const struct hostfs *host, const char *word, struct found *ret_found,
	      struct error *err);

/*
 * unit_list() - the services and scopes that there are, with or without processes
 * Return: 0 or a negative errno with @err filled. A host without systemd has none.
 */
int unit_list(const struct hostfs *host, struct units *ret_units, struct error *err);

/* unit_open() - the process of one of them. Return: as unit_find(). */
int unit_open(const struct hostfs *host, const struct unit *unit, struct found *ret_found,
	      struct error *err);

void units_done(struct units *units);

#define _cleanup_units_ _cleanup_(units_done)
