/* SPDX-License-Identifier: MIT */
/* /proc/PID/stat, with a comm that its process chose. */
#include "fuzz.h"
#include "sys/proc.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_free_ char *text = fuzz_text(data, size);
	struct proc_stat stat;
	int r = proc_stat_parse(text, &stat);

	MUST(r == 0 || r == -EBADMSG);
	if (r < 0)
		return 0;
	MUST(strnlen(stat.comm, sizeof(stat.comm)) < sizeof(stat.comm));
	MUST(strncmp(strchr(text, '(') + 1, stat.comm, strlen(stat.comm)) == 0);
	MUST(stat.state != ')');
	return 0;
}
