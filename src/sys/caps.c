/* SPDX-License-Identifier: MIT */
#include "sys/caps.h"

#include <errno.h>
#include <linux/capability.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "sys/capng.h"
#include "util/fd.h"
#include "util/macro.h"
#include "util/take.h"

bool caps_have(int cap)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3];

	if (cap < 0 || cap > CAP_LAST_CAP || syscall(SYS_capget, &header, data) < 0)
		return false;
	return data[CAP_TO_INDEX(cap)].effective & CAP_TO_MASK(cap);
}

/* Asked for, since /proc can be without /proc/sys (ProcSubset=pid). */
static bool is_known(unsigned int cap)
{
	return syscall(SYS_prctl, PR_CAPBSET_READ, (unsigned long)cap, 0UL, 0UL, 0UL) >= 0;
}

uint64_t caps_all(void)
{
	unsigned int known = 0, unknown = CAPS_MAX; /* how many there are at least, and at most */

	while (known < unknown) {
		unsigned int middle = (known + unknown) / 2;

		if (is_known(middle))
			known = middle + 1;
		else
			unknown = middle;
	}
	return known == CAPS_MAX ? UINT64_MAX : (UINT64_C(1) << known) - 1;
}

const char *caps_name(int cap)
{
	static struct capng capng; /* loaded once: they are asked for one after the other */

	/* Beyond its table the library returns memory that the next call frees. */
	if (cap < 0 || cap > CAP_LAST_CAP ||
	    (!capng.capability_to_name && capng_load(&capng, NULL) < 0))
		return NULL;
	return capng.capability_to_name((unsigned int)cap);
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
	    !take_uint(value, 16, &mask))
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
