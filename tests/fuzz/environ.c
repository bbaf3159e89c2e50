/* SPDX-License-Identifier: MIT */
/* /proc/PID/environ, and what of it is not handed on. */
#include "sys/environ.h"
#include "fuzz.h"

static bool same_name(const char *a, const char *b)
{
	size_t n = strcspn(a, "=") + 1;

	return strncmp(a, b, n) == 0;
}

static void check_entries(const struct strv *env)
{
	for (size_t i = 0; i < env->n; i++) {
		const char *equals = strchr(env->item[i], '=');

		MUST(equals && equals > env->item[i]);
		for (size_t k = 0; k < i && i < 64; k++)
			MUST(!same_name(env->item[i], env->item[k]));
	}
	MUST(env->n == 0 || !env->item[env->n]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_strv_ struct strv env = { 0 };
	struct environ_report report;
	_cleanup_free_ char *text = malloc(size ? size : 1); /* no NUL follows it */
	size_t n, dropped;

	MUST(text);
	if (size > 0)
		memcpy(text, data, size);
	MUST(environ_parse(text, size, &env, &report) == 0);
	check_entries(&env);
	MUST(report.overwritten == (size > 0 && env.n == 0));
	n = env.n;
	dropped = environ_drop_loaders(&env);
	MUST(env.n + dropped == n && environ_drop_loaders(&env) == 0);
	check_entries(&env);
	for (size_t i = 0; i < env.n; i++)
		MUST(strncmp(env.item[i], "LD_", 3) != 0 && !same_name("BASH_ENV=", env.item[i]));
	return 0;
}
