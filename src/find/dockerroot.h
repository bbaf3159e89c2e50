/* SPDX-License-Identifier: MIT */
/*
 * Where Docker keeps its state: the running daemon's command line, its configuration, the default.
 * Sources are asked one after the other, as the cheap ones mostly do.
 */
#pragma once

#include <stddef.h>

#include "util/error.h"
#include "util/strv.h"

enum dockerroot_source {
	DOCKERROOT_PIDFILE, /* the daemon that /run/docker.pid names */
	DOCKERROOT_CONFIG,  /* /etc/docker/daemon.json */
	DOCKERROOT_DEFAULT, /* /var/lib/docker */
	DOCKERROOT_SCAN,    /* any daemon that is found among all processes */
	DOCKERROOT_END,
};

/*
 * dockerroot_add() - the data roots that one source names
 * @roots: added to, without repetition
 *
 * A source that says nothing adds nothing. Only daemons that root runs from root's files, and that
 * are not inside a container where we are not, are believed.
 * Return: 0, or a negative errno with @err filled.
 */
int dockerroot_add(enum dockerroot_source source, struct strv *roots, struct error *err);

/*
 * dockerroot_option() - the value of an option on a daemon's command line
 * @cmdline, @n: as in /proc/PID/cmdline: words that end in NUL
 * @name:        "--data-root"; both "--data-root=X" and "--data-root X" are read, the last one wins
 *
 * Return: the value inside @cmdline, or NULL.
 */
const char *dockerroot_option(const char *cmdline, size_t n, const char *name);
