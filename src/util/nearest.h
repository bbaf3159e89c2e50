/* SPDX-License-Identifier: MIT */
/* "Did you mean": how far a typed word is from the words that exist. */
#pragma once

#include <stddef.h>

enum {
	NEAREST_LENGTH_MAX = 64, /* longer words are never near anything */
	NEAREST_EDITS_MAX = 2,
};

/*
 * nearest_distance() - how many letters have to be added, removed, replaced, or swapped with their
 * neighbour to make one word of the other
 *
 * Return: the number, or NEAREST_LENGTH_MAX + 1 where either word is too long.
 */
size_t nearest_distance(const char *a, const char *b);

/*
 * nearest_offer() - keep the nearer one of two candidates
 * @word:      as typed
 * @candidate: a word that exists
 * @best:      the nearest candidate so far; borrowed, NULL at first
 *
 * At most NEAREST_EDITS_MAX edits are a typo, one in words of less than four letters; what would
 * replace every letter is none. Capitals for small letters, or the other way, are one edit in all.
 * What a shell would not take for one word, as it is, is none: it is offered to be typed.
 * Return: the nearer one; the earlier one where both are equally near.
 */
const char *nearest_offer(const char *word, const char *candidate, const char *best);
