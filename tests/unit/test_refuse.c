/* SPDX-License-Identifier: MIT */
/* What a search that found too much, or nothing, tells. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "find/confined.h"
#include "find/lxc.h"
#include "find/oci.h"
#include "find/search.h"
#include "hosttree.h"
#include "sys/lsm.h"
#include "sys/proc.h"
#include "util/macro.h"

static const char *own_label;

int __wrap_lsm_label_read(int proc_fd, struct lsm_label *ret_label);
int __wrap_lsm_label_read(int proc_fd, struct lsm_label *ret_label)
{
	(void)proc_fd;
	*ret_label = (struct lsm_label){ .label = own_label ? strdup(own_label) : NULL };
	return 0;
}

static bool has_capability;

bool __wrap_caps_have(int cap);
bool __wrap_caps_have(int cap)
{
	(void)cap;
	return has_capability;
}

int __wrap_proc_ns_inode(int dir_fd, const char *link, uint64_t *ret_inode);
int __wrap_proc_ns_inode(int dir_fd, const char *link, uint64_t *ret_inode)
{
	(void)dir_fd;
	(void)link;
	(void)ret_inode;
	return -EACCES;
}

static struct candidate running(const struct runtime *runtime, const char *id, pid_t pid,
				uid_t owner)
{
	struct candidate c = { .init = FOUND_NONE };

	c.known.runtime = runtime;
	c.known.id = strdup(id);
	c.known.name = strdup("web");
	c.known.owner = owner;
	c.init.pid = pid;
	c.init.proc_fd = dup(STDERR_FILENO);
	assert_true(c.known.id && c.known.name && c.init.proc_fd >= 0);
	return c;
}

static void as_many_are_listed_as_are_counted(void **state)
{
	const struct spec spec = { .text = "web", .word = "web" };
	struct candidate item[] = {
		running(&runtime_lxc, "web", 71, 0),
		running(&runtime_oci, "web", 72, 0),
		running(&runtime_lxc, "web", 73, geteuid() + 1),
	};
	const struct search s = { .spec = &spec,
				  .candidates = { .item = item, .n = ARRAY_SIZE(item) } };
	_cleanup_error_ struct error err = { 0 };

	(void)state;
	assert_true(search_refuse_ambiguous(&s, "the name", &err) < 0);
	assert_string_equal(err.text, "\"web\" is the name of 2 containers");
	assert_string_equal(err.detail, "lxc:web  web  pid 71\noci:web  web  pid 72\n");
	for (size_t i = 0; i < ARRAY_SIZE(item); i++)
		candidate_done(&item[i]);
}

/* Return: what is hinted at where nothing was found; to be freed. */
static char *hinted(const struct hostfs *host, const char *label)
{
	const struct spec spec = { .text = "web", .word = "web", .user = "" };
	struct search s = { .host = host, .spec = &spec };
	_cleanup_error_ struct error err = { 0 };
	char *hint;

	own_label = label;
	assert_true(search_refuse(&s, &err) < 0);
	assert_string_equal(err.text, "no container or process \"web\"");
	hint = strdup(err.hint[0]);
	assert_non_null(hint);
	candidates_done(&s.candidates);
	return hint;
}

static void who_is_kept_from_looking_is_told(void **state)
{
	_cleanup_hostfs_ struct hostfs host = HOSTFS_NONE;
	_cleanup_free_ char *hint = NULL;

	(void)state;
	tree_put("proc/1/stat", "");
	host = tree_host();
	has_capability = true;
	hint = hinted(&host, "docker-default");
	assert_string_equal(hint, "your own label, \"docker-default\", forbids to look into other "
				  "processes: run without it");
}

static void a_label_keeps_nobody_from_what_he_has_no_right_to(void **state)
{
	_cleanup_hostfs_ struct hostfs host = HOSTFS_NONE;
	_cleanup_lsm_label_ struct lsm_label own = { 0 };

	(void)state;
	tree_put("proc/1/stat", "");
	host = tree_host();
	own_label = "unconfined_u:unconfined_r:unconfined_t:s0";
	has_capability = false;
	assert_false(confined_by(&host, &own));
	has_capability = true;
	assert_true(confined_by(&host, &own));
	assert_string_equal(own.label, own_label);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(as_many_are_listed_as_are_counted),
		cmocka_unit_test_setup_teardown(who_is_kept_from_looking_is_told, tree_make,
						tree_remove),
		cmocka_unit_test_setup_teardown(a_label_keeps_nobody_from_what_he_has_no_right_to,
						tree_make, tree_remove),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
