#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# needs: root nsenter strace
# What entering costs, as counts that repeat: instructions, system calls, page faults. Never time.
# nsenter on the same machine is the measure: the C library's own share differs between releases.
# Only for a release build. A gate that fails names the number; bench/run.sh shows the whole.
# shellcheck disable=SC2154
# shellcheck source=lib.bash
. "$BATS_TEST_DIRNAME/lib.bash"

spaces=(-u -i -n -p)

# streams_alone - closes what a shell of a user's does not have open
streams_alone() {
	local fd
	for fd in /proc/self/fd/*; do
		fd=${fd##*/}
		[ "$fd" -le 2 ] || eval "exec $fd>&-"
	done
}

# measured COMMAND... - what it costs, as icount says it. A user's locale, and nothing else of the
# environment: all of it is parsed. It is run by the command in around.
measured() {
	streams_alone
	"${around[@]}" env -i PATH="$PATH" LANG=C.UTF-8 "$NSJOIN_HELPERS/icount" "$@"
}

# take NAME <COUNTS - sets NAME[instructions], NAME[syscalls] and NAME[faults], less what the program
# itself costs
take() {
	local -n ret_counts=$1
	local what number
	while read -r what number; do
		ret_counts["$what"]=$((number - ${idle["$what"]:-0}))
	done
	[ "${ret_counts[instructions]:-0}" -gt 0 ] || fail "$1 was not counted"
}

count() {
	take "$1" < <(measured "${@:2}")
}

# count_once NAME COMMAND... - for all tests of this file: counting takes seconds
count_once() {
	local file=$BATS_FILE_TMPDIR/$1
	[ -s "$file" ] || (measured "${@:2}") >"$file"
	take "$1" <"$file"
}

setup() {
	noop=$NSJOIN_HELPERS/noop
	around=()
	declare -gA idle=() theirs=() ours=() other=()
	count_once idle "$noop"
	# shellcheck disable=SC2119 # all of it
	target_full
}

count_by_pid() {
	count_once ours "$NSJOIN" -t "$T" "${spaces[@]}" "$noop"
}

# at_most WHAT PERCENT - of what nsenter needs
at_most() {
	local percent=$((ours[$1] * 100 / theirs[$1]))
	[ "$percent" -le "$2" ] ||
		fail "$1: ${ours[$1]} are $percent% of nsenter's ${theirs[$1]}, more than $2%"
}

# over WHAT NUMBER - more than "ours"
over() {
	local more=$((other[$1] - ours[$1]))
	[ "$more" -le "$2" ] || fail "$1: $more more than by PID, where $2 were allowed"
}

@test "counting repeats" {
	count_by_pid
	count other "$NSJOIN" -t "$T" "${spaces[@]}" "$noop"
	[ "${ours[syscalls]}" -eq "${other[syscalls]}" ]
	over instructions $((ours[instructions] / 100))
}

@test "by PID: uts, ipc, net and pid namespace" {
	count theirs nsenter -t "$T" "${spaces[@]}" "$noop"
	count_by_pid
	at_most instructions 40
	at_most syscalls 55
	at_most faults 65
}

@test "by PID: the files, too" {
	count theirs nsenter -t "$T" -m "${spaces[@]}" "$noop"
	count ours "$NSJOIN" -t "$T" -m "${spaces[@]}" "$noop"
	# What isolation may cost.
	at_most instructions 60
	at_most syscalls 93
}

# container_make [PARENT] - sets $id: the target lives where Docker would put it
container_make() {
	local parent=${1:-docker}
	id=$(printf 'c%063x' "$T")
	[ -d "$(cgroup_root "")/$parent" ] || cgroup_make "" "$parent"
	cgroup_make "" "$parent/$id"
	echo "$T" >"$REPLY/cgroup.procs"
}

@test "a container's id at a known place" {
	local id
	requires cgroup2
	container_make
	count_by_pid
	count other "$NSJOIN" -t "$id" "${spaces[@]}" "$noop"
	over instructions 30000 # loading a library for it would be eight times that
	over syscalls 26
	over faults 8
}

# containers COUNT - Docker's state below $state: $id called "counted", and as many that do not run
containers() {
	local i other
	mkdir -p "$state/containers/$id"
	printf '{"State":{"Running":true,"Pid":%d},"ID":"%s","Name":"/counted"}' "$T" "$id" \
		>"$state/containers/$id/config.v2.json"
	for ((i = 0; i < $1; i++)); do
		other=$(printf 'ff%062x' "$i")
		mkdir -p "$state/containers/$other"
		printf '{"State":{"Running":false,"Pid":0},"ID":"%s","Name":"/other-%d"}' \
			"$other" "$i" >"$state/containers/$other/config.v2.json"
	done
}

# among COUNT COMMAND... - where so many containers that do not run are on disk, and no other engine's.
# $id is made first: a tmpfs lists what is newest first, so that all of them would be read past.
among() {
	local state=$BATS_TEST_TMPDIR/state-$1
	[ -d "$state" ] || containers "$1"
	shift
	# shellcheck disable=SC2016 # the inner shell expands it
	unshare --mount --propagation private sh -c 'mkdir -p /var/lib/docker && mount -t tmpfs counts /run &&
		mount -t tmpfs counts /var/lib/docker && mkdir /var/lib/docker/containers &&
		for d in "$0/containers/$1" "$0"/containers/ff*; do
			[ ! -d "$d" ] || cp -R "$d" /var/lib/docker/containers/; done && shift &&
		exec "$@"' "$state" "$id" "$@" 3>&-
}

# calls COUNT - sets $calls: by name, among so many containers
calls() {
	among "$1" strace -f -qq -o "$BATS_TEST_TMPDIR/calls" \
		"$NSJOIN" -t counted "${spaces[@]}" "$noop"
	calls=$(wc -l <"$BATS_TEST_TMPDIR/calls")
}

@test "by name: a container that runs" {
	local id around
	requires cgroup2 alone
	container_make
	around=(among 0)
	count_by_pid
	count other "$NSJOIN" -t counted "${spaces[@]}" "$noop"
	over instructions 110000
	over syscalls 90
	over faults 15
}

@test "by name: those that lie about are not read" {
	local id calls few
	requires cgroup2 alone
	container_make
	calls 0
	few=$calls
	calls 50
	[ "$calls" -eq "$few" ] || fail "$((calls - few)) more for 50 containers"
	run grep -c libjson "$BATS_TEST_TMPDIR/calls"
	expect_output 0
}

# One whose cgroup is at no known place is looked for among them: each is opened, read and closed.
@test "by name: what each further container on disk costs" {
	local id calls few
	requires cgroup2
	container_make "nsjoin-$$"
	calls 0
	few=$calls
	calls 50
	[ $((calls - few)) -le $((50 * 4)) ] || fail "$((calls - few)) more for 50 containers"
	[ $((calls - few)) -ge 50 ] || fail "$((calls - few)) more for 50: they were not looked at"
}

# calls_by_id - sets $calls
calls_by_id() {
	strace -f -qq -o "$BATS_TEST_TMPDIR/calls" "$NSJOIN" -t "$id" "${spaces[@]}" "$noop"
	calls=$(wc -l <"$BATS_TEST_TMPDIR/calls")
}

# Where no runtime puts one, the engines that run are asked for their state: they are looked for among
# those that no container holds, however many it holds.
@test "a container's id anywhere in the tree: what runs in containers is not asked" {
	local id calls few i crowd pids=()
	requires cgroup2
	container_make "nsjoin-$$"
	cgroup_make "" "nsjoin-$$/$(printf 'd%063x' "$T")"
	crowd=$REPLY
	calls_by_id
	few=$calls
	for ((i = 0; i < 200; i++)); do
		# shellcheck disable=SC2016 # the inner shell expands it
		sh -c 'echo $$ >"$0/cgroup.procs" && exec sleep 1000' "$crowd" 3>&- &
		pids+=($!)
	done
	for ((i = 0; i < 500 && $(wc -l <"$crowd/cgroup.procs") < 200; i++)); do
		sleep 0.02
	done
	calls_by_id
	kill "${pids[@]}"
	wait "${pids[@]}" || :
	# Others come and go.
	[ $((calls - few)) -le 50 ] || fail "$((calls - few)) more calls for 200 processes in a container"
}
