/* SPDX-License-Identifier: MIT */
/* Which file is executed, and by which name. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "core/plan.h"

/*
 * exec_find() - the file that executing a name would find, where somebody else executes it
 * @file: PATH_MAX bytes, filled
 * Return: 0, or a positive errno where there is none.
 */
int exec_find(const struct step *step, char *const envp[], char *file);

/* exec_may() - whether execve(2) would take the file, as far as kind and x bits tell */
bool exec_may(const char *file);

/* exec_search() - the same by a PATH that is given; @file: as above. Return: as above. */
int exec_search(const char *name, const char *path, char *file);

/* explain_by_fd() - why a program could not be executed by its descriptor. Return: -@errnum. */
int explain_by_fd(const struct step *step, int errnum, struct error *err);

/*
 * exec_shell_name() - argv[0] of a shell without arguments
 *
 * A login shell's name starts with a dash.
 */
void exec_shell_name(const struct step *step, char *buf, size_t size);
