/* SPDX-License-Identifier: MIT */
/*
 * Most of it asks the running kernel about our own namespaces. What only some kernels do, opening
 * by id above all, is answered by the wrapped calls below.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <linux/nsfs.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sys/nsfd.h"
#include "util/fd.h"

#define GET_ID _IOR(0xb7, 13, uint64_t)

/* An id is the inode and this much more. */
enum {
	ID_OFFSET = 1000
};

/* What the kernel of a test can do. */
static struct {
	bool ids;	  /* NS_GET_ID */
	int by_id;	  /* the errno of open_by_handle_at for every id, or 0 */
	int nstype;	  /* the errno of NS_GET_NSTYPE, or 0 */
	int strange_type; /* what NS_GET_NSTYPE returns, or 0 for the truth */
	bool another_one; /* open_by_handle_at opens a namespace that was not asked for */
} kernel;

int __wrap_ioctl(int fd, unsigned long request, void *arg);
int __real_ioctl(int fd, unsigned long request, ...);
int __wrap_open_by_handle_at(int fd, struct file_handle *handle, int flags);

static int failed(int errnum)
{
	errno = errnum;
	return -1;
}

int __wrap_ioctl(int fd, unsigned long request, void *arg)
{
	struct stat st;

	if (request == GET_ID) {
		if (!kernel.ids || fstat(fd, &st) < 0)
			return failed(ENOTTY);
		*(uint64_t *)arg = st.st_ino + ID_OFFSET;
		return 0;
	}
	if (request == NS_GET_NSTYPE && kernel.nstype)
		return failed(kernel.nstype);
	if (request == NS_GET_NSTYPE && kernel.strange_type)
		return kernel.strange_type;
	return __real_ioctl(fd, request, arg);
}

/* Knows our own net and uts namespaces by their ids. */
int __wrap_open_by_handle_at(int fd, struct file_handle *handle, int flags)
{
	static const char *const links[] = { "/proc/self/ns/net", "/proc/self/ns/uts" };
	uint64_t id;
	struct stat st;

	assert_int_equal(fd, -10003);
	assert_int_equal(handle->handle_type, 0xf1);
	assert_int_equal(handle->handle_bytes, 16);
	assert_int_equal(flags, O_RDONLY | O_CLOEXEC);
	if (kernel.by_id)
		return failed(kernel.by_id);
	memcpy(&id, handle->f_handle, sizeof(id));
	for (size_t i = 0; i < ARRAY_SIZE(links); i++)
		if (kernel.another_one || (stat(links[i], &st) == 0 && st.st_ino + ID_OFFSET == id))
			return open(links[i], flags);
	return failed(ESTALE);
}

static int new_kernel(void **state)
{
	(void)state;
	memset(&kernel, 0, sizeof(kernel));
	kernel.ids = true;
	return 0;
}

static uint64_t own_inode(const char *name)
{
	char path[64];
	struct stat st;

	(void)snprintf(path, sizeof(path), "/proc/self/ns/%s", name);
	assert_int_equal(stat(path, &st), 0);
	return st.st_ino;
}

static int own(const char *name)
{
	_cleanup_fd_ int dir = open("/proc/self/ns", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int fd = nsfd_open_link(dir, name);

	assert_true(fd >= 0);
	return fd;
}

static void a_link_is_opened_relative_to_its_process(void **state)
{
	_cleanup_fd_ int proc_fd = open("/proc/self", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	_cleanup_fd_ int fd = nsfd_open_link(proc_fd, "ns/net");
	uint64_t inode;

	(void)state;
	assert_int_equal(fcntl(fd, F_GETFD), FD_CLOEXEC);
	assert_int_equal(nsfd_inode(fd, &inode), 0);
	assert_true(inode == own_inode("net"));
	assert_int_equal(nsfd_open_link(proc_fd, "ns/none"), -ENOENT);
	assert_int_equal(nsfd_inode(-EBADF, &inode), -EBADF);
}

static void every_type_is_told(void **state)
{
	(void)state;
	for (enum ns_type t = 0; t < NS_COUNT; t++) {
		_cleanup_fd_ int fd = -EBADF;
		char path[64];
		enum ns_type type;

		(void)snprintf(path, sizeof(path), "/proc/self/ns/%s", ns_table[t].name);
		if (access(path, F_OK) < 0) /* a kernel without this type */
			continue;
		fd = own(ns_table[t].name);
		assert_int_equal(nsfd_type(fd, &type), 0);
		assert_int_equal(type, t);
	}
}

static void what_is_no_namespace_has_no_type(void **state)
{
	_cleanup_fd_ int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
	_cleanup_fd_ int net = own("net");
	enum ns_type type = NS_COUNT;

	(void)state;
	assert_int_equal(nsfd_type(null, &type), -ENOTTY);
	assert_int_equal(nsfd_open_owner(null), -ENOTTY);
	assert_int_equal(nsfd_open_parent(null), -ENOTTY);
	kernel.strange_type = 0x12345;
	assert_int_equal(nsfd_type(net, &type), -EPROTONOSUPPORT);
	assert_int_equal(type, NS_COUNT);
}

static void the_owner_is_a_user_namespace_or_out_of_reach(void **state)
{
	_cleanup_fd_ int net = own("net");
	_cleanup_fd_ int owner = nsfd_open_owner(net);
	uint64_t inode = 0;
	enum ns_type type;

	(void)state;
	if (owner < 0) { /* our net namespace belongs to a user namespace above ours */
		assert_int_equal(owner, -EPERM);
		assert_int_equal(nsfd_owner_inode(net, &inode), -EPERM);
		return;
	}
	assert_int_equal(fcntl(owner, F_GETFD), FD_CLOEXEC);
	assert_int_equal(nsfd_type(owner, &type), 0);
	assert_int_equal(type, NS_USER);
	assert_int_equal(nsfd_owner_inode(net, &inode), 0);
	assert_true(inode == own_inode("user"));
}

static void above_our_own_namespaces_there_is_nothing(void **state)
{
	_cleanup_fd_ int user = own("user"), net = own("net");

	(void)state;
	assert_int_equal(nsfd_open_parent(user), -EPERM);
	assert_int_equal(nsfd_open_owner(user), -EPERM);
	assert_int_equal(nsfd_open_parent(net), -EINVAL);
}

static void only_user_namespaces_have_a_creator(void **state)
{
	_cleanup_fd_ int user = own("user"), net = own("net");
	uint32_t uid = 7;

	(void)state;
	assert_int_equal(nsfd_owner_uid(net, &uid), -EINVAL);
	assert_int_equal(uid, 7);
	assert_int_equal(nsfd_owner_uid(user, &uid), 0);
}

static void a_socket_tells_its_net_namespace(void **state)
{
	_cleanup_fd_ int sock = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	_cleanup_fd_ int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
	_cleanup_fd_ int fd = nsfd_of_socket(sock);
	uint64_t inode;

	(void)state;
	assert_int_equal(nsfd_of_socket(null), -ENOTTY);
	if (fd < 0) { /* without CAP_NET_ADMIN */
		assert_int_equal(fd, -EPERM);
		return;
	}
	assert_int_equal(nsfd_inode(fd, &inode), 0);
	assert_true(inode == own_inode("net"));
}

static void a_file_of_the_wanted_type_is_opened(void **state)
{
	_cleanup_error_ struct error err = { 0 };
	_cleanup_fd_ int fd = -EBADF;
	uint64_t inode;

	(void)state;
	assert_int_equal(nsfd_open_file("/proc/self/ns/net", NS_NET, &fd, &err), 0);
	assert_int_equal(nsfd_inode(fd, &inode), 0);
	assert_true(inode == own_inode("net"));
	assert_int_equal(fcntl(fd, F_GETFD), FD_CLOEXEC);
	assert_int_equal(fcntl(fd, F_GETFL) & (O_ACCMODE | O_PATH), O_RDONLY);
	assert_null(err.text);
}

/* Refused with these words, and no descriptor of it left open. */
static void check_refused(const char *path, enum ns_type want, enum error_id id, const char *text,
			  const char *hint)
{
	_cleanup_error_ struct error err = { 0 };
	int next = dup(STDERR_FILENO), fd = -7, after;

	assert_int_equal(close(next), 0);
	assert_true(nsfd_open_file(path, want, &fd, &err) < 0);
	assert_int_equal(fd, -7);
	assert_int_equal(err.id, id);
	assert_string_equal(err.text, text);
	if (hint)
		assert_string_equal(err.hint[0], hint);
	else
		assert_null(err.hint[0]);
	after = dup(STDERR_FILENO);
	assert_int_equal(after, next);
	assert_int_equal(close(after), 0);
}

static void the_wrong_type_names_both_and_the_option(void **state)
{
	(void)state;
	check_refused("/proc/self/ns/net", NS_MNT, ERROR_WRONG_NAMESPACE_FILE,
		      "\"/proc/self/ns/net\" is a net namespace, not mnt",
		      "use -n=/proc/self/ns/net");
	check_refused("/proc/self/ns/ipc", NS_USER, ERROR_WRONG_NAMESPACE_FILE,
		      "\"/proc/self/ns/ipc\" is an ipc namespace, not user",
		      "use -i=/proc/self/ns/ipc");
}

static void an_unknown_type_or_an_old_kernel_is_refused(void **state)
{
	(void)state;
	kernel.strange_type = 0x12345;
	check_refused("/proc/self/ns/net", NS_NET, ERROR_WRONG_NAMESPACE_FILE,
		      "\"/proc/self/ns/net\" is not a net namespace", NULL);
	kernel.nstype = ENOTTY;
	check_refused("/proc/self/ns/net", NS_NET, ERROR_KERNEL_TOO_OLD,
		      "the type of \"/proc/self/ns/net\" cannot be told: needs Linux 4.11", NULL);
}

static const char what_they_are[] =
	"namespaces are files in /proc/PID/ns, or such a file mounted elsewhere";

static void other_files_are_named_and_never_opened(void **state)
{
	_cleanup_fd_ int watch = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	char event[512];
	char dir[] = "/tmp/nsjoin-nsfd-XXXXXX", path[sizeof(dir) + 8], text[128];

	(void)state;
	assert_non_null(mkdtemp(dir));
	(void)snprintf(path, sizeof(path), "%s/fifo", dir);
	assert_int_equal(mkfifo(path, 0600), 0);
	/* A handle (O_PATH) is no opening, neither to the file's driver nor to inotify. */
	assert_true(inotify_add_watch(watch, path, IN_OPEN) >= 0);
	(void)snprintf(text, sizeof(text), "\"%s\" is a FIFO, not a namespace", path);
	check_refused(path, NS_NET, ERROR_WRONG_NAMESPACE_FILE, text, what_they_are);
	assert_int_equal(read(watch, event, sizeof(event)), -1);
	assert_int_equal(errno, EAGAIN);
	assert_int_equal(unlink(path), 0);
	(void)snprintf(text, sizeof(text), "\"%s\" is a directory, not a namespace", dir);
	check_refused(dir, NS_NET, ERROR_WRONG_NAMESPACE_FILE, text, what_they_are);
	assert_int_equal(rmdir(dir), 0);
	check_refused("/dev/null", NS_NET, ERROR_WRONG_NAMESPACE_FILE,
		      "\"/dev/null\" is a device, not a namespace", what_they_are);
	check_refused("/proc/self/status", NS_NET, ERROR_WRONG_NAMESPACE_FILE,
		      "\"/proc/self/status\" is a regular file, not a namespace", what_they_are);
}

static void a_missing_file_says_so(void **state)
{
	(void)state;
	check_refused("/nonexistent/ns", NS_NET, ERROR_WRONG_NAMESPACE_FILE,
		      "open namespace file \"/nonexistent/ns\": No such file or directory", NULL);
	check_refused("", NS_NET, ERROR_WRONG_NAMESPACE_FILE,
		      "open namespace file \"\": No such file or directory", NULL);
}

static void an_id_opens_its_namespace(void **state)
{
	_cleanup_error_ struct error err = { 0 };
	_cleanup_fd_ int fd = -EBADF;
	uint64_t inode;

	(void)state;
	assert_int_equal(nsfd_open_by_id(NS_NET, own_inode("net") + ID_OFFSET, &fd, &err), 0);
	assert_int_equal(nsfd_inode(fd, &inode), 0);
	assert_true(inode == own_inode("net"));
}

static void check_id_refused(enum ns_type want, uint64_t nsid, enum error_id id, const char *text,
			     const char *hint)
{
	_cleanup_error_ struct error err = { 0 };
	int fd = -7;

	assert_true(nsfd_open_by_id(want, nsid, &fd, &err) < 0);
	assert_int_equal(fd, -7);
	assert_int_equal(err.id, id);
	assert_string_equal(err.text, text);
	if (hint)
		assert_string_equal(err.hint[0], hint);
	else
		assert_null(err.hint[0]);
}

static void an_unknown_id_says_so(void **state)
{
	(void)state;
	check_id_refused(NS_NET, UINT64_MAX, ERROR_WRONG_NAMESPACE_FILE,
			 "no namespace with id \":18446744073709551615\"", NULL);
}

static void an_id_of_another_type_names_both(void **state)
{
	char text[128], hint[64];
	uint64_t nsid = own_inode("uts") + ID_OFFSET;

	(void)state;
	(void)snprintf(text, sizeof(text), "\":%ju\" is a uts namespace, not net", (uintmax_t)nsid);
	(void)snprintf(hint, sizeof(hint), "use -u=:%ju", (uintmax_t)nsid);
	check_id_refused(NS_NET, nsid, ERROR_WRONG_NAMESPACE_FILE, text, hint);
}

static void a_kernel_that_cannot_open_ours_is_too_old(void **state)
{
	static const char text[] = "open net namespace \":5\": opening by id needs Linux 6.19";
	static const char hint[] = "use -n=/proc/PID/ns/net";

	(void)state;
	kernel.by_id = ESTALE;
	check_id_refused(NS_NET, 5, ERROR_KERNEL_TOO_OLD, text, hint);
	kernel.by_id = EBADF;
	kernel.ids = false;
	check_id_refused(NS_NET, 5, ERROR_KERNEL_TOO_OLD, text, hint);
}

static void a_forbidden_call_is_no_old_kernel(void **state)
{
	(void)state;
	kernel.by_id = EPERM;
	check_id_refused(NS_NET, 5, ERROR_PERMISSION,
			 "open net namespace \":5\": Operation not permitted", NULL);
}

static void another_namespace_than_the_one_asked_for_is_refused(void **state)
{
	(void)state;
	kernel.another_one = true;
	check_id_refused(NS_NET, 5, ERROR_WRONG_NAMESPACE_FILE, "no namespace with id \":5\"",
			 NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_link_is_opened_relative_to_its_process, new_kernel),
		cmocka_unit_test_setup(every_type_is_told, new_kernel),
		cmocka_unit_test_setup(what_is_no_namespace_has_no_type, new_kernel),
		cmocka_unit_test_setup(the_owner_is_a_user_namespace_or_out_of_reach, new_kernel),
		cmocka_unit_test_setup(above_our_own_namespaces_there_is_nothing, new_kernel),
		cmocka_unit_test_setup(only_user_namespaces_have_a_creator, new_kernel),
		cmocka_unit_test_setup(a_socket_tells_its_net_namespace, new_kernel),
		cmocka_unit_test_setup(a_file_of_the_wanted_type_is_opened, new_kernel),
		cmocka_unit_test_setup(the_wrong_type_names_both_and_the_option, new_kernel),
		cmocka_unit_test_setup(an_unknown_type_or_an_old_kernel_is_refused, new_kernel),
		cmocka_unit_test_setup(other_files_are_named_and_never_opened, new_kernel),
		cmocka_unit_test_setup(a_missing_file_says_so, new_kernel),
		cmocka_unit_test_setup(an_id_opens_its_namespace, new_kernel),
		cmocka_unit_test_setup(an_unknown_id_says_so, new_kernel),
		cmocka_unit_test_setup(an_id_of_another_type_names_both, new_kernel),
		cmocka_unit_test_setup(a_kernel_that_cannot_open_ours_is_too_old, new_kernel),
		cmocka_unit_test_setup(a_forbidden_call_is_no_old_kernel, new_kernel),
		cmocka_unit_test_setup(another_namespace_than_the_one_asked_for_is_refused,
				       new_kernel),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
