#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# needs: root userns docker
# A process of a container has what the container has, and nothing more.
#
#   R30  capabilities
#   R31  devices
#   R32  seccomp filters
#   R33  no_new_privs
#   R38  a container that is paused
#   R39  a container that may not have more processes
#   R40  a container that may not have more memory
#   R48  inheritable capabilities of the caller's
# shellcheck disable=SC2154,SC2119,SC2120,SC2030,SC2031,SC2016
# shellcheck source=lib.bash
. "$BATS_TEST_DIRNAME/lib.bash"
# shellcheck source=engine.bash
. "$BATS_TEST_DIRNAME/engine.bash"

setup_file() {
	engine_start || return
	export P=c$$x
	container_start "$P-plain"
	container_start "$P-less" --cap-drop ALL --cap-add NET_RAW --cap-add CHOWN
	container_start "$P-user" --user 1000:1000
	container_start "$P-nnp" --security-opt no-new-privileges
	# The engine's own exec would need room in it, so that it fills itself.
	engine run -d --network none --name "$P-few" --pids-limit 3 "$engine_image" \
		sh -c 'sleep 1000 & sleep 1000 & exec sleep 1000' >/dev/null
	container_start "$P-small" --memory 6m
	container_start "$P-beside" --pid "container:$P-plain"
	container_start "$P-host" --pid host
	container_start "$P-agent" --volume /proc:/host/proc:ro
	mkdir "$BATS_FILE_TMPDIR/sock"
	container_start "$P-client" --volume "$BATS_FILE_TMPDIR/sock:/sock" --security-opt seccomp=unconfined
}

teardown_file() {
	engine_stop
}

# Orphans here are the engine's own until it ends.
teardown() {
	engine unpause "$P-less" >/dev/null 2>&1 || :
	kept_stop
	clean_cgroups
}

# status_of FIELDS - of a program inside of container $1, and of its init
status_fields() {
	ok -t "$P-$1" /bin/busybox grep -E "^($2):" /proc/self/status
	wanted=$(grep -E "^($2):" "/proc/$(container_pid "$P-$1")/status")
}

@test "the capabilities are the container's" {
	local name wanted
	for name in plain less user nnp; do
		status_fields "$name" 'CapPrm|CapEff|CapBnd'
		[ "$output" = "$wanted" ] || fail "$name: $output" "instead of" "$wanted"
		ok -t "$P-$name" /bin/busybox grep -E '^(CapInh|CapAmb):' /proc/self/status
		! grep -v '0000000000000000$' <<<"$output" || fail "$name: $output"
	done
}

@test "the bounding set of a target in a user namespace is the target's" {
	target_start --ns=UmuinpC --mount-proc --uid-map='0 0 65536' --gid-map='0 0 65536'
	ok -t "$T" "$fdlist" capbnd
	[ "$(fact capbnd)" = "$(sed -n 's/^CapBnd:\s*//p' "/proc/$T/status")" ]
}

@test "inheritable capabilities of the caller's stay outside" {
	hear setpriv --inh-caps=+net_raw,+sys_admin -- timeout 20 "$NSJOIN" \
		-t "$P-plain" /bin/busybox grep -E '^Cap(Inh|Amb):' /proc/self/status 3>&-
	[ "$status" -eq 0 ] || fail "$stderr"
	! grep -v '0000000000000000$' <<<"$output" || fail "$output"
	target_full
	hear setpriv --inh-caps=+net_raw,+sys_admin -- timeout 20 "$NSJOIN" \
		-t "$T" "$fdlist" capinh 3>&-
	[ "$(fact capinh)" = 0000000000000000 ]
}

@test "a device of the host's cannot be used" {
	hear j -t "$P-plain" /bin/busybox sh -c '
		cd /tmp && busybox mknod fuse c 10 229 && : <fuse && echo opened'
	[ "$status" -ne 0 ]
	[ -z "$output" ]
	expect_stderr 'not permitted'
}

@test "nor can it by a program of ours that sees the container's files" {
	hear j -t "$P-plain" -H sh -c '
		cd /tmp && mknod mine c 10 229 && : <mine && echo opened'
	[ "$status" -ne 0 ]
	[ -z "$output" ]
	expect_stderr 'not permitted'
	# Of its cgroups it is only that one.
	ok -t "$P-plain" -H sh -c 'cat /proc/1/cgroup; echo; cat /proc/self/cgroup'
	diff <(grep : </proc/self/cgroup) <(sed '1,/^$/d' <<<"$output") | grep '^[<>]' >"$BATS_TEST_TMPDIR/moved" || :
	! grep -v -e ':devices:' -e '^. 0::' "$BATS_TEST_TMPDIR/moved" || fail "in more than the devices' cgroup"
	grep -qE '^>.*:devices:/docker|^> 0::.*/nsjoin-[0-9]+-[0-9]+$' "$BATS_TEST_TMPDIR/moved" || fail "$output"
}

@test "the processes of others are not at the mercy of the container's files" {
	local caps
	# The last one sees the host's by a /proc that is mounted in it, as those that watch the host do.
	for caps in beside host agent; do
		hear j -t "$P-$caps" -H grep CapEff /proc/self/status
		expect_output "$(grep CapEff "/proc/$(container_pid "$P-$caps")/status")"
	done
}

@test "who is at the other end of a socket of the host's is not either" {
	local root
	root=/proc/$(container_pid "$P-client")/root
	cp "$NSJOIN_HELPERS/peerfds" "$root/bin"
	kept_start env -C "$BATS_FILE_TMPDIR/sock" "$NSJOIN_HELPERS/listener" s "$BATS_TEST_TMPDIR/asked"
	hear j -t "$P-client" -H /bin/peerfds /sock/s
	[ "$status" -ne 3 ] || skip "needs Linux 6.5"
	expect_status 0
	expect_output taken=0
}

@test "a program of ours that the container's root can look into: that is said" {
	hear j -t "$P-plain" -p -S 1000 -G 1000 true
	expect_status 0
	expect_stderr '^nsjoin: note: processes of .* reach your files through it'
	hear j -t "$P-plain" -p --as-target=caps true
	expect_stderr '^nsjoin: note: processes of .* reach your files through it'
	hear j -t "$P-plain" -p true
	[ -z "$stderr" ] || fail "$stderr"
	hear j -t "$P-plain" -S 1000 -G 1000 /bin/busybox true
	[ -z "$stderr" ] || fail "$stderr"
}

# same_filters NAME - and in front of them the one of nsjoin's, where the kernel counts them (Linux 5.9)
same_filters() {
	local wanted count
	status_fields "$1" 'Seccomp|Seccomp_filters'
	[[ $output == $'Seccomp:\t2'* ]] || fail "$output"
	count=$(sed -n 's/^Seccomp_filters:\t//p' <<<"$wanted")
	[ "$output" = "${wanted%"$count"}${count:+$((count + 1))}" ] || fail "$output" "for" "$wanted"
}

@test "the container's seccomp filters apply" {
	same_filters plain
	hear j -t "$P-plain" /bin/busybox unshare -n true
	[ "$status" -ne 0 ]
	expect_stderr 'not permitted'
	same_filters nnp
}

@test "no_new_privs is the container's" {
	local name wanted
	for name in plain nnp; do
		status_fields "$name" NoNewPrivs
		[ "$output" = "$wanted" ] || fail "$name: $output"
	done
	[[ $output == *1 ]]
}

@test "a paused container is refused, and no process is left in it" {
	local freezer
	engine pause "$P-less" >/dev/null
	freezer=$(cgroup_of freezer "$(container_pid "$P-less")")
	refused cgroup-frozen 'frozen|paused' -t "$P-less"
	[ "$(wc -l <"$freezer/cgroup.procs")" -eq 1 ]
	engine unpause "$P-less" >/dev/null
	ok -t "$P-less" /bin/true
}

@test "a container that may not have more processes is entered" {
	local full
	full=$(cgroup_of pids "$(container_pid "$P-few")")/cgroup.procs
	[ "$(wc -l <"$full")" -eq 3 ] || fail "the container is not full"
	ok -t "$P-few" /bin/busybox echo fine
	expect_output fine
}

@test "a container without memory: it is entered, or what is missing is said" {
	local memory tries
	memory=$(cgroup_of memory "$(container_pid "$P-small")")
	# Now and then the kernel charges it to somebody else.
	for tries in 1 2 3; do
		run engine exec "$P-small" /bin/busybox sh -c \
			"busybox dd if=/dev/zero of=/dev/shm/$tries bs=64k count=84; busybox rm -f /dev/shm/$((tries - 1))"
		[ "$(memory_used "$memory")" -le 5000000 ] || break
	done
	[ "$(memory_used "$memory")" -gt 5000000 ] || fail "$(memory_used "$memory")"
	hear j -t "$P-small" /bin/busybox echo fine
	case $status in
	0) expect_output fine ;;
	125) expect_stderr 'memory' ;;
	137) ;; # the program itself
	*) fail "status $status" "$stderr" ;;
	esac
}
