/* SPDX-License-Identifier: MIT */
/* /proc/PID/limits. */
#include "sys/proclimits.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_free_ char *text = fuzz_text(data, size);
	struct proclimits limits;
	int r = proclimits_parse(text, &limits);

	MUST(r == 0 || r == -EBADMSG);
	for (unsigned int i = 0; r == 0 && i < RLIM_NLIMITS; i++)
		MUST(limits.item[i].known || (!limits.item[i].soft && !limits.item[i].hard));
	return 0;
}
