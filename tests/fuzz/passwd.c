/* SPDX-License-Identifier: MIT */
/* A target's passwd and group files. The first line of the input is the name that is looked up. */
#include "sys/passwd.h"
#include "fuzz.h"
#include "util/parse.h"

static void check_entry(const struct passwd_entry *entry)
{
	MUST(entry->uid != UINT32_MAX && entry->gid != UINT32_MAX);
	MUST(entry->name && entry->home && entry->shell && entry->shell[0]);
	MUST(!parse_digits(entry->name) && !strchr(entry->name, ':'));
	MUST(!strchr(entry->home, ':') && strlen(entry->home) < 4096);
	MUST(fuzz_is_clean(entry->name) && fuzz_is_clean(entry->home));
	MUST(fuzz_is_clean(entry->shell) && strlen(entry->shell) < 4096);
}

static void check_passwd(const char *text, size_t size, const char *name)
{
	_cleanup_passwd_entry_ struct passwd_entry entry = { 0 }, same = { 0 };

	if (passwd_find_name(text, size, name, &entry) < 0)
		return;
	check_entry(&entry);
	MUST(strcmp(entry.name, name) == 0);
	MUST(passwd_find_uid(text, size, entry.uid, &same) == 0 && same.uid == entry.uid);
	check_entry(&same);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_free_ char *name = fuzz_line(&data, &size);
	_cleanup_free_ char *text = malloc(size ? size : 1); /* no NUL follows it */
	_cleanup_passwd_entry_ struct passwd_entry root = { 0 };
	uint32_t gid;
	int r;

	MUST(text);
	if (size > 0)
		memcpy(text, data, size);
	check_passwd(text, size, name);
	if (passwd_find_uid(text, size, 0, &root) == 0) {
		MUST(root.uid == 0);
		check_entry(&root);
	}
	r = group_find_name(text, size, name, &gid);
	MUST(r == 0 || r == -ENOENT);
	if (r == 0)
		MUST(gid != UINT32_MAX && !parse_digits(name) && fuzz_is_clean(name));
	return 0;
}
