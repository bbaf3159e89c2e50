#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Only run/ and the leader's program change a process, only main and run/ end one, only the files that load a library
# load one, and nothing reads NSS or a locale: after a mount namespace was joined these files would
# be the target's. Undefined symbols tell; raw syscall() is judged by the numbers in the source.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
list=$1
require "$NM"

# Who may (a pattern of objects, ^$ for nobody), the symbols, what they do.
rules='
^run/ setns|unshare|v?fork|_Fork|clone|posix_spawnp?|daemon makes or moves a process
^run/ execv[ep]?|execvpe|execlp?|execle|fexecve|execveat|system|popen executes a program
^run/ set(|e|re|res|fs)[ug]id|setgroups|initgroups|setsid|setpgid|setpgrp changes ids
^run/ f?chdir|chroot|pivot_root|u?mount2?|move_mount|open_tree|mount_setattr|fs(open|config|mount|pick) changes root, directory or mounts
^run/ t?g?kill|killpg|raise|pthread_kill|sigqueue|pidfd_send_signal|ptrace|process_(vm_writev|madvise) acts on processes
^run/ prctl|setrlimit(64)?|prlimit(64)?|setpriority|nice|sched_set[a-z]+|umask|personality changes the process
^run/ unlink(at)?|remove|rmdir|renam(e|eat|eat2)|(mk(dir|nod|fifo)|link|symlink)(at)?|[lf]?chown|fchownat|f?l?chmod(at)?|f?truncate(64)?|[lf]?(set|remove)xattr|utimensat|futimens changes files
^run/ set(host|domain)name|settimeofday|clock_settime|reboot|swapo(n|ff) changes the machine
^run/ capset changes capabilities
^run/child$ _?exit|_Exit|quick_exit|abort ends the process
^$ v?(err|warn)x?|error|perror|psignal|v?dprintf writes past util/log
^(cli|show)/ v?printf|puts|putchar|stdout writes to standard output
^util/log$ stderr writes to standard error
^sys/(capng|library|mounts|jsondoc)$ dlopen|dlmopen|dlv?sym loads code
^$ (get|set|end)(pw|gr|sp)(nam|uid|gid|ent)(_r)? reads NSS
^$ getaddrinfo|getnameinfo|gethostby[a-z]+|getgrouplist|getlogin(_r)?|wordexp reads NSS
^$ (new|use|set)locale|iconv(_open)?|(bind)?textdomain|d?c?n?gettext|nl_langinfo reads a locale
^$ strerror(_[rl])?|strsignal reads a locale
'

needed=$(symbols "$list" -u)
while read -r who names what; do
	[ -n "$who" ] || continue
	while read -r object symbol; do
		[[ $object =~ $who ]] || finding "src/$object.c: $symbol $what"
	done < <(grep -E " ($names)\$" <<<"$needed" || :)
done <<<"$rules"

# What only looks where its argument is this one.
asking='SYS_personality, 0xffffffffUL|SYS_prctl, PR_(GET_[A-Z]+|CAPBSET_READ)|SYS_bpf, BPF_PROG_(QUERY|GET_FD_BY_ID)|SYS_(open_tree|mount_setattr), -1, NULL, ~0U'
# Calls by number: outside run/ and the leader only those that look. A table may name numbers that
# others call.
looking='^SYS_(capget|pidfd_open|pidfd_getfd|openat2|statx|statmount|listmount|getdents64|faccessat2|kcmp|getegid|ioprio_get)$'
cd "$src"
while IFS=: read -r file line text; do
	[[ $file =~ ^src/(run|leader)/ ]] && continue
	while read -r number; do
		[[ $number =~ $looking ]] || finding "$file:$line: $number is not a call that only looks"
	done < <(sed -E "s/$asking//g" <<<"$text" | grep -oE '\b(SYS_|__NR_)[a-z0-9_]+')
done < <(grep -nE '\bsyscall\((SYS_|__NR_)[a-z0-9_]+' -r src --include='*.[ch]')

# A number that is not spelled out could be any call. The leader has its callers spell it.
while IFS=: read -r file line text; do
	[[ $text =~ syscall\(SYS_ || $file == src/leader/libc.h ]] || finding "$file:$line: syscall() without the name of the call"
done < <(grep -nE '\bsyscall\(' -r src --include='*.[ch]' | grep -vE ':[[:blank:]]*/?\*( |$)' || :)

# libcap-ng is loaded: its functions are called by pointers, which no symbol tells of.
while IFS= read -r hit; do
	[[ $hit =~ ^src/run/ ]] || finding "$hit"
done < <(grep -nE '(->|\.)(apply|apply_caps_fd|change_id|lock)\(' -r src --include='*.[ch]' || :)

while IFS= read -r hit; do
	[[ $hit =~ ^src/(run|leader)/ ]] || finding "$hit"
done < <(grep -nE '\b(__)?asm(__)?\b' -r src --include='*.[ch]' || :)
finish
