/* SPDX-License-Identifier: MIT */
#include "sys/procmem.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "util/fd.h"
#include "util/macro.h"
#include "util/patient.h"

enum {
	ROOM = 4096 /* for the bytes of most */
};

/* Return: the number of bytes in *ret_text, at most @most, which is heap and terminated; or -errno. */
static ssize_t read_up_to(int fd, size_t most, char **ret_text)
{
	_cleanup_free_ char *text = NULL;
	size_t size = 0, used = 0;

	while (used < most) {
		ssize_t n;

		if (used == size) {
			char *more = realloc(text, (size = MIN(size ? size * 4 : ROOM, most)) + 1);

			if (!more)
				return -ENOMEM;
			text = more;
		}
		n = read(fd, text + used, size - used);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (n == 0)
			break;
		used += (size_t)n;
	}
	if (text)
		text[used] = '\0';
	*ret_text = steal_pointer(&text);
	return (ssize_t)used;
}

struct reading {
	int proc_fd;
	const char *name;
	size_t most;
	char *text;
	ssize_t size;
};

/* Who executes something at the moment holds the opening up as well. */
static int open_and_read(void *ctx)
{
	struct reading *reading = ctx;
	_cleanup_fd_ int fd = openat(reading->proc_fd, reading->name, O_RDONLY | O_CLOEXEC);

	reading->size = fd < 0 ? -errno : read_up_to(fd, reading->most, &reading->text);
	return 0;
}

ssize_t procmem_read(int proc_fd, const char *name, size_t most, char **ret_text)
{
	struct reading reading = { .proc_fd = proc_fd, .name = name, .most = most };
	int r = patient_do(open_and_read, &reading, NULL);

	if (r < 0)
		return r;
	if (reading.size >= 0)
		*ret_text = steal_pointer(&reading.text);
	return reading.size;
}
