/* SPDX-License-Identifier: MIT */
/*
 * bench [-c CPU] [-i IDLE_MS] [-n ROUNDS] [-w WARM_UP] NAME COMMAND [ARGUMENT…] [, NAME COMMAND …]…
 *
 * Runs the commands in turn, in an order that is shuffled in each round, and prints a JSON line for
 * each: the quartiles of its time, and how it compares with the first one in the same round. Taken
 * in pairs, what disturbs the machine disturbs both. Pinned to one processor the medians repeat
 * within a per cent; spread over several they do not.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
	COMMANDS_MAX = 32
};

struct command {
	const char *name;
	char **argv;
	double *us;  /* one per round */
	long faults; /* of the last run, with its children */
};

struct bench {
	struct command command[COMMANDS_MAX];
	size_t n;
	size_t rounds;
	size_t warm_up; /* rounds before, which do not count */
	long idle_ms;	/* before each command, as when somebody types */
};

static void die(const char *what)
{
	fprintf(stderr, "bench: %s: %s\n", what, strerror(errno));
	exit(1);
}

static double now_us(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t); /* cannot fail for this clock */
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

/* Time from before the fork until the command was reaped. */
static double run_once(struct command *c)
{
	struct rusage usage;
	double start = now_us(), end;
	int status;
	pid_t pid = vfork();

	if (pid < 0)
		die("vfork");
	if (pid == 0) {
		execvp(c->argv[0], c->argv);
		_exit(127);
	}
	if (wait4(pid, &status, 0, &usage) < 0)
		die("wait4");
	end = now_us();
	if (status != 0) {
		fprintf(stderr, "bench: \"%s\" failed: wait status 0x%x\n", c->name, status);
		exit(1);
	}
	c->faults = usage.ru_minflt;
	return end - start;
}

static void shuffle(size_t *order, size_t n)
{
	for (size_t i = n; i > 1; i--) {
		size_t k = (size_t)random() % i, swap = order[i - 1];

		order[i - 1] = order[k];
		order[k] = swap;
	}
}

static void rest(long ms)
{
	const struct timespec time = { ms / 1000, ms % 1000 * 1000000 };

	(void)nanosleep(&time, NULL); /* woken early it is less */
}

static void run_all(struct bench *b)
{
	size_t order[COMMANDS_MAX];

	for (size_t i = 0; i < b->n; i++)
		order[i] = i;
	for (size_t round = 0; round < b->rounds + b->warm_up; round++) {
		shuffle(order, b->n);
		for (size_t i = 0; i < b->n; i++) {
			struct command *c = &b->command[order[i]];
			double us;

			rest(b->idle_ms);
			us = run_once(c);

			if (round >= b->warm_up)
				c->us[round - b->warm_up] = us;
		}
	}
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double quantile(const double *sorted, size_t n, double q)
{
	return sorted[(size_t)((double)(n - 1) * q + 0.5)];
}

static void report(const struct bench *b)
{
	size_t n = b->rounds;
	double *ratio = calloc(n, sizeof(*ratio)), *over = calloc(n, sizeof(*over));
	double *sorted = calloc(n, sizeof(*sorted));

	if (!ratio || !over || !sorted)
		die("report");
	for (size_t i = 0; i < b->n; i++) {
		const struct command *c = &b->command[i];

		for (size_t k = 0; k < n; k++) {
			ratio[k] = c->us[k] / b->command[0].us[k];
			over[k] = c->us[k] - b->command[0].us[k];
			sorted[k] = c->us[k];
		}
		qsort(ratio, n, sizeof(*ratio), compare);
		qsort(over, n, sizeof(*over), compare);
		qsort(sorted, n, sizeof(*sorted), compare);
		printf("{\"name\":\"%s\",\"rounds\":%zu,\"p25_us\":%.1f,\"median_us\":%.1f,"
		       "\"p75_us\":%.1f,\"ratio\":%.3f,\"over_us\":%.1f,\"faults\":%ld}\n",
		       c->name, n, quantile(sorted, n, 0.25), quantile(sorted, n, 0.5),
		       quantile(sorted, n, 0.75), quantile(ratio, n, 0.5), quantile(over, n, 0.5),
		       c->faults);
	}
	free(ratio);
	free(over);
	free(sorted);
}

static void pin(const char *text)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET((unsigned long)atol(text), &set);
	if (sched_setaffinity(0, sizeof(set), &set) < 0)
		die("pin to a processor");
}

static void usage(void)
{
	fputs("usage: bench [-c CPU] [-i IDLE_MS] [-n ROUNDS] [-w WARM_UP] NAME COMMAND "
	      "[ARGUMENT...] "
	      "[, NAME COMMAND...]\n",
	      stderr);
	exit(2);
}

/* Cuts the words into commands at each ",". */
static void take_commands(struct bench *b, char **words)
{
	while (*words) {
		struct command *c = &b->command[b->n++];

		if (!words[1] || b->n > COMMANDS_MAX)
			usage();
		c->name = words[0];
		c->argv = ++words;
		c->us = calloc(b->rounds, sizeof(*c->us));
		if (!c->us)
			die("remember the times");
		while (*words && strcmp(*words, ",") != 0)
			words++;
		if (*words)
			*words++ = NULL;
	}
}

/* The commands read nothing and show nothing; what they complain of is seen. */
static void take_stdio(int *ret_out)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	*ret_out = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
	if (null < 0 || *ret_out < 0 || dup2(null, STDIN_FILENO) < 0 ||
	    dup2(null, STDOUT_FILENO) < 0)
		die("standard streams");
}

int main(int argc, char **argv)
{
	struct bench b = { .rounds = 300, .warm_up = 5 };
	int c, out;

	while ((c = getopt(argc, argv, "+c:i:n:w:")) != -1) {
		if (c == 'c')
			pin(optarg);
		else if (c == 'i')
			b.idle_ms = atol(optarg);
		else if (c == 'n')
			b.rounds = (size_t)atol(optarg);
		else if (c == 'w')
			b.warm_up = (size_t)atol(optarg);
		else
			usage();
	}
	if (optind == argc || b.rounds == 0)
		usage();
	take_commands(&b, argv + optind);
	take_stdio(&out);
	run_all(&b);
	if (dup2(out, STDOUT_FILENO) < 0)
		die("standard output");
	report(&b);
	return fflush(stdout) == 0 ? 0 : 1;
}
