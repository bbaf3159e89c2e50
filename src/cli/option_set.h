/* SPDX-License-Identifier: MIT */
/* What each option does to the request. */
#pragma once

#include <stdbool.h>

#include "cli/options.h"
#include "core/request.h"
#include "util/error.h"

/* An option as it was found on the command line. */
struct option_use {
	enum option_id id;
	bool is_long;
	const char *value; /* in argv, without the "=" of a short option; NULL: none */
};

enum {
	OPTION_SPELLED_MAX = 32
};

/* option_spell() - "-n" or "--net", as in the user's form. Return: @buf (OPTION_SPELLED_MAX). */
const char *option_spell(const struct option_use *use, char *buf);

/*
 * option_set() - take one option into the request
 *
 * --help and --version are not for the request and are ignored.
 * Return: 0, or a negative errno with @err filled (usage).
 */
int option_set(struct request *req, const struct option_use *use, struct error *err);
