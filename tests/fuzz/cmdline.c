/* SPDX-License-Identifier: MIT */
/* Command lines of monitors: words that end in NUL, chosen by whoever started the process. */
#include "find/conmon.h"
#include "fuzz.h"

static void check_inside(const struct procscan_item *item, const char *text)
{
	MUST(!text || (text >= item->cmdline && text <= item->cmdline + item->cmdline_size));
}

/* What follows the last word that is the name, or in one word with it. */
static const char *last_option(const char *text, size_t size, const char *name)
{
	const char *value = NULL, *before = "";

	for (const char *word = text; word < text + size; word += strlen(word) + 1) {
		size_t n = strlen(name);

		if (strcmp(before, name) == 0)
			value = word;
		if (strncmp(word, name, n) == 0 && word[n] == '=')
			value = word + n + 1;
		before = word;
	}
	return value;
}

static void check_option(const struct procscan_item *item, const char *name)
{
	const char *value = procscan_option(item, name);

	check_inside(item, value);
	MUST(value == last_option(item->cmdline, item->cmdline_size, name));
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

	check_option(&item, "--root");
	check_option(&item, "-n");
	check_option(&item, "-c");
	if (!conmon_read(&item, &conmon))
		return 0;
	MUST(conmon.id && !procscan_option(&item, "--exec-process-spec"));
	check_inside(&item, conmon.id);
	check_inside(&item, conmon.name);
	check_inside(&item, conmon.root);
	check_inside(&item, conmon.runroot);
	return 0;
}
