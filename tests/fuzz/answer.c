/* SPDX-License-Identifier: MIT */
/*
 * What the processes answer that look at a target's files: they read what the target has written, and
 * whoever gets hold of one may have it answer anything. The first byte of the input says who answers
 * what, the second one what all of the answer is filled with; changes to it follow, each of two bytes
 * that say where, one that says how many, and those.
 */
#include <limits.h>

#include "core/lookup.h"
#include "core/target_parts.h"
#include "fuzz.h"
#include "run/disposable.h"
#include "run/probe.h"

static struct {
	const uint8_t *data;
	size_t size;
	uint8_t fill;
} input;

static void change(uint8_t *answer, size_t n)
{
	const uint8_t *p = input.data, *end = p + input.size;

	memset(answer, input.fill, n);
	while (end - p > 3) {
		size_t at = (size_t)(p[0] | p[1] << 8) * 4 % n, length = p[2];

		p += 3;
		length = MIN(length, MIN(n - at, (size_t)(end - p)));
		memcpy(answer + at, p, length);
		p += length;
	}
}

int __wrap_disposable_ask(const struct disposable *asked, void *answer, size_t least, size_t most,
			  struct error *err);

int __wrap_disposable_ask(const struct disposable *asked, void *answer, size_t least, size_t most,
			  struct error *err)
{
	MUST(asked->what && least <= most);
	if (input.size == 0)
		return error_set(err, ERROR_SYSTEM, ETIMEDOUT, "%s: no answer", asked->what);
	if (input.size == 1)
		return STATUS_FAILED;
	change(answer, most);
	return 0;
}

/* Only what is told is an error, and only that is. */
static void check_result(int r, const struct error *err)
{
	MUST(r <= 0);
	if (r == 0)
		MUST(err->id == ERROR_NONE);
	else if (r != -ECANCELED)
		MUST(err->id != ERROR_NONE && err->text);
}

static void check_files(const struct request *req)
{
	_cleanup_target_ struct target t = TARGET_INIT;
	_cleanup_error_ struct error err = { 0 };
	int r;

	t.name = "web";
	t.facts.present = NS_BIT(NS_MNT);
	t.maps.same = true;
	r = probe_files(req, &t, &err);
	check_result(r, &err);
	MUST(!t.program || (t.program == t.facts.program && strlen(t.program) < PATH_MAX));
	MUST(t.facts.n_wanted_groups <= LOOKUP_GROUPS_MAX);
	MUST(!t.facts.wanted_uid.mapped || t.facts.wanted_uid.id != UINT32_MAX);
	MUST(!t.facts.wanted_gid.mapped || t.facts.wanted_gid.id != UINT32_MAX);
	for (size_t i = 0; i < t.facts.n_wanted_groups; i++)
		MUST(t.facts.wanted_groups[i] != UINT32_MAX);
	for (size_t i = 0; i < t.env.n; i++)
		MUST(strncmp(t.env.item[i], "HOME=/", 6) == 0 &&
		     strlen(t.env.item[i]) < PATH_MAX + 5);
	if (r == 0 && !req->program)
		MUST(t.program && t.program[0]);
}

static void check_shell(void)
{
	struct request req;

	request_init(&req);
	req.target = "web";
	req.become = req.env = true;
	req.uid = (struct id_request){ .kind = ID_NAME, .name = "ana" };
	check_files(&req);
}

static void check_program(void)
{
	char name[] = "prog", *program[] = { name, NULL };
	struct request req;

	request_init(&req);
	req.target = "web";
	req.program = program;
	req.dry_run = true;
	req.uid = (struct id_request){ .kind = ID_NUMBER, .number = 5 };
	req.gid = (struct id_request){ .kind = ID_NAME, .name = "staff" };
	check_files(&req);
}

static void check_maps(void)
{
	_cleanup_target_ struct target t = TARGET_INIT;
	_cleanup_error_ struct error err = { 0 };
	struct request req;
	int r;

	request_init(&req);
	req.uid = (struct id_request){ .kind = ID_NUMBER, .number = 5 };
	t.name = "web";
	t.facts.present = NS_BIT(NS_USER);
	r = probe_maps(&req, &t, &err);
	check_result(r, &err);
	MUST(t.maps.uid.n <= IDMAP_RANGES_MAX && t.maps.gid.n <= IDMAP_RANGES_MAX);
	if (r == 0)
		MUST(t.maps.known && fuzz_is_clean(t.facts.uid_map) &&
		     t.facts.uid0.mapped == idmap_has(&t.maps.uid, 0));
}

static void check_etc(void)
{
	_cleanup_target_ struct target t = TARGET_INIT;
	_cleanup_error_ struct error err = { 0 };

	t.name = "web";
	t.etc_fd = 0; /* it is not used: nobody reads */
	check_result(probe_etc(&t, &err), &err);
	t.etc_fd = -EBADF;
	for (enum etc_file i = 0; i < ETC_TEXTS; i++) {
		MUST(t.facts.etc_found[i] == (t.etc_text[i] != NULL));
		MUST(!t.etc_text[i] || (strlen(t.etc_text[i]) == t.facts.etc_size[i] &&
					t.facts.etc_size[i] <= ETC_TEXT_MAX));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static void (*const checks[])(void) = { check_shell, check_program, check_maps, check_etc };

	if (size < 2)
		return 0;
	input.data = data + 2;
	input.size = size - 2;
	input.fill = data[1];
	checks[data[0] % ARRAY_SIZE(checks)]();
	return 0;
}
