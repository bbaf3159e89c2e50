/* SPDX-License-Identifier: MIT */
/* TARGET as it is typed. */
#include "find/spec.h"
#include "fuzz.h"
#include "util/parse.h"

/* It becomes a part of paths. */
static bool is_part(const char *part, size_t size)
{
	return memchr(part, '\0', size) && !strchr(part, '/') && strcmp(part, ".") != 0 &&
	       strcmp(part, "..") != 0;
}

/* "docker:X" is asked of docker. */
static bool stands_before(const char *runtime, const char *text)
{
	size_t n = runtime ? strlen(runtime) : 0;

	return n > 0 && strncmp(text, runtime, n) == 0 && text[n] == ':';
}

static void check_spec(const struct spec *spec, const char *text)
{
	MUST(spec->text == text && spec->word >= text && spec->word < text + strlen(text));
	MUST(is_part(spec->user, sizeof(spec->user)) && is_part(spec->pod, sizeof(spec->pod)));
	MUST(is_part(spec->pod_namespace, sizeof(spec->pod_namespace)));
	MUST(is_part(spec->container, sizeof(spec->container)));
	/* Digits are never a name. */
	MUST(!parse_digits(text) == (spec->kind != SPEC_PID));
	MUST((spec->kind == SPEC_HOST) == (strcmp(text, "host") == 0));
	if (spec->kind == SPEC_PID_INODE)
		MUST(spec->pid > 0);
	if (spec->kind == SPEC_KIND || spec->kind == SPEC_KIND_ID)
		MUST(stands_before(spec->runtime, text));
	if (spec->kind == SPEC_ID || spec->kind == SPEC_KIND_ID)
		MUST(parse_hex(spec->word, SPEC_PREFIX_MIN));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_error_ struct error err = { 0 };
	_cleanup_free_ char *text = fuzz_text(data, size);
	struct spec spec;
	int r = spec_parse(text, &spec, &err);

	if (r == 0) {
		MUST(err.id == ERROR_NONE);
		check_spec(&spec, text);
	} else {
		MUST(r < 0 && err.id == ERROR_USAGE && err.text);
	}
	return 0;
}
