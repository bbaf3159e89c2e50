/* SPDX-License-Identifier: MIT */
/* Numbers: what is taken for one is written the same way. */
#include <inttypes.h>

#include "fuzz.h"
#include "util/parse.h"

static void check_number(const char *text, uint64_t value)
{
	char again[sizeof("18446744073709551615")];

	MUST(parse_digits(text) && parse_hex(text, 1));
	while (text[0] == '0' && text[1])
		text++;
	(void)snprintf(again, sizeof(again), "%" PRIu64, value); /* fits by its type */
	MUST(strcmp(text, again) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_free_ char *text = fuzz_text(data, size);
	uint64_t value, small;
	uint32_t id;
	pid_t pid;
	int r = parse_uint64(text, UINT64_MAX, &value);

	MUST(r == 0 || (r == -ERANGE && parse_digits(text)) ||
	     (r == -EINVAL && !parse_digits(text)));
	if (r == 0)
		check_number(text, value);
	if (parse_uint64(text, 99, &small) == 0)
		MUST(r == 0 && small == value && small <= 99);
	MUST((parse_id(text, &id) == 0) == (r == 0 && value < UINT32_MAX));
	MUST((parse_pid(text, &pid) == 0) == (r == 0 && value > 0 && value <= INT32_MAX));
	return 0;
}
