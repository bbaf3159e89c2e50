/* SPDX-License-Identifier: MIT */
/* A directory with attr files of our own stands for /proc/PID. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sys/lsm.h"
#include "util/fd.h"

static void check_label(const struct lsm_label *label, const char *name, const char *text,
			const char *attr)
{
	assert_string_equal(label->label, name);
	assert_string_equal(label->exec_text, text);
	assert_string_equal(label->attr, attr);
}

static void an_apparmor_profile_loses_its_mode(void **state)
{
	static const char *const modes[] = { "enforce", "complain", "kill", "unconfined", "mixed" };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(modes); i++) {
		_cleanup_lsm_label_ struct lsm_label label = { 0 };
		char text[64];

		(void)stpcpy(stpcpy(stpcpy(text, "docker-default ("), modes[i]), ")\n");
		assert_int_equal(lsm_parse_apparmor(text, &label), 0);
		check_label(&label, "docker-default", "exec docker-default", "attr/apparmor/exec");
	}
}

static void a_profile_may_have_blanks_and_parentheses(void **state)
{
	_cleanup_lsm_label_ struct lsm_label label = { 0 };

	(void)state;
	assert_int_equal(lsm_parse_apparmor("my (enforce) app//&b (enforce)", &label), 0);
	assert_string_equal(label.label, "my (enforce) app//&b");
}

/* Without a word written a confined caller would stay confined. */
static void an_unconfined_process_has_no_label_and_that_is_asked_for(void **state)
{
	_cleanup_lsm_label_ struct lsm_label own_file = { .attr = "before" }, shared = { 0 };

	(void)state;
	assert_int_equal(lsm_parse_apparmor("unconfined\n", &own_file), 0);
	assert_null(own_file.label);
	assert_string_equal(own_file.exec_text, "exec unconfined");
	assert_string_equal(own_file.attr, "attr/apparmor/exec");
	assert_int_equal(lsm_parse_current("unconfined", &shared), 0);
	assert_null(shared.label);
	assert_string_equal(shared.exec_text, "exec unconfined");
	assert_string_equal(shared.attr, "attr/exec");
}

static void old_kernels_take_apparmor_in_the_shared_file(void **state)
{
	_cleanup_lsm_label_ struct lsm_label label = { 0 };

	(void)state;
	assert_int_equal(lsm_parse_current("docker-default (enforce)\n", &label), 0);
	check_label(&label, "docker-default", "exec docker-default", "attr/exec");
}

static void an_selinux_context_is_taken_whole(void **state)
{
	_cleanup_lsm_label_ struct lsm_label label = { 0 };

	(void)state;
	assert_int_equal(lsm_parse_current("system_u:system_r:container_t:s0:c1,c2\n", &label), 0);
	check_label(&label, "system_u:system_r:container_t:s0:c1,c2",
		    "system_u:system_r:container_t:s0:c1,c2", "attr/exec");
}

static void what_is_no_label_is_not_supported(void **state)
{
	static const char *const none[] = { "", "\n", "_", "floor", "a:b", ":", " (enforce)" };
	struct lsm_label label;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(none); i++)
		assert_int_equal(lsm_parse_current(none[i], &label), -EOPNOTSUPP);
	assert_int_equal(lsm_parse_apparmor("profile", &label), -EOPNOTSUPP);
	assert_int_equal(lsm_parse_apparmor(" (enforce)", &label), -EOPNOTSUPP);
}

static void control_characters_are_no_label(void **state)
{
	struct lsm_label label;

	(void)state;
	assert_int_equal(lsm_parse_apparmor("a\x1b (enforce)", &label), -EBADMSG);
	assert_int_equal(lsm_parse_current("u:r:t\x7f", &label), -EBADMSG);
}

static void a_label_can_be_released_twice(void **state)
{
	struct lsm_label label = { 0 };

	(void)state;
	assert_int_equal(lsm_parse_current("u:r:t", &label), 0);
	lsm_label_done(&label);
	lsm_label_done(&label);
	assert_null(label.label);
}

struct tree {
	char path[sizeof("/tmp/nsjoin-lsm-XXXXXX")];
	int fd;
};

static int tree_open(void **state)
{
	static struct tree t;

	strcpy(t.path, "/tmp/nsjoin-lsm-XXXXXX");
	if (!mkdtemp(t.path))
		return -1;
	t.fd = open(t.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	*state = &t;
	return t.fd < 0 ? -1 : 0;
}

static int tree_done(void **state)
{
	struct tree *t = *state;

	/* A test makes only some of them. */
	(void)unlinkat(t->fd, "attr/apparmor/current", 0);
	(void)unlinkat(t->fd, "attr/apparmor", AT_REMOVEDIR);
	(void)unlinkat(t->fd, "attr/current", 0);
	(void)unlinkat(t->fd, "attr", AT_REMOVEDIR);
	t->fd = fd_close(t->fd);
	return rmdir(t->path);
}

static void put_file(int dirfd, const char *name, const char *text)
{
	_cleanup_fd_ int fd = openat(dirfd, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(fd_write_all(fd, text, strlen(text)), 0);
}

static void put_attr(const struct tree *t, const char *apparmor, const char *current)
{
	assert_int_equal(mkdirat(t->fd, "attr", 0700), 0);
	if (apparmor) {
		assert_int_equal(mkdirat(t->fd, "attr/apparmor", 0700), 0);
		put_file(t->fd, "attr/apparmor/current", apparmor);
	}
	if (current)
		put_file(t->fd, "attr/current", current);
}

static void apparmor_has_a_file_of_its_own(void **state)
{
	struct tree *t = *state;
	_cleanup_lsm_label_ struct lsm_label label = { 0 };

	put_attr(t, "p (enforce)\n", "u:r:t:s0");
	assert_int_equal(lsm_label_read(t->fd, &label), 0);
	check_label(&label, "p", "exec p", "attr/apparmor/exec");
}

static void selinux_counts_where_apparmor_does_not_confine(void **state)
{
	struct tree *t = *state;
	_cleanup_lsm_label_ struct lsm_label label = { 0 };

	put_attr(t, "unconfined\n", "u:r:t:s0");
	assert_int_equal(lsm_label_read(t->fd, &label), 0);
	check_label(&label, "u:r:t:s0", "u:r:t:s0", "attr/exec");
}

static void unconfined_stays_an_answer(void **state)
{
	struct tree *t = *state;
	_cleanup_lsm_label_ struct lsm_label label = { 0 };

	put_attr(t, "unconfined\n", NULL);
	assert_int_equal(lsm_label_read(t->fd, &label), 0);
	assert_null(label.label);
	assert_string_equal(label.attr, "attr/apparmor/exec");
}

static void no_attr_files_mean_no_module(void **state)
{
	struct tree *t = *state;
	struct lsm_label label;

	assert_int_equal(lsm_label_read(t->fd, &label), -EOPNOTSUPP);
	put_attr(t, NULL, "");
	assert_int_equal(lsm_label_read(t->fd, &label), -EOPNOTSUPP);
}

static void an_unusable_label_is_not_replaced_by_another(void **state)
{
	struct tree *t = *state;
	struct lsm_label label;

	put_attr(t, "a\x1b (enforce)\n", "u:r:t:s0");
	assert_int_equal(lsm_label_read(t->fd, &label), -EBADMSG);
}

static void our_own_label_can_be_asked_for(void **state)
{
	_cleanup_fd_ int proc_fd = open("/proc/self", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	_cleanup_lsm_label_ struct lsm_label label = { 0 };
	int r = lsm_label_read(proc_fd, &label);

	(void)state;
	assert_true(r == 0 || r == -EOPNOTSUPP);
}

#define tree_test(name) cmocka_unit_test_setup_teardown(name, tree_open, tree_done)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_apparmor_profile_loses_its_mode),
		cmocka_unit_test(a_profile_may_have_blanks_and_parentheses),
		cmocka_unit_test(an_unconfined_process_has_no_label_and_that_is_asked_for),
		cmocka_unit_test(old_kernels_take_apparmor_in_the_shared_file),
		cmocka_unit_test(an_selinux_context_is_taken_whole),
		cmocka_unit_test(what_is_no_label_is_not_supported),
		cmocka_unit_test(control_characters_are_no_label),
		cmocka_unit_test(a_label_can_be_released_twice),
		tree_test(apparmor_has_a_file_of_its_own),
		tree_test(selinux_counts_where_apparmor_does_not_confine),
		tree_test(unconfined_stays_an_answer),
		tree_test(no_attr_files_mean_no_module),
		tree_test(an_unusable_label_is_not_replaced_by_another),
		cmocka_unit_test(our_own_label_can_be_asked_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
