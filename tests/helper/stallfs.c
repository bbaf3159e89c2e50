/* SPDX-License-Identifier: MIT */
/*
 * stallfs DIR [lookup|read|attributes] [DEVICE] - a file system that takes questions and does not answer
 *
 * Mounts itself on DIR and goes on in the background, where it was started from, when it is mounted.
 * Whoever asks for a name in it waits, and not even SIGKILL ends that (lookup, the default); or every
 * name is an executable file, whose content nobody gets to see (read); or every name is sleep(1), which
 * can be executed, but what it and DIR are like nobody gets to know any more a second later
 * (attributes). DEVICE is /dev/fuse, or a node like it.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/fuse.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

enum stall {
	STALL_LOOKUP,
	STALL_READ,
	STALL_ATTRIBUTES
};

static void answer(int fd, const struct fuse_in_header *in, void *data, size_t size)
{
	struct fuse_out_header out = { .len = (uint32_t)(sizeof(out) + size),
				       .unique = in->unique };
	struct iovec iov[] = { { &out, sizeof(out) }, { data, size } };

	(void)!writev(fd, iov, 2);
}

static void refuse(int fd, const struct fuse_in_header *in, int errnum)
{
	struct fuse_out_header out = { .len = sizeof(out), .error = -errnum, .unique = in->unique };

	(void)!write(fd, &out, sizeof(out));
}

/* Of sleep(1). */
static char content[1 << 20];
static size_t content_size;

static void answer_read(int fd, const struct fuse_in_header *in)
{
	const struct fuse_read_in *what = (const void *)(in + 1);
	size_t from = what->offset < content_size ? what->offset : content_size;
	size_t n = content_size - from < what->size ? content_size - from : what->size;

	answer(fd, in, content + from, n);
}

static struct fuse_attr attr_of(uint64_t node)
{
	struct fuse_attr attr = { .ino = node, .nlink = 1, .blksize = 4096 };

	attr.mode = node == FUSE_ROOT_ID ? S_IFDIR | 0755 : S_IFREG | 0755;
	attr.size = node == FUSE_ROOT_ID ? 0 : 4096;
	return attr;
}

static void serve(int fd, const struct fuse_in_header *in, enum stall stall)
{
	struct fuse_init_out init = { .major = FUSE_KERNEL_VERSION,
				      .minor = 31,
				      .max_write = 4096 };
	struct fuse_attr_out attr = { .attr_valid = 60 };
	struct fuse_entry_out entry = { .nodeid = 2, .entry_valid = 60, .attr_valid = 60 };
	struct fuse_open_out open = { .fh = 1 };

	switch (in->opcode) {
	case FUSE_INIT:
		answer(fd, in, &init, sizeof(init));
		break;
	case FUSE_GETATTR:
		attr.attr = attr_of(in->nodeid);
		if (stall != STALL_ATTRIBUTES)
			answer(fd, in, &attr, sizeof(attr));
		break;
	case FUSE_ACCESS:
	case FUSE_FLUSH:
		if (stall == STALL_ATTRIBUTES)
			answer(fd, in, NULL, 0);
		break;
	case FUSE_GETXATTR:
		if (stall == STALL_ATTRIBUTES)
			refuse(fd, in, ENOSYS);
		break;
	case FUSE_READ:
		if (stall == STALL_ATTRIBUTES)
			answer_read(fd, in);
		break;
	case FUSE_LOOKUP:
		entry.attr = attr_of(2);
		if (stall == STALL_ATTRIBUTES) {
			entry.attr.size = content_size;
			entry.attr_valid = 1;
		}
		if (stall != STALL_LOOKUP)
			answer(fd, in, &entry, sizeof(entry));
		break;
	case FUSE_OPEN:
		answer(fd, in, &open, sizeof(open));
		break;
	default:
		/* The question is taken: from now on whoever asked cannot be killed. */
		break;
	}
}

static void serve_all(int fd, enum stall stall)
{
	static char buf[1 << 17] __attribute__((aligned(8)));

	while (read(fd, buf, sizeof(buf)) > 0 || errno == EINTR || errno == ENOENT)
		serve(fd, (const struct fuse_in_header *)buf, stall);
}

static int read_content(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = read(fd, content, sizeof(content));

	close(fd);
	content_size = n > 0 ? (size_t)n : 0;
	return n > 0 && content_size < sizeof(content) ? 0 : -1;
}

int main(int argc, char *argv[])
{
	const char *device = argc > 3 ? argv[3] : "/dev/fuse";
	const char *kind = argc > 2 ? argv[2] : "lookup";
	enum stall stall = strcmp(kind, "read") == 0	     ? STALL_READ
			   : strcmp(kind, "attributes") == 0 ? STALL_ATTRIBUTES
							     : STALL_LOOKUP;
	char options[128];
	pid_t child;
	int fd;

	if (argc < 2 || (stall == STALL_ATTRIBUTES && read_content("/bin/sleep") < 0))
		return 2;
	fd = open(device, O_RDWR | O_CLOEXEC);
	snprintf(options, sizeof(options),
		 "fd=%d,rootmode=40000,user_id=%u,group_id=%u,allow_other", fd, getuid(), getgid());
	if (fd < 0 || mount("stallfs", argv[1], "fuse", 0, options) < 0) {
		perror("stallfs");
		return 1;
	}
	child = fork();
	if (child != 0)
		return child < 0;
	/* Nobody should wait for the end of what we were started with. */
	close_range(0, 2, 0);
	serve_all(fd, stall);
	return 0;
}
