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

/* What is said where @c is all that was found, and does not run unless it has @pid. */
static void expect_refusal(const char *word, struct candidate c, const char *text, const char *hint)
{
	const struct spec spec = { .text = word, .word = word, .user = "" };
	_cleanup_hostfs_ struct hostfs host = tree_host();
	struct search s = { .host = &host, .spec = &spec, .candidates = { .item = &c, .n = 1 } };
	_cleanup_error_ struct error err = { 0 };

	assert_true(search_refuse(&s, &err) < 0);
	assert_string_equal(err.text, text);
	assert_string_equal(err.hint[0] ? err.hint[0] : "none", hint ? hint : "none");
}

static void each_reason_has_its_words(void **state)
{
	static char id[] = "0123", name[] = "web", odd[] = "w b", within[] = "kind";
	const struct known known = { .runtime = &runtime_oci, .id = id, .name = name };
	struct candidate c = { .known = known, .init = FOUND_NONE };

	(void)state;
	tree_put("etc/passwd", "eve:x:4321:4321::/:/bin/sh\n");
	expect_refusal("web", c, "container \"web\" exists but is not running", NULL);
	c.known.refuse = "it is a virtual machine";
	expect_refusal("web", c, "container \"web\" cannot be entered: it is a virtual machine",
		       NULL);
	c.known.refuse = NULL;
	c.known.owner = 4321;
	c.init.proc_fd = STDERR_FILENO;
	expect_refusal("web", c, "container \"web\" is owned by uid 4321: root has to spell it out",
		       "nsjoin -t oci:eve/web");
	/* A name that its owner may have chosen for a shell is not shown as a command. */
	c.known.name = odd;
	expect_refusal("web", c, "container \"web\" is owned by uid 4321: root has to spell it out",
		       "nsjoin -t oci:eve/0123");
	c = (struct candidate){ .known = known, .init = FOUND_NONE };
	c.distrust = DISTRUST_OWNER;
	c.owner = 4321;
	expect_refusal("web", c,
		       "no container \"web\": the cgroup of that name is owned by uid 4321",
		       "if it is what you want, type the number of a process in it");
	c.distrust = DISTRUST_USER_SLICE;
	expect_refusal("web", c,
		       "no container \"web\": the cgroup of that name is in a user's session",
		       "if it is what you want, type the number of a process in it");
	c.distrust = DISTRUST_NESTED;
	c.within = within;
	expect_refusal("web", c,
		       "no container \"web\": the cgroup of that name is within another container",
		       "nsjoin -t kind enters that one");
	c.within = odd;
	expect_refusal("web", c,
		       "no container \"web\": the cgroup of that name is within another container",
		       "if it is what you want, type the number of a process in it");
}

static void what_looks_like_a_number_is_told_to_be_typed_plainly(void **state)
{
	static const char *const words[] = { " 1", "+1", "-17", "0x1F", "1 ", "\t5\n" };
	static const char *const others[] = { "0x", "+", "-", " ", "1a", "0x1g" };
	static const char hint[] = "the number of a process is typed in plain digits";

	(void)state;
	has_capability = true;
	own_label = "docker-default"; /* the hint for all others */
	tree_put("proc/1/stat", "");
	for (size_t i = 0; i < ARRAY_SIZE(words) + ARRAY_SIZE(others); i++) {
		bool is = i < ARRAY_SIZE(words);
		const char *word = is ? words[i] : others[i - ARRAY_SIZE(words)];
		const struct spec spec = { .text = word, .word = word, .user = "" };
		_cleanup_hostfs_ struct hostfs host = tree_host();
		struct search s = { .host = &host, .spec = &spec };
		_cleanup_error_ struct error err = { 0 };

		assert_true(search_refuse(&s, &err) < 0);
		if (is)
			assert_string_equal(err.hint[0], hint);
		else
			assert_true(!err.hint[0] || strcmp(err.hint[0], hint) != 0);
		candidates_done(&s.candidates);
	}
}

static void names_that_only_root_may_read_are_told(void **state)
{
	static char docker[] = "docker", podman[] = "podman";
	static char *runtimes[] = { docker, podman, NULL };
	const struct spec spec = { .text = "web", .word = "web", .user = "" };
	_cleanup_hostfs_ struct hostfs host = tree_host();
	struct search s = { .host = &host,
			    .spec = &spec,
			    .unreadable = { .item = runtimes, .n = 2 } };
	_cleanup_error_ struct error err = { 0 };

	(void)state;
	assert_int_equal(search_refuse(&s, &err), -EACCES);
	assert_string_equal(err.text, "no container \"web\" that you can see: the names of docker, "
				      "podman are readable by root only");
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
		cmocka_unit_test_setup_teardown(each_reason_has_its_words, tree_make, tree_remove),
		cmocka_unit_test_setup_teardown(
			what_looks_like_a_number_is_told_to_be_typed_plainly, tree_make,
			tree_remove),
		cmocka_unit_test_setup_teardown(names_that_only_root_may_read_are_told, tree_make,
						tree_remove),
		cmocka_unit_test_setup_teardown(who_is_kept_from_looking_is_told, tree_make,
						tree_remove),
		cmocka_unit_test_setup_teardown(a_label_keeps_nobody_from_what_he_has_no_right_to,
						tree_make, tree_remove),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
