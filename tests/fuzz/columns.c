/* SPDX-License-Identifier: MIT */
/* The columns that ps -o takes. */
#include "show/columns.h"
#include "fuzz.h"

/* Their names choose the same again. */
static void check_chosen(const struct choice *choice)
{
	_cleanup_text_ struct text names = { 0 };
	struct choice again;
	unsigned int needs = 0;

	for (size_t i = 0; i < choice->n; i++) {
		MUST(choice->column[i] >= column_table &&
		     choice->column[i] < column_table + column_count);
		text_add(&names, "%s%s", i ? "," : "", choice->column[i]->name);
		needs |= choice->column[i]->needs;
	}
	MUST(choice->needs == needs);
	MUST(choice_parse(names.buf, &again, NULL) == 0 && again.n == choice->n);
	for (size_t i = 0; i < choice->n; i++)
		MUST(again.column[i] == choice->column[i]);
}

static size_t count(const char *text, char c)
{
	size_t n = 0;

	for (; *text; text++)
		n += *text == c;
	return n;
}

/* One for each that is asked for; with "+" beside the usual ones, of which COMMAND stays the last. */
static void check_number(const char *list, const struct choice *choice)
{
	struct choice usual;

	MUST(choice->n > 0 && choice->n <= CHOICE_MAX);
	if (*list != '+') {
		MUST(choice->n == count(list, ',') + 1);
		return;
	}
	MUST(choice_parse(NULL, &usual, NULL) == 0);
	MUST(choice->n == usual.n + count(list, ',') + 1);
	MUST(choice->column[choice->n - 1] == usual.column[usual.n - 1]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_error_ struct error err = { 0 };
	_cleanup_free_ char *list = fuzz_text(data, size);
	struct choice choice = { .n = 0 };
	int r = choice_parse(list, &choice, &err);

	MUST((r < 0) == (err.id != ERROR_NONE) && (r == 0 || err.text));
	if (r < 0)
		return 0;
	check_chosen(&choice);
	check_number(list, &choice);
	return 0;
}
