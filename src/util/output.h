/* SPDX-License-Identifier: MIT */
/* Standard output. Nothing but help, version, listings, plans and completions is ever written there. */
#pragma once

#include "util/error.h"
#include "util/text.h"

/*
 * output_write() - write all of @text to standard output
 *
 * A full disk or a closed descriptor is an error: half an answer must not look like one.
 * Return: 0, or a negative errno with @err filled.
 */
int output_write(const char *text, struct error *err);

/* output_take() - write what was collected, and leave @text empty. Return: as output_write(). */
int output_take(struct text *text, struct error *err);
