/* SPDX-License-Identifier: MIT */
/* What is read out of a JSON text without the parser is what the parser says of it. */
#include "util/jsonpeek.h"

#include "fuzz.h"
#include "sys/jsondoc.h"
#include "util/parse.h"

/* Containers' documents hold no larger numbers: json-c cuts them to what fits. */
enum {
	DIGITS_MAX = 18
};

static bool is_int(const struct jsonpeek *want)
{
	return want->n <= DIGITS_MAX && !memchr(want->at, '.', want->n) &&
	       !memchr(want->at, 'e', want->n) && !memchr(want->at, 'E', want->n);
}

static void check(const struct jsondoc *doc, const struct jsonpeek *want)
{
	const char *text = jsondoc_string(doc, want->path);
	int64_t number;
	bool flag;

	MUST((text != NULL) == (want->kind == JSONPEEK_STRING));
	if (text)
		MUST(strlen(text) == want->n && memcmp(text, want->at, want->n) == 0);
	MUST((jsondoc_bool(doc, want->path, &flag) == 0) == (want->kind == JSONPEEK_BOOL));
	if (want->kind == JSONPEEK_BOOL)
		MUST(flag == (*want->at == 't'));
	if (want->kind == JSONPEEK_NUMBER && is_int(want)) {
		char digits[DIGITS_MAX + 1] = "";

		memcpy(digits, want->at, want->n);
		MUST(jsondoc_int(doc, want->path, &number) == 0);
		MUST(number == strtoll(digits, NULL, 10));
	}
	if (want->kind != JSONPEEK_NUMBER)
		MUST(jsondoc_int(doc, want->path, &number) < 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct jsonpeek want[] = {
		{ .path = "ID" },	 { .path = "Name" },  { .path = "State/Running" },
		{ .path = "State/Pid" }, { .path = "a/b/c" }, { .path = "a" }
	};
	_cleanup_jsondoc_ struct jsondoc doc = { NULL };
	_cleanup_error_ struct error err = { 0 };
	_cleanup_free_ char *text = fuzz_text(data, size);

	if (size > JSONDOC_SIZE_MAX || !jsonpeek_read(text, size, want, ARRAY_SIZE(want)))
		return 0;
	MUST(jsondoc_parse(text, size, &doc, &err) == 0);
	for (size_t i = 0; i < ARRAY_SIZE(want); i++)
		check(&doc, &want[i]);
	return 0;
}
