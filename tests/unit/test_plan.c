/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <string.h>

#include "core/plan.h"
#include "core/plan_calls.h"
#include "planorder.h"

#define MNT NS_BIT(NS_MNT)
#define PID NS_BIT(NS_PID)
#define NET NS_BIT(NS_NET)

/* A target whose namespaces can be joined by pidfd, and a request for a program of ours. */
static const struct facts target = {
	.pid = 42,
	.target = "web",
	.setns_pidfd = true,
	.caller_admin = true,
	.cgroup_v2 = -1,
	.stream = { { STREAM_PIPE, true, false, 0, 0 },
		    { STREAM_PIPE, false, true, 1, 1 },
		    { STREAM_PIPE, false, true, 2, 2 } },
};
static char bin_true[] = "/bin/true";
static char *program[] = { bin_true, NULL };

static struct facts joins(ns_set set)
{
	struct facts facts = target;

	facts.present = facts.by_pidfd = set;
	return facts;
}

static struct request asks(void)
{
	struct request req;

	request_init(&req);
	req.program = program;
	return req;
}

/* With the target's files: what comes before the joining, and behind everything else. */
#define APART                                                                                      \
	"memfd_create(\"nsjoin\", MFD_CLOEXEC|MFD_ALLOW_SEALING|MFD_EXEC)\n"                       \
	"fchmod(leader, 0111)\n"                                                                   \
	"fchown(leader, 4294967294, 4294967294)\n"                                                 \
	"fcntl(leader, F_ADD_SEALS, "                                                              \
	"F_SEAL_SEAL|F_SEAL_SHRINK|F_SEAL_GROW|F_SEAL_WRITE|F_SEAL_EXEC)\n"                        \
	"prctl(PR_SET_DUMPABLE, 0)\n"                                                              \
	"clone(CLONE_VM)\n"                                                                        \
	"dup2(pipe, 0)\n"                                                                          \
	"dup2(pipe, 1)\n"                                                                          \
	"dup2(pipe, 2)\n"                                                                          \
	"prctl(PR_SET_PDEATHSIG, SIGKILL)\n"                                                       \
	"keyctl(KEYCTL_JOIN_SESSION_KEYRING, NULL)\n"
#define GIVEN "fchown(pipe)\nfchown(pipe)\nfchown(pipe)\n"
#define LED                                                                                        \
	"fcntl(control, F_SETFD, 0)\n"                                                             \
	"execveat(leader)\n"                                                                       \
	"prctl(PR_SET_DUMPABLE, 0)\n"                                                              \
	"setsid()\n"                                                                               \
	"clone(CLONE_PIDFD)\n"                                                                     \
	"setpgid(0, 0)\n"                                                                          \
	"prctl(PR_SET_PDEATHSIG, SIGKILL)\n"

/* The calls of all steps, one in a line. */
static const char *calls_of(const struct plan *plan, const struct facts *facts)
{
	static char said[4096];

	said[0] = '\0';
	for (size_t i = 0; i < plan->n; i++) {
		struct call calls[STEP_CALLS_MAX];
		size_t n = step_calls(plan, i, facts, calls);

		assert_non_null(plan->step[i].why);
		assert_true(plan->step[i].why[0] != '\0');
		if (plan->step[i].kind == STEP_VERIFY)
			strcat(said, "verify\n");
		for (size_t c = 0; c < n; c++)
			strcat(strcat(said, calls[c].text), "\n");
		calls_done(calls, n);
	}
	return said;
}

static void planned(const struct request *req, const struct facts *facts, const char *calls)
{
	_cleanup_plan_ struct plan plan = { 0 };
	_cleanup_error_ struct error err = { 0 };

	if (plan_make(req, facts, &plan, &err) < 0)
		fail_msg("%s", err.text);
	assert_string_equal(calls_of(&plan, facts), calls);
}

/* ---- the shortest plans */

static void nothing_asked_for_is_the_program_alone(void **state)
{
	const struct request req = asks();
	const struct facts facts = joins(0);

	(void)state;
	planned(&req, &facts, "execve(\"/bin/true\")\n");
}

static void one_namespace_is_hidden_joined_verified(void **state)
{
	const struct request req = asks();
	const struct facts facts = joins(NET);

	(void)state;
	planned(&req, &facts,
		"prctl(PR_SET_DUMPABLE, 0)\n"
		"setns(pidfd, CLONE_NEWNET)\n"
		"verify\n"
		"execve(\"/bin/true\")\n");
}

static void with_the_targets_files_descriptors_stay_out_and_its_root_is_taken(void **state)
{
	const struct request req = asks();
	const struct facts facts = joins(MNT);

	(void)state;
	planned(&req, &facts,
		APART "close_range(3, 4294967295, CLOSE_RANGE_CLOEXEC)\n"
		      "setns(pidfd, CLONE_NEWNS)\n"
		      "verify\n"
		      "fchdir(root)\n"
		      "chroot(\".\")\n" LED "execve(\"/bin/true\")\n");
}

static void a_mount_namespace_from_a_file_has_no_other_root(void **state)
{
	const struct request req = asks();
	struct facts facts = joins(MNT);

	(void)state;
	facts.by_pidfd = 0;
	facts.ino[NS_MNT] = 4026531841;
	planned(&req, &facts,
		APART "close_range(3, 4294967295, CLOSE_RANGE_CLOEXEC)\n"
		      "setns(mnt:[4026531841], CLONE_NEWNS)\n"
		      "verify\n" LED "execve(\"/bin/true\")\n");
}

static void the_host_may_see_what_is_open(void **state)
{
	const struct request req = asks();
	struct facts facts = joins(MNT);
	_cleanup_plan_ struct plan plan = { 0 };

	(void)state;
	facts.is_host = true;
	assert_int_equal(plan_make(&req, &facts, &plan, NULL), 0);
	assert_false(plan.target_files);
	assert_null(strstr(calls_of(&plan, &facts), "close_range"));
}

static void another_root_or_file_is_not_the_hosts(void **state)
{
	const struct request req = asks();
	struct request elsewhere = asks();
	struct facts facts = joins(MNT);
	_cleanup_plan_ struct plan file = { 0 }, root = { 0 };

	(void)state;
	facts.is_host = true;
	elsewhere.root = (struct dir_request){ DIR_PATH, "/srv/other" };
	assert_int_equal(plan_make(&elsewhere, &facts, &root, NULL), 0);
	assert_true(root.target_files);
	facts.by_pidfd = 0;
	assert_int_equal(plan_make(&req, &facts, &file, NULL), 0);
	assert_true(file.target_files);
	assert_non_null(strstr(calls_of(&file, &facts), "close_range"));
}

static void kept_descriptors_lie_between_what_is_closed(void **state)
{
	static const char calls[] = "fcntl(3, F_SETFD, 0)\n"
				    "close_range(4, 8, CLOSE_RANGE_CLOEXEC)\n"
				    "fcntl(9, F_SETFD, 0)\n"
				    "fcntl(10, F_SETFD, 0)\n"
				    "close_range(11, 4294967295, CLOSE_RANGE_CLOEXEC)\n";
	const struct request req = asks();
	struct facts facts = joins(MNT);
	_cleanup_plan_ struct plan plan = { 0 };

	(void)state;
	facts.keep_fd[0] = 3;
	facts.keep_fd[1] = 9;
	facts.keep_fd[2] = 10;
	facts.n_keep_fd = 3;
	assert_int_equal(plan_make(&req, &facts, &plan, NULL), 0);
	assert_non_null(strstr(calls_of(&plan, &facts), calls));
}

static void pipes_that_words_name_are_given_to_another_user(void **state)
{
	static const char calls[] = "close_range(3, 8, CLOSE_RANGE_CLOEXEC)\n"
				    "fcntl(9, F_SETFD, 0)\n"
				    "fcntl(10, F_SETFD, 0)\n"
				    "fchown(pipe)\n"
				    "close_range(11, 4294967295, CLOSE_RANGE_CLOEXEC)\n";
	struct request req = asks();
	struct facts facts = joins(MNT);
	_cleanup_plan_ struct plan same = { 0 }, other = { 0 };

	(void)state;
	facts.keep_fd[0] = 9;
	facts.keep_fd[1] = 10;
	facts.n_keep_fd = 2;
	facts.keep_named = 2;
	assert_int_equal(plan_make(&req, &facts, &same, NULL), 0);
	assert_null(strstr(calls_of(&same, &facts), calls));
	req.gid = (struct id_request){ ID_NUMBER, 3, NULL };
	facts.wanted_gid = (struct id_fact){ true, true, 3 };
	assert_int_equal(plan_make(&req, &facts, &other, NULL), 0);
	assert_non_null(strstr(calls_of(&other, &facts), calls));
}

static void as_many_descriptors_as_there_can_be_are_written_down(void **state)
{
	struct request req = asks();
	struct facts facts = joins(MNT);
	struct call calls[STEP_CALLS_MAX];
	_cleanup_plan_ struct plan plan = { 0 };
	size_t i = 0;

	(void)state;
	req.gid = (struct id_request){ ID_NUMBER, 3, NULL };
	facts.wanted_gid = (struct id_fact){ true, true, 3 };
	facts.n_keep_fd = KEEP_FD_MAX;
	facts.keep_named = UINT64_MAX;
	for (int fd = 0; fd < KEEP_FD_MAX; fd++)
		facts.keep_fd[fd] = 10 + 2 * fd;
	assert_int_equal(plan_make(&req, &facts, &plan, NULL), 0);
	while (plan.step[i].kind != STEP_CLOSE)
		i++;
	assert_int_equal(step_calls(&plan, i, &facts, calls), STEP_CALLS_MAX);
	calls_done(calls, STEP_CALLS_MAX);
}

/* ---- root and working directory */

static void root_comes_before_the_working_directory_and_after_joining(void **state)
{
	struct request req = asks();
	const struct facts facts = joins(NET);

	(void)state;
	req.root = (struct dir_request){ DIR_PATH, "/srv" };
	req.wd = (struct dir_request){ DIR_TARGET, NULL };
	planned(&req, &facts,
		APART "close_range(3, 4294967295, CLOSE_RANGE_CLOEXEC)\n"
		      "setns(pidfd, CLONE_NEWNET)\n"
		      "verify\n"
		      "fchdir(root)\n"
		      "chroot(\".\")\n"
		      "fchdir(wd)\n" LED "execve(\"/bin/true\")\n");
}

static void a_directory_after_joining_is_a_path(void **state)
{
	struct request req = asks();
	const struct facts facts = joins(0);

	(void)state;
	req.wdns = "/srv";
	planned(&req, &facts, "chdir(\"/srv\")\nexecve(\"/bin/true\")\n");
}

static void only_the_working_directory_moves(void **state)
{
	struct request req = asks();
	const struct facts facts = joins(0);

	(void)state;
	req.wd = (struct dir_request){ DIR_PATH, "/srv" };
	planned(&req, &facts, "fchdir(wd)\nexecve(\"/bin/true\")\n");
}

/* ---- becoming a process of the target */

static struct request becomes(void)
{
	struct request req = asks();

	req.become = req.privileged = req.all = req.env = true;
	req.root.kind = req.wd.kind = DIR_TARGET;
	return req;
}

static void becoming_takes_root_and_directory(void **state)
{
	const struct request req = becomes();
	const struct facts facts = joins(MNT);

	(void)state;
	planned(&req, &facts,
		APART "close_range(3, 4294967295, CLOSE_RANGE_CLOEXEC)\n"
		      "setns(pidfd, CLONE_NEWNS)\n"
		      "verify\n"
		      "fchdir(root)\n"
		      "chroot(\".\")\n"
		      "fchdir(wd)\n" LED "execve(\"/bin/true\")\n");
}

static void directories_are_paths_seen_from_the_targets_root_when_becoming(void **state)
{
	struct request req = becomes();
	const struct facts facts = joins(MNT);

	(void)state;
	req.root = (struct dir_request){ DIR_PATH, "/srv" };
	req.wd = (struct dir_request){ DIR_PATH, "/tmp" };
	planned(&req, &facts,
		APART "close_range(3, 4294967295, CLOSE_RANGE_CLOEXEC)\n"
		      "setns(pidfd, CLONE_NEWNS)\n"
		      "verify\n"
		      "fchdir(root)\n"
		      "chroot(\".\")\n"
		      "chdir(\"/srv\")\n"
		      "chroot(\".\")\n"
		      "chdir(\"/tmp\")\n" LED "execve(\"/bin/true\")\n");
}

static void the_targets_directory_must_be_inside_of_its_root_only_when_becoming(void **state)
{
	_cleanup_plan_ struct plan becoming = { 0 }, joining = { 0 };
	struct request req = becomes();
	const struct facts facts = joins(0);

	(void)state;
	assert_int_equal(plan_make(&req, &facts, &becoming, NULL), 0);
	req.become = false;
	assert_int_equal(plan_make(&req, &facts, &joining, NULL), 0);
	assert_int_equal(becoming.step[becoming.n - 3].kind, STEP_CWD);
	assert_true(becoming.step[becoming.n - 3].inside);
	assert_int_equal(joining.step[joining.n - 3].kind, STEP_CWD);
	assert_false(joining.step[joining.n - 3].inside);
}

/* ---- the fork */

static void a_pid_namespace_takes_a_fork_and_the_child_ends_with_us(void **state)
{
	const struct request req = asks();
	const struct facts facts = joins(PID);

	(void)state;
	planned(&req, &facts,
		"prctl(PR_SET_DUMPABLE, 0)\n"
		"setns(pidfd, CLONE_NEWPID)\n"
		"verify\n"
		"vfork()\n"
		"prctl(PR_SET_PDEATHSIG, SIGKILL)\n"
		"execve(\"/bin/true\")\n");
}

static void an_isolated_program_has_a_child_that_joins_by_itself(void **state)
{
	const struct request req = asks();
	const struct facts facts = joins(PID | MNT);
	_cleanup_plan_ struct plan plan = { 0 };
	const char *calls;

	(void)state;
	assert_int_equal(plan_make(&req, &facts, &plan, NULL), 0);
	assert_true(plan.isolates && plan.forks);
	calls = calls_of(&plan, &facts);
	stands_before(calls, "clone(CLONE_VM)", "setns(");
	assert_null(strstr(calls, "fork()"));
}

static void memory_is_shared_only_with_a_parent_that_waits(void **state)
{
	const struct request req = asks();
	struct facts facts = joins(PID | MNT);
	_cleanup_plan_ struct plan pty = { 0 }, time = { 0 };

	(void)state;
	facts.stream[1].kind = STREAM_TERMINAL;
	assert_int_equal(plan_make(&req, &facts, &pty, NULL), 0);
	assert_non_null(strstr(calls_of(&pty, &facts), "\nfork()\n"));
	facts = joins(MNT | NS_BIT(NS_TIME));
	assert_int_equal(plan_make(&req, &facts, &time, NULL), 0);
	assert_non_null(strstr(calls_of(&time, &facts), "\nfork()\n"));
}

static void privileges_are_gone_before_a_path_is_followed_or_a_process_seen(void **state)
{
	struct request req = asks();
	struct facts facts = joins(PID | MNT | NS_BIT(NS_USER));

	(void)state;
	req.wdns = "/opt";
	facts.uid0 = facts.gid0 = (struct id_fact){ true, true, 0 };
	planned(&req, &facts,
		GIVEN APART "close_range(3, 4294967295, CLOSE_RANGE_CLOEXEC)\n"
			    "setns(pidfd, CLONE_NEWUSER|CLONE_NEWNS|CLONE_NEWPID)\n"
			    "verify\n"
			    "fchdir(root)\n"
			    "chroot(\".\")\n"
			    "setgroups(0, [])\n"
			    "setresgid(0, 0, 0)\n"
			    "setresuid(0, 0, 0)\n"
			    "prctl(PR_SET_PDEATHSIG, SIGKILL)\n"
			    "prctl(PR_SET_DUMPABLE, 0)\n"
			    "chdir(\"/opt\")\n" LED "execve(\"/bin/true\")\n");
}

static void a_terminal_is_replaced_by_one_made_with_the_programs_ids(void **state)
{
	struct request req = asks();
	struct facts facts = joins(MNT);
	_cleanup_plan_ struct plan plan = { 0 };
	const char *calls;

	(void)state;
	req.uid = (struct id_request){ ID_NUMBER, 3, NULL };
	req.gid = (struct id_request){ ID_NUMBER, 4, NULL };
	facts.wanted_uid = (struct id_fact){ true, true, 3 };
	facts.wanted_gid = (struct id_fact){ true, true, 4 };
	facts.stream[0].kind = STREAM_TERMINAL;
	assert_int_equal(plan_make(&req, &facts, &plan, NULL), 0);
	assert_true(plan_has_pty(&plan));
	calls = calls_of(&plan, &facts);
	stands_before(calls, "setresuid(", "open(\"/dev/pts/ptmx\")");
	assert_non_null(strstr(calls, "\ndup2(pipe, 1)\ndup2(pipe, 2)\n"));
	assert_non_null(strstr(calls, "\ndup2(pty, 0)\nfcntl(control, "));
	assert_non_null(strstr(calls, "setsid()\nioctl(pty, TIOCSCTTY, 0)\n"));
}

static void streams_can_be_passed_and_the_session_is_still_its_own(void **state)
{
	struct request req = asks();
	const struct facts facts = joins(MNT);
	_cleanup_plan_ struct plan plan = { 0 };
	const char *calls;

	(void)state;
	req.stdio_pass = true;
	req.pty = PTY_NEVER;
	assert_int_equal(plan_make(&req, &facts, &plan, NULL), 0);
	calls = calls_of(&plan, &facts);
	assert_null(strstr(calls, "pipe"));
	assert_non_null(strstr(calls, "setsid()"));
	assert_non_null(strstr(calls, "close_range("));
	assert_non_null(strstr(calls, "keyctl("));
}

static void a_pty_is_there_for_programs_of_the_caller_who_asks(void **state)
{
	struct request req = asks();
	const struct facts facts = joins(NET);
	_cleanup_plan_ struct plan plan = { 0 };
	const char *calls;

	(void)state;
	req.pty = PTY_ALWAYS;
	assert_int_equal(plan_make(&req, &facts, &plan, NULL), 0);
	assert_true(plan.isolates && !plan.target_files);
	calls = calls_of(&plan, &facts);
	assert_non_null(strstr(calls, "dup2(pty, 2)"));
	assert_null(strstr(calls, "close_range("));
	assert_null(strstr(calls, "keyctl("));
}

static void a_directory_is_no_standard_input(void **state)
{
	const struct request req = asks();
	struct facts facts = joins(MNT);
	_cleanup_error_ struct error err = { 0 };
	struct plan plan;

	(void)state;
	facts.stream[0].kind = STREAM_DIRECTORY;
	assert_int_equal(plan_make(&req, &facts, &plan, &err), -EISDIR);
	assert_int_equal(err.status, 0);
}

static void without_a_fork_nothing_is_isolated(void **state)
{
	struct request req = asks();
	const struct facts facts = joins(MNT);
	_cleanup_plan_ struct plan plan = { 0 };

	(void)state;
	req.no_fork = true;
	assert_int_equal(plan_make(&req, &facts, &plan, NULL), 0);
	assert_true(plan.target_files);
	assert_false(plan.isolates || plan.forks);
}

static void no_fork_means_none_and_nothing_to_die_with(void **state)
{
	struct request req = asks();
	const struct facts facts = joins(PID);

	(void)state;
	req.no_fork = true;
	planned(&req, &facts,
		"prctl(PR_SET_DUMPABLE, 0)\n"
		"setns(pidfd, CLONE_NEWPID)\n"
		"verify\n"
		"execve(\"/bin/true\")\n");
}

static void death_comes_after_ids_which_would_undo_it(void **state)
{
	struct request req = asks();
	struct facts facts = joins(PID);

	(void)state;
	req.uid = (struct id_request){ ID_NUMBER, 3, NULL };
	req.gid = (struct id_request){ ID_NUMBER, 4, NULL };
	facts.wanted_uid = (struct id_fact){ true, true, 3 };
	facts.wanted_gid = (struct id_fact){ true, true, 4 };
	planned(&req, &facts,
		"prctl(PR_SET_DUMPABLE, 0)\n"
		"setns(pidfd, CLONE_NEWPID)\n"
		"verify\n"
		"vfork()\n"
		"setgroups(0, [])\n"
		"setresgid(4, 4, 4)\n"
		"setresuid(3, 3, 3)\n"
		"prctl(PR_SET_PDEATHSIG, SIGKILL)\n"
		"execve(\"/bin/true\")\n");
}

/* ---- cgroups */

static struct facts with_cgroups(ns_set set, int v2)
{
	struct facts facts = joins(set);

	facts.n_cgroups = 2;
	facts.cgroup_path[0] = "/c/pids/web/tasks";
	facts.cgroup_path[1] = v2 == 1 ? "/c/unified/web/cgroup.procs" : "/c/cpu/web/tasks";
	facts.cgroup_v2 = v2;
	return facts;
}

static void only_the_child_moves_into_cgroups(void **state)
{
	const struct request req = asks();
	const struct facts facts = with_cgroups(0, -1);

	(void)state;
	planned(&req, &facts,
		"prctl(PR_SET_DUMPABLE, 0)\n"
		"vfork()\n"
		"write(\"/c/pids/web/tasks\", \"0\")\n"
		"write(\"/c/cpu/web/tasks\", \"0\")\n"
		"prctl(PR_SET_PDEATHSIG, SIGKILL)\n"
		"execve(\"/bin/true\")\n");
}

static void a_child_is_born_in_the_v2_cgroup(void **state)
{
	const struct request req = asks();
	const struct facts facts = with_cgroups(0, 1);

	(void)state;
	planned(&req, &facts,
		"prctl(PR_SET_DUMPABLE, 0)\n"
		"clone3(CLONE_INTO_CGROUP, \"/c/unified/web/cgroup.procs\")\n"
		"write(\"/c/pids/web/tasks\", \"0\")\n"
		"prctl(PR_SET_PDEATHSIG, SIGKILL)\n"
		"execve(\"/bin/true\")\n");
}

static void who_is_born_in_a_cgroup_shares_memory_where_none_is_limited(void **state)
{
	const struct request req = asks();
	struct facts facts = with_cgroups(MNT, 1);
	_cleanup_plan_ struct plan shared = { 0 }, limited = { 0 };

	(void)state;
	assert_int_equal(plan_make(&req, &facts, &shared, NULL), 0);
	assert_non_null(
		strstr(calls_of(&shared, &facts),
		       "clone3(CLONE_VM|CLONE_INTO_CGROUP, \"/c/unified/web/cgroup.procs\")"));
	facts.cgroup_v2_limited = true;
	assert_int_equal(plan_make(&req, &facts, &limited, NULL), 0);
	assert_non_null(strstr(calls_of(&limited, &facts),
			       "clone3(CLONE_INTO_CGROUP, \"/c/unified/web/cgroup.procs\")"));
}

static void without_a_fork_all_cgroups_are_written_to(void **state)
{
	struct request req = asks();
	const struct facts facts = with_cgroups(0, 1);

	(void)state;
	req.no_fork = true;
	planned(&req, &facts,
		"prctl(PR_SET_DUMPABLE, 0)\n"
		"write(\"/c/pids/web/tasks\", \"0\")\n"
		"write(\"/c/unified/web/cgroup.procs\", \"0\")\n"
		"execve(\"/bin/true\")\n");
}

/* ---- label and program */

static void the_label_is_written_before_the_files_are_the_targets(void **state)
{
	const struct request req = asks();
	struct facts facts = joins(NET);

	(void)state;
	facts.label = "container_t";
	facts.label_file = "attr/exec";
	planned(&req, &facts,
		"prctl(PR_SET_DUMPABLE, 0)\n"
		"write(\"attr/exec\", \"container_t\")\n"
		"setns(pidfd, CLONE_NEWNET)\n"
		"verify\n"
		"execve(\"/bin/true\")\n");
}

/* What the leader writes comes before the clone that makes the program. */
static void the_label_is_for_the_program_and_not_for_the_leader(void **state)
{
	const struct request req = asks();
	struct facts facts = joins(NS_BIT(NS_MNT));
	struct call call[STEP_CALLS_MAX];
	_cleanup_plan_ struct plan plan = { 0 };
	size_t leader = 0, n, written = 0, made = 0;

	(void)state;
	facts.label = "container_t";
	facts.label_file = "attr/exec";
	assert_int_equal(plan_make(&req, &facts, &plan, NULL), 0);
	assert_true(plan.isolates);
	while (plan.step[leader].kind != STEP_LEADER)
		leader++;
	n = step_calls(&plan, leader, &facts, call);
	for (size_t i = 0; i < n; i++) {
		if (strcmp(call[i].text, "write(\"attr/exec\", \"container_t\")") == 0)
			written = i;
		if (strcmp(call[i].text, "clone(CLONE_PIDFD)") == 0)
			made = i;
	}
	calls_done(call, n);
	assert_in_range(written, 1, made);
	plan_done(&plan);
}

static const struct step *exec_of(const struct request *req, const struct facts *facts,
				  struct plan *plan)
{
	assert_int_equal(plan_make(req, facts, plan, NULL), 0);
	assert_int_equal(plan->step[plan->n - 1].kind, STEP_EXEC);
	return &plan->step[plan->n - 1];
}

static void a_name_is_searched_for_and_a_path_is_not(void **state)
{
	static char name_true[] = "true";
	static char *by_name[] = { name_true, NULL };
	_cleanup_plan_ struct plan name = { 0 }, path = { 0 }, found = { 0 };
	struct request req = asks();
	struct facts facts = joins(0);

	(void)state;
	assert_false(exec_of(&req, &facts, &path)->exec.search);
	req.program = by_name;
	assert_true(exec_of(&req, &facts, &name)->exec.search);
	assert_string_equal(calls_of(&name, &facts), "execve(\"true\" in PATH)\n");
	facts.program = "/usr/bin/true";
	assert_false(exec_of(&req, &facts, &found)->exec.search);
	assert_string_equal(calls_of(&found, &facts), "execve(\"/usr/bin/true\")\n");
}

static void a_shell_without_arguments_is_a_login_shell_where_the_profile_is_its_own(void **state)
{
	_cleanup_plan_ struct plan shell = { 0 }, given = { 0 }, view = { 0 };
	struct request req = asks();
	struct facts facts = joins(0);

	(void)state;
	assert_false(exec_of(&req, &facts, &given)->exec.login);
	req.program = NULL;
	facts.program = "/bin/ash";
	assert_true(exec_of(&req, &facts, &shell)->exec.login);
	assert_string_equal(shell.step[shell.n - 1].exec.file, "/bin/ash");
	req.view = VIEW_TARGET;
	assert_false(exec_of(&req, &facts, &view)->exec.login);
}

static void standard_directories_are_searched_among_the_targets_files_only(void **state)
{
	_cleanup_plan_ struct plan ours = { 0 }, theirs = { 0 };
	const struct request req = asks();
	const struct facts net = joins(NET), mnt = joins(MNT);

	(void)state;
	assert_false(exec_of(&req, &net, &ours)->exec.more_path);
	assert_true(exec_of(&req, &mnt, &theirs)->exec.more_path);
}

/* ---- refusals and notes */

static void a_refusal_leaves_the_plan_alone(void **state)
{
	_cleanup_error_ struct error err = { 0 };
	struct request req = asks();
	const struct facts facts = joins(NET);
	struct plan plan = { .n = 77 };

	(void)state;
	req.uid = (struct id_request){ ID_NUMBER, 3, NULL };
	assert_true(plan_make(&req, &facts, &plan, &err) < 0);
	assert_non_null(err.text);
	assert_int_equal(plan.n, 77);
}

static void noted(const struct request *req, const struct facts *facts, bool loud, const char *text)
{
	_cleanup_plan_ struct plan plan = { 0 };
	bool found = false;

	assert_int_equal(plan_make(req, facts, &plan, NULL), 0);
	for (size_t i = 0; i < plan.n_notes; i++) {
		if (strcmp(plan.note[i].text, text) != 0)
			continue;
		assert_int_equal(plan.note[i].loud, loud);
		found = true;
	}
	if (!found)
		fail_msg("no such note: %s", text);
}

static size_t notes_of(const struct request *req, const struct facts *facts)
{
	_cleanup_plan_ struct plan plan = { 0 };

	assert_int_equal(plan_make(req, facts, &plan, NULL), 0);
	return plan.n_notes;
}

static void what_was_named_and_is_ours_already_is_said(void **state)
{
	struct request req = asks();
	struct facts facts = joins(NET);

	(void)state;
	facts.same = req.wanted = NET;
	noted(&req, &facts, true, "already in its net namespace: nothing to join there");
	req.all = true;
	assert_int_equal(notes_of(&req, &facts), 0);
}

static void what_stays_ours_is_mentioned(void **state)
{
	const struct request req = asks();
	const struct facts ours = joins(NET | PID), theirs = joins(NET | PID | MNT);

	(void)state;
	noted(&req, &ours, false,
	      "/proc stays yours: ps shows your processes (add -R for the target's)");
	noted(&req, &ours, false, "/etc/resolv.conf and /sys stay yours (add -R for the target's)");
	assert_int_equal(notes_of(&req, &theirs), 0);
}

static void the_privileges_of_a_program_of_the_targets_are_said_at_a_terminal(void **state)
{
	const struct request req = asks();
	struct facts facts = joins(MNT);

	(void)state;
	facts.terminal = true;
	noted(&req, &facts, true, "runs web's /bin/true with all your privileges");
	facts.terminal = false;
	assert_int_equal(notes_of(&req, &facts), 0);
}

static void the_note_names_the_options_that_are_to_be_left_out(void **state)
{
	struct request all = asks(), letters = asks(), privileged = becomes();
	struct facts facts = joins(MNT | PID);

	(void)state;
	facts.terminal = true;
	all.all = true;
	noted(&all, &facts, true,
	      "runs web's /bin/true with all your privileges (leave out -a to confine it)");
	letters.wanted = MNT | PID;
	noted(&letters, &facts, true,
	      "runs web's /bin/true with all your privileges (leave out -m -p to confine it)");
	facts.terminal = false;
	noted(&privileged, &facts, false,
	      "runs web's /bin/true with all your privileges (leave out --privileged to confine "
	      "it)");
}

static void with_the_targets_capabilities_there_is_nothing_to_note(void **state)
{
	struct request req = asks();
	struct facts facts = joins(MNT);

	(void)state;
	facts.terminal = true;
	req.as_target = AS_BIT(AS_CAPS);
	assert_int_equal(notes_of(&req, &facts), 0);
}

static void the_callers_files_in_a_user_namespace_are_said_to_be_in_reach(void **state)
{
	const struct request req = asks();
	struct request view = asks();
	struct facts alone = joins(NS_BIT(NS_USER));
	const struct facts files = joins(NS_BIT(NS_USER) | MNT);
	static const char note[] = "in the user namespace of web its processes may look at your "
				   "files through the program's";

	(void)state;
	view.view = VIEW_HOST;
	noted(&req, &alone, false, note);
	noted(&view, &alone, true, note);
	alone.terminal = true;
	noted(&req, &alone, true, note);
	assert_int_equal(notes_of(&req, &files), 0);
}

static void an_environment_that_is_not_the_targets_is_said(void **state)
{
	const struct request req = asks();
	struct facts unreadable = joins(0), overwritten = joins(0), dropped = joins(0);
	struct facts truncated = joins(0);

	(void)state;
	unreadable.env_unreadable = true;
	overwritten.env_overwritten = true;
	dropped.env_dropped = 2;
	truncated.env_truncated = true;
	noted(&req, &truncated, true,
	      "the environment of web is longer than any program could be given: what is past "
	      "1 MiB or 32768 variables is left out");
	noted(&req, &unreadable, true,
	      "the environment of web cannot be read; a standard PATH is used");
	noted(&req, &overwritten, true,
	      "web has overwritten its environment; a standard PATH is used");
	noted(&req, &dropped, true,
	      "2 variables of web that load code are left out: the program is yours");
}

static void a_label_that_does_not_exist_is_said(void **state)
{
	struct request req = asks();
	const struct facts facts = joins(0);

	(void)state;
	req.follow_context = true;
	noted(&req, &facts, true, "no security module labels web: nothing to follow");
}

static void children_in_another_pid_namespace_are_pointed_out(void **state)
{
	struct request req = asks();
	struct facts facts = joins(PID);

	(void)state;
	req.wanted = PID;
	facts.pid_children_differ = true;
	noted(&req, &facts, true,
	      "the children of web live in another pid namespace than itself: "
	      "-p/proc/42/ns/pid_for_children joins theirs");
}

static void the_longest_plan_fits(void **state)
{
	static const uint32_t groups[] = { 1 };
	_cleanup_plan_ struct plan plan = { 0 };
	struct request req = asks();
	struct facts facts = joins(NS_ALL);

	(void)state;
	req.become = req.privileged = req.keep_caps = true;
	req.root = (struct dir_request){ DIR_PATH, "/" };
	req.wdns = "/";
	req.uid.kind = req.gid.kind = ID_FOLLOW;
	facts.setns_pidfd = false;
	facts.label = "x";
	facts.label_file = "attr/exec";
	facts.wanted_uid = facts.wanted_gid = (struct id_fact){ true, true, 1 };
	facts.target_groups = groups;
	facts.n_target_groups = 1;
	facts.n_cgroups = CGROUP_MAX;
	for (size_t i = 0; i < CGROUP_MAX; i++)
		facts.cgroup_path[i] = "/c";
	assert_int_equal(plan_make(&req, &facts, &plan, NULL), 0);
	assert_true(plan.n <= PLAN_MAX);
	assert_true(plan.n > NS_COUNT + CGROUP_MAX + 10);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_asked_for_is_the_program_alone),
		cmocka_unit_test(one_namespace_is_hidden_joined_verified),
		cmocka_unit_test(with_the_targets_files_descriptors_stay_out_and_its_root_is_taken),
		cmocka_unit_test(a_mount_namespace_from_a_file_has_no_other_root),
		cmocka_unit_test(the_host_may_see_what_is_open),
		cmocka_unit_test(another_root_or_file_is_not_the_hosts),
		cmocka_unit_test(kept_descriptors_lie_between_what_is_closed),
		cmocka_unit_test(pipes_that_words_name_are_given_to_another_user),
		cmocka_unit_test(as_many_descriptors_as_there_can_be_are_written_down),
		cmocka_unit_test(root_comes_before_the_working_directory_and_after_joining),
		cmocka_unit_test(a_directory_after_joining_is_a_path),
		cmocka_unit_test(only_the_working_directory_moves),
		cmocka_unit_test(becoming_takes_root_and_directory),
		cmocka_unit_test(directories_are_paths_seen_from_the_targets_root_when_becoming),
		cmocka_unit_test(
			the_targets_directory_must_be_inside_of_its_root_only_when_becoming),
		cmocka_unit_test(a_pid_namespace_takes_a_fork_and_the_child_ends_with_us),
		cmocka_unit_test(an_isolated_program_has_a_child_that_joins_by_itself),
		cmocka_unit_test(memory_is_shared_only_with_a_parent_that_waits),
		cmocka_unit_test(privileges_are_gone_before_a_path_is_followed_or_a_process_seen),
		cmocka_unit_test(a_terminal_is_replaced_by_one_made_with_the_programs_ids),
		cmocka_unit_test(streams_can_be_passed_and_the_session_is_still_its_own),
		cmocka_unit_test(a_pty_is_there_for_programs_of_the_caller_who_asks),
		cmocka_unit_test(a_directory_is_no_standard_input),
		cmocka_unit_test(without_a_fork_nothing_is_isolated),
		cmocka_unit_test(no_fork_means_none_and_nothing_to_die_with),
		cmocka_unit_test(death_comes_after_ids_which_would_undo_it),
		cmocka_unit_test(only_the_child_moves_into_cgroups),
		cmocka_unit_test(a_child_is_born_in_the_v2_cgroup),
		cmocka_unit_test(who_is_born_in_a_cgroup_shares_memory_where_none_is_limited),
		cmocka_unit_test(without_a_fork_all_cgroups_are_written_to),
		cmocka_unit_test(the_label_is_written_before_the_files_are_the_targets),
		cmocka_unit_test(the_label_is_for_the_program_and_not_for_the_leader),
		cmocka_unit_test(a_name_is_searched_for_and_a_path_is_not),
		cmocka_unit_test(
			a_shell_without_arguments_is_a_login_shell_where_the_profile_is_its_own),
		cmocka_unit_test(standard_directories_are_searched_among_the_targets_files_only),
		cmocka_unit_test(a_refusal_leaves_the_plan_alone),
		cmocka_unit_test(what_was_named_and_is_ours_already_is_said),
		cmocka_unit_test(what_stays_ours_is_mentioned),
		cmocka_unit_test(the_privileges_of_a_program_of_the_targets_are_said_at_a_terminal),
		cmocka_unit_test(the_note_names_the_options_that_are_to_be_left_out),
		cmocka_unit_test(with_the_targets_capabilities_there_is_nothing_to_note),
		cmocka_unit_test(the_callers_files_in_a_user_namespace_are_said_to_be_in_reach),
		cmocka_unit_test(an_environment_that_is_not_the_targets_is_said),
		cmocka_unit_test(a_label_that_does_not_exist_is_said),
		cmocka_unit_test(children_in_another_pid_namespace_are_pointed_out),
		cmocka_unit_test(the_longest_plan_fits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
