#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# needs: docker musl-gcc userns strace
# mounts: own
# -H in both views: targets of other makes, crowded hosts, debug containers, targets that die.
# shellcheck disable=SC2154,SC2119,SC2120,SC2030,SC2031,SC2016
# shellcheck source=lib.bash
. "$BATS_TEST_DIRNAME/lib.bash"
# shellcheck source=engine.bash
. "$BATS_TEST_DIRNAME/engine.bash"
# shellcheck source=view.bash
. "$BATS_TEST_DIRNAME/view.bash"

setup_file() {
	engine_start || return
	export P=v$$x
	# An image of one file, as from scratch, and one that has its programs from the host.
	mkdir -p "$ENGINE/one" "$ENGINE/debug"/{proc,sys,dev,etc,mnt,tmp,run,usr,host}
	cp "$(command -v busybox)" "$ENGINE/one/busybox"
	ln -s usr/bin usr/lib usr/lib64 usr/sbin "$ENGINE/debug/"
	tar -C "$ENGINE/one" -c . | engine import - "$P-one" >/dev/null
	tar -C "$ENGINE/debug" -c . | engine import - "$P-debug" >/dev/null
	engine run -d --network none --name "$P-app" --hostname app-host "$P-one" /busybox sleep 1000 >/dev/null
}

teardown_file() {
	engine_stop
}

# Orphans here are the engine's own until it ends.
teardown() {
	kept_stop
	clean_cgroups
}

setup() {
	root=$BATS_TEST_TMPDIR/root
}

# both TARGET COMMAND - the same in each view; $outputs has them by view
both() {
	local target=$1 view
	declare -gA outputs=()
	shift
	for view in target host; do
		ok -t "$target" -q -H "--view=$view" "$@"
		outputs[$view]=$output
	done
}

musl_target() {
	mkdir -p "$root"/{bin,lib,etc,dev,proc,tmp}
	cp "$(readlink -f /lib/ld-musl-*.so.1)" "$root/lib/$(basename /lib/ld-musl-*.so.1)"
	printf '#include <stdio.h>\nint main(void) { puts("their own"); return 0; }\n' |
		musl-gcc -o "$root/bin/own" -x c -
	target_start --ns=muinpC --mount-proc --pivot --root="$root" --hostname=tgt
}

@test "a C library of another make" {
	musl_target
	untouched "$root" both "$T" sh -c 'hostname; ps -e -o comm= | head -n 1; readlink /proc/$$/exe'
	[[ ${outputs[target]} == tgt$'\n'nsbox$'\n'* ]] || fail "${outputs[target]}"
	[[ ${outputs[host]} == tgt$'\n'nsbox$'\n'* ]] || fail "${outputs[host]}"
	ok -t "$T" -q -H /bin/own
	expect_output "their own"
	ok -t "$T" -q -H --view=host sh -c 'ls $NSJOIN_ROOT/bin'
	expect_output own
}

@test "a container of an engine, made of one file" {
	local changes
	changes=$(engine diff "$P-app")
	both "$P-app" sh -c 'hostname; ps -e -o pid=,comm= | head -n 1; ls /sys/class/net'
	[ "${outputs[target]}" = "${outputs[host]}" ] || fail "${outputs[target]}" "${outputs[host]}"
	[[ ${outputs[host]} == app-host*1\ busybox*lo ]] || fail "${outputs[host]}"
	ok -t "$P-app" -q -H sh -c 'ls -d /busybox; id -u'
	expect_output "/busybox
0"
	[ "$(engine diff "$P-app")" = "$changes" ]
	[ "$(engine exec "$P-app" /busybox echo on)" = on ] # it goes on
}

@test "from inside a debug container with the host's processes" {
	local view
	for view in target host; do
		run engine run --rm --pid host --network none -v /usr:/usr:ro -v /:/host \
			--cap-add ALL --cap-drop SYS_RESOURCE --security-opt seccomp=unconfined --security-opt apparmor=unconfined \
			-v "$NSJOIN:/nsjoin:ro" -v /etc/ld.so.cache:/etc/ld.so.cache:ro "$P-debug" \
			/nsjoin --host-root=/host -q -t "docker:$P-app" -H "--view=$view" \
			sh -c 'hostname; ps -e -o comm= | head -n 1; ls -d ${NSJOIN_ROOT-}/busybox'
		expect_status 0
		[[ $output == app-host$'\n'busybox$'\n'*/busybox ]] || fail "$view: $output"
	done
}

@test "from a debug container with a cgroup namespace of its own all are seen" {
	run engine run --rm --pid host --cgroupns private --network none -v /usr:/usr:ro -v /:/host \
		--cap-add ALL --cap-drop SYS_RESOURCE --security-opt seccomp=unconfined --security-opt apparmor=unconfined \
		-v "$NSJOIN:/nsjoin:ro" -v /etc/ld.so.cache:/etc/ld.so.cache:ro "$P-debug" \
		/nsjoin ps --host-root=/host --noheadings
	expect_status 0
	grep -q "$P-app" <<<"$output" || fail "$output"
}

# crowd COMMAND... - where 5,000 file systems are mounted
crowd() {
	unshare --mount --propagation private sh -c '
		crowd=$0; mkdir -p "$crowd" && mount -t tmpfs crowd "$crowd" && mkdir "$crowd/a" &&
		for i in 0 1 2 3 4 5 6 7 8 9; do mkdir "$crowd/a/$i" && mount -t tmpfs one "$crowd/a/$i"; done
		for i in 1 2 3 4 5 6 7 8 9; do
			mkdir "$crowd/b$i" && mount --rbind "$crowd" "$crowd/b$i" || exit
		done
		[ "$(wc -l </proc/self/mountinfo)" -gt 5000 ] || exit 99
		before=$(md5sum </proc/self/mountinfo); "$@"; status=$?
		[ "$before" = "$(md5sum </proc/self/mountinfo)" ] || exit 98
		exit $status' "$BATS_TEST_TMPDIR/crowd" "$@" 3>&-
}

@test "a host with 5,000 mounts" {
	local view
	one_file_root "$root"
	target_start --ns=muinpC --mount-proc --pivot --root="$root" --hostname=tgt
	for view in target host; do
		hear crowd timeout 60 "$NSJOIN" -t "$T" -q -H "--view=$view" \
			sh -c 'hostname; ps -e -o comm= | head -n 1'
		expect_status 0
		expect_output "tgt
nsbox"
	done
}

@test "a target that dies at each step" {
	local view delay pid
	one_file_root "$root"
	for view in target host; do
		for delay in 0 0.{01,02,03,04,05,06,08}{,5} 0.1 0.12 0.14; do
			target_start --ns=muinpC --mount-proc --pivot --root="$root"
			# Slowed down, so that there are steps to hit.
			timeout -k 5 20 strace -f -qq -o /dev/null "$NSJOIN" -t "$T" -q -H "--view=$view" \
				sh -c 'exec sleep 0.02' >"$BATS_TEST_TMPDIR/out" 2>&1 3>&- &
			pid=$!
			sleep "$delay"
			kill -KILL "$T"
			status=0
			wait "$pid" || status=$?
			case $status in
			0 | 137) ;; # it had run; it was killed with its pid namespace
			125) grep -q '^nsjoin: ' "$BATS_TEST_TMPDIR/out" || fail "$view, $delay: no word" ;;
			*) fail "$view, $delay: status $status" "$(<"$BATS_TEST_TMPDIR/out")" ;;
			esac
			kept_stop
		done
	done
}
