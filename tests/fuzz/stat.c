/* SPDX-License-Identifier: MIT */
/* /proc/PID/stat, with a comm that its process chose. */
#include "fuzz.h"
#include "sys/confine.h"
#include "sys/proc.h"

/* The field of that number, counted as proc(5) does: 3 is the first behind comm. Else NULL. */
static const char *field(const char *after_comm, int number)
{
	const char *at = after_comm;

	for (int i = 3; i <= number; i++) {
		at += strcspn(at, " ");
		if (!*at)
			return NULL;
		at++;
	}
	return at;
}

/* Whether it is a number as the kernel writes one, and the field's only word. */
static bool is_number(const char *text, long *ret_value)
{
	size_t sign = text && *text == '-', n = text ? strspn(text + sign, "0123456789") : 0;

	if (n == 0 || n > 9 || !strchr(" \n", text[sign + n]))
		return false;
	*ret_value = strtol(text, NULL, 10);
	return true;
}

static void check_numbers(const struct proc_stat *stat, const char *text, const char *end)
{
	long number;

	if (is_number(text, &number) && number >= 0)
		MUST(stat->pid == number);
	if (end[1] != ' ' || end[2] == ' ' || end[3] != ' ')
		return;
	if (is_number(field(end + 1, 4), &number))
		MUST(stat->ppid == number);
}

static void check_sched(const char *text, const char *end)
{
	struct proc_sched sched = { 77, 78 };
	int r = sched_parse(text, &sched);
	long nice, policy;

	MUST(r == 0 || r == -EBADMSG);
	if (r < 0)
		return;
	MUST(end);
	if (is_number(field(end, 19), &nice) && is_number(field(end, 41), &policy))
		MUST(sched.nice == nice && sched.policy == policy);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_free_ char *text = fuzz_text(data, size);
	const char *begin = strchr(text, '('), *end = strrchr(text, ')');
	struct proc_stat stat;
	int r = proc_stat_parse(text, &stat);

	MUST(r == 0 || r == -EBADMSG);
	check_sched(text, end);
	if (r < 0)
		return 0;
	MUST(strlen(stat.comm) == MIN((size_t)(end - begin - 1), sizeof(stat.comm) - 1));
	MUST(strncmp(begin + 1, stat.comm, strlen(stat.comm)) == 0);
	/* Whatever comm says: its parentheses are not the last ones. */
	MUST(stat.state == end[1 + strspn(end + 1, " ")]);
	check_numbers(&stat, text, end);
	return 0;
}
