/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sys/cgroupfs.h"
#include "sys/pidfd.h"
#include "sys/proc.h"
#include "util/fd.h"
#include "util/macro.h"

static void only_the_first_two_colons_separate(void **state)
{
	char text[] = "11:devices:/system.slice/a.slice:cri-containerd:0123\n";
	char *rest = text;
	struct cgroup_line line;

	(void)state;
	assert_int_equal(cgroup_line_next(&rest, &line), 1);
	assert_string_equal(line.controllers, "devices");
	assert_string_equal(line.path, "/system.slice/a.slice:cri-containerd:0123");
	assert_false(line.deleted);
	assert_int_equal(cgroup_line_next(&rest, &line), 0);
}

static void v2_has_no_controllers_and_v1_may_have_several(void **state)
{
	char text[] = "4:cpu,cpuacct:/a\n1:name=systemd:/b\n0::/../c d";
	char *rest = text;
	struct cgroup_line line;

	(void)state;
	assert_int_equal(cgroup_line_next(&rest, &line), 1);
	assert_string_equal(line.controllers, "cpu,cpuacct");
	assert_int_equal(cgroup_line_next(&rest, &line), 1);
	assert_string_equal(line.controllers, "name=systemd");
	assert_int_equal(cgroup_line_next(&rest, &line), 1);
	assert_string_equal(line.controllers, "");
	assert_string_equal(line.path, "/../c d");
}

static void the_mark_of_a_removed_cgroup_is_cut_off(void **state)
{
	char text[] = "0::/x (deleted)\n0::/ (deleted)y\n0:: (deleted)\n";
	char *rest = text;
	struct cgroup_line line;

	(void)state;
	assert_int_equal(cgroup_line_next(&rest, &line), 1);
	assert_string_equal(line.path, "/x");
	assert_true(line.deleted);
	assert_int_equal(cgroup_line_next(&rest, &line), 1);
	assert_string_equal(line.path, "/ (deleted)y");
	assert_false(line.deleted);
	assert_int_equal(cgroup_line_next(&rest, &line), 0);
}

static void malformed_lines_are_skipped(void **state)
{
	char text[] = "\n\n:\n::\n0:\nnonsense\npids: /\n3:cpu:relative\n0::/good\n\n";
	char *rest = text;
	struct cgroup_line line;

	(void)state;
	assert_int_equal(cgroup_line_next(&rest, &line), 1);
	assert_string_equal(line.path, "/good");
	assert_int_equal(cgroup_line_next(&rest, &line), 0);
}

static void a_hierarchy_that_does_not_exist_is_not_found(void **state)
{
	char *path = NULL;

	(void)state;
	assert_int_equal(cgroupfs_open("name=no-such-hierarchy", &path), -ENOENT);
	assert_int_equal(cgroupfs_open("../../../etc", &path), -ENOENT);
	assert_null(path);
}

/* What is said of a cgroup that does not exist: it is gone, but for where we see a part alone. */
static int absent(int root)
{
	struct stat st;
	bool part = fstat(root, &st) == 0 && st.st_ino != CGROUPFS_ROOT_INODE &&
		    proc_is_first_cgroupns(AT_FDCWD, "/proc/self/ns/cgroup");

	return part ? -ENOENT : -ESTALE;
}

/* Those that we are in: by their path in one go, and from the hierarchy's root. */
static void a_cgroup_is_opened_by_its_path(void **state)
{
	_cleanup_free_ char *text = NULL;
	struct cgroup_line line;
	size_t seen = 0;
	char *rest;

	(void)state;
	assert_true(fd_read_alloc(AT_FDCWD, "/proc/self/cgroup", 1 << 20, &text) >= 0);
	rest = text;
	while (cgroup_line_next(&rest, &line) > 0) {
		_cleanup_free_ char *mount = NULL;
		_cleanup_fd_ int root = cgroupfs_open(line.controllers, &mount), dir = -EBADF;
		_cleanup_free_ char *other = NULL;
		struct stat below, direct, named;

		if (root < 0 || strncmp(line.path, "/..", 3) == 0)
			continue; /* not mounted, or outside of our cgroup namespace */
		dir = cgroupfs_open_cgroup(line.controllers, line.path, &other);
		assert_true(dir >= 0);
		assert_int_equal(strncmp(other, mount, strlen(mount)), 0);
		assert_int_equal(stat(other, &named), 0);
		assert_int_equal(fstat(dir, &direct), 0);
		assert_int_equal(fstatat(root, line.path[1] ? line.path + 1 : ".", &below, 0), 0);
		assert_int_equal(direct.st_ino, below.st_ino);
		assert_int_equal(direct.st_ino, named.st_ino);
		assert_int_equal(direct.st_dev, below.st_dev);
		assert_int_equal(cgroupfs_open_cgroup(line.controllers, "/no-such-cgroup", NULL),
				 absent(root));
		assert_int_equal(cgroupfs_open_cgroup(line.controllers, "/../x", NULL), -EXDEV);
		seen++;
	}
	assert_true(seen > 0);
}

/* Hybrid: v2's own mount point is no cgroup of v2, whatever a path looks like. */
static void the_place_of_v2_is_no_cgroup_of_it(void **state)
{
	_cleanup_free_ char *mount = NULL;
	_cleanup_fd_ int root = cgroupfs_open("", &mount);

	(void)state;
	if (root < 0 || strcmp(mount, "/sys/fs/cgroup/unified") != 0)
		skip(); /* not a hybrid host's */
	assert_int_equal(cgroupfs_open_cgroup("", "/unified", NULL), absent(root));
}

/* Where cgroup2 is mounted and the kernel tells: by the path of ours and by our pidfd. */
static void the_kernel_tells_the_directory_that_a_process_is_in(void **state)
{
	_cleanup_fd_ int root = cgroupfs_open("", NULL);
	_cleanup_fd_ int pidfd = pidfd_of(getpid());
	_cleanup_free_ char *text = NULL;
	struct cgroup_line line = { .path = NULL };
	uint64_t inode = 0;
	struct stat st;
	char *rest;

	(void)state;
	assert_true(fd_read_alloc(AT_FDCWD, "/proc/self/cgroup", 1 << 20, &text) >= 0);
	rest = text;
	while (cgroup_line_next(&rest, &line) > 0 && *line.controllers)
		;
	if (root < 0 || pidfd < 0 || !line.path || *line.controllers ||
	    pidfd_cgroup(pidfd, &inode) < 0 ||
	    fstatat(root, line.path[1] ? line.path + 1 : ".", &st, 0) < 0)
		skip(); /* before Linux 6.13, or outside of our cgroup namespace */
	assert_int_equal(inode, st.st_ino);
	assert_true(pidfd_cgroup(root, &inode) < 0);
}

static void a_controller_is_a_whole_name(void **state)
{
	const struct cgroup_line v1 = { .controllers = "cpu,cpuacct,memory" };
	const struct cgroup_line v2 = { .controllers = "" };

	(void)state;
	assert_true(cgroup_line_has(&v1, "cpu"));
	assert_true(cgroup_line_has(&v1, "cpuacct"));
	assert_true(cgroup_line_has(&v1, "memory"));
	assert_false(cgroup_line_has(&v1, "cpua"));
	assert_false(cgroup_line_has(&v1, "mem"));
	assert_false(cgroup_line_has(&v1, "pids"));
	assert_false(cgroup_line_has(&v2, "memory"));
}

static void write_state(const char *dir, const char *state)
{
	char path[64];
	FILE *file;

	(void)snprintf(path, sizeof(path), "%s/freezer.state", dir); /* fits */
	file = fopen(path, "w");
	assert_non_null(file);
	assert_true(fputs(state, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

/* Hosts may mount the freezer together with other controllers, or all of v1 in one place. */
static void a_freezer_beside_other_controllers_freezes(void **state)
{
	static const char *const freezing[] = { "freezer", "cpu,freezer", "freezer,devices" };
	const struct cgroup_line other = { .controllers = "cpu,cpuacct" };
	char dir[] = "/tmp/nsjoin-freezer-XXXXXX";
	_cleanup_fd_ int fd = -EBADF;

	(void)state;
	assert_non_null(mkdtemp(dir));
	fd = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
	assert_true(fd >= 0);
	for (size_t i = 0; i < ARRAY_SIZE(freezing); i++) {
		const struct cgroup_line line = { .controllers = freezing[i] };

		write_state(dir, "FROZEN\n");
		assert_true(cgroupfs_is_frozen(&line, fd));
		assert_false(cgroupfs_is_frozen(&other, fd));
		write_state(dir, "THAWED\n");
		assert_false(cgroupfs_is_frozen(&line, fd));
	}
	assert_int_equal(unlinkat(fd, "freezer.state", 0), 0);
	assert_int_equal(rmdir(dir), 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_the_first_two_colons_separate),
		cmocka_unit_test(a_controller_is_a_whole_name),
		cmocka_unit_test(a_freezer_beside_other_controllers_freezes),
		cmocka_unit_test(v2_has_no_controllers_and_v1_may_have_several),
		cmocka_unit_test(the_mark_of_a_removed_cgroup_is_cut_off),
		cmocka_unit_test(malformed_lines_are_skipped),
		cmocka_unit_test(a_hierarchy_that_does_not_exist_is_not_found),
		cmocka_unit_test(a_cgroup_is_opened_by_its_path),
		cmocka_unit_test(the_place_of_v2_is_no_cgroup_of_it),
		cmocka_unit_test(the_kernel_tells_the_directory_that_a_process_is_in),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
