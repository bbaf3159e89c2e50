/* SPDX-License-Identifier: MIT */
/* Command lines of monitors: words that end in NUL, chosen by whoever started the process. */
#include "find/conmon.h"
#include "fuzz.h"

static void check_inside(const struct procscan_item *item, const char *text)
{
	MUST(!text || (text >= item->cmdline && text <= item->cmdline + item->cmdline_size));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_free_ char *text = fuzz_text(data, size);
	const struct procscan_item item = {
		.kind = PROCSCAN_CONMON,
		.cmdline = text,
		.cmdline_size = size,
	};
	struct conmon conmon;

	check_inside(&item, procscan_option(&item, "--root"));
	check_inside(&item, procscan_option(&item, "-n"));
	if (!conmon_read(&item, &conmon))
		return 0;
	MUST(conmon.id);
	check_inside(&item, conmon.id);
	check_inside(&item, conmon.name);
	check_inside(&item, conmon.root);
	check_inside(&item, conmon.runroot);
	return 0;
}
