/* SPDX-License-Identifier: MIT */
/* The columns that ps -o takes. */
#include "show/columns.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_error_ struct error err = { 0 };
	_cleanup_free_ char *text = fuzz_text(data, size);
	struct choice choice = { .n = 0 };
	int r = choice_parse(text, &choice, &err);

	MUST((r < 0) == (err.id != ERROR_NONE) && (r == 0 || err.text));
	if (r < 0)
		return 0;
	MUST(choice.n > 0 && choice.n <= CHOICE_MAX);
	for (size_t i = 0; i < choice.n; i++)
		MUST(choice.column[i] >= column_table &&
		     choice.column[i] < column_table + column_count);
	return 0;
}
