/* SPDX-License-Identifier: MIT */
/* Names of systemd's units. The input is where the tree begins, what is typed, and a path. */
#include "find/unitpath.h"
#include "fuzz.h"

static void check_path(const char *path, const char *base)
{
	struct unitpath unit = { .name = NULL };

	if (!unitpath_parse(path, base, &unit))
		return;
	MUST(unit.name >= path && unit.name + unit.name_size <= path + strlen(path));
	MUST(unit.name_size > 0 && !memchr(unit.name, '/', unit.name_size));
	MUST(unit.of_user || unit.user == 0 || unit.user != (uid_t)-1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_free_ char *base = fuzz_line(&data, &size), *word = fuzz_line(&data, &size);
	_cleanup_free_ char *path = fuzz_text(data, size);
	enum unit_match match = unitpath_match(path, word);
	uid_t uid;

	check_path(path, base);
	MUST(match >= UNIT_DIFFERS && match <= UNIT_EXACT);
	MUST((match == UNIT_EXACT) ==
	     (strcmp(path, word) == 0 || strcmp(unitpath_name(path), word) == 0));
	MUST(unitpath_match(path, path) == UNIT_EXACT);
	MUST(!unitpath_is_unit(path) || !unitpath_is_slice(path));
	if (unitpath_manager_user(path, &uid) == 0)
		MUST(uid != (uid_t)-1 && unitpath_is_unit(path));
	return 0;
}
