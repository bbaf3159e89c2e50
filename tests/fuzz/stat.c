/* SPDX-License-Identifier: MIT */
/* /proc/PID/stat, with a comm that its process chose. */
#include "fuzz.h"
#include "sys/proc.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_free_ char *text = fuzz_text(data, size);
	const char *begin = strchr(text, '('), *end = strrchr(text, ')');
	struct proc_stat stat;
	int r = proc_stat_parse(text, &stat);

	MUST(r == 0 || r == -EBADMSG);
	if (r < 0)
		return 0;
	MUST(strlen(stat.comm) == MIN((size_t)(end - begin - 1), sizeof(stat.comm) - 1));
	MUST(strncmp(begin + 1, stat.comm, strlen(stat.comm)) == 0);
	/* Whatever comm says: its parentheses are not the last ones. */
	MUST(stat.state == end[1 + strspn(end + 1, " ")]);
	return 0;
}
