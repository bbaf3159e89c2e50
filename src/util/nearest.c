/* SPDX-License-Identifier: MIT */
#include "util/nearest.h"

#include <string.h>
#include <strings.h>

#include "util/escape.h"
#include "util/macro.h"

static size_t min3(size_t a, size_t b, size_t c)
{
	return MIN(a, MIN(b, c));
}

/* Optimal string alignment: no letter is edited twice. Three rows of the table suffice. */
size_t nearest_distance(const char *a, const char *b)
{
	size_t row[3][NEAREST_LENGTH_MAX + 1];
	size_t na = strlen(a), nb = strlen(b);

	if (na > NEAREST_LENGTH_MAX || nb > NEAREST_LENGTH_MAX)
		return NEAREST_LENGTH_MAX + 1;
	for (size_t j = 0; j <= nb; j++)
		row[0][j] = j;
	for (size_t i = 1; i <= na; i++) {
		size_t *now = row[i % 3];
		const size_t *before = row[(i + 2) % 3];

		now[0] = i;
		for (size_t j = 1; j <= nb; j++) {
			size_t replaced = before[j - 1] + (a[i - 1] != b[j - 1]);

			now[j] = min3(before[j] + 1, now[j - 1] + 1, replaced);
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
				now[j] = MIN(now[j], row[(i + 1) % 3][j - 2] + 1);
		}
	}
	return row[na % 3][nb];
}

/* The same word in capitals is one slip, of the key for these. */
static size_t edits_of(const char *word, const char *candidate)
{
	size_t edits = nearest_distance(word, candidate);

	return edits > 1 && strcasecmp(word, candidate) == 0 ? 1 : edits;
}

const char *nearest_offer(const char *word, const char *candidate, const char *best)
{
	size_t n = strlen(word);
	size_t edits = edits_of(word, candidate);

	/* It stands in a command that is meant to be typed, and others may have chosen it. */
	if (!escape_is_word(candidate))
		return best;
	if (edits > (n < 4 ? 1 : NEAREST_EDITS_MAX) || edits >= n)
		return best;
	if (best && edits_of(word, best) <= edits)
		return best;
	return candidate;
}
