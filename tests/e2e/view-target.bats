#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# needs: root userns timens busybox strace python3
# mounts: own
# -H: the host's programs in targets that have none, with the target's files at "/".
# shellcheck disable=SC2154,SC2119,SC2120,SC2030,SC2031,SC2016
# shellcheck source=lib.bash
. "$BATS_TEST_DIRNAME/lib.bash"
# shellcheck source=view.bash
. "$BATS_TEST_DIRNAME/view.bash"

setup() {
	root=$BATS_TEST_TMPDIR/root
}

# entered [OPTIONS] - a container with the files that were put into $root
entered() {
	target_start --ns=muinpC --mount-proc --pivot --root="$root" --hostname=tgt "$@"
}

# distroless - a file system whose own loader and C library are of no use to anybody else
distroless() {
	local file
	one_file_root "$root"
	mkdir -p "$root"/{etc,bin,dev,tmp,usr/bin,usr/lib,usr/share/data}
	echo 127.0.0.1 localhost >"$root/etc/hosts"
	for file in lib64/ld-linux-x86-64.so.2 lib/x86_64-linux-gnu/libc.so.6; do
		install -D /dev/null "$root/$file"
		head -c 4000 /dev/urandom >"$root/$file"
		chmod 755 "$root/$file"
	done
}

# own_libc - a file system with a program of its own, its loader and its libraries
own_libc() {
	local lib
	mkdir -p "$root"/{proc,app,dev}
	cp /bin/date "$root/app/own"
	for lib in $(ldd /bin/date | grep -oE '/[^ ]+'); do
		install -D "$(readlink -f "$lib")" "$root$lib"
	done
}

view() {
	ok -t "$T" -H "$@"
}

@test "one static file: our programs run as if they were at home" {
	one_file_root "$root"
	entered
	untouched "$root" view sh -c 'ps -e -o comm= | head -n 1; ls -m /; hostname; id -u; /app arg'
	grep -q '^nsbox$' <<<"$output" || fail "$output"
	grep -q 'app, bin, dev, lib.*usr' <<<"$output" || fail "$output"
	grep -q '^tgt$' <<<"$output" || fail "$output"
	[ "$(tail -n 1 <<<"$output")" = "arg 1 arg" ] || fail "$output"
}

@test "nothing changes while a program is there" {
	one_file_root "$root"
	entered
	untouched_during "$root" -H
	kept_stop
	distroless
	entered
	untouched_during "$root" -H
}

@test "a target that has some of the directories, and no loader" {
	local dirs
	for dirs in bin "bin sbin" "usr/bin" "bin usr/share" "lib bin" "lib usr"; do
		rm -rf "$root"
		one_file_root "$root"
		(cd "$root" && mkdir -p $dirs)
		entered
		view sh -c 'ls / | grep -c app; python3 -c "import json, ctypes; print(2)"'
		expect_output $'1\n2'
		view cat /proc/self/comm
		expect_output cat
		kept_stop
	done
}

@test "a target whose loader and libraries are incompatible" {
	distroless
	entered
	untouched "$root" view sh -c 'ps -e -o pid= | head -n 1; python3 -c "import json, ctypes; print(2)"
		perl -e "use POSIX; print 3, chr(10)"; /bin/sh -c "echo 4"; env echo 5; awk "BEGIN { print 6 }"
		/app arg | tail -n 1'
	expect_output "      1
2
3
4
5
6
arg 1 arg"
}

@test "with a loader of its own in the way a program is what it is called" {
	distroless
	entered
	view sh -c 'readlink /proc/self/exe; cat /proc/self/comm; tr "\0" " " </proc/self/cmdline'
	[ "$(sed -n 1,2p <<<"$output")" = "/.nsjoin/host/usr/bin/readlink
cat" ] || fail "$output"
	[[ "$(sed -n 3p <<<"$output")" == "sh -c readlink"* ]] || fail "$output"
}

@test "with a loader of its own in the way and a /proc where the program is not" {
	distroless
	printf '#!/bin/sh\necho "$0 $1"\n' >"$root/s"
	printf '#!/usr/bin/env python3\nimport sys; print(*sys.argv)\n' >"$root/usr/p"
	chmod 755 "$root/s" "$root/usr/p"
	entered
	ok -t "$T" -H -n sh -c '[ ! -e /proc/self ] || echo seen; cd /; /s 1; ./s 2; /usr/p 3; cd usr; ../s 4
		./p 5; cd /.nsjoin/host/usr/bin && ./id -u; cd ../lib && ../bin/id -u; cd /usr/bin; ./env echo 6'
	expect_output "/s 1
./s 2
/usr/p 3
../s 4
./p 5
0
0
6"
	kept_stop
	rm -r "${root:?}" && own_libc
	printf '#!/app/own +%%Y\n' >"$root/app/s" && chmod 755 "$root/app/s"
	entered
	ok -t "$T" -H -n sh -c 'cd /app && ./own +%Y; ./s --nonsense; echo $?'
	expect_output "$(date +%Y)
1"
	expect_stderr "/app/own: unrecognized option"
}

@test "the target's own programs have their own loader and libraries" {
	own_libc
	entered
	view sh -c '/app/own +%Y; /app/own --nonsense; echo $?; command -v date'
	[ "$(head -n 1 <<<"$output")" = "$(date +%Y)" ] || fail "$output"
	[ "$(sed -n 2p <<<"$output")" = 1 ] || fail "$output"
	expect_stderr "unrecognized option"
	view strace -f -qq -e trace=openat /app/own +%Y
	! grep -E '(libc|ld-linux)[^"]*", ' <<<"$stderr" | grep -q '/.nsjoin/host' || fail "$stderr"
}

# As ldd(1) does: it asks the loader, and is not to be told that the stand-in is none.
@test "the loader itself is that of the file that it is asked about" {
	local loader
	own_libc
	loader=$(ldd /bin/date | grep -oE '/[^ ]*ld-[^ ]+')
	cp "$NSJOIN_HELPERS/noop" "$root/app/static"
	entered
	view sh -c 'ldd /.nsjoin/host/usr/bin/env; echo; ldd /app/own; echo; ldd /app/static 2>&1 || echo $?'
	[[ "$(sed '/^$/,$d' <<<"$output")" == *"libc.so.6 => /.nsjoin/host/"* ]] || fail "$output"
	[[ "$(sed '1,/^$/d; /^$/,$d' <<<"$output")" == *"libc.so.6 => /lib"* ]] || fail "$output"
	[[ "$output" == *"not a dynamic executable"*1 ]] || fail "$output"
	view "$loader" --argv0 called /app/own +%Y
	expect_output "$(date +%Y)"
	rm "$root$loader"
	view sh -c 'ldd /app/static 2>&1 || echo $?; "$0" /app/own || echo $?' "$loader"
	[[ "$output" == *"not a dynamic executable"*1$'\n'127 ]] || fail "$output"
	expect_stderr "/app/own: the target has no loader for it"
}

@test "a program of the target's that a link of the caller's leads to does not stand in for his" {
	[ -x /usr/bin/ip ] || [ -x /bin/ip ] || skip "no ip(8) here"
	one_file_root "$root"
	mkdir -p "$root/bin"
	printf '#!/app\n' >"$root/bin/ip"
	chmod 755 "$root/bin/ip"
	entered
	view ip -V
	[[ "$output" == *iproute2* ]] || fail "$output"
}

# host_runs_in FILES - the host's programs and the target's do, where this has made the target's files
host_runs_in() {
	[ ! -e "$root/app" ] || rm -r "${root:?}"
	one_file_root "$root"
	(cd "$root" && eval "$1")
	entered
	untouched "$root" ok -t "$T" -q -H sh -c 'id -u; /bin/sh -c "echo 2"; readlink /proc/self/exe
		python3 -c "import json, ctypes; print(3)"; /app arg | tail -n 1; env echo 4'
	[ "$output" = "0
2
/.nsjoin/host/usr/bin/readlink
3
arg 1 arg
4" ] || fail "$1" "$output" "$stderr"
}

@test "where the loader has its name there is nothing, or a link to nowhere, or a file" {
	local files
	for files in "ln -s lib lib64" "mkdir -p usr/lib; ln -s lib usr/lib64; ln -s usr/lib64 lib64" \
		"mkdir -p usr/lib; ln -s usr/lib lib64; ln -s lib usr/lib64; ln -s usr/lib lib" \
		"mkdir -p store/lib store/bin; for d in lib lib64 bin; do ln -s /store/\${d%64} \$d; done
			cp $(command -v busybox) store/bin/sh" \
		"mkdir -p system/usr/lib; ln -s /system/usr usr; ln -s usr/lib lib; ln -s usr/lib64 lib64" \
		"ln -s /nowhere usr; ln -s usr/lib lib; ln -s usr/bin bin" "ln -s lib64 lib64" \
		"ln -s nowhere lib64" "echo x >lib64" "echo x >usr" "mkdir -p lib64/ld-linux-x86-64.so.2/x" \
		"mkdir -p lib/x lib64/y; ln -s /nowhere lib64/ld-linux-x86-64.so.2; echo z >lib64/z" \
		"ln -s proc/self/root/nowhere lib64"; do
		host_runs_in "$files"
		kept_stop
	done
	host_runs_in "mkdir -p usr/lib; echo theirs >usr/lib/file; ln -s lib usr/lib64; ln -s usr/lib64 lib64"
	view cat /lib64/file /usr/lib64/file
	expect_output "theirs
theirs"
}

# An overlay cannot be made of what consists of two already.
@test "no overlay can be made of the target's root" {
	local dirs
	for dirs in "usr lib bin" "usr lib lib64 bin" "lib64"; do
		rm -rf "$BATS_TEST_TMPDIR"/deep "$root"
		one_file_root "$root"
		(cd "$root" && mkdir -p $dirs && touch "${dirs##* }/theirs" && [ ! -d bin ] ||
			cp "$(command -v busybox)" "$root/bin/sh")
		mkdir "$BATS_TEST_TMPDIR/deep"
		entered --setup="cd $BATS_TEST_TMPDIR/deep && mount -t tmpfs none . && mkdir none one &&
			mount -t overlay none -o lowerdir=$root:none one &&
			mount -t overlay none -o lowerdir=one:none $root"
		view sh -c 'ls /*/theirs; python3 -c "import json, ctypes; print(3)"; /app arg | tail -n 1
			/bin/sh -c "echo 4"; touch /x || echo read-only'
		expect_output "/${dirs##* }/theirs
3
arg 1 arg
4
read-only"
		expect_stderr "note: -H: without an overlay"
		kept_stop
	done
}

@test "a target without /proc, /dev and /tmp" {
	mkdir "$root"
	cp "$fdlist" "$root/app"
	target_start --ns=muinpC --pivot --root="$root"
	view sh -c 'ps -e -o comm= | head -n 1; echo x >/tmp/x && cat /tmp/x; : >/dev/null && echo null
		script -qc "echo pty" /dev/null'
	[ "$(tr -d '\r' <<<"$output")" = "nsbox
x
null
pty" ] || fail "$output" "$stderr"
	[ "$(ls "$root")" = app ] || fail "$(ls "$root")"
}

@test "the devices that are supplied are not the target's to change" {
	one_file_root "$root"
	entered
	# As it is already: where it could be changed this does no harm.
	view sh -c 'for d in null zero full random urandom tty; do
			chmod "$(stat -c %a /dev/$d)" /dev/$d 2>/dev/null && echo "$d"
		done
		echo x >/dev/null && head -c 1 /dev/zero | wc -c'
	expect_output 1
}

@test "a host whose /dev lacks some of them" {
	one_file_root "$root"
	entered
	hear unshare --mount --propagation private sh -c '
		mount -t tmpfs none /dev && mknod -m 666 /dev/null c 1 3 && mknod -m 666 /dev/zero c 1 5 &&
		exec "$@"' sh timeout 20 "$NSJOIN" -t "$T" -H sh -c 'echo /dev/*; : >/dev/null' \
		3>&- </dev/null
	expect_status 0
	expect_output '/dev/null /dev/ptmx /dev/pts /dev/zero'
}

@test "files and links to nowhere in the place of /proc, /dev and /tmp" {
	local files
	for files in "ln -s /nowhere dev; ln -s nowhere proc; ln -s var/tmp tmp" \
		"touch proc dev tmp" "mkdir -p x dev; ln -s x proc; ln -s nowhere dev/null; ln -s tmp tmp"; do
		rm -rf "$root" && mkdir "$root"
		(cd "$root" && cp "$fdlist" app && eval "$files")
		target_start --ns=muinpC --pivot --root="$root"
		untouched "$root" view sh -c 'ps -e -o comm= | head -n 1; echo x >/tmp/x && cat /tmp/x
			: >/dev/null && echo null; head -c 1 /dev/zero | wc -c; script -qc "echo pty" /dev/null'
		[ "$(tr -d '\r' <<<"$output")" = "nsbox
x
null
1
pty" ] || fail "$files" "$output" "$stderr"
		kept_stop
	done
}

@test "a target that is only in another root directory" {
	one_file_root "$root"
	target_start --ns=p --root="$root"
	view sh -c 'ls -m $NSJOIN_ROOT; ps -e | wc -l; pwd'
	[ "$(head -n 1 <<<"$output")" = "app, proc" ] || fail "$output"
	[ "$(sed -n 2p <<<"$output")" -lt 10 ] || fail "$output"
}

@test "a target whose files are the caller's own" {
	local options
	target_start --ns=n
	for options in -n -a; do
		hear j -t "$T" "$options" -H \
			sh -c '[ ! -t 0 ] && [ ! -t 1 ] && cat && echo "$0"' <<<hello
		expect_status 0
		expect_output "hello"$'\n'sh
		! grep -q 'nothing to join' <<<"$stderr" || fail "$stderr"
	done
}

@test "a volume below a directory that is filled stays in sight" {
	distroless
	mkdir -p "$root/usr/lib/two words" "$root/usr/lib/back\\slash"
	entered --setup="for d in $root/usr/share/data $root/usr/lib/*; do
		mount -t tmpfs none \"\$d\" && touch \"\$d/volume\"; done"
	view sh -c 'ls /usr/share/data; echo x >/usr/share/data/new && cat $NSJOIN_ROOT/usr/share/data/new
		touch /usr/x || echo read-only; ls "/usr/lib/two words" "/usr/lib/back\\slash"'
	expect_output "volume
x
read-only
/usr/lib/back\\slash:
volume

/usr/lib/two words:
volume"
}

@test "a volume below a directory that is filled, and covered itself" {
	distroless
	mkdir -p "$root"/usr/share/{a,c}/b
	entered --setup="for d in a/b c/b; do mount -t tmpfs none $root/usr/share/\$d || exit; done
		mount -t tmpfs none $root/usr/share && touch $root/usr/share/a"
	view sh -c 'ls -m /usr/share/a; ls -m /usr/share'
	expect_output "/usr/share/a
a"
}

@test "the target's files are its own, / itself is read-only" {
	distroless
	entered
	view sh -c 'touch /x || echo refused; echo y >/etc/y; echo z >$NSJOIN_ROOT/z; cat /etc/y'
	expect_output "refused
y"
	[ "$(<"$root/etc/y")" = y ] && [ "$(<"$root/z")" = z ]
}

@test "a read-only root" {
	distroless
	entered --setup="mount --bind $root $root && mount -o remount,bind,ro $root && cd $root"
	view sh -c 'ls /app; touch /etc/y || echo read-only'
	expect_output "/app
read-only"
}

@test "file systems whose server is dead or silent, or is somebody's own" {
	requires fuse
	one_file_root "$root"
	mkdir -p "$root"/{dead,silent,own,usr,etc}
	# mount(8) of 2.41 looks at what it is about to attach, which somebody else may not.
	entered --setup="cd $root; export LIBMOUNT_FORCE_MOUNT2=always; for d in dead silent own usr; do
			u=0; [ \$d != own ] || u=1000
			exec 7<>/dev/fuse
			mount -i -t fuse -o fd=7,rootmode=40000,user_id=\$u,group_id=0 none \$d || exit
			[ \$d != silent ] || sleep 1000 &
			exec 7>&-
		done"
	view sh -c 'ls -m /; ls /dead /own; : >/etc/written; python3 -c "import json; print(3)"'
	grep -q 'app, bin, dead, dev, etc,.* own, .* silent, ' <<<"$output" || fail "$output"
	[ "$(tail -n 1 <<<"$output")" = 3 ] || fail "$output"
	expect_stderr "/dead.*: Transport endpoint"
	expect_stderr "/own.*: Permission denied"
	[ -e "$root/etc/written" ]
}

@test "what is mounted when it is asked for is not asked for" {
	requires autofs
	one_file_root "$root"
	mkdir -p "$root"/{auto,etc}
	# Who asks waits for the one that holds the other end, which is as good as none.
	entered --setup="mkfifo $BATS_TEST_TMPDIR/asked && exec 7<>$BATS_TEST_TMPDIR/asked &&
		mount -i -t autofs -o fd=7,pgrp=\$\$,minproto=5,maxproto=5,direct none $root/auto || exit
		sleep 1000 &"
	grep -q ' /auto .* autofs ' "/proc/$T/mountinfo" || fail "$(<"/proc/$T/mountinfo")"
	view ls /app /
	[ "$(head -n 1 <<<"$output")" = /app ] && grep -qx auto <<<"$output" || fail "$output"
}

@test "mounts that cannot be bound: an entry, one below, the root directory itself" {
	one_file_root "$root"
	mkdir -p "$root"/{bin,entry,etc/below}
	cp "$(command -v busybox)" "$root/bin/busybox"
	entered
	for dir in /entry /etc/below /; do
		[ "$dir" = / ] || ok -t "$T" -m /bin/busybox mount -t tmpfs none "$dir"
		ok -t "$T" -m /bin/busybox mount --make-unbindable "$dir"
	done
	grep -c unbindable "/proc/$T/mountinfo" | grep -qx 3 || fail "$(<"/proc/$T/mountinfo")"
	view sh -c 'for d in /entry /etc/below $NSJOIN_ROOT/etc; do echo $d >$d/written; done'
	ok -t "$T" -m /bin/busybox cat /entry/written /etc/below/written /etc/written
	expect_output "/entry
/etc/below
/.nsjoin/root/etc"
}

@test "a root directory of more entries than are bound" {
	local n
	one_file_root "$root"
	(cd "$root" && for n in {1..70}; do echo "a$n b$n c$n d$n e$n"; done | xargs mkdir)
	mkdir -p "$root/usr/share" "$root/dev"
	entered
	untouched "$root" view sh -c 'ls / | grep -c "^[a-e][0-9]"; python3 -c "import json; print(3)"
		for d in /[a-e][0-9]*; do cd $d || exit; done; : >/dev/null; ls -d /usr/share/perl*'
	[[ "$output" == "350
3
/usr/share/perl"* ]] || fail "$output" "$stderr"
}

@test "/.nsjoin of the target's is out of the way, whatever it is" {
	local kind
	one_file_root "$root"
	for kind in file link directory; do
		rm -rf "$root/.nsjoin"
		case $kind in
		file) echo x >"$root/.nsjoin" ;;
		link) ln -s / "$root/.nsjoin" ;;
		directory) mkdir "$root/.nsjoin" && echo x >"$root/.nsjoin/host" ;;
		esac
		entered
		view sh -c 'ls -m /.nsjoin; ls -d $NSJOIN_ROOT/.nsjoin'
		[[ "$output" == *host*root* ]] || fail "$kind: $output"
		kept_stop
	done
}

@test "the target's limits and one capability, and nothing of ours" {
	local caps
	distroless
	entered --uid=65532 --gid=65532
	view sh -c 'id -u; grep -E "^Cap(Eff|Prm)" /proc/self/status; cat /etc/shadow; ls /.nsjoin/host/etc
		for fd in /proc/self/fd/*; do [ -e $fd ] && echo fd ${fd##*/}; done
		env | grep ^LD_; touch /.nsjoin/host/usr/x || true'
	grep -qx 65532 <<<"$output" || fail "$output"
	for caps in CapEff CapPrm; do
		grep -q "^$caps:[[:blank:]]*0000000000080000" <<<"$output" || fail "$output"
	done
	grep -qx alternatives <<<"$output" || fail "$output"
	[ "$(grep '^fd' <<<"$output" | tr '\n' ' ')" = "fd 0 fd 1 fd 2 " ] || fail "$output"
	! grep -q ^LD_ <<<"$output" || fail "$output"
	expect_stderr '/etc/shadow: No such file'
	expect_stderr 'Read-only file system'
}

# in_own_cgroup - $output: the program is in the target's cgroups, as they are seen in there
in_own_cgroup() {
	[ "$(grep : <<<"$output")" = "$(nsenter -t "$T" -C cat "/proc/$T/cgroup")" ] || fail "$output"
}

# leaves_out HIERARCHY - a list of what to leave out, of a target in a cgroup that stands still
leaves_out() {
	distroless
	cgroup_make "$1" "nsjoin-view-$BATS_TEST_NUMBER-$$"
	OF_TARGET=1 entered --filters=1
	echo "$T" >"$REPLY/cgroup.procs"
	freeze "$REPLY"
	if [ "$1" = freezer ]; then
		fails_with 125 permission 'does not stop' -t "$T" -H true
		[[ "$stderr" == *"--as-target=-seccomp leaves"* ]] || fail "$stderr"
		fails_with 125 permission 'does not stop' -t "$T" -H --dry-run true
	fi
	ok -t "$T" -H --as-target=-seccomp sh -c 'cat /proc/self/cgroup
		env; grep -E "^(CapEff|Seccomp):" /proc/self/status'
	! grep -E 'nsjoin-view|OF_TARGET' <<<"$output" || fail "$output"
	[[ "$output" == *CapEff:*Seccomp:*0 ]] || fail "$output"
	thaw "$REPLY"
	ok -t "$T" -H --as-target=caps,cgroup,env env
	grep -q '^OF_TARGET=1$' <<<"$output" || fail "$output"
	ok -t "$T" -H --as-target=caps,cgroup,env cat /proc/self/cgroup
	in_own_cgroup
}

# bats test_tags=cgroup1
@test "a list of what to leave out leaves the cgroup and the environment out, too: version 1" {
	requires freezer
	leaves_out freezer
}

@test "a list of what to leave out leaves the cgroup and the environment out, too: version 2" {
	requires cgroup2
	leaves_out ''
}

# What the target can make our programs load has the target's rights and one capability.
@test "code of the target's that is loaded gains nothing" {
	distroless
	cat >"$BATS_TEST_TMPDIR/evil.c" <<-'C'
		#include <stdio.h>
		#include <string.h>
		__attribute__((constructor)) static void run(void) {
			char line[256]; FILE *f = fopen("/proc/self/status", "r");
			while (f && fgets(line, sizeof(line), f))
				if (!strncmp(line, "CapEff", 6)) fprintf(stderr, "evil %s", line);
		}
	C
	cc -shared -fPIC -o "$root/evil.so" "$BATS_TEST_TMPDIR/evil.c" || skip "no compiler"
	echo /evil.so >"$root/etc/ld.so.preload"
	entered --uid=65532 --gid=65532
	view true
	expect_stderr 'evil CapEff:.0000000000080000'
	ok -t "$T" -H --view=host true
	! grep -q evil <<<"$stderr" || fail "$stderr"
}

@test "our files stay read-only where the target may mount" {
	distroless
	entered
	view sh -c 'grep CapEff /proc/1/status /proc/self/status; mount -o remount,bind,rw /.nsjoin/host/usr || :
		touch /.nsjoin/host/usr/nsjoin-test || :'
	expect_stderr 'Read-only file system'
	[ ! -e /usr/nsjoin-test ]
	# All that the target has, but the one with which it could.
	[ $((0x${output##*[[:blank:]]})) -eq $((0x$(sed -n 's/^CapEff:\s*//p' "/proc/$T/status") & ~(1 << 21))) ] ||
		fail "$output"
}

@test "a target that has no processes of its own: no capability more than it has" {
	distroless
	target_start --ns=muinC --pivot --root="$root" --engine-caps --mount-proc
	view grep CapEff /proc/self/status
	expect_output "$(grep CapEff "/proc/$T/status")"
	entered --engine-caps
	view setpriv --dump
	[[ "$output" == *sys_ptrace* ]] || fail "$output"
	# Among the caller's processes.
	view -n setpriv --dump
	expect_stderr 'among your processes'
	[[ "$output" == *bounding*net_raw* && "$output" != *sys_ptrace* ]] || fail "$output"
}

@test "the same capability where the kernel does not tell with whom a pid namespace began" {
	local joiner pid
	distroless
	cp "$(command -v busybox)" "$root/bin/busybox"
	entered --engine-caps
	nsenter -t "$T" -a /bin/busybox sleep 1000 3>&- &
	joiner=$!
	# The command's name is that of busybox, and nsenter's before.
	until pid=$(pgrep -P "$joiner" busybox); do sleep 0.02; done
	for pid in "$T" "$pid"; do
		hear timeout -k 5 20 strace -qq -o /dev/null -e trace=ioctl \
			-e inject=ioctl:error=ENOTTY "$NSJOIN" -t "$pid" -H setpriv --dump 3>&-
		[ "$status" -eq 0 ] || fail "$pid: status $status" "$output" "$stderr"
		[[ "$output" == *sys_ptrace* ]] || fail "$pid, $T is the first:" "$output"
	done
	kill -KILL "$pid"
	wait "$joiner" || :
}

# opens_null - what a program in the view says of opening a device that everybody may have
opens_null() {
	hear j "$@" -t "$T" -H sh -c 'true </dev/zero && echo opened; grep ^0: /proc/self/cgroup'
}

@test "which devices can be opened is the target's to say, and what is used is the caller's" {
	local ours above="" own here
	requires cgroup2
	distroless
	entered
	ours=$(nsenter -t "$T" -C grep ^0: /proc/self/cgroup) # as it is seen from there
	above=$(cgroup_of '' "$BASHPID")
	cgroup_make '' "nsjoin-test-$BASHPID"
	echo "$T" >"$REPLY/cgroup.procs"
	# Where all may open all no cgroup is made.
	opens_null
	expect_output $'opened\n'"$ours"
	"$NSJOIN_HELPERS/nodevices" "$REPLY"
	# Not even where the target's own processes cannot go on.
	echo 1 >"$REPLY/cgroup.freeze"
	until grep -q 'frozen 1' "$REPLY/cgroup.events"; do sleep 0.01; done
	here=$(stat -Lc %i /proc/self/ns/pid)
	# A number that no process has: of one that was killed. Those of another pid namespace stay.
	mkdir "$above/nsjoin-$here-4194305" "$above/nsjoin-1-4194305"
	opens_null
	echo 0 >"$REPLY/cgroup.freeze"
	rmdir "$above/nsjoin-1-4194305"
	own=${ours%/}/nsjoin-$here-
	[[ "$output" == "$own"[0-9]* ]] || fail "$output" "$stderr"
	expect_stderr 'not permitted'
	[[ "$stderr" != *nsjoin:* ]] || fail "$stderr"
	# Gone with the program, and so is the one that was left behind.
	[ ! -e "$above/${output##*/}" ] && [ ! -e "$above/nsjoin-$here-4194305" ] || fail "a cgroup is left"
	opens_null --privileged
	expect_output $'opened\n'"$ours"
	kept_stop
}

@test "a cgroup of the program's own goes with a program that was killed, and one that is used stays" {
	local above own
	requires cgroup2
	distroless
	entered
	above=$(cgroup_root '')$(sed -n 's/^0:://p' /proc/self/cgroup)
	cgroup_make '' "nsjoin-test-$BASHPID"
	echo "$T" >"$REPLY/cgroup.procs"
	"$NSJOIN_HELPERS/nodevices" "$REPLY"
	hear j -t "$T" -H sh -c 'grep ^0: /proc/self/cgroup; kill -KILL $$'
	expect_status 137
	own=${output##*/}
	[[ "$own" == "nsjoin-$(stat -Lc %i /proc/self/ns/pid)"-[0-9]* ]] || fail "$output" "$stderr"
	[ ! -e "$above/$own" ] || fail "a cgroup is left"
	# Of an nsjoin that had the same number: what it has left runs still.
	sleep 60 3>&- &
	kept_pid+=($!)
	hear timeout 20 sh -c 'own=$1/nsjoin-$(stat -Lc %i /proc/self/ns/pid)-$$
		mkdir "$own" && echo "$2" >"$own/cgroup.procs" && shift 2 && exec "$@"' sh "$above" $! "$NSJOIN" -t "$T" -H grep ^0: /proc/self/cgroup 3>&-
	expect_status 0
	own=${output##*/}
	[[ "$own" == nsjoin-[0-9]*-[0-9]*-2 && ! -e "$above/$own" && -e "$above/${own%-2}" ]] || fail "$output"
	kill "${kept_pid[-1]}"
	kept_stop
	rmdir "$above/${own%-2}"
}

@test "a cgroup of the program's own that cannot be made ends the run" {
	requires cgroup2
	distroless
	entered
	cgroup_make '' "nsjoin-test-$BASHPID"
	echo "$T" >"$REPLY/cgroup.procs"
	"$NSJOIN_HELPERS/nodevices" "$REPLY"
	hear timeout 10 strace -f -o /dev/null -e trace=bpf -e inject=bpf:error=EPERM:when=4 \
		"$NSJOIN" -t "$T" -H true 3>&-
	expect_status 125
	expect_stderr "make a cgroup like the target's"
	expect_stderr '-c joins'
	[[ "$stderr" =~ \"(/[^\"]*/nsjoin-[0-9]+-[0-9]+)/cgroup.procs\" ]] || fail "$stderr"
	[ ! -e "${BASH_REMATCH[1]}" ] || fail "a cgroup is left"
	# Nor does a program run that could be held to them, where that fails by the way.
	hear timeout 10 strace -f -o /dev/null -e trace=bpf -e inject=bpf:error=ENOMEM:when=3 \
		"$NSJOIN" -t "$T" -H true 3>&-
	expect_status 125
	expect_stderr 'hold the program to the devices'
	expect_stderr '-c joins'
	# Where the kernel does not tell, it is said.
	hear timeout 10 strace -f -o /dev/null -e trace=bpf -e inject=bpf:error=EPERM:when=1 \
		"$NSJOIN" -t "$T" -H true 3>&-
	[ "$status" -eq 0 ]
	expect_stderr 'not held to the devices'
	kept_stop
}

@test "the target does not reach the host's files through the program" {
	local pid
	distroless
	entered --engine-caps
	mkfifo "$BATS_TEST_TMPDIR/go"
	timeout -k 5 20 "$NSJOIN" -t "$T" -H sh -c 'echo ready; read x' <>"$BATS_TEST_TMPDIR/go" \
		>"$BATS_TEST_TMPDIR/said" 3>&- &
	pid=$!
	wait_line "$BATS_TEST_TMPDIR/said" ready
	hear j -t "$T" -X busybox sh -c 'grep CapEff /proc/self/status
		ls /proc/*/root/.nsjoin/host && echo seen
		cat /proc/*/root/.nsjoin/host/etc/shadow /proc/*/root/etc/shadow
		for p in /proc/[0-9]*; do echo x >$p/root/.nsjoin/host/usr/nsjoin-test; done'
	[[ "$output" == CapEff:* ]] || fail "$output" "$stderr"
	! grep -qE 'root:|^seen' <<<"$output" || fail "the target reads the host's files" "$output"
	[ ! -e /usr/nsjoin-test ]
	echo >"$BATS_TEST_TMPDIR/go"
	wait "$pid"
}

@test "an ordinary user and a container of his own" {
	open_dirs
	distroless
	chmod a+rx "$root"
	target_rootless --root="$root"
	user_ok -t "$T" -H sh -c 'id -u; ps -e -o comm= | head -n 1; ls /app'
	expect_output "0
nsbox
/app"
	# Nor does it take a capability that could be had by some other program.
	hear timeout -k 5 20 setpriv --reuid 1000 --regid 1000 --clear-groups \
		--bounding-set=-all --inh-caps=-all -- "$NSJOIN" -t "$T" -H ls /app 3>&-
	expect_status 0
	expect_output /app
}

@test "an ordinary user's container: its root cannot change programs of his own" {
	open_dirs
	distroless
	chmod a+rx "$root"
	install -d -o 1000 "$BATS_TEST_TMPDIR/mine"
	install -o 1000 /bin/true "$BATS_TEST_TMPDIR/mine/own-tool"
	target_rootless --root="$root"
	user_ok -t "$T" -H --tools-from="$BATS_TEST_TMPDIR/mine" sh -c 'own-tool || exit
		cd /.nsjoin/host/.from/* && cd "$PWD" || exit
		for flags in rw suid dev; do
			mount -o "remount,bind,$flags" . 2>/dev/null && echo "$flags"
		done
		echo x 2>/dev/null >>own-tool && echo written
		echo x 2>/dev/null >new && echo made
		test -w /dev/null && : </dev/null && echo fine'
	expect_output fine
	[ -z "$stderr" ] || fail "$stderr"
	cmp /bin/true "$BATS_TEST_TMPDIR/mine/own-tool"
	# Where none can be made for that it is said, if there is something to be changed.
	setpriv --reuid 1000 --regid 1000 --clear-groups nsenter -t "$T" -U --preserve-credentials \
		sh -c 'echo 0 >/proc/sys/user/max_user_namespaces'
	user_ok -t "$T" -H --tools-from="$BATS_TEST_TMPDIR/mine" ls /app
	expect_output /app
	expect_stderr 'note: your programs cannot be locked'
	user_ok -t "$T" -H ls /app
	[ -z "$stderr" ] || fail "$stderr"
}

@test "a target in a user namespace" {
	distroless
	target_start --ns=UmuinpC --mount-proc --pivot --root="$root" --uid-map='0 0 65536' \
		--gid-map='0 0 65536'
	view sh -c 'id -u; ls /app; ps -e | wc -l'
	[ "$(head -n 2 <<<"$output")" = "0
/app" ] || fail "$output"
}

@test "a user namespace whose root is the host's: it cannot make our programs writable" {
	distroless
	target_start --ns=UmuinpC --mount-proc --pivot --root="$root" --uid-map='0 0 65536' \
		--gid-map='0 0 65536'
	view sh -c 'for flags in rw suid dev; do
			mount -o "remount,bind,$flags" /.nsjoin/host/usr 2>/dev/null && echo "$flags"
		done
		mkdir /tmp/again && mount --bind /.nsjoin/host/usr /tmp/again &&
			mount -o remount,bind,rw /tmp/again 2>/dev/null && echo again
		test ! -w /.nsjoin/host/usr/bin && : </dev/null && echo fine'
	expect_output fine
	# Nor change what the host's device is.
	kept_stop
	rmdir "$root/dev"
	target_start --ns=UmuinpC --pivot --root="$root" --uid-map='0 0 65536' --gid-map='0 0 65536'
	view sh -c 'mount -o remount,bind,rw /dev/null 2>/dev/null && echo rw
		: </dev/null && echo x >/dev/null && echo fine'
	expect_output fine
}

@test "the target's clocks, and no pid namespace of its own" {
	one_file_root "$root"
	target_start --ns=muinT --boottime=100000 --pivot --root="$root"
	view sh -c 'cut -d . -f 1 /proc/uptime; ps -e | wc -l'
	[ "$(head -n 1 <<<"$output")" -gt 100000 ] && [ "$(tail -n 1 <<<"$output")" -gt 5 ] ||
		fail "$output"
}

@test "no shell and no program: ours, and one line says so" {
	distroless
	entered
	hear j -t "$T" <<<'echo $0; ls /app; grep CapBnd /proc/self/status'
	expect_status 0
	[[ "$output" == *sh$'\n'/app* ]] || fail "$output"
	[ "$(grep -c 'has no shell' <<<"$stderr")" -eq 1 ] || fail "$stderr"
	hear j -t "$T" -a <<<'ls /app'
	expect_output /app
	fails_with 127 program-not-found 'ps' -t "$T" ps
	expect_stderr "nsjoin -t $T -H ps"
	expect_stderr "nsjoin -t $T -H --view=host ps"
}

@test "our shell has the environment that was asked for" {
	distroless
	kept_start env OF_TARGET=yes "$NSJOIN_HELPERS/nsbox" --ns=muinpC --mount-proc --pivot \
		--root="$root"
	T=${BOX[target]}
	hear j -t "$T" -a <<<'echo "$OF_TARGET"'
	expect_output ""
	hear j -t "$T" -a -e <<<'echo "$OF_TARGET"'
	expect_output yes
}

@test "our shell keeps its PATH, whatever the target's profile sets" {
	local options
	distroless
	echo 'PATH=/nowhere; echo profile' >"$root/etc/profile"
	entered
	for options in "" -H; do
		# shellcheck disable=SC2086 # none is no word
		SHELL=/bin/bash hear j -t "$T" $options \
			<<<'python3 -c "print(2)"; echo "$0 $PATH"'
		expect_status 0
		[[ "$output" == $'2\nbash /.nsjoin/'* ]] || fail "$output" "$stderr"
	done
}

@test "an empty PATH of the target's does not make the current directory one of it" {
	distroless
	kept_start env PATH= "$NSJOIN_HELPERS/nsbox" --ns=muinpC --mount-proc --pivot --root="$root"
	T=${BOX[target]}
	view sh -c 'echo $PATH'
	[[ "$output" == /.nsjoin/*:/sbin:/bin ]] || fail "$output"
}

# on_old_kernel [ARGS...] - j, before Linux 5.2, of somebody who has no busybox
on_old_kernel() {
	timeout -k 5 20 strace -f -qq -o /dev/null -e trace=open_tree -e inject=open_tree:error=ENOSYS \
		env PATH="$BATS_TEST_TMPDIR" "$NSJOIN" "$@" 3>&- </dev/null
}

@test "no shell, and a kernel that cannot show ours: a static busybox" {
	local call error bounding names
	distroless
	entered
	bounding=$(sed -n 's/^CapBnd:\t//p' "/proc/$T/status")
	for call in open_tree mount_setattr; do
		for error in ENOSYS EPERM; do
			for names in "" -a; do
				# shellcheck disable=SC2086 # none is no word
				hear timeout -k 5 20 strace -f -qq -o /dev/null -e trace=$call \
					-e inject=$call:error=$error "$NSJOIN" -t "$T" $names \
					3>&- <<<'ls -d /app; grep CapBnd /proc/self/status; busybox readlink /proc/self/exe'
				[[ "$output" == "/app
CapBnd:	$bounding
/"?(memfd:)"busybox"?(" (deleted)") ]] || fail "$output" "$stderr"
				expect_stderr "has no shell, and this kernel cannot .* a static busybox of yours"
			done
		done
	done
	fails_as on_old_kernel 127 program-not-found '"busybox": not found among your files' -t "$T"
	expect_stderr "nsjoin -t $T -n -u -i -p"
}

@test "a program that is nowhere: no hint leads round in a circle" {
	local options
	distroless
	entered
	for options in "" -a -H -v "-H --view=host"; do
		# shellcheck disable=SC2086 # several words
		hear -127 j -t "$T" $options no-such-program
		expect_stderr '^nsjoin: "no-such-program": not found'
		[[ "$options" != -H || "$stderr" == *"not found in $T, nor among your programs"* ]] || fail "$stderr"
		! grep -q '^hint: [^P]' <<<"$stderr" || fail "$options: $stderr"
		# shellcheck disable=SC2086 # several words
		hear -127 j -t "$T" $options /no/such/program
		! grep -q '^hint: ' <<<"$stderr" || fail "$options: $stderr"
	done
}

# hinted NUMBER - so many commands are named by the last message, and each works
hinted() {
	local hint hints
	mapfile -t hints < <(sed -n 's/^hint: nsjoin \(.*\)  yours.*/\1/p' <<<"$stderr")
	[ "${#hints[@]}" -eq "$1" ] || fail "$1 commands wanted:" "$stderr"
	for hint in "${hints[@]}"; do
		# shellcheck disable=SC2086 # several words
		ok $hint
	done
}

@test "what is hinted for a missing program works" {
	local options
	distroless
	entered
	mkdir "$BATS_TEST_TMPDIR/bin"
	printf '#!/bin/sh\necho here\n' >"$BATS_TEST_TMPDIR/bin/only-here"
	chmod 755 "$BATS_TEST_TMPDIR/bin/only-here"
	mount --bind "$BATS_TEST_TMPDIR/bin" /opt
	made_mount+=(/opt)
	PATH=$PATH:/opt
	for options in "" -a "-m -n" -v; do
		# shellcheck disable=SC2086 # several words
		hear -127 j -t "$T" $options ps
		hinted 2
		# shellcheck disable=SC2086 # several words
		hear -127 j -t "$T" $options only-here
		hinted 1
		expect_output here
	done
	hear -127 j -t "$T" ps -o args
	hinted 2
	[[ $output == *'ps -o args'* ]] || fail "without its arguments:" "$stderr"
	hear -127 j -t "$T" ps -o 'args; x'
	expect_stderr 'ps -o …  yours'
	hear -127 j -t "$T" -H only-here
	hinted 1
	hear -127 j -t "$T" -H /opt/only-here
	hinted 1
	hear -127 j -t "$T" -m -n /opt/only-here
	expect_stderr 'leave out -m, -a and -r to use your own'
	hinted 1
	# The view has a /tmp of its own.
	hear -127 j -t "$T" "$BATS_TEST_TMPDIR/bin/only-here"
	hinted 0
}

@test "a working directory that cannot be entered is none, unless it was named" {
	distroless
	mkdir "$root"/{private,below}
	chmod 700 "$root/private"
	entered --uid=65532 --gid=65532 --cwd=/private
	view sh -c 'pwd; id -u'
	expect_output "/
65532"
	[ "$(grep -c '^nsjoin: note: .*"/private" cannot be entered: Permission denied' <<<"$stderr")" -eq 1 ] ||
		fail "$stderr"
	refused usage '^nsjoin: -w: .*"/private": Permission denied' -t "$T" -H -w/private
	fails_with 127 program-not-found /no/such -t "$T" -H /no/such
	hear -127 j -t "$T" -H /no/such
	[ "$(grep -c 'cannot be entered' <<<"$stderr")" -eq 1 ] || fail "$stderr"
	kept_stop
	entered --cwd=/below
	ok -t "$T" -m -X busybox mount -t tmpfs none /below
	view pwd
	expect_output /below
	kept_stop
	entered --cwd=/below/gone --setup="mkdir $root/below/gone"
	ok -t "$T" -m -X busybox mount -t tmpfs none /below
	view pwd
	expect_output /
	expect_stderr '"/below/gone" cannot be entered: No such file'
}

@test "programs of another tree: of a root directory, and of any other" {
	distroless
	entered
	root_make "$BATS_TEST_TMPDIR/other"
	ok -t "$T" --tools-from="$BATS_TEST_TMPDIR/other" sh -c 'echo $0; ls /app; command -v python3 || echo none
		readlink /proc/self/exe'
	[[ "$output" == *"/app
none
/.nsjoin/host/bin/busybox" ]] || fail "$output"
	mkdir -p "$BATS_TEST_TMPDIR/mine/bin"
	printf '#!/bin/sh\necho mine\n' >"$BATS_TEST_TMPDIR/mine/bin/own-tool"
	chmod 755 "$BATS_TEST_TMPDIR/mine/bin/own-tool"
	cp /bin/true "$BATS_TEST_TMPDIR/mine/bin/dynamic"
	ok -t "$T" -H --tools-from="$BATS_TEST_TMPDIR/mine" sh -c 'own-tool && dynamic && ls /app'
	expect_output "mine
/app"
	refused usage '/no/such' -t "$T" -H --tools-from=/no/such
	refused usage 'those of your files' -t "$T" --view=host --tools-from=/usr
}

@test "orphans are waited for: no zombie is left to the target's init" {
	distroless
	entered
	orphans_are_reaped
}

@test "a program that cannot be executed leaves no zombie either" {
	distroless
	entered
	failures_are_reaped -H
}

@test "the end of the program, of its signals and of the target" {
	distroless
	entered
	hear j -t "$T" -H sh -c 'exit 7'
	expect_status 7
	hear j -t "$T" -H sh -c 'kill -TERM $$'
	expect_status 143
}

@test "a view is not made of a view" {
	local tools=$BATS_TEST_TMPDIR/tools
	mkdir -p "$tools/bin"
	cp "$NSJOIN" "$tools/bin/"
	for make in distroless "one_file_root $root"; do
		rm -rf "$root"
		$make
		root_make "$root/other"
		entered
		hear -125 j -t "$T" --privileged -H --tools-from="$tools" sh -c 'nsjoin -t 1 -H true'
		message_form
		expect_stderr '^nsjoin: -H: your programs are shown by a view of -H themselves'
		ok -t "$T" --privileged -H --tools-from="$tools" nsjoin -t 1 -H --tools-from=/other readlink /proc/self/exe
		expect_output /.nsjoin/host/bin/busybox
		kept_stop
	done
}

@test "programs for another processor are refused" {
	distroless
	entered
	mkdir -p "$BATS_TEST_TMPDIR/foreign/bin"
	cp "$(command -v busybox)" "$BATS_TEST_TMPDIR/foreign/bin/sh"
	printf '\xff\x00' | dd of="$BATS_TEST_TMPDIR/foreign/bin/sh" bs=1 seek=18 conv=notrunc status=none
	fails_with 126 cannot-execute 'are for ' -t "$T" -H --tools-from="$BATS_TEST_TMPDIR/foreign" true
}

@test "programs without their loader are refused" {
	local tools=$BATS_TEST_TMPDIR/tools
	distroless
	entered
	mkdir -p "$tools/bin" "$tools/etc/ld.so.conf.d/directory.conf"
	cp /bin/bash "$tools/bin/sh"
	fails_with 127 interp-missing "^nsjoin: -H: the loader \"/.*/ld-.*\" of the programs of \"$tools\": No such file" \
		-t "$T" -H --tools-from="$tools" true
}

@test "a target that renames and mounts while it is entered" {
	local round renaming
	distroless
	mkdir "$root/a"
	entered
	(while :; do mv "$root/a" "$root/b"; mv "$root/b" "$root/a"; done 2>/dev/null) 3>&- &
	renaming=$!
	for ((round = 0; round < 30; round++)); do
		hear j -t "$T" -H ls /app
		[ "$status" -eq 0 ] || [ "$status" -eq 125 ] || fail "$status $stderr"
	done
	kill "$renaming"
	wait "$renaming" || :
}

@test "what cannot be combined" {
	one_file_root "$root"
	entered
	refused usage 'a process of its own' -t "$T" -H -F
	refused usage 'root directory is the target' -t "$T" -H -r/tmp
	refused usage 'own /proc, /sys and /etc' -t "$T" -H -R
}

# Killed after each call that mounts: what there was is as it was.
@test "nothing is left behind, also when nsjoin is killed at each step" {
	local call number status
	distroless
	setfattr_on "$root/app"
	entered
	remembered "$root"
	for call in open_tree unshare move_mount pivot_root umount2 mount mount_setattr; do
		for number in 1 2 5; do
			status=0
			timeout -k 5 20 strace -f -qq -o /dev/null -e trace="$call" \
				-e inject="$call:signal=KILL:when=$number" "$NSJOIN" -t "$T" -H true \
				>/dev/null 2>&1 3>&- </dev/null || status=$?
			[ "$number $status" != "1 0" ] || fail "$call is never called"
			unchanged "$call $number"
		done
	done
}

@test "kernels that cannot: a message, and nothing is run" {
	local call
	distroless
	entered
	for call in open_tree mount_setattr fsopen pivot_root; do
		hear timeout -k 5 20 strace -f -qq -o /dev/null -e trace=$call \
			-e inject=$call:error=ENOSYS "$NSJOIN" -t "$T" -H echo ran 3>&-
		expect_status 125
		expect_output ""
		expect_stderr '^nsjoin: .*(kernel|view)'
		expect_stderr '^hint: '
	done
}

@test "without an overlay the programs that need no files of their own still run" {
	distroless
	entered
	hear timeout -k 5 20 strace -f -qq -o /dev/null -e trace=mount \
		-e inject=mount:error=ENODEV:when=2 "$NSJOIN" -v -t "$T" -H ls /app /usr 3>&-
	expect_status 0
	expect_output "/app

/usr:
bin
lib
share"
	expect_stderr 'your /usr does not lie below the target.s: No such device'
	expect_stderr 'note: -H: without an overlay .* --view=host'
}

@test "the host's tools: as many as at home where there is nothing, most of them else" {
	local host
	checks_passed
	host=$REPLY
	one_file_root "$root"
	mkdir "$root/etc"
	echo 127.0.0.1 localhost >"$root/etc/hosts"
	entered
	checks_passed -t "$T" -H
	echo "# nothing there: $REPLY of the host's $host" >&3
	[ "$REPLY" -ge "$host" ] || fail "$(<"$BATS_TEST_TMPDIR/failed")"
	kept_stop
	distroless
	entered
	checks_passed -t "$T" -H
	echo "# another loader: $REPLY of the host's $host" >&3
	[ "$REPLY" -ge $((host - 1)) ] || fail "$(<"$BATS_TEST_TMPDIR/failed")"
}
