/* SPDX-License-Identifier: MIT */
/* Single facts of an inspection as text: for -o FIELD, and for the lines of the whole. Pure. */
#pragma once

#include <stddef.h>

#include "show/inspection.h"
#include "util/text.h"

struct inspect_field {
	const char *name;
	/* Writes nothing where nothing is known. Text that a container chose is not escaped. */
	void (*put)(struct text *out, const struct inspection *in, enum ns_type type);
	enum ns_type type; /* of the fields that are namespaces */
};

extern const struct inspect_field inspect_field_table[];
extern const size_t inspect_field_count;

/* inspect_field_find() - Return: the field of that name, or NULL. */
const struct inspect_field *inspect_field_find(const char *name);

/* What more than one place prints. */
void inspect_put_started(struct text *out, const struct inspection *in, enum ns_type type);
void inspect_put_groups(struct text *out, const struct inspection *in, enum ns_type type);
void inspect_put_caps(struct text *out, const struct inspection *in, enum ns_type type);

/* inspect_put_limits() - "memory 512 MiB, 2 cpus, at most 100 processes" */
void inspect_put_limits(struct text *out, const struct inspection *in);

/* inspect_put_rlimits() - "nofile 64 (up to 128), core 0": those that limit anything */
void inspect_put_rlimits(struct text *out, const struct inspection *in, enum ns_type type);

/* inspect_put_modes() - "nice 5, oom_score_adj 300, umask 027" */
void inspect_put_modes(struct text *out, const struct inspection *in);

/* inspect_put_cap_count() - "14 of 41 (as docker gives)" */
void inspect_put_cap_count(struct text *out, const struct inspection *in);
