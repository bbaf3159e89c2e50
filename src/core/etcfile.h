/* SPDX-License-Identifier: MIT */
/* -R: the files of ours that speak of our network and name, and what stands in for them. */
#pragma once

#include <stdbool.h>

enum etc_file {
	ETC_RESOLV,
	ETC_HOSTS,
	ETC_HOSTNAME,
	ETC_TEXTS, /* the ones above have a text of the target's; the others are closed */
	ETC_NSCD = ETC_TEXTS, /* answers look-ups from our side of the network */
	ETC_RESOLVED,	      /* likewise, as nss-resolve asks it */
	ETC_COUNT,
};

/* Longer ones are refused: this is what travels through a pipe. */
enum {
	ETC_TEXT_MAX = 65536
};

struct etc_row {
	const char
		*path; /* of ours, which is covered; for those with a text of the target's, too */
	const char *name; /* within the private file system that holds the texts */
};

extern const struct etc_row etc_table[ETC_COUNT];
