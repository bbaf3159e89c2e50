/* SPDX-License-Identifier: MIT */
/*
 * oldsetns COMMAND [ARGUMENT...]: runs it as on a kernel before 5.8, whose setns(2) takes no pidfd:
 * EINVAL. Ends with the command's status; 99 where no pidfd was ever handed to setns.
 */
#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static void die(const char *what)
{
	fprintf(stderr, "oldsetns: %s: %s\n", what, strerror(errno));
	_exit(125);
}

/* Return: a descriptor on which each setns is told. */
static int listen_to_setns(void)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_setns, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog prog = { sizeof(code) / sizeof(code[0]), code };

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		die("no_new_privs");
	return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER,
			    &prog);
}

static void send_fd(int socket, int fd)
{
	char byte = 0;
	struct iovec data = { &byte, 1 };
	union {
		struct cmsghdr head;
		char room[CMSG_SPACE(sizeof(int))];
	} rights = { .head = { CMSG_LEN(sizeof(int)), SOL_SOCKET, SCM_RIGHTS } };
	struct msghdr message = { .msg_iov = &data,
				  .msg_iovlen = 1,
				  .msg_control = &rights,
				  .msg_controllen = sizeof(rights.room) };

	memcpy(CMSG_DATA(&rights.head), &fd, sizeof(fd));
	if (sendmsg(socket, &message, 0) < 0)
		die("send");
}

static int receive_fd(int socket)
{
	char byte;
	struct iovec data = { &byte, 1 };
	union {
		struct cmsghdr head;
		char room[CMSG_SPACE(sizeof(int))];
	} rights;
	struct msghdr message = { .msg_iov = &data,
				  .msg_iovlen = 1,
				  .msg_control = &rights,
				  .msg_controllen = sizeof(rights.room) };
	int fd;

	if (recvmsg(socket, &message, MSG_CMSG_CLOEXEC) < 1)
		die("receive");
	memcpy(&fd, CMSG_DATA(&rights.head), sizeof(fd));
	return fd;
}

static int is_pidfd(pid_t pid, int fd, unsigned long flags)
{
	char path[64], link[64] = "";

	snprintf(path, sizeof(path), "/proc/%d/fd/%d", pid, fd);
	if (readlink(path, link, sizeof(link) - 1) > 0)
		return strstr(link, "pidfd") != NULL;
	/* A process that hides itself from its own user: several namespaces come by pidfd alone. */
	return (flags & (flags - 1)) != 0;
}

/* Return: whether it was refused. */
static int answer(int listener)
{
	struct seccomp_notif asked = { 0 };
	struct seccomp_notif_resp told = { 0 };
	int refuse;

	if (ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &asked) < 0)
		return 0;
	refuse = is_pidfd((pid_t)asked.pid, (int)asked.data.args[0],
			  (unsigned long)asked.data.args[1]);
	told.id = asked.id;
	told.error = refuse ? -EINVAL : 0;
	told.flags = refuse ? 0 : (uint32_t)SECCOMP_USER_NOTIF_FLAG_CONTINUE;
	(void)ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &told);
	return refuse;
}

int main(int argc, char *argv[])
{
	int pair[2], listener, status, refused = 0;
	struct pollfd in = { .events = POLLIN };
	pid_t pid;

	if (argc < 2 || socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
		die("start");
	pid = fork();
	if (pid == 0) {
		listener = listen_to_setns();
		if (listener < 0)
			die("seccomp");
		send_fd(pair[1], listener);
		close(listener);
		execvp(argv[1], argv + 1);
		die(argv[1]);
	}
	close(pair[1]);
	in.fd = receive_fd(pair[0]);
	while (poll(&in, 1, -1) >= 0 && !(in.revents & POLLHUP))
		refused += answer(in.fd);
	if (waitpid(pid, &status, 0) != pid)
		die("wait");
	if (!refused)
		return 99;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
