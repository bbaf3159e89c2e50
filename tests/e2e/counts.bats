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

# count NAME COMMAND... - sets NAME[instructions], NAME[syscalls] and NAME[faults], less what the
# program itself costs. A user's locale, and nothing else of the environment: all of it is parsed.
count() {
	local -n ret_counts=$1
	local what number
	shift
	while read -r what number; do
		ret_counts["$what"]=$((number - ${idle["$what"]:-0}))
	done < <(env -i PATH="$PATH" LANG=C.UTF-8 "$NSJOIN_HELPERS/icount" "$@" 3>&-)
	[ "${ret_counts[instructions]:-0}" -gt 0 ] || fail "not counted: $*"
}

setup() {
	noop=$NSJOIN_HELPERS/noop
	declare -gA idle=() theirs=() ours=() other=()
	count idle "$noop"
	# shellcheck disable=SC2119 # all of it
	target_full
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
	count ours "$NSJOIN" -t "$T" "${spaces[@]}" "$noop"
	count other "$NSJOIN" -t "$T" "${spaces[@]}" "$noop"
	[ "${ours[syscalls]}" -eq "${other[syscalls]}" ]
	over instructions $((ours[instructions] / 100))
}

@test "by PID: uts, ipc, net and pid namespace" {
	count theirs nsenter -t "$T" "${spaces[@]}" "$noop"
	count ours "$NSJOIN" -t "$T" "${spaces[@]}" "$noop"
	at_most instructions 40
	at_most syscalls 55
	at_most faults 65
}

@test "by PID: the files, too" {
	count theirs nsenter -t "$T" -m "${spaces[@]}" "$noop"
	count ours "$NSJOIN" -t "$T" -m "${spaces[@]}" "$noop"
	# What isolation may cost.
	at_most instructions 60
	at_most syscalls 90
}

# container_make - sets $id: the target lives where Docker would put it
container_make() {
	id=$(printf '%064x' "$T")
	[ -d "$(cgroup_root "")/docker" ] || cgroup_make "" docker
	cgroup_make "" "docker/$id"
	made_cgroup=("$REPLY" "${made_cgroup[0]}") # from the inside out
	[ "${made_cgroup[0]}" != "${made_cgroup[1]}" ] || made_cgroup=("$REPLY")
	echo "$T" >"$REPLY/cgroup.procs"
}

@test "a container's id at a known place" {
	local id
	requires cgroup2
	container_make
	count ours "$NSJOIN" -t "$T" "${spaces[@]}" "$noop"
	count other "$NSJOIN" -t "$id" "${spaces[@]}" "$noop"
	over instructions 80000 # loading a library for it would be three times that
	over syscalls 36
	over faults 8
}

# containers COUNT - Docker's state below $state: $id, which runs, and as many that do not
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

# calls COUNT - sets $calls: by name, with so many containers that do not run on disk. Those that
# run are made first: a tmpfs lists what is newest first, so that all of them are read past.
calls() {
	state=$BATS_TEST_TMPDIR/state-$1
	containers "$1"
	# shellcheck disable=SC2016 # the inner shell expands it
	unshare --mount --propagation private sh -c 'mkdir -p /var/lib/docker &&
		mount -t tmpfs counts /var/lib/docker && mkdir /var/lib/docker/containers &&
		for d in "$0/containers/$1" "$0"/containers/ff*; do
			[ ! -d "$d" ] || cp -R "$d" /var/lib/docker/containers/; done && shift &&
		exec strace -f -qq -o "$0/calls" "$@"' \
		"$state" "$id" "$NSJOIN" -t docker:counted "${spaces[@]}" "$noop" 3>&-
	calls=$(wc -l <"$state/calls")
}

# Reading past another container's state: it is opened, read and closed.
@test "by name: what each further container on disk costs" {
	local state id calls few
	requires cgroup2
	container_make
	calls 0
	few=$calls
	calls 50
	[ $((calls - few)) -le $((50 * 4)) ] || fail "$((calls - few)) more for 50 containers"
	[ $((calls - few)) -ge 50 ] || fail "$((calls - few)) more for 50: they were not looked at"
}
