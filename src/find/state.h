/* SPDX-License-Identifier: MIT */
/*
 * State files and directories of container runtimes: what is missing, damaged, or not root's (or our
 * own) is done without, what may not be read is counted, and what is read is bounded.
 */
#pragma once

#include <dirent.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "find/runtime.h"
#include "sys/jsondoc.h"
#include "util/error.h"
#include "util/macro.h"

struct state_dir {
	DIR *dir;    /* owned, or NULL */
	size_t left; /* entries that will still be looked at */
};

#define STATE_DIR_NONE ((struct state_dir){ .dir = NULL })

/*
 * state_dir_open() - a directory that only root (or we) can have filled
 *
 * Return: 0, to be released by state_dir_done(); or -errno: -EACCES, which is counted as unreadable,
 * -EPERM where others could have written to it.
 */
int state_dir_open(struct runtime_context *ctx, const char *path, struct state_dir *ret_dir);

/*
 * state_dir_next() - the next name
 *
 * Names that begin with a dot are left out, and all past STATE_DIR_MAX.
 * Return: borrowed until the next call, or NULL at the end.
 */
const char *state_dir_next(struct state_dir *dir);

void state_dir_done(struct state_dir *dir);

#define _cleanup_state_dir_ _cleanup_(state_dir_done)

/* state_text() - hostfs_read(), with what may not be read counted */
ssize_t state_text(struct runtime_context *ctx, const char *path, char **ret_text);

/*
 * state_config() - config.json of an OCI bundle, as text
 * @dir: the bundle
 *
 * Return: the number of bytes, -ENOMEM, or another negative errno where there is none to be read.
 */
ssize_t state_config(struct runtime_context *ctx, const char *dir, char **ret_text);

/*
 * state_parse() - a document from text
 *
 * Return: 1, 0 where it is damaged, or a negative errno with @err filled where no document can be
 * read at all.
 */
int state_parse(const char *text, size_t n, struct jsondoc *ret_doc, struct error *err);

/* state_json() - the same from a file. Return: as state_parse(); 0 also where there is none. */
int state_json(struct runtime_context *ctx, const char *path, struct jsondoc *ret_doc,
	       struct error *err);

/* state_pid() - the number that a pid file holds. Return: 0 where it holds none. */
pid_t state_pid(struct runtime_context *ctx, const char *path);

/*
 * state_pidfile() - the same of a container, and when it was written
 *
 * The file may be the container's owner's. Fills pid and pid_written of @known; leaves both alone
 * where the file holds no number.
 */
void state_pidfile(struct runtime_context *ctx, const char *path, struct known *known);

/*
 * state_is_name() - whether @text can be an id or name that a runtime made: letters, digits, and
 * "_", ".", "-" past the first
 */
bool state_is_name(const char *text);

/*
 * state_mentions() - whether @word can be a string in JSON text
 *
 * True as well where the word could be written in several ways. Saves parsing what says nothing
 * of it; says nothing of where it stands.
 */
bool state_mentions(const char *text, size_t n, const char *word);

/*
 * state_string() - a string of a document, for whoever it is taken for
 *
 * Not there, or empty: *ret_text is left alone. Return: 0, or -ENOMEM.
 */
int state_string(const struct jsondoc *doc, const char *path, char **ret_text);

/* state_no_memory() - Return: -ENOMEM with @err filled. */
int state_no_memory(struct error *err);
