/* SPDX-License-Identifier: MIT */
#include "sys/caps.h"

#include <cap-ng.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "util/fd.h"
#include "util/macro.h"

bool caps_have(int cap)
{
	if (!caps_name(cap) || capng_get_caps_process() < 0)
		return false;
	return capng_have_capability(CAPNG_EFFECTIVE, (unsigned int)cap) == 1;
}

const char *caps_name(int cap)
{
	/* Beyond its table the library returns memory that the next call frees. */
	if (cap < 0 || cap > CAP_LAST_CAP)
		return NULL;
	return capng_capability_to_name((unsigned int)cap);
}

/* "\nCapEff:\t000001ffffffffff\n": sixteen digits since the files exist. */
static int take_mask(const char *text, const char *key, uint64_t *ret_mask)
{
	enum {
		DIGITS = 16
	};
	const char *value = strstr(text, key);
	uint64_t mask;

	if (!value)
		return -ENODATA;
	value += strlen(key);
	if (strspn(value, "0123456789abcdef") != DIGITS || value[DIGITS] != '\n' ||
	    sscanf(value, "%16" SCNx64, &mask) != 1)
		return -EBADMSG;
	*ret_mask = mask;
	return 0;
}

int caps_parse(const char *text, struct caps_sets *ret_sets)
{
	struct caps_sets sets = { 0 };
	int r = take_mask(text, "\nCapAmb:\t", &sets.ambient);

	if (r < 0 && r != -ENODATA)
		return r;
	if (take_mask(text, "\nCapInh:\t", &sets.inheritable) < 0 ||
	    take_mask(text, "\nCapPrm:\t", &sets.permitted) < 0 ||
	    take_mask(text, "\nCapEff:\t", &sets.effective) < 0 ||
	    take_mask(text, "\nCapBnd:\t", &sets.bounding) < 0)
		return -EBADMSG;
	*ret_sets = sets;
	return 0;
}

int caps_read(int proc_fd, struct caps_sets *ret_sets)
{
	_cleanup_free_ char *text = NULL;
	/* The group list before them may have 65536 entries of 11 bytes. */
	ssize_t n = fd_read_alloc(proc_fd, "status", (size_t)1 << 20, &text);

	if (n < 0)
		return (int)n;
	return caps_parse(text, ret_sets);
}
