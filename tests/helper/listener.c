/* SPDX-License-Identifier: MIT */
/*
 * listener SOCKET MARK - a service that never answers
 *
 * Listens at the path SOCKET ("@NAME": abstract) and says "ready=1". Makes the file MARK when somebody
 * connects, who gets no word. Ends with its standard input.
 */
#include <fcntl.h>
#include <poll.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

int main(int argc, char *argv[])
{
	struct sockaddr_un name = { .sun_family = AF_UNIX };
	struct pollfd p[2] = { { .fd = 0, .events = POLLIN }, { .events = POLLIN } };
	size_t n = argc == 3 ? strlen(argv[1]) : sizeof(name.sun_path);

	if (n >= sizeof(name.sun_path))
		return 2;
	memcpy(name.sun_path, argv[1], n);
	if (name.sun_path[0] == '@')
		name.sun_path[0] = '\0';
	p[1].fd = socket(AF_UNIX, SOCK_STREAM, 0);
	umask(0);
	if (p[1].fd < 0 ||
	    bind(p[1].fd, (struct sockaddr *)&name,
		 (socklen_t)(offsetof(struct sockaddr_un, sun_path) + n)) < 0 ||
	    listen(p[1].fd, 5) < 0) {
		perror("listener");
		return 1;
	}
	puts("ready=1");
	fclose(stdout);
	while (poll(p, 2, -1) > 0 && !p[0].revents)
		if (accept(p[1].fd, NULL, NULL) >= 0)
			close(open(argv[2], O_WRONLY | O_CREAT | O_CLOEXEC, 0666));
	return 0;
}
