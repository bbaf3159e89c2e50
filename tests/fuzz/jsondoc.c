/* SPDX-License-Identifier: MIT */
/* JSON that others wrote. The first line of the input is the path that is looked up. */
#include "sys/jsondoc.h"
#include "fuzz.h"

static void check_path(const struct jsondoc *doc, const char *path)
{
	const char *text = jsondoc_string(doc, path);
	size_t n = jsondoc_count(doc, path);
	int64_t number;
	bool flag;
	int kinds = 0;

	kinds += text != NULL;
	kinds += n > 0;
	kinds += jsondoc_int(doc, path, &number) == 0;
	kinds += jsondoc_bool(doc, path, &flag) == 0;
	MUST(kinds <= 1); /* a value has one type */
	if (text)
		MUST(strlen(text) <= JSONDOC_SIZE_MAX);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_jsondoc_ struct jsondoc doc = { NULL };
	_cleanup_error_ struct error err = { 0 };
	_cleanup_free_ char *path = fuzz_line(&data, &size);
	_cleanup_free_ char *text = fuzz_text(data, size);
	int r = jsondoc_parse(text, size, &doc, &err);

	MUST(r == 0 || r == -EBADMSG);
	if (r < 0) {
		MUST(!doc.content && err.text);
		return 0;
	}
	check_path(&doc, path);
	check_path(&doc, "");
	check_path(&doc, "State/Pid");
	check_path(&doc, "0/names/0");
	return 0;
}
