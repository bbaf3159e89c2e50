/* SPDX-License-Identifier: MIT */
/* The security label of a process: what is read is written to the attr file later. */
#include "sys/lsm.h"
#include "fuzz.h"

static void check_label(int r, const struct lsm_label *label)
{
	size_t skip;

	MUST(r == 0 || r == -EOPNOTSUPP || r == -EBADMSG);
	if (r < 0) {
		MUST(!label->label && !label->exec_text);
		return;
	}
	if (!label->label) {
		MUST(strcmp(label->exec_text, "exec unconfined") == 0 && label->attr);
		return;
	}
	MUST(label->label[0] && fuzz_is_clean(label->label));
	MUST(label->attr && strncmp(label->attr, "attr/", strlen("attr/")) == 0);
	skip = strlen(label->exec_text) - strlen(label->label);
	MUST(strcmp(label->exec_text + skip, label->label) == 0);
	MUST(skip == 0 || (skip == 5 && memcmp(label->exec_text, "exec ", skip) == 0));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_lsm_label_ struct lsm_label apparmor = { 0 }, current = { 0 };
	_cleanup_free_ char *text = fuzz_text(data, size);

	check_label(lsm_parse_apparmor(text, &apparmor), &apparmor);
	check_label(lsm_parse_current(text, &current), &current);
	return 0;
}
