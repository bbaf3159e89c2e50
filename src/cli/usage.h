/* SPDX-License-Identifier: MIT */
/* What help and version print, to standard output. */
#pragma once

#include <stdbool.h>

#include "cli/options.h"
#include "util/error.h"

/*
 * usage_verb() - do what VERB_HELP or VERB_VERSION asks for, its words checked
 *
 * Return: 0, or a negative errno with @err filled.
 */
int usage_verb(const struct command *command, struct error *err);

/*
 * usage_help() - print help
 * @topic: NULL for the whole help, or "targets", a verb, or an option ("net", "-n")
 * usage_version() - print the version and what was built in
 *
 * Return: 0, or a negative errno with @err filled.
 */
int usage_help(const char *topic, struct error *err);
int usage_version(bool json, struct error *err);
