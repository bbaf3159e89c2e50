#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# needs: root docker jq
# What a target is: told to people, to programs, to root and to others.
# shellcheck disable=SC2154,SC2119,SC2120,SC2030,SC2031,SC2016
# shellcheck source=lib.bash
. "$BATS_TEST_DIRNAME/lib.bash"
# shellcheck source=engine.bash
. "$BATS_TEST_DIRNAME/engine.bash"

setup_file() {
	engine_start || return
	export P=t$$x
	container_start "$P-web" --memory 64m --pids-limit 50 --user 1234:1235 \
		--ulimit nofile=1000:2000
	export WEB=$REPLY
	container_start "$P-open" --cap-add SYS_ADMIN --security-opt seccomp=unconfined
	export OPEN=$REPLY
}

teardown_file() {
	engine_stop
}

teardown() {
	kept_stop
	clean_cgroups
}

# field NAME VALUE - one value of the container that runs as somebody
field() {
	ok inspect -o "$1" "$WEB"
	expect_output "$2"
}

# verb_fails ID 'text' ARGS... - as fails_with 125: the verb has to be the first word
verb_fails() {
	local id=$1 text=$2
	shift 2
	hear j "$@"
	expect_status 125
	expect_output ""
	message_form
	expect_stderr "$text"
	NSJOIN_ERRORS=json hear j "$@"
	expect_status 125
	expect_stderr "^\{.*\"id\":\"$id\".*\"status\":125\}\$"
}

# lacks PATTERN - the output does not have it
lacks() {
	if grep -qE -- "$1" <<<"$output"; then
		fail "$1 in:" "$output"
	fi
}

@test "the page of a container" {
	local pid
	pid=$(container_pid "$WEB")
	ok inspect "$P-web"
	grep -qE "^$P-web  \(docker $WEB, image $engine_image\)\$" <<<"$output" || fail "$output"
	grep -qE "^  process       $pid sleep, started 2[0-9-]+ [0-9:]+, pid 1 inside\$" <<<"$output"
	grep -qE "^                net     its own, $(ns_of net "$pid")," <<<"$output"
	grep -qE '^  shell         /bin/sh$' <<<"$output"
	grep -qE '^  user          uid 1234.*, gid 1235' <<<"$output"
	grep -qE '^  confined      seccomp filter, no_new_privs off, ' <<<"$output"
	grep -qE '^  limits        memory 64 MiB, .*at most 50 processes$' <<<"$output" || fail "$output"
	grep -qE 'the clock: the same for all; the target cannot set it' <<<"$output"
}

@test "the line to enter enters it" {
	local target
	ok inspect "$P-web"
	target=$(sed -nE 's/^  to enter      nsjoin -t //p' <<<"$output")
	ok -t "$target" -n "$fdlist" ns
	[ "$(fact 'ns net')" = "$(ns_of net "$(container_pid "$WEB")")" ]
}

@test "single fields for scripts" {
	local pid
	pid=$(container_pid "$WEB")
	field pid "$pid"
	field pid-inside 1
	field id "$WEB"
	field runtime docker
	field image "$engine_image"
	ok inspect -o name "$P-web"
	expect_output "$P-web"
	field uid 1234
	field gid 1235
	field root "/proc/$pid/root"
	field memory 67108864
	field pids 50
	ok inspect -o rlimits "$WEB"
	[[ " $output " == *' nofile=1000:2000 '* ]] || fail "$output"
	field seccomp filter
	field no-new-privs off
	field netns "$(ns_of net "$pid")"
	field command 'sleep 1000'
	field shell /bin/sh
	verb_fails usage 'no field "frob"' inspect -o frob "$WEB"
}

@test "a field without a value is 1 and prints nothing" {
	target_start --ns=n
	hear j inspect -o id "$T"
	expect_status 1
	expect_output ""
}

@test "when it was started is the same, whenever in a second it is asked" {
	local said="" end
	target_start --ns=n
	end=$((SECONDS + 2))
	while [ "$SECONDS" -lt "$end" ]; do
		ok inspect -o started "$T"
		said+=$output$'\n'
	done
	[ "$(sort -u <<<"${said%$'\n'}" | wc -l)" -eq 1 ] || fail "$said"
}

@test "JSON says the same" {
	local pid
	pid=$(container_pid "$WEB")
	ok inspect --json "$WEB"
	[ "$(jq -r .schema <<<"$output")" = 1 ]
	[ "$(jq -r .id <<<"$output")" = "$WEB" ]
	[ "$(jq -r .process.pid <<<"$output")" = "$pid" ]
	[ "$(jq -r .namespaces.net.ino <<<"$output")" = "$(ns_of net "$pid")" ]
	[ "$(jq -r .namespaces.user.same <<<"$output")" = true ]
	[ "$(jq -r .limits.memory_bytes <<<"$output")" = 67108864 ]
	[ "$(jq -r '.rlimits.nofile | "\(.soft) \(.hard)"' <<<"$output")" = '1000 2000' ]
	[ "$(jq -r .user.uid <<<"$output")" = 1234 ]
	[ "$(jq -r '.capabilities.bounding | length' <<<"$output")" -eq 14 ]
	jq -e '.not_isolated | length > 1' <<<"$output" >/dev/null
}

@test "what is not isolated of a container with capabilities and without a filter" {
	ok inspect "$OPEN"
	grep -q 'CAP_SYS_ADMIN: ' <<<"$output" || fail "$output"
	grep -q 'every system call allowed' <<<"$output"
	grep -q 'its uid 0 is your uid 0' <<<"$output"
}

@test "an overlay as its root, and where changes to it go" {
	local dir=$BATS_TEST_TMPDIR
	mkdir "$dir"/{lower,disk,merged}
	root_make "$dir/lower"
	kept_start unshare -m --propagation private bash -c '
		mount -t tmpfs tmpfs "$1/disk" && mkdir "$1/disk/upper" "$1/disk/work" &&
			mount -t overlay -o "lowerdir=$1/lower,upperdir=$1/disk/upper,workdir=$1/disk/work" \
				overlay "$1/merged" &&
			cd "$1/merged" && mkdir old && pivot_root . old &&
			/bin/busybox umount -l /old && echo "target=$$" && echo ready=1 &&
			exec /bin/busybox cat >&2' bash "$dir" # a pipe that nobody reads would end it
	ok inspect -o upper "${BOX[target]}"
	expect_output "$dir/disk/upper"
	ok inspect "${BOX[target]}"
	grep -qE "^  root          /proc/${BOX[target]}/root, overlay\$" <<<"$output" || fail "$output"
	grep -qF "  changes in    $dir/disk/upper" <<<"$output"
	ok ps -a --noheadings -o ROOT "${BOX[target]}"
	expect_output "overlay $dir/disk/upper"
}

@test "a limit, in version 1 also where the target has no cgroup of version 2; and what is a root from inside" {
	local mount='-t cgroup2 cgroup2'
	requires cgroup-pids
	[ -z "$(cgroup1_root pids)" ] || mount='-t cgroup -o pids pids'
	cgroup_make pids "nsjoin-limit-$$"
	cgroup_limit "$REPLY" pids 77
	target_start
	echo "$T" >"$REPLY/cgroup.procs"
	ok inspect -o pids "$T"
	expect_output 77
	# From within a cgroup namespace the same directory is "/", with the limit in it.
	hear sh -c 'echo $$ >"$1/cgroup.procs" && exec unshare -Cm sh -c "$2" sh "$3"' \
		sh "$REPLY" "umount \"\$1\" && mount $mount"' "$1" &&
			exec timeout 20 "$NSJOIN" inspect -o pids $$' "$(cgroup_root pids)"
	expect_status 0
	expect_output 77
}

@test "a rootless target: its ids inside, and what does not reach the host" {
	target_rootless
	ok inspect "$T"
	grep -qE '^  user          uid 1000.*; inside 0 and 0' <<<"$output" || fail "$output"
	grep -qE '^  capabilities  .*, in its user namespace only' <<<"$output"
	grep -qE 'user    its own, .*, below' <<<"$output"
	lacks 'CAP_SYS_ADMIN: '
	grep -q 'the clock: the same for all; the target cannot set it' <<<"$output"
}

@test "shared namespaces are named" {
	target_start --ns=m
	ok inspect "$T"
	grep -q 'the network: interfaces, ports and abstract sockets are yours' <<<"$output" ||
		fail "$output"
	lacks 'files: it has your mounts'
}

@test "an ordinary user is told what may not be read" {
	user_ok inspect "$(container_pid "$WEB")"
	grep -qE '^  namespaces    user    cannot be read by you$' <<<"$output" || fail "$output"
	grep -qE '^                pid     its own$' <<<"$output"
	grep -qE '^  user          uid 1234' <<<"$output"
	grep -qE '^  rlimits       .*nofile=1000:2000' <<<"$output"
	user_ok inspect "$BASHPID"
}

@test "hidden by hidepid, and from inside of a pid namespace" {
	hear unshare -m sh -c 'mount -t proc -o hidepid=2 proc /proc && exec "$@"' \
		sh setpriv --reuid 1000 --regid 1000 --clear-groups timeout 20 "$NSJOIN" inspect 1
	expect_status 125
	expect_stderr hidepid
	hear unshare -pf --mount-proc timeout 20 "$NSJOIN" inspect 1
	expect_status 0
	grep -qE '^                net     yours' <<<"$output" || fail "$output"
}

@test "nothing that is not there" {
	verb_fails target-not-found "$P-none" inspect "$P-none"
	verb_fails no-target 'no target' inspect
	verb_fails usage 'unexpected' inspect a b
}

@test "nothing of the target is changed, and no memory of it is read" {
	requires strace
	local before
	before=$(cat "/proc/$(container_pid "$WEB")/cgroup")
	timeout 20 strace -f -qq -o "$BATS_TEST_TMPDIR/trace" -e trace=connect,ptrace,kill,process_vm_readv \
		"$NSJOIN" inspect -o memory "$WEB" 3>&-
	! grep -E '^[0-9]+ +(connect|ptrace|process_vm_readv|kill)' "$BATS_TEST_TMPDIR/trace" ||
		fail "it did more than look"
	[ "$(cat "/proc/$(container_pid "$WEB")/cgroup")" = "$before" ]
}
