# SPDX-License-Identifier: MIT
# From what strace saw to the words of the plan: reads the files of one `strace -ff -y` and prints each call that changes something, as --dry-run --json would print it.
#
#   awk -f plan-calls.awk -v target=PID -v root=DIR -v wd=DIR TRACE.PID...
#
# What is known to change nothing is listed here, and in no other place; every other call is printed,
# whatever it is, so that one nobody has thought of is seen, too. "fork" is followed by what the child
# did. Marks that no plan has begin a line for what has to be judged by rule:
#
#   probe CALL      by a child that never executes anything
#   open PATH       opened for writing
#   argv WORDS      of the program that was executed

BEGIN {
	# Reading, own memory, waiting; signals, since what the program gets of them is the caller's,
	# which is tested as such.
	add("read pread64 readv lseek readlink readlinkat stat lstat fstat newfstatat statx statfs")
	add("fstatfs access faccessat faccessat2 getdents64 getcwd close poll ppoll pipe2 futex")
	add("getpid gettid getppid getuid geteuid getgid getegid getresuid getresgid getgroups getpgrp")
	add("getpgid getsid uname sysinfo getrandom clock_gettime sched_getaffinity capget getrlimit")
	add("ioprio_get")
	add("mmap munmap mprotect mremap madvise brk arch_prctl set_tid_address set_robust_list rseq")
	add("nanosleep clock_nanosleep")
	add("rt_sigaction rt_sigprocmask rt_sigtimedwait rt_sigreturn wait4 waitid exit exit_group")
	add("pidfd_open pidfd_getfd kcmp")
	# Between nsjoin and the leader of the program's session, and carrying the program's bytes.
	add("socketpair recvfrom recvmsg sendto sendmsg signalfd4 splice tee vmsplice")
	# By what they are asked to do.
	reads["prctl"] = "^(PR_GET_|PR_CAPBSET_READ,|PR_CAP_AMBIENT, PR_CAP_AMBIENT_IS_SET,)"
	# O_NONBLOCK is for what is not the caller's: strace has no name for what came over a socket.
	reads["fcntl"] = ", (F_GETFD|F_GETFL|F_DUPFD_CLOEXEC, [0-9]+)$|" \
		"^[0-9]+<pipe:[^>]*>, F_SETPIPE_SZ, [0-9]+$|" \
		"^[0-9]+(<(pipe:[^>]*|/dev/pts/ptmx|/dev/ptmx)>)?, F_SETFL, O_[A-Z]*\\|O_NONBLOCK$"
	reads["close_range"] = ", 0$"
	reads["ioctl"] = ", (TCGETS|FIONREAD|TIOCGPGRP|TIOCGWINSZ|SIOCGSKNS|NS_GET_[A-Z]*|" \
		"_IOC\\(_IOC_READ, 0xb7,.*)(,|$)"
	reads["prlimit64"] = "^[0-9]+, RLIMIT_[A-Z]*, NULL"
	reads["bpf"] = "^BPF_PROG_(QUERY|GET_FD_BY_ID),"
	reads["personality"] = "^0xffffffff$"
	reads["open_tree"] = reads["mount_setattr"] = "^-1, NULL, "
	# The order of the plan's flags.
	n_caps = split("CHOWN DAC_OVERRIDE DAC_READ_SEARCH FOWNER FSETID KILL SETGID SETUID SETPCAP " \
		"LINUX_IMMUTABLE NET_BIND_SERVICE NET_BROADCAST NET_ADMIN NET_RAW IPC_LOCK IPC_OWNER " \
		"SYS_MODULE SYS_RAWIO SYS_CHROOT SYS_PTRACE SYS_PACCT SYS_ADMIN SYS_BOOT SYS_NICE " \
		"SYS_RESOURCE SYS_TIME SYS_TTY_CONFIG MKNOD LEASE AUDIT_WRITE AUDIT_CONTROL SETFCAP " \
		"MAC_OVERRIDE MAC_ADMIN SYSLOG WAKE_ALARM BLOCK_SUSPEND AUDIT_READ PERFMON BPF " \
		"CHECKPOINT_RESTORE", cap_order, " ")
	n_flags = split("USER NS PID NET IPC UTS CGROUP TIME", flag_order, " ")
}

function add(names,    list, n, i) {
	n = split(names, list, " ")
	for (i = 1; i <= n; i++)
		harmless[list[i]] = 1
}

FNR == 1 {
	pid = FILENAME
	sub(/.*\./, "", pid)
}

/^(---|\+\+\+) / { next }

{ line[pid, ++lines[pid]] = $0 }

# From the start of nsjoin on; whoever changed to an ordinary user for it comes before.
/^execve\("[^"]*\/nsjoin", .* = 0$/ { first = pid; from = lines[pid] + 1; next }

/^execve(at)?\(.* = 0$/ { executes[pid] = 1 }
# Its child does.
/^prctl\(PR_SET_CHILD_SUBREAPER, 1\) += 0$/ { executes[pid] = 1 }

END {
	if (first == "")
		print "no trace of nsjoin"
	walk(first, "", from)
}

function flags(text,    i, out) {
	for (i = 1; i <= n_flags; i++)
		if (index("|" text "|", "|CLONE_NEW" flag_order[i] "|"))
			out = out (out ? "|" : "") "CLONE_NEW" flag_order[i]
	return out
}

# "7<net:[4026531840]>" or "7": what it was opened as. strace cannot look once nsjoin is hidden.
function role(arg,    fd) {
	fd = arg
	sub(/<.*/, "", fd)
	if (fd in name)
		return name[fd]
	return sub(/^[0-9]+</, "", arg) && sub(/>$/, "", arg) ? arg : "fd " fd
}

# Calls that give a descriptor: remember what it is.
function learn(call, args, ret,    fd, text, part) {
	if (call == "pipe2") {
		split(args, part, /[][<>, ]+/)
		name[part[2]] = name[part[5]] = "pipe:"
	} else if (call == "socketpair") {
		text = args
		sub(/^[^\[]*\[/, "", text)
		split(text, part, /, /)
		for (fd in part) {
			sub(/<.*/, "", part[fd])
			name[part[fd]] = "control"
		}
	}
	if (args ~ /, TIOCGPTPEER, /)
		name[ret] = "pty"
	if (ret !~ /^[0-9]+</)
		return
	fd = text = ret
	sub(/<.*/, "", fd)
	sub(/^[0-9]+</, "", text)
	sub(/>$/, "", text)
	if (call == "pidfd_open")
		text = args == target ", 0" ? "pidfd" : "pidfd of " args
	else if (args ~ "^[0-9]+</proc/" target ">, \"root\", .*O_PATH")
		text = "root"
	else if (args ~ "^[0-9]+</proc/" target ">, \"cwd\", .*O_PATH")
		text = "wd"
	else if (call == "memfd_create")
		text = args ~ /^"filters"/ ? "filters" : args ~ /^"nsjoin"/ ? "leader" : "memfd"
	else if (call == "fsopen" && args ~ /^"overlay"/)
		text = "overlay"
	else if (call == "fsmount" && role(args) == "overlay")
		text = "shown"
	else if (call == "openat" && role(args) == "shown")
		text = "exe"
	else if (text ~ /^\/memfd:/ && text !~ /^\/memfd:(nsjoin|filters)/)
		text = "memfd"
	else if (text ~ /^\/proc\/[0-9]+\/task\/[0-9]+\/oom_score_adj$/)
		text = "/proc/thread-self/oom_score_adj"
	else if (text == "/dev/pts/ptmx")
		text = "ptmx"
	else if (root != "" && index(args, "\"" root "\", ") && args ~ /O_PATH/)
		text = "root"
	else if (wd != "" && index(args, "\"" wd "\", ") && args ~ /O_PATH/)
		text = "wd"
	name[fd] = text
}

function field(args, key,    text) {
	text = args
	if (!sub(".*" key "=", "", text))
		return ""
	sub(/[,}].*/, "", text)
	return text
}

# Whether this call changes nothing.
function looks_only(call, args,    fd, part) {
	if (call in harmless)
		return 1
	# Whether there is such a process.
	if (call == "kill" && args ~ /^[0-9]+, 0$/)
		return 1
	# Whose turn it is at the program's terminal, once the program runs.
	if (leads && ((call == "ioctl" && args ~ /, TIOCSPGRP, /) ||
		(call == "kill" && args ~ /^-[0-9]+, SIGCONT$/)))
		return 1
	# What the plan has made for the program goes with it.
	if (call == "unlinkat" && args ~ /, AT_REMOVEDIR$/ && made != "" && args == made ", AT_REMOVEDIR")
		return 1
	# Instead of a pipe of the caller's that the program has closed.
	if (call == "dup3" && args ~ /^[0-9]+<\/dev\/null>, [01]</)
		return 1
	if (call in reads)
		return args ~ reads[call]
	if (call ~ /^open(at|at2)?$/)
		return args !~ /O_WRONLY|O_RDWR|O_CREAT|O_TRUNC|O_TMPFILE/
	if (call ~ /^(write|pwritev2)$/) {
		split(args, part, ", ")
		fd = part[1]
		sub(/<.*/, "", fd)
		return fd == 1 || fd == 2 || role(part[1]) ~ /^((pipe|socket):|leader$|ptmx$|\/dev\/pts\/ptmx$)/
	}
	return 0
}

function translate(call, args, ret,    part, text) {
	split(args, part, ", ")
	if (call == "setns")
		return "setns(" role(part[1]) ", " flags(part[2]) ")"
	if (call == "fchdir")
		return "fchdir(" role(part[1]) ")"
	if (call == "clone" && args ~ /flags=CLONE_CHILD_CLEARTID\|CLONE_CHILD_SETTID\|SIGCHLD(,|$)/)
		return "fork()"
	if (call == "clone" && args ~ /flags=CLONE_VM\|SIGCHLD(,|$)/)
		return "clone(CLONE_VM)"
	if (call == "clone3" && match(args, /flags=(CLONE_VM\|)?CLONE_INTO_CGROUP, /)) {
		text = field(args, "cgroup")
		return "clone3(" (args ~ /flags=CLONE_VM/ ? "CLONE_VM|" : "") "CLONE_INTO_CGROUP, \"" anybody(role(text)) "/cgroup.procs\")"
	}
	if (call == "write" && role(part[1]) ~ /^\/proc\/(resolv.conf|hosts|hostname)$/)
		return "write(\"" role(part[1]) "\", " ret " bytes)"
	if (call == "write" && role(part[1]) == "filters")
		return "write(filters)"
	if (call == "write") {
		text = args
		sub(/^[^"]*/, "", text)
		sub(/, [0-9]+$/, "", text)
		return "write(\"" role(part[1]) "\", " text ")"
	}
	if (call == "mkdirat" && part[1] ~ /<\/.*>$/) {
		made = part[1] ", " part[2]
		text = role(part[1]) "/" substr(part[2], 2)
		return "mkdir(\"" anybody(text) ", " part[3] ")"
	}
	if (call == "bpf")
		return "bpf(" part[1] ", \"" anybody(role(field(args, "target_fd"))) "\")"
	if (call == "fcntl" && args ~ /F_ADD_SEALS/) {
		sub(/0x20.*/, "F_SEAL_EXEC", part[3]) # what an older strace does not know
		return "fcntl(" role(part[1]) ", F_ADD_SEALS, " part[3] ")"
	}
	if (call == "fcntl") {
		text = role(part[1])
		sub(/<[^>]*>(\(deleted\))?/, "", args)
		sub(/,.*/, "", part[1])
		sub(/<.*/, "", part[1])
		if (text ~ /^\/.*\/(tasks|cgroup\.procs)$/)
			text = "\"" text "\""
		sub(/^[0-9]+/, text ~ /^(control$|filters$|memfd$|exe$|")/ ? text : part[1], args)
		return "fcntl(" args ")"
	}
	if (call == "memfd_create") {
		sub(/0x10( .*)?$/, "MFD_EXEC", args)
		return call "(" args ")"
	}
	if (call ~ /^fs(config|mount)$/ && role(part[1]) == "overlay") {
		sub(/^[0-9]+<[^>]*>/, "overlay", args)
		return call "(" args ")"
	}
	if (call == "sendfile") # the last one says that there is no more
		return ret == "0" ? "" : "sendfile(" role(part[1]) ", \"" role(part[2]) "\")"
	if (call == "fchown" && role(part[1]) == "leader")
		return "fchown(leader, " part[2] ", " part[3] ")"
	if (call == "fchmod") {
		text = role(part[1])
		return "fchmod(" (text ~ /^\// ? "\"" text "\"" : text) ", " part[2] ")"
	}
	if (call == "mount_setattr" && args ~ /, AT_RECURSIVE, \{attr_set=[A-Z_|]*, attr_clr=0, propagation=MS_PRIVATE/) {
		sub(/.*attr_set=/, "", part[4])
		return "mount_setattr(" part[2] ", AT_RECURSIVE, " part[4] ")"
	}
	if (call == "move_mount")
		return "move_mount(tree, " part[4] ")"
	if (call == "mount" && args ~ /^NULL, "\/proc", NULL, [A-Z_|]*MS_REMOUNT\|MS_BIND/ && args !~ /MS_RDONLY/)
		return "mount(NULL, \"/proc\", NULL, as before|MS_REMOUNT|MS_BIND, NULL)"
	if (call == "mount")
		sub(/^"\/proc\/self\/fd\/[0-9]+", "\/sys\/fs\/cgroup"/, "cgroups, \"/sys/fs/cgroup\"", args)
	if (call == "fchown" && role(part[1]) ~ /^pipe:/)
		return "fchown(pipe)"
	# Not every processor has dup2.
	if (call ~ /^dup[23]$/ && role(part[1]) ~ /^(pipe:|pty$)/) {
		text = role(part[1])
		sub(/:.*/, "", text)
		sub(/<.*/, "", part[2])
		name[part[2]] = text == "pty" ? text : role(part[1])
		return "dup2(" text ", " part[2] ")"
	}
	if (call == "ioctl" && role(part[1]) == "ptmx")
		return "ioctl(ptmx, " part[2] (part[2] == "TIOCSPTLCK" ? ", 0" : "") ")"
	if (call == "ioctl" && role(part[1]) == "pty")
		return "ioctl(pty, " part[2] (part[2] == "TIOCSPGRP" ? ") if in the foreground" : ", 0)")
	if (call ~ /^open(at|at2)?$/ && ret ~ /<\/dev\/pts\/ptmx>$/)
		return "open(\"/dev/pts/ptmx\")"
	if (call == "execveat")
		return "execveat(" role(part[1]) ")"
	# The leader's, for the one of it that stands in the target's pid namespace.
	if (call == "clone" && args ~ /^child_stack=NULL, flags=SIGCHLD$/)
		return "clone()"
	if (call == "clone" && args ~ /flags=CLONE_PIDFD\|SIGCHLD(,|$)/)
		return "clone(CLONE_PIDFD)"
	if (call == "setgroups" && args == "0, NULL")
		return "setgroups(0, [])"
	if (call == "prctl") {
		sub(/SUID_DUMP_DISABLE/, "0", args)
		sub(/SUID_DUMP_USER/, "1", args)
	}
	if (call == "ptrace") {
		if (part[1] == "PTRACE_SECCOMP_GET_FILTER")
			return part[3] == "0" ? call "(" part[1] ", thread, each)" : ""
		return call "(" part[1] ", thread)"
	}
	if (call == "prlimit64")
		return call "(" multiply(args) ")"
	if (call == "personality")
		return call "(" personality(args) ")"
	if (call ~ /^open(at|at2)?$/) {
		text = ret
		sub(/^[0-9]+</, "", text)
		sub(/>$/, "", text)
		if (text ~ /\/oom_score_adj$/)
			text = "/proc/thread-self/oom_score_adj"
		return "open " anybody(text)
	}
	return call "(" args ")"
}

# What nsjoin has named after its pid namespace and its own number.
function anybody(text) {
	sub(/\/nsjoin-[0-9]+-[0-9]+/, "/nsjoin-PID", text)
	return text
}

# Those of them that the tests have.
function personality(names,    value) {
	value = names ~ /(^|\|)PER_LINUX32(\||$)/ ? 8 : 0
	if (names ~ /(^|\|)ADDR_NO_RANDOMIZE(\||$)/)
		value += 262144
	return sprintf("0x%x", value)
}

# strace writes large round numbers as "64*1024".
function multiply(args,    text) {
	while (match(args, /[0-9]+\*1024/)) {
		text = substr(args, RSTART, RLENGTH - 5)
		args = substr(args, 1, RSTART - 1) sprintf("%.0f", text * 1024) \
			substr(args, RSTART + RLENGTH)
	}
	return args
}

# "1<<CAP_CHOWN|1<<CAP_KILL" as sixteen hex digits.
function mask(text,    i, bit, digits, value) {
	for (i = 63; i >= 0; i--) {
		bit = i < n_caps && index("|" text "|", "<<CAP_" cap_order[i + 1] "|")
		value = value * 2 + (bit ? 1 : 0)
		if (i % 4 == 0) {
			digits = digits sprintf("%x", value)
			value = 0
		}
	}
	return digits
}

# All that are not among those that are gone.
function kept(gone,    i, text) {
	for (i = 1; i <= n_caps; i++)
		if (!index(gone "|", "<<CAP_" cap_order[i] "|"))
			text = text "|1<<CAP_" cap_order[i]
	return text
}

# What of a process is said once for many calls: "" until the last of them.
function gathered(p, i, call, args, ret,    text) {
	# One of this length is ours.
	if (call == "seccomp" && args ~ /[{]len=5, /)
		return "seccomp(SECCOMP_SET_MODE_FILTER, 0, no pidfd_getfd)"
	if (call == "seccomp")
		return loads[p]++ ? "" : "seccomp(SECCOMP_SET_MODE_FILTER, 0, each)"
	if (args ~ /^PR_CAPBSET_DROP/) {
		text = args
		sub(/^PR_CAPBSET_DROP, /, "", text)
		sub(/,.*/, "", text)
		gone = gone "|<<" text
		dropped = 1
	}
	return ""
}

# With --keep-caps capabilities are compared with each other; else the plan has their masks.
function capabilities(p, i, call, args,    text) {
	if (call == "capset") {
		permitted = field(args, "permitted")
		inheritable = field(args, "inheritable")
		raised = "0"
		if (line[p, i + 1] ~ /^seccomp\(/)
			return field(args, "effective") == permitted ? "capset(effective = permitted)" \
				: call "(" args ")"
		keeps = permitted != "0" && inheritable == permitted
		if (keeps && field(args, "effective") == permitted)
			return "capset(effective = inheritable = permitted)"
		return "capset(effective=" mask(field(args, "effective")) ", permitted=" mask(permitted) \
			", inheritable=" mask(inheritable) ")"
	}
	if (args ~ /PR_CAP_AMBIENT_CLEAR_ALL/)
		return "prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL)"
	text = args
	sub(/.*PR_CAP_AMBIENT_RAISE, /, "", text)
	sub(/,.*/, "", text)
	raised = raised == "0" ? "1<<" text : raised "|1<<" text
	if (keeps)
		return raised == permitted ? \
			"prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, each permitted)" : ""
	return raised == inheritable ? \
		"prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, each of " mask(raised) ")" : ""
}

function executed(args,    text) {
	text = args
	sub(/^[^,]*, /, "", text)
	sub(/\], .*/, "]", text)
	print "argv " text
	sub(/, .*/, "", args)
	print "execve(" args ")"
}

# "7</bin/x>, "", ["x"], …": by the file, or the copy that was made of it.
function executed_by_fd(args,    part, file) {
	split(args, part, ", ")
	file = role(part[1])
	sub(/^[^,]*, "", /, "", args)
	sub(/\], .*/, "]", args)
	print "argv " args
	print "execveat(" (file ~ /^(memfd|exe)$/ ? file : "\"" file "\"") ", AT_EMPTY_PATH)"
}

# Whether a process that shares our descriptors takes the caller's trees, and not the target's.
function takes_tools(child,    i) {
	for (i = 1; i <= lines[child]; i++)
		if (line[child, i] ~ /^open_tree\([0-9]+<[^>]*>, "usr", /)
			return 1
	return 0
}

# The caller's trees, taken without such a process: read-only copies, before anything is joined.
function takes_own_tree(call, args) {
	if (call == "open_tree" && args ~ /^[0-9]+<[^>]*>, "usr", /) {
		for_view = 1
		print "open_tree(your program trees, OPEN_TREE_CLONE|AT_RECURSIVE)"
	}
	if (!for_view)
		return 0
	if (call == "open_tree")
		return args ~ /, OPEN_TREE_CLONE\|OPEN_TREE_CLOEXEC\|/
	return call == "mount_setattr" && args ~ /, "", AT_EMPTY_PATH\|AT_RECURSIVE, \{attr_set=MOUNT_ATTR_RDONLY\|MOUNT_ATTR_NOSUID(\|MOUNT_ATTR_NODEV)?, attr_clr=0, propagation=MS_PRIVATE,/
}

# What makes the root directory of the target view, between two calls of umask(2): which of them, and
# how often, is not known before; the plan has them in outline.
function makes_view(call, args, ret) {
	# Where the loader cannot be covered its name is made anew; something is taken away when there is
	# no more mounted on it, and by its kind.
	if (ret ~ /^-1 / && ret !~ /ENOENT|EEXIST/ && !(call == "mount" && ret ~ /ENOTDIR/) &&
		!(call == "umount2" && ret ~ /EINVAL/) && !(call == "unlinkat" && ret ~ /EISDIR/))
		return 0
	if (call == "unshare" || (call == "mount" && args ~ /^NULL, "\/", NULL, MS_REC\|MS_PRIVATE, /))
		return view_part(2, args)
	if (call == "mount" && args ~ /^NULL, "\/", NULL, MS_RDONLY\|MS_NOSUID\|MS_NODEV\|MS_REMOUNT\|MS_BIND, NULL$/)
		return view_part(5, args)
	if (call == "open_tree" && args ~ /, "\.", OPEN_TREE_CLONE\|/)
		return view_part(3, args)
	if (call == "pivot_root")
		return args == "\".\", \".\"" ? view_part(4, args) : 0
	if (call ~ /^open(at)?$/)
		return args ~ /"(\.nsjoin\/|\/\.nsjoin\/|\/dev\/|etc\/)?[^"\/]*", O_WRONLY\|O_CREAT\|O_EXCL/
	if (call == "mount")
		return args ~ /^("overlay"|"tmpfs", "\/(tmp|dev)"|"devpts"|"\/\.nsjoin\/)/
	if (call == "fcntl") # fdopendir
		return args ~ /, F_SETFD, FD_CLOEXEC$/
	return call ~ /^(open_tree|mount_setattr|move_mount|fsopen|fsconfig|fsmount|mkdir(at)?|unlinkat|symlink(at)?|write|setfs[ug]id|umount2|chdir|fchdir)$/
}

# The parts whose order matters are printed when the last of them is done.
function view_part(part, args,    i) {
	view_parts = view_parts part
	if (part < 5)
		return 1
	if (view_parts != "22345")
		print "the parts of the view in another order: " view_parts
	print "unshare(CLONE_NEWNS)"
	print "mount(NULL, \"/\", NULL, MS_REC|MS_PRIVATE, NULL)"
	print "open_tree(each entry of the target's root, OPEN_TREE_CLONE|AT_RECURSIVE)"
	print "move_mount(each entry, in a tmpfs)"
	print "pivot_root(\".\", \".\")"
	print "mount(your program trees below the target's)"
	print "mount(" args ")"
	return 1
}

# The calls of a process; a child begins with the descriptors of its parent.
function walk(p, mark, from,    i, call, args, ret, text, fd, child) {
	for (i = from; i <= lines[p]; i++) {
		text = line[p, i]
		call = text
		sub(/\(.*/, "", call)
		args = substr(text, length(call) + 2)
		ret = args
		if (!sub(/.*\) += /, "", ret))
			ret = "?"
		if (!sub(/\) += [^=]*$/, "", args))
			sub(/ <[a-z]* \.\.\.>$/, "", args)
		if (call == "execveat" && ret == "0" && role(args) != "leader") {
			executed_by_fd(args)
			return
		}
		if (call == "execve") {
			if (ret != "0")
				continue # one of PATH's directories, or an error that the status tells of
			executed(args)
			return
		}
		learn(call, args, ret)
		if (call == "close") {
			fd = args
			sub(/<.*/, "", fd)
			delete name[fd]
		}
		if (dropped && args !~ /^PR_CAPBSET_/) {
			print mark "prctl(PR_CAPBSET_DROP, each but " mask(kept(gone)) ")"
			dropped = 0
			gone = ""
		}
		if (args ~ /^PR_CAPBSET_/ || call == "seccomp") {
			text = gathered(p, i, call, args, ret)
			if (text != "")
				print mark text
			continue
		}
		if (line_made != "" && call == "wait4" && args ~ /, NULL, __WALL, NULL$/) {
			learn("socketpair", line_made, "0")
			line_made = ""
		}
		if (looks_only(call, args))
			continue
		if (call == "umask" && for_view && mark == "") {
			if (in_view)
				for_view = 0
			in_view = !in_view
			continue
		}
		if (in_view && makes_view(call, args, ret))
			continue
		if (!in_view && mark == "" && takes_own_tree(call, args))
			continue
		if (call == "capset" || args ~ /^PR_CAP_AMBIENT/)
			text = mark == "" ? capabilities(p, i, call, args) : call "(" args ")"
		else
			text = translate(call, args, ret)
		if (text == "")
			continue
		# Before Linux 6.3 both calls have a flag less: it is tried first.
		if (text ~ /\|(MFD|F_SEAL)_EXEC\)$/ && ret ~ /EINVAL/) {
			tried = text
			continue
		}
		if (tried != "" && same_without_flag(tried, text))
			text = tried
		tried = ""
		child = ret
		# As a process in another pid namespace calls it, and as strace does.
		sub(/.*\/\* /, "", child)
		sub(/[^0-9].*/, "", child)
		# Who can be held up where it looks: it ends with us, and what it does is ours.
		if (call == "clone" && args ~ /CLONE_FILES/ && args ~ /CLONE_PIDFD/) {
			if (line[child, 1] !~ /^prctl\(PR_SET_PDEATHSIG, SIGKILL\) /)
				print "who can be held up does not end with us"
			walk(child, mark, 2)
			continue
		}
		if (call == "clone" && args ~ /CLONE_FILES/ && makes_control(child))
			continue
		if (call == "clone" && args ~ /CLONE_FILES/) {
			# It ends where it has gone to; what it has opened is ours.
			if (!in_view) {
				for_view = takes_tools(child)
				print mark "open_tree(" (for_view ? "your program trees" : "the target's root") \
					", OPEN_TREE_CLONE|AT_RECURSIVE)"
			}
			walk_child(child, "probe ")
			continue
		}
		if (call !~ /^(fork|vfork|clone|clone3)$/) {
			# Best effort: the file of an ordinary user can be no other's.
			if (text ~ /^fchown\(leader/ && ret ~ /EPERM/)
				ret = 0
			print mark text (ret ~ /^-1/ ? " failed: " ret : "")
		} else if (mark == "" && (child in executes || text == "clone()")) {
			print text
			walk_child(child, "")
			leads = call == "clone"
		} else if (mark == "" && (child in lines)) {
			print "probe " text
			walk_child(child, "probe ")
		} else {
			print mark text " = " ret
		}
	}
}

function same_without_flag(long, short) {
	sub(/\|[A-Z_]*_EXEC\)$/, ")", long)
	return long == short
}

# Whether a child makes the socket pair, which is ours. It does so beside us: it is there when the child
# has been waited for, and what had the numbers before is closed.
function makes_control(child,    i) {
	for (i = 1; i <= lines[child]; i++) {
		if (line[child, i] !~ /^socketpair\(/)
			continue
		line_made = substr(line[child, i], length("socketpair") + 2)
		return 1
	}
	return 0
}

# mawk copies no arrays: what the child changes of the parent's descriptors is put back by hand.
function walk_child(child, mark,    fd, saved) {
	saved = ""
	for (fd in name)
		saved = saved fd "\t" name[fd] "\n"
	walk(child, mark, 1)
	restore(saved)
}

function restore(saved,    list, n, i, part) {
	split("", name)
	n = split(saved, list, "\n")
	for (i = 1; i < n; i++) {
		split(list[i], part, "\t")
		name[part[1]] = part[2]
	}
}
