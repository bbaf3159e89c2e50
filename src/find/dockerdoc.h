/* SPDX-License-Identifier: MIT */
/* What Docker's document of a container, config.v2.json, says. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "util/error.h"

/* The text of a document, in a buffer that is kept from one to the next. */
struct dockerdoc_text {
	char *text; /* heap */
	size_t size;
	size_t n;
};

/*
 * dockerdoc_load() - read one
 * @dir_fd: "containers" below the data root
 * @id:     64 hex digits
 * @file:   "config.v2.json" or "hostconfig.json"
 *
 * Return: 0, or a negative errno where there is none, or it is larger than STATE_FILE_MAX.
 */
int dockerdoc_load(struct dockerdoc_text *doc, int dir_fd, const char *id, const char *file);

struct dockerdoc {
	char *id;    /* heap */
	char *name;  /* heap; without the slash that it begins with */
	char *image; /* heap, or NULL where it is not told */
	bool running;
	pid_t pid; /* where it is running and the number can be one; else 0 */
};

/*
 * dockerdoc_read() - from text
 * @ret_doc: to be released by dockerdoc_done()
 *
 * Return: 1, 0 where it is damaged or no container's, or a negative errno with @err filled.
 */
int dockerdoc_read(const char *text, size_t n, struct dockerdoc *ret_doc, struct error *err);
void dockerdoc_done(struct dockerdoc *doc);

#define _cleanup_dockerdoc_ _cleanup_(dockerdoc_done)
