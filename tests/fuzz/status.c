/* SPDX-License-Identifier: MIT */
/* /proc/PID/status: all that is read of it. */
#include <inttypes.h>

#include "fuzz.h"
#include "sys/caps.h"
#include "sys/confine.h"
#include "sys/proc.h"

/* What follows a key, which is never in the first line: that is the process's name. Else NULL. */
static const char *value_of(const char *text, const char *key)
{
	for (const char *line = strchr(text, '\n'); line; line = strchr(line, '\n')) {
		line++;
		if (strncmp(line, key, strlen(key)) == 0)
			return line + strlen(key);
	}
	return NULL;
}

/* Whether one number of so few digits is all that a line has. */
static bool is_number(const char *value, int base, long *ret_number)
{
	const char *digits = base == 8 ? "01234567" : "0123456789";
	size_t n;

	value = value ? value + strspn(value, " \t") : "";
	n = strspn(value, digits);
	if (n == 0 || n > 9 || value[n] != '\n')
		return false;
	*ret_number = strtol(value, NULL, base);
	return true;
}

static void check_number(const char *text, const char *key, int base, int got, int missing)
{
	const char *value = value_of(text, key);
	long number;

	if (!value)
		MUST(got == missing);
	else if (is_number(value, base, &number))
		MUST(got == number);
}

/* One word is what most machines have. */
static void check_cpus(const char *text, const uint64_t *cpus)
{
	const char *value = value_of(text, "Cpus_allowed:\t");
	size_t n = value ? strspn(value, "0123456789abcdef") : 0;

	for (size_t i = 0; !value && i < PROC_CPU_WORDS; i++)
		MUST(cpus[i] == 0);
	if (n > 0 && n <= 8 && value[n] == '\n')
		MUST(cpus[0] == strtoul(value, NULL, 16) && cpus[1] == 0);
	if (n == 8 && value[8] == ',' && strspn(value + 9, "0123456789abcdef") == 8 &&
	    value[17] == '\n')
		MUST((cpus[0] & UINT32_MAX) == strtoul(value + 9, NULL, 16) &&
		     cpus[0] >> 32 == strtoul(value, NULL, 16));
}

static void check_modes(const char *text)
{
	struct proc_modes modes;
	int r = modes_parse(text, &modes);

	MUST(r == 0 || r == -EBADMSG);
	if (r < 0)
		return;
	MUST(modes.tracer >= 0 && modes.seccomp >= 0 && modes.n_filters >= -1);
	MUST(modes.umask >= -1);
	check_number(text, "TracerPid:\t", 10, modes.tracer, -1);
	check_number(text, "Seccomp:\t", 10, modes.seccomp, 0);
	check_number(text, "Seccomp_filters:\t", 10, modes.n_filters, -1);
	check_number(text, "Umask:\t", 8, modes.umask, -1);
	check_cpus(text, modes.cpus);
}

/* Sixteen digits, which are written the same way. */
static void check_mask(const char *text, const char *key, uint64_t mask)
{
	const char *value = value_of(text, key);
	char again[sizeof("0123456789abcdef\n")];

	(void)snprintf(again, sizeof(again), "%016" PRIx64 "\n", mask); /* fits */
	MUST(value && strncmp(value, again, strlen(again)) == 0);
}

static void check_masks(const char *text)
{
	struct caps_sets caps;
	uint64_t ignored;
	int r = caps_parse(text, &caps);

	MUST(r == 0 || r == -EBADMSG);
	if (r == 0) {
		check_mask(text, "CapInh:\t", caps.inheritable);
		check_mask(text, "CapPrm:\t", caps.permitted);
		check_mask(text, "CapEff:\t", caps.effective);
		check_mask(text, "CapBnd:\t", caps.bounding);
	}
	if (r == 0 && caps.ambient)
		check_mask(text, "CapAmb:\t", caps.ambient);
	r = proc_ignored_parse(text, &ignored);
	MUST(r == 0 || r == -EBADMSG);
	if (r == 0)
		check_mask(text, "SigIgn:\t", ignored);
}

static void check_switches(const char *text)
{
	uint64_t switches;
	long own, other;
	int r = proc_switches_parse(text, &switches);

	MUST(r == 0 || r == -EBADMSG);
	if (is_number(value_of(text, "voluntary_ctxt_switches:"), 10, &own) &&
	    is_number(value_of(text, "nonvoluntary_ctxt_switches:"), 10, &other))
		MUST(r == 0 && switches == (uint64_t)(own + other));
}

/* Each in its turn, as the kernel separates them. */
static void check_list(const char *value, const uint32_t *ids, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		char *end;
		unsigned long id = strtoul(value, &end, 10);

		MUST(end > value && id == ids[i]);
		value = end;
	}
}

static void check_ids(const char *text)
{
	struct proc_status status;
	int r = proc_status_parse(text, &status);

	MUST(r == 0 || r == -EBADMSG);
	if (r < 0)
		return;
	MUST(status.n_groups <= PROC_GROUPS_MAX && status.n_groups <= strlen(text));
	MUST(!status.groups == (status.n_groups == 0));
	MUST(status.nspid_depth > 0 || status.nspid_last == 0);
	MUST(value_of(text, "Uid:") && value_of(text, "Gid:") && value_of(text, "Groups:"));
	check_list(value_of(text, "Uid:"), status.uid, 4);
	check_list(value_of(text, "Gid:"), status.gid, 4);
	check_list(value_of(text, "Groups:"), status.groups, status.n_groups);
	check_number(text, "Tgid:", 10, status.tgid, status.tgid);
	proc_status_done(&status);
	MUST(!status.groups && status.n_groups == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_free_ char *text = fuzz_text(data, size);

	check_ids(text);
	check_modes(text);
	check_masks(text);
	check_switches(text);
	return 0;
}
