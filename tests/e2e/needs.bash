# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# What a test can need of the machine.

# need_missing WORD - whether the machine has it. Where not: status 1, and why on stdout.
need_missing() {
	case $1 in
	root)
		[ "$EUID" -eq 0 ] && return
		echo "must be run as root"
		;;
	user)
		[ "$EUID" -eq 0 ] && setpriv --reuid 1000 --regid 1000 --clear-groups true && return
		echo "must be root, to become an ordinary user"
		;;
	userns)
		unshare -U true 2>/dev/null && return
		echo "user namespaces cannot be made here"
		;;
	userns-binfmt)
		unshare -rm mount -t binfmt_misc none /mnt 2>/dev/null && return
		echo "the kernel has no binfmt_misc of user namespaces (Linux 6.7)"
		;;
	timens)
		[ -e /proc/self/ns/time ] && return
		echo "the kernel has no time namespaces"
		;;
	cgroup1)
		grep -q ' - cgroup ' /proc/self/mountinfo && return
		echo "no cgroup hierarchy of version 1 is mounted"
		;;
	cgroup2)
		grep -q ' - cgroup2 ' /proc/self/mountinfo && return
		echo "no cgroup hierarchy of version 2 is mounted"
		;;
	cgroup)
		grep -qE ' - cgroup2? ' /proc/self/mountinfo && return
		echo "no cgroup hierarchy is mounted"
		;;
	cgroup-*) # a controller, of either version
		grep -qE " - cgroup .*[ ,]${1#cgroup-}(,|\$)" /proc/self/mountinfo && return
		grep -qw "${1#cgroup-}" "$(awk '/ - cgroup2 / { print $5; exit }' \
			/proc/self/mountinfo)/cgroup.controllers" 2>/dev/null && return
		echo "no cgroup hierarchy with the ${1#cgroup-} controller is mounted"
		;;
	freezer)
		[ -d /sys/fs/cgroup/freezer ] && return
		echo "the freezer controller of version 1 is not mounted"
		;;
	docker)
		need_missing root && need_missing dockerd && command -v docker containerd runc \
			>/dev/null &&
			need_missing busybox && return
		echo "the programs of a docker engine are not installed"
		;;
	alone) # where the calls for a name are counted
		[ -z "$("$NSJOIN" ps -q)" ] && return
		echo "containers run on this machine, and their engines are asked for names, too"
		;;
	busybox)
		command -v busybox >/dev/null && ! ldd "$(command -v busybox)" >/dev/null 2>&1 && \
			return
		echo "no statically linked busybox is installed"
		;;
	pidfs)
		python3 -c 'from os import *
exit(fstat(pidfd_open(getpid())).st_ino == fstat(pidfd_open(getppid())).st_ino)' 2>/dev/null && \
			return
		echo "the kernel has no inode for each process"
		;;
	tiocsti)
		[ -w /proc/sys/dev/tty/legacy_tiocsti ] && return
		echo "the kernel has no switch for typing into another's terminal"
		;;
	memfd-noexec)
		[ -e /proc/sys/vm/memfd_noexec ] && return
		echo "the kernel cannot forbid programs in memory"
		;;
	fuse)
		[ -c /dev/fuse ] && return
		echo "the kernel has no FUSE file systems"
		;;
	autofs)
		[ -c /dev/autofs ] && return
		echo "the kernel cannot mount what is asked for"
		;;
	nsenter)
		[ -x /usr/bin/nsenter ] && return
		echo "nsenter is not installed"
		;;
	*)
		command -v "$1" >/dev/null && return
		echo "$1 is not installed"
		;;
	esac
	return 1
}
