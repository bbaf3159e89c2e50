/* SPDX-License-Identifier: MIT */
/* /proc/PID/limits. */
#include <inttypes.h>

#include "fuzz.h"
#include "sys/proclimits.h"
#include "util/text.h"

/* As the kernel calls them, in the order of their numbers. */
static const char *const names[RLIM_NLIMITS] = {
	"Max cpu time",	      "Max file size",	   "Max data size",	    "Max stack size",
	"Max core file size", "Max resident set",  "Max processes",	    "Max open files",
	"Max locked memory",  "Max address space", "Max file locks",	    "Max pending signals",
	"Max msgqueue size",  "Max nice priority", "Max realtime priority", "Max realtime timeout",
};

static void write_value(struct text *out, uint64_t value)
{
	char number[sizeof("18446744073709551615")] = "unlimited";

	if (value != PROCLIMIT_INFINITY)
		(void)snprintf(number, sizeof(number), "%" PRIu64, value); /* fits by its type */
	text_add(out, "%-20s ", number);
}

static void write_limits(struct text *out, const struct proclimits *limits)
{
	text_add(out, "%-25s %-20s %-20s %-10s\n", "Limit", "Soft Limit", "Hard Limit", "Units");
	for (unsigned int i = 0; i < RLIM_NLIMITS; i++) {
		if (!limits->item[i].known)
			continue;
		text_add(out, "%-25s ", names[i]);
		write_value(out, limits->item[i].soft);
		write_value(out, limits->item[i].hard);
		text_add(out, "%-10s\n", "bytes");
	}
}

/* Written as the kernel does they are the same. */
static void check_written(const struct proclimits *limits)
{
	_cleanup_text_ struct text out = { 0 };
	struct proclimits again;

	write_limits(&out, limits);
	MUST(!out.failed && proclimits_parse(out.buf, &again) == 0);
	for (unsigned int i = 0; i < RLIM_NLIMITS; i++) {
		MUST(limits->item[i].known == again.item[i].known);
		MUST(limits->item[i].soft == again.item[i].soft);
		MUST(limits->item[i].hard == again.item[i].hard);
	}
}

static bool has_line(const char *text, const char *name)
{
	for (const char *line = text; line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (strncmp(line, name, strlen(name)) == 0)
			return true;
	}
	return false;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_free_ char *text = fuzz_text(data, size);
	struct proclimits limits;
	int r = proclimits_parse(text, &limits);
	bool any = false;

	MUST(r == 0 || r == -EBADMSG);
	for (unsigned int i = 0; r == 0 && i < RLIM_NLIMITS; i++) {
		const struct proclimit *limit = &limits.item[i];

		any |= limit->known;
		MUST(limit->known ? has_line(text, names[i]) : !limit->soft && !limit->hard);
	}
	MUST(any == (r == 0));
	if (r == 0)
		check_written(&limits);
	return 0;
}
