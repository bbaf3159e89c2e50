/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "sys/passwd.h"
#include "sys/procroot.h"
#include "util/fd.h"

/* The errno that openat2 shall fail with, or 0; how often, or -1 for always. */
static int openat2_error, openat2_failures;

long __wrap_syscall(long number, long dirfd, const char *path, void *how, size_t size);
long __real_syscall(long number, ...);

long __wrap_syscall(long number, long dirfd, const char *path, void *how, size_t size)
{
	assert_int_equal(number, SYS_openat2);
	if (openat2_error && openat2_failures) {
		openat2_failures -= openat2_failures > 0;
		errno = openat2_error;
		return -1;
	}
	return __real_syscall(number, dirfd, path, how, size);
}

static int find_uid(const char *text, uint32_t uid, struct passwd_entry *ret_entry)
{
	return passwd_find_uid(text, strlen(text), uid, ret_entry);
}

static int find_name(const char *text, const char *name, struct passwd_entry *ret_entry)
{
	return passwd_find_name(text, strlen(text), name, ret_entry);
}

static const char debian[] = "root:x:0:0:root:/root:/bin/bash\n"
			     "daemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin\n"
			     "app:x:1000:1001:App,,,:/home/app:\n";

static void an_entry_is_found_by_uid(void **state)
{
	_cleanup_passwd_entry_ struct passwd_entry entry = { 0 };

	(void)state;
	assert_int_equal(find_uid(debian, 1, &entry), 0);
	assert_string_equal(entry.name, "daemon");
	assert_int_equal(entry.uid, 1);
	assert_int_equal(entry.gid, 1);
	assert_string_equal(entry.home, "/usr/sbin");
	assert_string_equal(entry.shell, "/usr/sbin/nologin");
}

static void an_entry_is_found_by_name(void **state)
{
	_cleanup_passwd_entry_ struct passwd_entry entry = { 0 };

	(void)state;
	assert_int_equal(find_name(debian, "app", &entry), 0);
	assert_int_equal(entry.uid, 1000);
	assert_int_equal(entry.gid, 1001);
}

static void an_empty_shell_is_bin_sh(void **state)
{
	_cleanup_passwd_entry_ struct passwd_entry entry = { 0 };

	(void)state;
	assert_int_equal(find_name(debian, "app", &entry), 0);
	assert_string_equal(entry.shell, "/bin/sh");
}

static void what_is_missing_leaves_the_result_alone(void **state)
{
	struct passwd_entry entry = { .uid = 7 };
	uint32_t gid = 7;

	(void)state;
	assert_int_equal(find_uid(debian, 2, &entry), -ENOENT);
	assert_int_equal(find_name(debian, "ap", &entry), -ENOENT);
	assert_int_equal(find_name(debian, "appl", &entry), -ENOENT);
	assert_int_equal(find_name(debian, "", &entry), -ENOENT);
	assert_int_equal(find_uid("", 0, &entry), -ENOENT);
	assert_int_equal(group_find_name("", 0, "a", &gid), -ENOENT);
	assert_int_equal(entry.uid, 7);
	assert_null(entry.name);
	assert_int_equal(gid, 7);
}

static void the_first_of_several_wins(void **state)
{
	_cleanup_passwd_entry_ struct passwd_entry entry = { 0 };

	(void)state;
	assert_int_equal(find_uid("a:x:5:1::/a:/a\nb:x:5:2::/b:/b\n", 5, &entry), 0);
	assert_string_equal(entry.name, "a");
}

static void crlf_and_a_missing_newline_end_a_line(void **state)
{
	_cleanup_passwd_entry_ struct passwd_entry dos = { 0 }, cut = { 0 };

	(void)state;
	assert_int_equal(find_uid("a:x:5:5::/a:/bin/a\r\n", 5, &dos), 0);
	assert_string_equal(dos.shell, "/bin/a");
	assert_int_equal(find_uid("x\na:x:5:5::/a:/bin/a", 5, &cut), 0);
	assert_string_equal(cut.shell, "/bin/a");
}

static void lines_that_are_no_clean_entries_do_not_exist(void **state)
{
	static const char *const bad[] = {
		"a:x:0:0::/:/bin/sh\x1b[2J\n",
		"a\x07:x:0:0::/:/bin/sh\n",
		"a:x:0:0::/\x7f:/bin/sh\n",
		"a:x:0:0::/:/bin/sh\r\r\n",
		"a:x:0:0::/\n",
		"a:x:0\n",
		"a\n",
		":x:0:0::/:/bin/sh\n",
		"+:x:0:0::/:/bin/sh\n",
		"+a:x:0:0::/:/bin/sh\n",
		"-a:x:0:0::/:/bin/sh\n",
		"#a:x:0:0::/:/bin/sh\n",
		"a:x::0::/:/bin/sh\n",
		"a:x: 0:0::/:/bin/sh\n",
		"a:x:+0:0::/:/bin/sh\n",
		"a:x:-0:0::/:/bin/sh\n",
		"a:x:0x0:0::/:/bin/sh\n",
		"a:x:4294967296:0::/:/bin/sh\n",
		"a:x:00000000000:0::/:/bin/sh\n",
		"a:x:0:4294967295::/:/bin/sh\n",
		"a:x:0:4294967296::/:/bin/sh\n",
		"a:x:0:::/:/bin/sh\n",
		"\n\n\n",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		struct passwd_entry entry;

		assert_int_equal(find_uid(bad[i], 0, &entry), -ENOENT);
		assert_int_equal(find_name(bad[i], "a", &entry), -ENOENT);
	}
}

static void no_change_is_never_a_uid(void **state)
{
	struct passwd_entry entry;

	(void)state;
	assert_int_equal(find_uid("a:x:4294967295:0::/:/a\n", UINT32_MAX, &entry), -ENOENT);
	assert_int_equal(find_name("a:x:4294967295:0::/:/a\n", "a", &entry), -ENOENT);
}

static void digits_are_never_a_name(void **state)
{
	static const char text[] = "1000:x:0:0::/root:/bin/sh\nx:x:1000:1000::/x:/bin/x\n";
	_cleanup_passwd_entry_ struct passwd_entry entry = { 0 };
	uint32_t gid;

	(void)state;
	assert_int_equal(find_name(text, "1000", &entry), -ENOENT);
	assert_int_equal(group_find_name("5:x:0:\n", 7, "5", &gid), -ENOENT);
	assert_int_equal(find_uid(text, 0, &entry), -ENOENT);
	assert_int_equal(find_uid(text, 1000, &entry), 0);
	assert_string_equal(entry.name, "x");
}

static void a_line_with_nul_does_not_exist_and_those_around_it_do(void **state)
{
	static const char text[] = "a:x:1:1::/a:/a\nb:x:2:2::/b:/b\0evil\n\0c:x:3:3::/c:/c\n"
				   "d:x:4:4::/d:/d\n";
	_cleanup_passwd_entry_ struct passwd_entry entry = { 0 };
	size_t size = sizeof(text) - 1;

	(void)state;
	assert_int_equal(passwd_find_uid(text, size, 2, &entry), -ENOENT);
	assert_int_equal(passwd_find_uid(text, size, 3, &entry), -ENOENT);
	assert_int_equal(passwd_find_uid(text, size, 4, &entry), 0);
	assert_string_equal(entry.shell, "/d");
}

static void text_is_never_read_past_its_size(void **state)
{
	/* Exactly as large as the text: a sanitizer sees a byte more. */
	static const char text[] = "a:x:1:1::/a:/a";
	_cleanup_free_ char *heap = malloc(sizeof(text) - 1);
	_cleanup_passwd_entry_ struct passwd_entry entry = { 0 };

	(void)state;
	memcpy(heap, text, sizeof(text) - 1);
	assert_int_equal(passwd_find_uid(heap, sizeof(text) - 1, 1, &entry), 0);
	assert_int_equal(passwd_find_uid(heap, sizeof(text) - 4, 1, &entry), -ENOENT);
	assert_int_equal(passwd_find_uid(heap, 0, 1, &entry), -ENOENT);
}

static void a_field_of_path_max_bytes_is_no_path(void **state)
{
	static char text[PATH_MAX + 64];
	_cleanup_passwd_entry_ struct passwd_entry entry = { 0 };
	int n = sprintf(text, "a:x:1:1::/:/");

	(void)state;
	memset(text + n, 's', PATH_MAX - 1);
	assert_int_equal(find_uid(text, 1, &entry), -ENOENT);
	text[n + PATH_MAX - 2] = '\0';
	assert_int_equal(find_uid(text, 1, &entry), 0);
	assert_int_equal(strlen(entry.shell), PATH_MAX - 1);
}

static void a_hundred_thousand_lines_are_searched(void **state)
{
	_cleanup_free_ char *text = malloc(100001 * 32);
	_cleanup_passwd_entry_ struct passwd_entry entry = { 0 };
	char *p = text;

	(void)state;
	for (unsigned int i = 0; i < 100000; i++)
		p += sprintf(p, "u%u:x:%u:0::/:/s\n", i, i);
	assert_int_equal(passwd_find_name(text, (size_t)(p - text), "u99999", &entry), 0);
	assert_int_equal(entry.uid, 99999);
}

static void groups_are_found_by_name(void **state)
{
	static const char text[] = "root:x:0:\nadm:x:4:syslog,ana\n+nis:x:9:\nbad:x:x:\ncut:x:5\n"
				   "bad:x:6:\n";
	size_t n = sizeof(text) - 1;
	uint32_t gid = 7;

	(void)state;
	assert_int_equal(group_find_name(text, n, "adm", &gid), 0);
	assert_int_equal(gid, 4);
	assert_int_equal(group_find_name(text, n, "bad", &gid), 0);
	assert_int_equal(gid, 6);
	assert_int_equal(group_find_name(text, n, "nis", &gid), -ENOENT);
	assert_int_equal(group_find_name(text, n, "+nis", &gid), -ENOENT);
	assert_int_equal(group_find_name(text, n, "cut", &gid), -ENOENT);
	assert_int_equal(gid, 6);
}

/* A root directory of our own, "etc" in it, and what shall be opened below. */
struct tree {
	char path[sizeof("/tmp/nsjoin-passwd-XXXXXX")];
	int root_fd, etc_fd, procfd;
};

static int tree_open(void **state)
{
	static struct tree t;

	strcpy(t.path, "/tmp/nsjoin-passwd-XXXXXX");
	openat2_error = 0;
	if (!mkdtemp(t.path))
		return -1;
	t.root_fd = open(t.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	t.procfd = proc_root_open();
	if (t.root_fd < 0 || t.procfd < 0 || mkdirat(t.root_fd, "etc", 0700) < 0)
		return -1;
	t.etc_fd = openat(t.root_fd, "etc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	*state = &t;
	return t.etc_fd < 0 ? -1 : 0;
}

static int tree_done(void **state)
{
	static const char *const names[] = { "passwd", "passwd-", "dir/passwd" };
	struct tree *t = *state;

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		(void)unlinkat(t->etc_fd, names[i], 0); /* most tests make just one of them */
	(void)unlinkat(t->etc_fd, "passwd", AT_REMOVEDIR);
	(void)unlinkat(t->etc_fd, "dir", AT_REMOVEDIR);
	t->etc_fd = fd_close(t->etc_fd);
	t->procfd = fd_close(t->procfd);
	(void)unlinkat(t->root_fd, "link", 0);
	(void)unlinkat(t->root_fd, "etc", AT_REMOVEDIR);
	t->root_fd = fd_close(t->root_fd);
	return rmdir(t->path);
}

static void put_file(int dirfd, const char *name, const char *text)
{
	_cleanup_fd_ int fd = openat(dirfd, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(fd_write_all(fd, text, strlen(text)), 0);
}

static ssize_t read_passwd(const struct tree *t, char **ret_text)
{
	return passwd_read(t->root_fd, "etc/passwd", t->procfd, ret_text);
}

static void check_text(const struct tree *t, const char *path, const char *expected)
{
	_cleanup_free_ char *text = NULL;

	assert_int_equal(passwd_read(t->root_fd, path, t->procfd, &text), strlen(expected));
	assert_string_equal(text, expected);
}

/* What cannot be read is refused with one of two reasons, with and without openat2. */
static void check_refused(const struct tree *t, int reason, int walk_reason)
{
	char *text = NULL;

	openat2_error = 0;
	assert_int_equal(read_passwd(t, &text), -reason);
	openat2_error = ENOSYS;
	openat2_failures = -1;
	assert_int_equal(read_passwd(t, &text), -walk_reason);
	openat2_error = 0;
	assert_null(text);
	assert_int_equal(passwd_open_vetted(t->root_fd, "etc/passwd", t->procfd), -reason);
}

static void a_regular_file_is_read(void **state)
{
	struct tree *t = *state;

	put_file(t->etc_fd, "passwd", "content\n");
	check_text(t, "etc/passwd", "content\n");
	check_text(t, "/etc/passwd", "content\n");
	check_text(t, "//etc/./passwd", "content\n");
}

static void it_is_read_without_openat2_too(void **state)
{
	static const int reasons[] = { ENOSYS, EPERM };
	struct tree *t = *state;

	put_file(t->etc_fd, "passwd", "content\n");
	openat2_failures = -1;
	for (size_t i = 0; i < ARRAY_SIZE(reasons); i++) {
		openat2_error = reasons[i];
		check_text(t, "etc/passwd", "content\n");
		check_text(t, "//etc/.//passwd", "content\n");
	}
}

static void the_descriptor_is_ours_alone(void **state)
{
	struct tree *t = *state;
	_cleanup_fd_ int fd = -EBADF;

	put_file(t->etc_fd, "passwd", "content\n");
	fd = passwd_open_vetted(t->root_fd, "etc/passwd", t->procfd);
	assert_true(fd >= 0);
	assert_int_equal(fcntl(fd, F_GETFD), FD_CLOEXEC);
	assert_int_equal(fcntl(fd, F_GETFL) & (O_ACCMODE | O_NONBLOCK), O_RDONLY | O_NONBLOCK);
}

static void a_link_is_resolved_within_the_root(void **state)
{
	struct tree *t = *state;

	put_file(t->etc_fd, "passwd-", "inside\n");
	assert_int_equal(symlinkat("/../../../etc/passwd-", t->etc_fd, "passwd"), 0);
	check_text(t, "etc/passwd", "inside\n");
	/* /etc/shadow and the like are the host's only if the link leads out of the root. */
	assert_int_equal(unlinkat(t->etc_fd, "passwd-", 0), 0);
	check_refused(t, ENOENT, ELOOP);
}

static void a_directory_link_is_refused_without_openat2(void **state)
{
	struct tree *t = *state;

	put_file(t->etc_fd, "passwd", "content\n");
	assert_int_equal(symlinkat("etc", t->root_fd, "link"), 0);
	check_text(t, "link/passwd", "content\n");
	openat2_error = ENOSYS;
	openat2_failures = -1;
	assert_int_equal(passwd_open_vetted(t->root_fd, "link/passwd", t->procfd), -ELOOP);
	assert_int_equal(passwd_open_vetted(t->root_fd, "etc/../etc/passwd", t->procfd), -EXDEV);
	assert_int_equal(passwd_open_vetted(t->root_fd, "../etc/passwd", t->procfd), -EXDEV);
}

static void a_loop_is_refused(void **state)
{
	struct tree *t = *state;

	assert_int_equal(symlinkat("passwd", t->etc_fd, "passwd"), 0);
	check_refused(t, ELOOP, ELOOP);
}

static void a_missing_file_is_missing(void **state)
{
	check_refused(*state, ENOENT, ENOENT);
}

static void a_fifo_is_refused_and_not_opened(void **state)
{
	struct tree *t = *state;

	assert_int_equal(mkfifoat(t->etc_fd, "passwd", 0600), 0);
	check_refused(t, EINVAL, EINVAL);
}

static void a_directory_is_refused(void **state)
{
	struct tree *t = *state;

	assert_int_equal(mkdirat(t->etc_fd, "passwd", 0700), 0);
	check_refused(t, EINVAL, EINVAL);
}

static void a_device_is_refused(void **state)
{
	struct tree *t = *state;

	_cleanup_fd_ int root_fd = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);

	assert_int_equal(passwd_open_vetted(root_fd, "dev/null", t->procfd), -EINVAL);
}

static void a_file_of_the_kernel_is_refused(void **state)
{
	struct tree *t = *state;
	_cleanup_fd_ int root_fd = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);

	assert_int_equal(passwd_open_vetted(root_fd, "proc/version", t->procfd), -EXDEV);
	assert_int_equal(passwd_open_vetted(root_fd, "proc/self/environ", t->procfd), -EXDEV);
	openat2_error = ENOSYS;
	openat2_failures = -1;
	assert_int_equal(passwd_open_vetted(root_fd, "proc/version", t->procfd), -EXDEV);
}

static void a_magic_link_is_refused(void **state)
{
	struct tree *t = *state;
	_cleanup_fd_ int proc = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);

	assert_int_equal(passwd_open_vetted(proc, "proc/self/exe", t->procfd), -ELOOP);
	assert_int_equal(passwd_open_vetted(proc, "proc/self/root/etc/passwd", t->procfd), -ELOOP);
}

static void a_sparse_giant_is_refused(void **state)
{
	struct tree *t = *state;
	_cleanup_fd_ int fd = openat(t->etc_fd, "passwd", O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	char *text = NULL;

	assert_int_equal(ftruncate(fd, PASSWD_SIZE_MAX + 1), 0);
	assert_int_equal(read_passwd(t, &text), -EFBIG);
	if (ftruncate(fd, (off_t)1 << 40) == 0) /* a file system may be too small for that */
		assert_int_equal(read_passwd(t, &text), -EFBIG);
	assert_null(text);
}

static void a_tree_in_motion_is_tried_again_but_not_for_ever(void **state)
{
	struct tree *t = *state;

	put_file(t->etc_fd, "passwd", "content\n");
	openat2_error = EAGAIN;
	openat2_failures = 100;
	check_text(t, "etc/passwd", "content\n");
	assert_int_equal(openat2_failures, 0);
	openat2_failures = -1;
	assert_int_equal(passwd_open_vetted(t->root_fd, "etc/passwd", t->procfd), -EAGAIN);
}

#define tree_test(name) cmocka_unit_test_setup_teardown(name, tree_open, tree_done)

static void the_groups_of_a_member(void **state)
{
	static const char text[] = "root:x:0:\nstaff:x:50:ann,app\nx:y\nadm:x:4:apps,app2\n"
				   "late:x:60:app\nodd:x:99999999999:app\nme:x:70:,app,\n";
	uint32_t gid[4];

	(void)state;
	assert_int_equal(group_list_of(text, strlen(text), "app", gid, 4), 3);
	assert_int_equal(gid[0], 50);
	assert_int_equal(gid[1], 60);
	assert_int_equal(gid[2], 70);
	gid[2] = 1;
	assert_int_equal(group_list_of(text, strlen(text), "app", gid, 2), 3);
	assert_int_equal(gid[2], 1);
	assert_int_equal(group_list_of(text, strlen(text), "root", gid, 4), 0);
	assert_int_equal(group_list_of("", 0, "app", gid, 4), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_groups_of_a_member),
		cmocka_unit_test(an_entry_is_found_by_uid),
		cmocka_unit_test(an_entry_is_found_by_name),
		cmocka_unit_test(an_empty_shell_is_bin_sh),
		cmocka_unit_test(what_is_missing_leaves_the_result_alone),
		cmocka_unit_test(the_first_of_several_wins),
		cmocka_unit_test(crlf_and_a_missing_newline_end_a_line),
		cmocka_unit_test(lines_that_are_no_clean_entries_do_not_exist),
		cmocka_unit_test(no_change_is_never_a_uid),
		cmocka_unit_test(digits_are_never_a_name),
		cmocka_unit_test(a_line_with_nul_does_not_exist_and_those_around_it_do),
		cmocka_unit_test(text_is_never_read_past_its_size),
		cmocka_unit_test(a_field_of_path_max_bytes_is_no_path),
		cmocka_unit_test(a_hundred_thousand_lines_are_searched),
		cmocka_unit_test(groups_are_found_by_name),
		tree_test(a_regular_file_is_read),
		tree_test(it_is_read_without_openat2_too),
		tree_test(the_descriptor_is_ours_alone),
		tree_test(a_link_is_resolved_within_the_root),
		tree_test(a_directory_link_is_refused_without_openat2),
		tree_test(a_loop_is_refused),
		tree_test(a_missing_file_is_missing),
		tree_test(a_fifo_is_refused_and_not_opened),
		tree_test(a_directory_is_refused),
		tree_test(a_device_is_refused),
		tree_test(a_file_of_the_kernel_is_refused),
		tree_test(a_magic_link_is_refused),
		tree_test(a_sparse_giant_is_refused),
		tree_test(a_tree_in_motion_is_tried_again_but_not_for_ever),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
