/* SPDX-License-Identifier: MIT */
#include "sys/procmem.h"

#include "util/fd.h"
#include "util/macro.h"
#include "util/patient.h"

struct reading {
	int proc_fd;
	const char *name;
	size_t limit;
	char *text;
	ssize_t size;
};

static int work(void *ctx)
{
	struct reading *reading = ctx;

	reading->size =
		fd_read_alloc(reading->proc_fd, reading->name, reading->limit, &reading->text);
	return 0;
}

ssize_t procmem_read(int proc_fd, const char *name, size_t limit, char **ret_text)
{
	struct reading reading = { .proc_fd = proc_fd, .name = name, .limit = limit };
	int r = patient_do(work, &reading, NULL);

	if (r < 0)
		return r;
	if (reading.size >= 0)
		*ret_text = steal_pointer(&reading.text);
	return reading.size;
}
