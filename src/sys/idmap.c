/* SPDX-License-Identifier: MIT */
#include "sys/idmap.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/fd.h"
#include "util/take.h"

/* 340 lines of three padded numbers are 11220 bytes. */
enum {
	MAP_SIZE_MAX = 16384
};

static int take_number(const char **text, uint32_t *ret_number)
{
	uint64_t number;
	const char *rest = take_uint(*text, 10, &number);

	if (!rest || number > UINT32_MAX)
		return -EBADMSG;
	*text = rest;
	*ret_number = (uint32_t)number;
	return 0;
}

/* A range ends before IDMAP_NO_ID, which is no id. */
static bool fits(uint32_t first, uint32_t count)
{
	return count > 0 && first <= UINT32_MAX - count;
}

static int take_range(const char **text, struct idmap_range *ret_range)
{
	struct idmap_range range;

	if (take_number(text, &range.inside) < 0 || take_number(text, &range.outside) < 0 ||
	    take_number(text, &range.count) < 0)
		return -EBADMSG;
	if (!fits(range.inside, range.count) ||
	    (range.outside != IDMAP_NO_ID && !fits(range.outside, range.count)))
		return -EBADMSG;
	*text += strspn(*text, " \t");
	if (**text == '\n')
		(*text)++;
	else if (**text)
		return -EBADMSG;
	*ret_range = range;
	return 0;
}

int idmap_parse(const char *text, struct idmap *ret_map)
{
	_cleanup_idmap_ struct idmap map = { 0 };
	size_t size = 0;

	while (*text) {
		struct idmap_range range;
		int r = take_range(&text, &range);

		if (r < 0)
			return r;
		if (map.n == IDMAP_RANGES_MAX)
			return -EBADMSG;
		if (map.n == size) {
			struct idmap_range *more;

			size = size ? size * 2 : 8;
			more = reallocarray(map.range, size, sizeof(*more));
			if (!more)
				return -ENOMEM;
			map.range = more;
		}
		map.range[map.n++] = range;
	}
	*ret_map = map;
	map = (struct idmap){ 0 };
	return 0;
}

int idmap_read(int proc_fd, const char *name, struct idmap *ret_map)
{
	_cleanup_free_ char *text = NULL;
	ssize_t n = fd_read_alloc(proc_fd, name, MAP_SIZE_MAX, &text);

	if (n < 0)
		return (int)n;
	return idmap_parse(text, ret_map);
}

void idmap_done(struct idmap *map)
{
	free(map->range);
	*map = (struct idmap){ 0 };
}

bool idmap_to_inside(const struct idmap *map, uint32_t outside, uint32_t *ret_inside)
{
	for (size_t i = 0; i < map->n; i++) {
		const struct idmap_range *range = &map->range[i];

		if (range->outside == IDMAP_NO_ID || outside < range->outside ||
		    outside - range->outside >= range->count)
			continue;
		*ret_inside = range->inside + (outside - range->outside);
		return true;
	}
	return false;
}

static const struct idmap_range *find_inside(const struct idmap *map, uint32_t inside)
{
	for (size_t i = 0; i < map->n; i++) {
		const struct idmap_range *range = &map->range[i];

		if (inside >= range->inside && inside - range->inside < range->count)
			return range;
	}
	return NULL;
}

bool idmap_to_outside(const struct idmap *map, uint32_t inside, uint32_t *ret_outside)
{
	const struct idmap_range *range = find_inside(map, inside);

	if (!range || range->outside == IDMAP_NO_ID)
		return false;
	*ret_outside = range->outside + (inside - range->inside);
	return true;
}

bool idmap_has(const struct idmap *map, uint32_t inside)
{
	return find_inside(map, inside) != NULL;
}

const char *idmap_describe(const struct idmap *map, char *buf)
{
	static const char more[] = ", ...";
	char text[sizeof(", 4294967295-4294967295")];
	char *p = stpcpy(buf, map->n ? "" : "none");

	for (size_t i = 0; i < map->n; i++) {
		const struct idmap_range *range = &map->range[i];
		const char *comma = i ? ", " : "";
		uint32_t last = range->inside + range->count - 1;
		int n = snprintf(text, sizeof(text), "%s%" PRIu32, comma, range->inside);

		if (range->count > 1)
			(void)snprintf(text + n, sizeof(text) - (size_t)n, "-%" PRIu32, last);
		if ((size_t)(p - buf) + strlen(text) + sizeof(more) > IDMAP_TEXT_MAX) {
			(void)stpcpy(p, more);
			break;
		}
		p = stpcpy(p, text);
	}
	return buf;
}

int setgroups_denied(int proc_fd, bool *ret_denied)
{
	char text[sizeof("allow\n") + 1];
	ssize_t n = fd_read_file(proc_fd, "setgroups", text, sizeof(text));

	if (n == -ENOENT) {
		*ret_denied = false;
		return 0;
	}
	if (n < 0)
		return (int)n;
	if (strcmp(text, "allow\n") != 0 && strcmp(text, "deny\n") != 0)
		return -EBADMSG;
	*ret_denied = *text == 'd';
	return 0;
}
