/* SPDX-License-Identifier: MIT */
/* What a search that found too much tells. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "find/lxc.h"
#include "find/oci.h"
#include "find/search.h"
#include "util/macro.h"

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

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(as_many_are_listed_as_are_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
