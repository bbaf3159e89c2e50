/* SPDX-License-Identifier: MIT */
/* Untrusted text on its way to a terminal, and into JSON. */
#include "fuzz.h"
#include "show/width.h"
#include "sys/jsondoc.h"
#include "util/escape.h"
#include "util/json.h"
#include "util/utf8.h"

/* What an escaped text was made of: two names never look the same. */
static char *unescape(const char *text)
{
	char *result = strdup(text), *out = result;

	MUST(result);
	while (*text) {
		unsigned int byte;

		if (*text != '\\') {
			*out++ = *text++;
		} else if (text[1] == '\\') {
			*out++ = '\\';
			text += 2;
		} else {
			MUST(sscanf(text, "\\x%2x", &byte) == 1);
			*out++ = (char)byte;
			text += strlen("\\xNN");
		}
	}
	*out = '\0';
	return result;
}

static bool is_utf8(const char *text)
{
	while (*text) {
		size_t n = utf8_length(text);

		if (n == 0)
			return false;
		text += n;
	}
	return true;
}

static void check_escaped(const char *text)
{
	_cleanup_free_ char *clean = escape_text(text), *back = NULL;
	size_t cut;

	MUST(clean && fuzz_is_clean(clean) && is_utf8(clean));
	for (const char *p = clean; *p; p += utf8_length(p))
		MUST(utf8_length(p) == 1 || !utf8_is_control(p, utf8_length(p)));
	back = unescape(clean);
	MUST(strcmp(back, text) == 0);
	cut = width_cut(clean, 5);
	MUST(cut <= strlen(clean));
	clean[cut] = '\0';
	MUST(width_of(clean) <= 5 && is_utf8(clean));
}

static void check_json(const char *text)
{
	_cleanup_jsondoc_ struct jsondoc doc = { NULL };
	_cleanup_json_ struct json j = { 0 };
	const char *value;

	json_object(&j, NULL);
	json_string(&j, "value", text);
	json_array(&j, "list");
	json_string(&j, NULL, text);
	json_array_end(&j);
	json_object(&j, "inner");
	json_uint(&j, text, UINT64_MAX);
	json_object_end(&j);
	json_object_end(&j);
	MUST(!j.failed && fuzz_is_clean(j.text) && is_utf8(j.text));
	MUST(jsondoc_parse(j.text, j.used, &doc, NULL) == 0);
	value = jsondoc_string(&doc, "value");
	MUST(value && jsondoc_count(&doc, "list") == 1);
	MUST(strcmp(value, text) == 0 || !is_utf8(text));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_free_ char *text = fuzz_text(data, size);

	check_escaped(text);
	check_json(text);
	return 0;
}
