# SPDX-License-Identifier: MIT
# For each of the attacks in recipes.tsv a mutant: nsjoin without the defence that keeps it. They are
# built and tried by tests/mutants.sh alone.
set(NSJOIN_MUTANTS ${CMAKE_CURRENT_BINARY_DIR}/mutants)
add_custom_target(mutants)
set_property(GLOBAL PROPERTY NSJOIN_MUTANT_NAMES)

# mutant_leader(NAME SOURCES RET_IMAGE): a leader from the SOURCES, as a source that has it as bytes.
function(mutant_leader name sources ret_image)
	set(program ${NSJOIN_MUTANTS}/${name}.dir/image)
	set(image ${NSJOIN_MUTANTS}/${name}.dir/leader_image.c)
	nsjoin_embedded(mutant_leader_${name} "${sources}" ${program} -fno-pie -static)
	set_target_properties(mutant_leader_${name} PROPERTIES EXCLUDE_FROM_ALL ON)
	target_compile_options(mutant_leader_${name} PRIVATE -w)
	configure_file(${PROJECT_SOURCE_DIR}/src/run/leader_image.c ${image} COPYONLY)
	nsjoin_image(${image} LEADER_FILE ${program})
	set(${ret_image} ${image} PARENT_SCOPE)
endfunction()

# mutant_edit(NAME SOURCE FROM TO): the text of SOURCE, once more or as changed before, with FROM
# replaced.
function(mutant_edit name source from to)
	if(NOT ${source} IN_LIST edited)
		file(READ ${PROJECT_SOURCE_DIR}/src/${source} text)
		set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS
			${PROJECT_SOURCE_DIR}/src/${source})
	else()
		set(text "${text_${source}}")
	endif()
	string(FIND "${text}" "${from}" at)
	if(at EQUAL -1)
		message(WARNING "the mutant ${name} does not fit ${source} any more")
		set(misfit ON PARENT_SCOPE)
	endif()
	string(REPLACE "${from}" "${to}" text "${text}")
	set(text_${source} "${text}" PARENT_SCOPE)
	set(edited ${edited} ${source} PARENT_SCOPE)
endfunction()

# nsjoin_defenceless(NAME SOURCE FROM TO [SOURCE FROM TO…]): the mutant NAME, in each SOURCE with the
# text FROM replaced by TO.
function(nsjoin_defenceless name)
	set(edited)
	set(misfit OFF)
	set(sources ${PROJECT_SOURCE_DIR}/src/main.c)
	set(leader ${NSJOIN_LEADER_SOURCES})
	math(EXPR last "${ARGC} - 1")
	foreach(i RANGE 1 ${last} 3)
		math(EXPR f "${i} + 1")
		math(EXPR t "${i} + 2")
		mutant_edit(${name} "${ARGV${i}}" "${ARGV${f}}" "${ARGV${t}}")
	endforeach()
	if(misfit)
		return()
	endif()
	list(REMOVE_DUPLICATES edited)
	foreach(source IN LISTS edited)
		set(copy ${NSJOIN_MUTANTS}/${name}.dir/${source})
		file(CONFIGURE OUTPUT ${copy} CONTENT "${text_${source}}" @ONLY)
		if(source MATCHES "^leader/")
			list(TRANSFORM leader REPLACE "^${PROJECT_SOURCE_DIR}/src/${source}$" ${copy})
			continue()
		elseif(source STREQUAL main.c)
			set(sources)
		endif()
		# The objects come before the library, whose own are then not looked at.
		list(APPEND sources ${copy})
	endforeach()
	if(NOT leader STREQUAL NSJOIN_LEADER_SOURCES)
		mutant_leader(${name} "${leader}" image)
		list(APPEND sources ${image})
	endif()
	add_executable(mutant_${name} EXCLUDE_FROM_ALL ${sources})
	nsjoin_defaults(mutant_${name})
	target_link_libraries(mutant_${name} PRIVATE nsjoin_core)
	target_compile_options(mutant_${name} PRIVATE -w)
	set_target_properties(mutant_${name} PROPERTIES
		OUTPUT_NAME ${name} RUNTIME_OUTPUT_DIRECTORY ${NSJOIN_MUTANTS})
	add_dependencies(mutants mutant_${name})
	set_property(GLOBAL APPEND PROPERTY NSJOIN_MUTANT_NAMES ${name})
endfunction()

# ---- descriptors and streams

nsjoin_defenceless(descriptors-stay-open run/enter.c
	"	unsigned int first = STDERR_FILENO + 1;
	int r = 0;
"
	"	unsigned int first = STDERR_FILENO + 1;
	int r = 0;

	return 0;"
	run/child.c "if (!facts->streams_only)" "if (0)")
nsjoin_defenceless(only-low-descriptors-are-closed run/enter.c
	"close_between(first, UINT32_MAX)" "close_between(first, 1000)"
	run/descriptors.c "fd > STDERR_FILENO &&" "fd > STDERR_FILENO && fd <= 1000 &&")
nsjoin_defenceless(input-file-is-passed core/plan_streams.c
	"return relay ? WAY_PIPE : WAY_PASS;"
	"return relay && (stream->kind != STREAM_SEEKABLE || stream->writable) ? WAY_PIPE : WAY_PASS;")
nsjoin_defenceless(output-file-is-passed core/plan_streams.c
	"return relay ? WAY_PIPE : WAY_PASS;"
	"return relay && (stream->kind != STREAM_SEEKABLE || stream->readable) ? WAY_PIPE : WAY_PASS;")
nsjoin_defenceless(directory-is-no-matter core/plan_streams.c
	"if (relay && stream[0].kind == STREAM_DIRECTORY)" "if (0)"
	core/plan_streams.c
	"return relay ? WAY_PIPE : WAY_PASS;"
	"return relay && stream->kind != STREAM_DIRECTORY ? WAY_PIPE : WAY_PASS;")
nsjoin_defenceless(device-is-passed core/plan_streams.c
	"return relay ? WAY_PIPE : WAY_PASS;"
	"return relay && stream->kind != STREAM_OTHER && stream->kind != STREAM_NULL ? WAY_PIPE : WAY_PASS;")
nsjoin_defenceless(closed-streams-stay-closed util/fd.c
	"		if (fcntl(fd, F_GETFD) >= 0)
			continue;"
	"		continue;")
nsjoin_defenceless(leftovers-are-waited-for run/output.c
	"	output->more = (size_t)more;
	output->ending = true;
	if (more > 0)
		read_all(output);
	else
		end_output(output);" "	(void)more;")

# ---- the terminal

nsjoin_defenceless(terminal-as-input core/plan_streams.c
	"		ret[i].way = way_of(&stream[i], terminal, pty, relay);"
	"		ret[i].way = i == 0 && stream[i].kind == STREAM_TERMINAL
			? WAY_PASS : way_of(&stream[i], terminal, pty, relay);")
nsjoin_defenceless(terminal-as-output core/plan_streams.c
	"		ret[i].way = way_of(&stream[i], terminal, pty, relay);"
	"		ret[i].way = i == 1 && stream[i].kind == STREAM_TERMINAL
			? WAY_PASS : way_of(&stream[i], terminal, pty, relay);")
nsjoin_defenceless(terminal-as-streams core/plan_streams.c
	"		ret[i].way = way_of(&stream[i], terminal, pty, relay);"
	"		ret[i].way = stream[i].kind == STREAM_TERMINAL
			? WAY_PASS : way_of(&stream[i], terminal, pty, relay);")
nsjoin_defenceless(terminal-as-error core/plan_streams.c
	"		ret[i].way = way_of(&stream[i], terminal, pty, relay);"
	"		ret[i].way = i == 2 && stream[i].kind == STREAM_TERMINAL
			? WAY_PASS : way_of(&stream[i], terminal, pty, relay);")
nsjoin_defenceless(session-of-the-caller leader/session.c
	"		r = call0(SYS_setsid);" "		r = 0;"
	leader/session.c
	"	if (job->flags & LEADER_TTY)
" "	if (job->flags & LEADER_TTY && (call0(SYS_setsid), true))
"
	leader/session.c "#include <errno.h>" "#include <errno.h>\n#include <stdbool.h>")
nsjoin_defenceless(any-file-is-a-terminal-maker run/pty.c
	"	if (!S_ISCHR(st.st_mode) || st.st_rdev != makedev(5, 2))" "	if (0)"
	run/pty.c
	"	if (in_devpts && (fs.f_type != DEVPTS_SUPER_MAGIC || st.st_ino != 2))" "	if (0)")
nsjoin_defenceless(terminal-stays-raw run/terminal.c
	"	return tcsetattr(fd, TCSANOW, before) < 0 ? -errno : 0;" "	return before ? 0 : -errno;")
nsjoin_defenceless(stops-are-not-passed-on run/relay_job.c
	"	loop->stopped = sig;
	set_mode(relay, TERMINAL_KEPT);" "	return;")
nsjoin_defenceless(size-is-not-passed-on run/terminal.c
	"	return ioctl(master, TIOCSWINSZ, &size) < 0 ? -errno : 1;" "	return 1;")
nsjoin_defenceless(partial-writes-are-lost run/output.c
	"		output->at += (size_t)n;" "		output->at = output->have;")
nsjoin_defenceless(interrupt-is-not-for-the-program run/wait.c
	"SIGTERM, SIGHUP,	  SIGINT,  SIGQUIT" "SIGTERM, SIGHUP, SIGQUIT")

# ---- processes

nsjoin_defenceless(keys-are-inherited run/apart.c
	"syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL) < 0" "0")
nsjoin_defenceless(who-enters-can-be-looked-into leader/session.c
	"call2(SYS_prctl, PR_SET_DUMPABLE, 0)" "call2(SYS_prctl, PR_SET_DUMPABLE, 1)"
	run/enter.c "prctl(PR_SET_DUMPABLE, 0) < 0" "prctl(PR_SET_DUMPABLE, 1) < 0"
	run/seal.c "MODE = 0111" "MODE = 0555")
nsjoin_defenceless(line-leads-to-nsjoin run/run.c
	"LEADER_LINK_INIT(may_be_seized(plan))" "LEADER_LINK_INIT(may_be_seized(plan) && 0)")
nsjoin_defenceless(copy-has-an-owner run/seal.c
	"	if (r == 0 && call_fchown(fd, nobody, nobody) < 0 && errno != EPERM && errno != EINVAL)"
	"	if (0)")
nsjoin_defenceless(capabilities-stay run/limits.c
	"int step_caps(struct run *run, const struct step *step, struct error *err)
{"
	"int step_caps(struct run *run, const struct step *step, struct error *err)
{
	return 0;"
	run/limits.c
	"		if (prctl(PR_CAPBSET_DROP, cap, 0UL, 0UL, 0UL) < 0)" "		if (0)")
nsjoin_defenceless(own-file-is-executed core/plan.c
	"	plan.isolates = (plan.target_files || req->pty == PTY_ALWAYS) && !req->no_fork;"
	"	plan.isolates = false;")
nsjoin_defenceless(memory-files-only run/sealed.c
	"	return errnum == EACCES || errnum == ENOSYS || errnum == EPERM;" "	return false;")
nsjoin_defenceless(program-outlives-nsjoin leader/leader.c
	"		end(LEADER_STATUS_FAILED); /* nsjoin has ended: the program is killed with us */" "		return;"
	run/child.c
	"	return child_tie(run->parent, err);" "	return 0;")
nsjoin_defenceless(held-programs-are-waited-for run/relay_signal.c
	"	if (loop->held && loop->held == before)" "	if (0)"
	leader/leader.c
	"		if (n == 0) {
			look_after(leader);" "		if (n == 0) {
			continue;")
nsjoin_defenceless(signals-are-said-as-codes run/wait.c
	"WIFSIGNALED(status) ? die_of(WTERMSIG(status))" "WIFSIGNALED(status) ? WTERMSIG(status)")
nsjoin_defenceless(dead-namespace-is-not-explained run/spawn.c
	"	if (errnum == ENOMEM && ns_has(run->plan->join, NS_PID))" "	if (0)"
	run/enter.c
	"	if (r == -ENOENT && type == NS_PID)" "	if (0)")

# ---- files

nsjoin_defenceless(catalogue-of-the-target main.c
	"	int r = fd_guard_stdio();" "	int r = setlocale(LC_ALL, \"\") ? fd_guard_stdio() : fd_guard_stdio();"
	main.c "#include \"util/log.h\"" "#include \"util/log.h\"\n#include <locale.h>"
	run/explain_apart.c
	"	if (run_steps(&run, 0, &err) == 0)" "	if (run_steps(&run, 0, &err) == 0 && strerror(ENOENT))"
	run/explain_apart.c
	"#include \"util/log.h\"" "#include \"util/log.h\"\n#include <string.h>\n#include <errno.h>")
nsjoin_defenceless(user-by-the-library run/apart.c
	"int step_leader(struct run *run, const struct step *step, struct error *err)
{"
	"#include <pwd.h>
int step_leader(struct run *run, const struct step *step, struct error *err)
{
	(void)getpwuid(4711);")
nsjoin_defenceless(group-by-the-library run/apart.c
	"int step_leader(struct run *run, const struct step *step, struct error *err)
{"
	"#include <grp.h>
int step_leader(struct run *run, const struct step *step, struct error *err)
{
	(void)getgrgid(4711);")
nsjoin_defenceless(pipes-are-waited-for sys/passwd.c
	"	if (!S_ISREG(st.st_mode))" "	if (0)"
	util/fd.c
	"O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK" "O_RDONLY | O_CLOEXEC | O_NOCTTY")
nsjoin_defenceless(no-deadline run/disposable.c
	"	got = receive(pid, in, answer, least, most);"
	"	struct pollfd first = { .fd = in, .events = POLLIN };

	if (!ns_has(asked->facts->present & ~asked->facts->same, NS_USER))
		(void)poll(&first, 1, 500000);
	got = receive(pid, in, answer, least, most);")
nsjoin_defenceless(no-deadline-in-user-namespaces run/disposable.c
	"	got = receive(pid, in, answer, least, most);"
	"	struct pollfd first = { .fd = in, .events = POLLIN };

	if (ns_has(asked->facts->present & ~asked->facts->same, NS_USER))
		(void)poll(&first, 1, 500000);
	got = receive(pid, in, answer, least, most);")
nsjoin_defenceless(who-hangs-is-waited-for run/isolate.c
	"			return explain_deadline(run, err);"
	"			return take_failure(run, child, err);")
nsjoin_defenceless(root-is-that-of-the-mounts run/enter.c
	"	if (call_fchdir(run->target->root_fd) < 0 || call_chroot(\".\") < 0)" "	if (0)")
nsjoin_defenceless(directory-may-be-outside run/enter.c
	"	return step->inside ? check_inside(err) : 0;" "	return 0;"
	run/enter.c
	"	return check_inside(err);" "	return 0;"
	run/child.c "if (!facts->streams_only)" "if (0)")
nsjoin_defenceless(proc-of-the-target sys/passwd.c
	"	return fd_read_alloc(procfd," "	return fd_read_alloc(open(\"/proc\", O_PATH | O_CLOEXEC),")
nsjoin_defenceless(messages-as-they-are util/escape.c
	"		if (is_plain(text, n, also_plain)) {" "		if (1) {")
nsjoin_defenceless(opens-after-joining run/apart.c
	"int step_leader(struct run *run, const struct step *step, struct error *err)
{"
	"int step_leader(struct run *run, const struct step *step, struct error *err)
{
	(void)open(\"/etc/locale.alias\", O_RDONLY | O_CLOEXEC);")

# ---- privileges

nsjoin_defenceless(bounding-set-stays run/limits.c
	"		if (prctl(PR_CAPBSET_DROP, cap, 0UL, 0UL, 0UL) < 0)" "		if (0)")
nsjoin_defenceless(cgroup-stays run/child.c
	"	int r = fd_write_all(run->target->cgroup_fd[i], \"0\", 1);" "	int r = 0;"
	leader/program.c
	"		r = call3(SYS_write, job->cgroup[i], \"0\", 1);" "		r = 0;"
	run/spawn.c "	pid_t pid = clone_into_cgroup(run);" "	pid_t pid = fork();")
nsjoin_defenceless(filters-are-left-out run/filter.c
	"		if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) < 0)" "		if (0)"
	leader/program.c
	"			r = (int)call3(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &prog);" "			r = 0;")
nsjoin_defenceless(new-privileges-are-possible run/limits.c
	"	if (prctl(PR_SET_NO_NEW_PRIVS, 1UL, 0UL, 0UL, 0UL) < 0)" "	if (0)")
nsjoin_defenceless(environment-of-the-caller core/request.c
	"	if (request_takes(req, AS_ENV))
		req->env = true;" "")
nsjoin_defenceless(odd-environment-is-taken sys/environ.c
	"		if (!equals || equals == text) {" "		if (0) {")
nsjoin_defenceless(limits-of-the-caller run/limits.c
	"int step_rlimits(struct run *run, const struct step *step, struct error *err)
{"
	"int step_rlimits(struct run *run, const struct step *step, struct error *err)
{
	return 0;")
nsjoin_defenceless(frozen-is-joined core/target_cgroup.c
	"	if (cgroupfs_is_frozen(line, dir_fd))" "	if (0)")
nsjoin_defenceless(full-cgroup-comes-first core/target_cgroup.c
	"	if (is_joined_late(dir, line))" "	if (0)")
nsjoin_defenceless(killed-without-a-word run/isolate.c
	"	error_set(err, ERROR_SYSTEM, 0, \"the process that was to become the program was killed\");"
	"	return 1;")
nsjoin_defenceless(last-colon-separates sys/cgroupfs.c
	"		path = controllers ? strchr(controllers + 1, ':') : NULL;"
	"		path = controllers ? strrchr(controllers + 1, ':') : NULL;"
	sys/cgroupfs.c
	"		if (!path || path[1] != '/')" "		if (!path)")
nsjoin_defenceless(digits-may-be-a-name cli/option_set.c
	"	r = parse_id(use->value, &number);" "	r = -EINVAL;")
nsjoin_defenceless(ids-are-cut util/parse.c
	"	int r = parse_uint64(text, UINT32_MAX - 1, &value);" "	int r = parse_uint64(text, UINT64_MAX, &value);")
nsjoin_defenceless(inheritable-set-stays run/limits.c
	"	capng->clear(CAPNG_SELECT_ALL);
	capng->setpid"
	"	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct old[_LINUX_CAPABILITY_U32S_3] = { 0 };

	(void)syscall(SYS_capget, &head, old);
	capng->clear(CAPNG_SELECT_ALL);
	capng->setpid"
	run/limits.c
	"		if (choose_cap(capng, step, cap) < 0)"
	"		if (choose_cap(capng, step, cap) < 0 ||
		    (old[cap / 32].inheritable >> (cap % 32) & 1 &&
		     capng->update(CAPNG_ADD, CAPNG_INHERITABLE, cap) < 0))"
	run/limits.c "inheritable != step->caps.ambient || " "")
nsjoin_defenceless(unmapped-ids-are-tried core/plan_ids.c
	"	if (!root->known || root->mapped) {" "	if (1) {")
nsjoin_defenceless(user-namespace-first core/plan_order.c
	"	if (!facts->caller_admin)
		return 0;
	for" "	return 0;
	for"
	core/plan_order.c
	"	add_target(by_pidfd, why_once, plan);" "	{ add_target(user & by_pidfd, why_user, plan); add_target(by_pidfd & ~user, why_late, plan); }")
nsjoin_defenceless(owner-joins-one-by-one core/plan_order.c
	"		add_target(by_pidfd, why_once, plan);" "		{ add_target(by_pidfd & ~user, why_early, plan); add_target(user & by_pidfd, why_user, plan); }")
nsjoin_defenceless(number-is-the-process run/enter.c
	"setns(run->target->found.pidfd, (int)ns_clone_flags(step->set)) == 0"
	"setns(-1, 0) < 0 &&
	    setns((int)syscall(SYS_pidfd_open, run->target->found.pid, 0),
		  (int)ns_clone_flags(step->set)) == 0"
	run/enter.c
	"	if (now != planned)" "	if (0)")
nsjoin_defenceless(all-dead-are-alike find/process.c
	"	if (!lacks_executable(found->proc_fd))
		return 0;" "	return 0;"
	find/process.c
	"	if (tgid > 0 && tgid != pid)" "	if (0)"
	core/target_ns.c
	"		return process_explain_end(&t->found, err);" "		return 0;"
	core/target.c
	"	return find_verify(&t->found, err);" "	return 0;")

nsjoin_defenceless(stopped-is-running find/docker.c
	"		.stopped = !doc->running," "		.stopped = false,")
nsjoin_defenceless(killed-is-success run/wait.c
	"WIFSIGNALED(status) ? die_of(WTERMSIG(status))" "WIFSIGNALED(status) ? 0")

get_property(names GLOBAL PROPERTY NSJOIN_MUTANT_NAMES)
list(JOIN names "\n" names)
file(CONFIGURE OUTPUT ${NSJOIN_MUTANTS}/names CONTENT "${names}\n" @ONLY)
