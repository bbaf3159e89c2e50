/* SPDX-License-Identifier: MIT */
/* Containers by full id, name, or the beginning of an id: what matches, and which of it is meant. */
#pragma once

#include "find/find.h"
#include "find/hostfs.h"
#include "find/spec.h"
#include "util/error.h"

/*
 * container_find() - resolve what is not a process's number
 * @spec: SPEC_ID, SPEC_KIND, SPEC_KIND_ID, SPEC_POD or SPEC_WORD
 *
 * Return: 0, or a negative errno with @err filled.
 */
int container_find(const struct find_query *query, const struct hostfs *host,
		   const struct spec *spec, struct found *ret_found, struct error *err);

/*
 * container_explain_number() - a number that is no process: perhaps a container's id or name
 *
 * Return: a negative errno with @err filled.
 */
int container_explain_number(const struct hostfs *host, const struct spec *spec, struct error *err);
