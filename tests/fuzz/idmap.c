/* SPDX-License-Identifier: MIT */
/* /proc/PID/uid_map, and the translations that it gives. */
#include "sys/idmap.h"
#include "fuzz.h"

static void check_range(const struct idmap *map, const struct idmap_range *range)
{
	uint32_t last = range->inside + (range->count - 1), outside, inside;

	MUST(range->count > 0 && last >= range->inside && last != IDMAP_NO_ID);
	MUST(idmap_has(map, range->inside) && idmap_has(map, last));
	if (!idmap_to_outside(map, last, &outside))
		return;
	MUST(outside != IDMAP_NO_ID);
	MUST(idmap_to_inside(map, outside, &inside) && idmap_has(map, inside));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_free_ char *text = fuzz_text(data, size);
	_cleanup_idmap_ struct idmap map = { 0 };
	char words[IDMAP_TEXT_MAX];
	uint32_t id;
	int r = idmap_parse(text, &map);

	MUST(r == 0 || r == -EBADMSG);
	if (r < 0) {
		MUST(!map.range && map.n == 0);
		return 0;
	}
	MUST(map.n <= IDMAP_RANGES_MAX);
	for (size_t i = 0; i < map.n; i++)
		check_range(&map, &map.range[i]);
	MUST(!idmap_has(&map, IDMAP_NO_ID) && !idmap_to_outside(&map, IDMAP_NO_ID, &id) &&
	     !idmap_to_inside(&map, IDMAP_NO_ID, &id));
	MUST(strlen(idmap_describe(&map, words)) < sizeof(words) && fuzz_is_clean(words));
	return 0;
}
