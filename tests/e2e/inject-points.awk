# SPDX-License-Identifier: MIT
# From the files of one `strace -ff` of nsjoin to the calls that can be made to fail: a line
#
#   CALL N WHERE RULE
#
# for the Nth CALL of a process. strace counts for each process by itself, so one line may stand for
# calls of several. WHERE says in which run it is made to fail:
#
#   run     simply
#   padded  a call with that number is the loader's in the first process, and must be spared
#   probe   only the probe comes that far: a dry run, or the call would be one of the program's
#
# RULE is "must" for calls without which the program must not run, else "may". The loader's own
# calls, before the first of main, are left out.
#
#   awk -f inject-points.awk TRACE.PID...

BEGIN {
	must_not_fail = "^(setns|chroot|f?chdir|setresuid|setresgid|setgroups|capset|execve|execveat|" \
		"setsid|setpgid|keyctl|dup3|ptrace|seccomp|setpriority|sched_setscheduler|" \
		"sched_setaffinity)\\(|" \
		"^prlimit64\\(0, RLIMIT_[A-Z]*, \\{|^write\\([0-9]*<[^>]*oom_score_adj>|" \
		"^prctl\\(PR_(SET_|CAPBSET_DROP|CAP_AMBIENT, PR_CAP_AMBIENT_RAISE)|" \
		"^write\\(.*\"0\", 1\\)"
}

FNR == 1 {
	pid = FILENAME
	sub(/.*\./, "", pid)
	is_child = $0 !~ /^execve\(/
	in_main = is_child
}

/^(---|\+\+\+) / { next }

# strace does not count how nsjoin itself is executed.
FNR == 1 && !is_child { next }

{
	call = $0
	sub(/\(.*/, "", call)
	n = ++count[pid, call]
}

/^fcntl\(0.*, F_GETFD\)/ && !in_main { in_main = 1 }

!in_main {
	loader[call] = n
	next
}

is_child && call ~ /^execve(at)?$/ { executes[pid] = 1 }
is_child && call == "execve" { program = pid }

# A process that fetches something for the first one comes so far in each run, too.
call == "clone" && /CLONE_FILES/ {
	errand = $0
	sub(/.* = /, "", errand)
	errands[errand + 0] = 1
}

# So does what carries the program's pipes: it alone waits to be told of the program's end.
is_child && /^recvfrom\(.*, 1, 0, NULL, NULL\)/ { errands[pid + 0] = 1 }

# They do not fail; brk says so by another value than an error.
call ~ /^(exit|exit_group|rt_sigreturn|set_robust_list|brk|umask)$/ { next }

{
	key = call " " n
	if (!(key in seen))
		order[++points] = key
	seen[key] = 1
	if (!is_child)
		by_first[key] = 1
	who[key] = who[key] " " pid
	if ($0 ~ must_not_fail)
		must[key] = 1
}

# What becomes the program, and what leads its session, come so far in each run.
function reached(pid, key,    part) {
	split(key, part, " ")
	if (count[pid, part[1]] > most[part[1]])
		most[part[1]] = count[pid, part[1]]
}

function is_on_errand(key,    list, n, i) {
	n = split(who[key], list, " ")
	for (i = 1; i <= n; i++)
		if (list[i] + 0 in errands)
			return 1
	return 0
}

END {
	for (pid in executes)
		for (key in order)
			reached(pid, order[key])
	for (i = 1; i <= points; i++) {
		split(order[i], part, " ")
		if (order[i] in by_first)
			where = "run"
		else if (part[2] > most[part[1]] && !is_on_errand(order[i]))
			where = "probe"
		else if (part[2] > loader[part[1]])
			where = "run"
		# strace stays with the program then, and would have its own call fail.
		else if (part[2] > count[program, part[1]])
			continue
		else
			where = "padded"
		print order[i], where, (order[i] in must) ? "must" : "may"
	}
}
