#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# run.sh [-m] [BUILD [SUITE...]] - measures nsjoin against nsenter, docker exec and the like; -m prints
# the tables of README.md. BUILD is the folder of a release build (build/release). Root only.
#
# start    what entering costs, by PID
# docker   by id and by name, against docker inspect and docker exec; among 300 stopped containers
# tools    the host's programs in a target that has none: the views of -H; an engine's exec and sidecar
# resolve  what finding costs among 1,000 and 10,000 processes in 200 cgroups
# become   nsjoin -t and nsjoin -a against nsenter -a and docker exec, with a rest before each
# list     nsjoin ps at 10,000 processes, against lsns and ps
#
# Nothing of the machine is used or changed: targets are a process in namespaces of its own, herds of
# processes (herd.c) and, where the programs of a Docker engine are installed, a container of an
# engine of its own. State on disk is that of a mount namespace of our own. Commands are run in turn
# and compared round by round; see bench.c.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)

rounds=300        # of what takes a millisecond
engine_rounds=20  # of what asks a daemon
list_rounds=20    # of what takes a tenth of a second
become_rounds=60  # of what has a rest before it
rest=50           # ms of it: as when somebody types
slow_rounds=3     # of what takes seconds
stopped=300       # containers that lie around
known=500         # containers that have a name, where they are looked for among many
cgroups=200       # that a herd lives in
cpu=$(($(nproc) - 1))
spaces=(-u -i -n -p)
# A name that no other engine of the machine has given.
container="nsjoin-bench"

die() {
	echo "run.sh: $1" >&2
	exit "${2:-1}"
}

if [ -z "${BENCH_INSIDE:-}" ]; then
	[ "$(id -u)" = 0 ] || die "only root can make namespaces to enter" 77
	export BENCH_INSIDE=1
	exec unshare --mount --propagation private -- "$0" "$@"
fi

table=
if [ "${1:-}" = -m ]; then
	table=1
	shift
fi
build=$(cd "${1:-$here/../build/release}" && pwd) || die "no such build"
all=" start tools docker become resolve list " suites=" ${*:2} "
[ $# -gt 1 ] || suites=$all
for suite in $suites; do
	[[ $all == *" $suite "* ]] || die "no such suite: $suite" 2
done
# A shell remembers where a program is: nobody is to be looked for while time is taken.
nsenter=$(type -P nsenter) || die "nsenter is missing"
nsjoin=$build/nsjoin bench=$build/bench/bench icount=$build/bench/icount
for program in "$nsjoin" "$bench" "$icount" "$build/bench/noop" "$build/bench/herd"; do
	[ -x "$program" ] || die "$program is missing: cmake --preset release && cmake --build --preset release --target bench"
done

dir=$(mktemp -d /tmp/nsjoin-bench.XXXXXX)
# Removed at the end, also from within a function: none may have a variable of this name.
readonly dir
target_parent="" engine="" bare_parents=()
had_cgroups=$(find /sys/fs/cgroup -maxdepth 2 -type d -name docker)

wanted() {
	[[ $suites == *" $1 "* ]]
}

engine_stop() {
	[ -n "$engine" ] || return 0
	timeout 20 docker rm -f "$container" >/dev/null 2>&1 || :
	kill "$engine" 2>/dev/null || :
	wait "$engine" 2>/dev/null || :
	engine=
	# What its containers were in stays behind, empty.
	[ -n "$had_cgroups" ] || find /sys/fs/cgroup -maxdepth 2 -type d -name docker -exec rmdir {} + || :
}

finish() {
	trap - EXIT
	herd_stop
	engine_stop
	# unshare ignores what is gentler; its child dies with it.
	if [ -n "$target_parent" ]; then
		kill -KILL "$target_parent" 2>/dev/null || :
		wait "$target_parent" 2>/dev/null || :
	fi
	bare_stop
	rm -rf --one-file-system "$dir"
}
trap finish EXIT
trap 'exit 130' INT TERM

# A user's locale: it is what nsenter loads.
unset LC_ALL
LANG=C.UTF-8
! locale -a 2>/dev/null | grep -qix 'en_US\.utf-\?8' || LANG=en_US.UTF-8
export LANG
cp "$build/bench/noop" "$dir/noop"
noop=$dir/noop

environment() {
	local cgroups=v1
	[ ! -e /sys/fs/cgroup/cgroup.controllers ] || cgroups=v2
	[ ! -d /sys/fs/cgroup/unified ] || cgroups=hybrid
	printf 'machine   %s, %s processors\n' "$(uname -sr)" "$(nproc)"
	printf 'locale    %s\n' "$LANG"
	printf 'cgroups   %s\n' "$cgroups"
	printf 'nsenter   %s\n' "$("$nsenter" --version)"
	printf 'nsjoin    %s, needs %s\n' "$("$nsjoin" --version | head -n 1)" \
		"$(LC_ALL=C readelf -d "$nsjoin" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' | paste -sd ' ')"
}

# Where containers of another engine run, a name may be known there as well: all processes are asked.
warn_of_strangers() {
	local procs
	for procs in /sys/fs/cgroup/{,unified/,systemd/}docker/*/cgroup.procs; do
		if [ -e "$procs" ] && [ -n "$(<"$procs")" ]; then
			echo "run.sh: another engine's containers run: names take longer here" >&2
			return
		fi
	done
}

# A process that has all but the user namespace for itself; $target is its pid. Targets are pinned as
# what enters them is: a program takes the processors of its target, and would be moved to others.
target_start() {
	local tries
	taskset -c "$cpu" unshare --mount --uts --ipc --net --pid --fork --kill-child --mount-proc sleep infinity &
	target_parent=$!
	for ((tries = 0; tries < 500; tries++)); do
		target=$(<"/proc/$target_parent/task/$target_parent/children")
		target=${target% }
		[ -z "$target" ] || [ "$(<"/proc/$target/comm")" != sleep ] || return 0
		sleep 0.01
	done
	die "the target did not start"
}

# bare_start ROOT - a process with nothing but the files of ROOT; $bare is its pid
bare_start() {
	local tries
	mkdir -p "$1"/{proc,etc,dev,tmp}
	cp "$(command -v busybox)" "$1/busybox"
	# shellcheck disable=SC2016 # the inner shell expands it
	taskset -c "$cpu" unshare --mount --uts --ipc --net --pid --fork --kill-child sh -c 'mount --bind "$1" "$1" && cd "$1" &&
		mount -t proc proc proc && pivot_root . . && /busybox umount -l . && exec /busybox chroot . /busybox sleep 1000000' sh "$1" &
	bare_parents+=($!)
	for ((tries = 0; tries < 500; tries++)); do
		bare=$(<"/proc/$!/task/$!/children")
		bare=${bare% }
		[ -z "$bare" ] || [ "$(<"/proc/$bare/comm")" != busybox ] || return 0
		sleep 0.01
	done
	die "the target did not start"
}

bare_stop() {
	local parent
	for parent in "${bare_parents[@]}"; do
		kill -KILL "$parent" 2>/dev/null || :
		wait "$parent" 2>/dev/null || :
	done
	bare_parents=()
}

# State that is ours alone, and empty. Where it cannot be had not a step is taken further: an engine would
# use the machine's.
state_start() {
	local state
	mkdir -p /var/lib/docker
	for state in /run /var/lib/docker /etc/docker; do
		[ ! -d "$state" ] || mount -t tmpfs bench "$state" || die "cannot cover the machine's $state"
	done
}

# An engine that sees an empty /run and /var/lib/docker; $docker is the container's pid, $id its id.
engine_start() {
	local tries program
	for program in dockerd containerd runc docker busybox; do
		command -v "$program" >/dev/null || return 1
	done
	! ldd "$(command -v busybox)" >/dev/null 2>&1 || return 1
	mkdir "$dir/image"
	state_start
	# Over the contexts of a user's configuration: they may lead to another engine.
	export DOCKER_HOST=unix:///run/docker.sock
	dockerd --host "$DOCKER_HOST" --storage-driver=vfs --bridge=none --iptables=false >"$dir/dockerd.log" 2>&1 &
	engine=$!
	for ((tries = 0; tries < 300; tries++)); do
		! docker version >/dev/null 2>&1 || break
		kill -0 "$engine" 2>/dev/null || break
		sleep 0.1
	done
	cp "$(command -v busybox)" "$noop" "$dir/image/"
	if ! tar -C "$dir/image" -c busybox noop | timeout 60 docker import - bench >/dev/null ||
		! id=$(timeout 60 docker run -d --name "$container" --network none bench /busybox sleep 1000000); then
		tail -n 5 "$dir/dockerd.log" >&2
		return 1
	fi
	docker=$(docker inspect -f '{{.State.Pid}}' "$container") || return 1
	stopped_make
}

# What the engine would have on disk. It is not told: they are there to be read past.
stopped_make() {
	local i other all=/var/lib/docker/containers
	for ((i = 0; i < stopped; i++)); do
		other=$(printf '%064x' $((RANDOM * RANDOM + 1)) | rev)
		mkdir "$all/$other" 2>/dev/null || continue
		sed -e "s/$id/$other/g" -e "s|\"/$container\"|\"/other-$i\"|" \
			-e 's/"Running":true/"Running":false/' \
			"$all/$id/config.v2.json" >"$all/$other/config.v2.json"
	done
}

# herd_start ARGUMENT... - of herd; ids and pids of its containers are in $herd_id and $herd_pid
herd_start() {
	local one pid
	herd_id=() herd_pid=()
	coproc HERD { exec "$build/bench/herd" "$@"; }
	while read -r one pid <&"${HERD[0]}"; do
		[ "$one" != ready ] || return 0
		herd_id+=("$one")
		herd_pid+=("$pid")
	done
	die "the herd did not gather"
}

herd_stop() {
	local pid=${HERD_PID:-}
	[ -n "$pid" ] || return 0
	kill "$pid" 2>/dev/null || :
	wait "$pid" || echo "run.sh: the herd has left something behind" >&2
}

# State as an engine writes it for $known containers called crowd-N: first those of the herd, which
# run, then as many others.
crowd_make() {
	local i one pid running text template all=/var/lib/docker/containers
	template=$(<"$here/crowd.json")
	rm -rf "$all" && mkdir -p "$all"
	for ((i = 0; i < known; i++)); do
		running=false pid=0
		[ "$i" -ge "${#herd_id[@]}" ] || running=true pid=${herd_pid[i]}
		one=${herd_id[i]:-$(printf '%064x' "$i" | rev)}
		mkdir "$all/$one"
		text=${template//@ID@/$one}
		text=${text//@SHORT@/${one:0:12}}
		text=${text/@RUNNING@/$running}
		text=${text/@PID@/$pid}
		printf '%s' "${text/@N@/$i}" >"$all/$one/config.v2.json"
	done
}

measure() {
	"$bench" -c "$cpu" -n "$rounds" "$@"
}

# field NAME FIELD FILE - of the line of that name
field() {
	sed -n "s/^{\"name\":\"$1\",.*\"$2\":\([-0-9.]*\).*/\1/p" "$3"
}

count() {
	timeout 60 "$icount" "$@" | awk '{ n[$1] = $2 } END { print n["instructions"], n["syscalls"], n["faults"] }'
}

# row TEXT NAME FILE COMMAND... - a line of the table: the times of FILE, the counts of COMMAND
row() {
	local text=$1 name=$2 file=$3 counts instructions syscalls faults
	shift 3
	counts=$(count "$@")
	read -r instructions syscalls faults <<<"$counts"
	printf '| %s | %.0f | %.2f | %d k | %d | %d |\n' "$text" "$(field "$name" median_us "$file")" \
		"$(field "$name" ratio "$file")" $((instructions / 1000)) "$syscalls" "$faults"
}

suite_start() {
	measure nsenter "$nsenter" -t "$target" "${spaces[@]}" "$noop" , \
		nsjoin "$nsjoin" -t "$target" "${spaces[@]}" "$noop" , \
		nsenter-m "$nsenter" -t "$target" -m "${spaces[@]}" "$noop" , \
		nsjoin-m "$nsjoin" -t "$target" -m "${spaces[@]}" "$noop" , \
		floor "$noop" >"$dir/start"
}

# To the end of a program of the host's; nsenter has one where the target's files are the host's.
suite_tools() {
	local scratch
	bare_start "$dir/scratch"
	scratch=$bare
	mkdir -p "$dir/other"/{usr/bin,usr/lib,bin,lib64}
	head -c 4000 /dev/urandom >"$dir/other/lib64/ld-linux-x86-64.so.2"
	chmod 755 "$dir/other/lib64/ld-linux-x86-64.so.2"
	bare_start "$dir/other"
	measure nsenter "$nsenter" -t "$target" -m "${spaces[@]}" true , \
		exe "$nsjoin" -t "$scratch" -m "${spaces[@]}" -X busybox true , \
		host "$nsjoin" -t "$scratch" -q -H --view=host true , \
		scratch "$nsjoin" -t "$scratch" -q -H true , \
		other "$nsjoin" -t "$bare" -q -H true >"$dir/tools"
	bare_stop
}

# What an engine has for the same: a program of the container's, or another container beside it.
suite_sidecar() {
	"$bench" -i "$rest" -n "$engine_rounds" \
		nsenter "$nsenter" -t "$target" -m "${spaces[@]}" true , \
		exec docker exec "$container" /busybox true , \
		run docker run --rm --pid "container:$container" --network "container:$container" bench /busybox true \
		>"$dir/sidecar"
}

suite_docker() {
	measure nsenter "$nsenter" -t "$docker" "${spaces[@]}" "$noop" , \
		pid "$nsjoin" -t "$docker" "${spaces[@]}" "$noop" , \
		id "$nsjoin" -t "$id" "${spaces[@]}" "$noop" , \
		prefix "$nsjoin" -t "${id:0:12}" "${spaces[@]}" "$noop" , \
		name "$nsjoin" -t "$container" "${spaces[@]}" "$noop" >"$dir/docker"
	measure pid "$nsjoin" -t "$docker" "${spaces[@]}" "$noop" , \
		id "$nsjoin" -t "$id" "${spaces[@]}" "$noop" , \
		prefix "$nsjoin" -t "${id:0:12}" "${spaces[@]}" "$noop" , \
		name "$nsjoin" -t "$container" "${spaces[@]}" "$noop" >"$dir/over"
}

# Apart: a daemon that was asked is busy for a while after it has answered.
suite_engine() {
	# shellcheck disable=SC2016 # the inner shell expands it
	"$bench" -n "$engine_rounds" name "$nsjoin" -t "$container" "${spaces[@]}" "$noop" , \
		inspect sh -c 'exec nsenter -t "$(docker inspect -f "{{.State.Pid}}" "$0")" -u -i -n -p "$1"' \
		"$container" "$noop" , \
		exec docker exec "$container" /noop , \
		run docker run --rm --pid "container:$container" --network "container:$container" bench /noop \
		>"$dir/engine"
}

# What is taken of the container is seen from inside: status and cgroups are read in the timed run.
suite_become() {
	local inside=(/busybox cat /proc/self/status /proc/self/cgroup) i
	"$bench" -c "$cpu" -i "$rest" -n "$become_rounds" \
		nsenter "$nsenter" -t "$docker" -a "${inside[@]}" , \
		all "$nsjoin" -t "$docker" -a "${inside[@]}" , \
		become "$nsjoin" -t "$docker" "${inside[@]}" >"$dir/become"
	"$bench" -i "$rest" -n "$engine_rounds" become "$nsjoin" -t "$container" "${inside[@]}" , \
		exec docker exec "$container" "${inside[@]}" >"$dir/become-engine"
	for ((i = 0; i < become_rounds; i++)); do
		"$nsjoin" -v -t "$docker" /noop 2>&1 | sed -n 's/.* was stopped for \([0-9]*\) us.*/\1/p'
	done | sort -n >"$dir/stopped"
}

# herd_measure FILE TARGET - what finding it costs over the pid of the herd's first container
herd_measure() {
	measure pid "$nsjoin" -t "${herd_pid[0]}" "${spaces[@]}" "$noop" , \
		target "$nsjoin" -t "$2" "${spaces[@]}" "$noop" >"$1"
}

# Below "docker" ids are looked for first of all; anywhere else only walking the tree finds them.
suite_resolve() {
	local n
	for n in 1000 10000; do
		herd_start "$n" "$cgroups"
		crowd_make
		herd_measure "$dir/known-$n" "${herd_id[0]}"
		herd_measure "$dir/name-$n" crowd-0
		herd_stop
		rm -rf /var/lib/docker/containers
		herd_start -p nsjoin-herd "$n" "$cgroups"
		herd_measure "$dir/walk-$n" "${herd_id[0]}"
		herd_stop
	done
	herd_start -e 1000 -p nsjoin-herd 10000 "$cgroups"
	herd_measure "$dir/walk-more" "${herd_id[0]}"
	herd_stop
}

suite_list() {
	herd_start 10000 "$cgroups"
	crowd_make
	"$bench" -n "$list_rounds" ps ps -e , nsjoin "$nsjoin" ps , complete \
		"$nsjoin" __complete targets >"$dir/list"
	"$bench" -w 1 -n "$slow_rounds" lsns lsns , nsjoin "$nsjoin" ps >"$dir/list-slow"
	herd_stop
	rm -rf /var/lib/docker/containers
}

print_start() {
	echo "| | µs | wall | instructions | system calls | page faults |"
	echo "|---|--:|--:|--:|--:|--:|"
	row 'nsenter -t PID -u -i -n -p' nsenter "$dir/start" "$nsenter" -t "$target" "${spaces[@]}" "$noop"
	row '**nsjoin** -t PID -u -i -n -p' nsjoin "$dir/start" "$nsjoin" -t "$target" "${spaces[@]}" "$noop"
	row 'nsenter, with -m' nsenter-m "$dir/start" "$nsenter" -t "$target" -m "${spaces[@]}" "$noop"
	row '**nsjoin**, with -m' nsjoin-m "$dir/start" "$nsjoin" -t "$target" -m "${spaces[@]}" "$noop"
}

# tools_row TEXT NAME FILE
tools_row() {
	printf '| %s | %.0f | %.2f |\n' "$1" "$(field "$2" median_us "$3")" "$(field "$2" ratio "$3")"
}

print_tools() {
	local name
	printf "\nThe host's programs in a target without any, to the end of true(1):\n\n"
	echo "| | µs | wall |"
	echo "|---|--:|--:|"
	for name in 'nsenter/nsenter -m -u -i -n -p, in a target that has it' \
		'exe/**nsjoin** -X busybox' 'host/**nsjoin** -H --view=host' \
		'scratch/**nsjoin** -H, one file' 'other/**nsjoin** -H, another loader'; do
		tools_row "${name#*/}" "${name%%/*}" "$dir/tools"
	done
	[ -e "$dir/sidecar" ] || return 0
	tools_row 'docker exec, a program of the container' exec "$dir/sidecar"
	tools_row 'docker run --pid container:NAME, an image that has it' run "$dir/sidecar"
}

print_docker() {
	row '**nsjoin** -t ID' id "$dir/docker" "$nsjoin" -t "$id" "${spaces[@]}" "$noop"
	row "**nsjoin** -t NAME, $stopped more on disk" name "$dir/docker" \
		"$nsjoin" -t "$container" "${spaces[@]}" "$noop"
}

print_engine() {
	local name
	printf '\nOver by PID: by ID %+.0f µs, by 12 digits of it %+.0f µs, by name %+.0f µs. In a rotation of\n' \
		"$(field id over_us "$dir/over")" "$(field prefix over_us "$dir/over")" \
		"$(field name over_us "$dir/over")"
	printf 'their own, since daemons are busy for a while afterwards:\n\n| | ms | wall |\n|---|--:|--:|\n'
	# shellcheck disable=SC2016 # it is printed
	for name in 'name/**nsjoin** -t NAME' 'inspect/nsenter -t $(docker inspect NAME)' 'exec/docker exec NAME' \
		'run/docker run --pid container:NAME'; do
		printf '| %s | %.1f | %.1f |\n' "${name#*/}" \
			"$(field "${name%%/*}" median_us "$dir/engine" | awk '{ print $1 / 1000 }')" \
			"$(field "${name%%/*}" ratio "$dir/engine")"
	done
}

print_become() {
	printf '\nBecoming a process of a container, with %s ms of rest before each:\n\n' "$rest"
	echo "| | ms | over nsenter -a, µs |"
	echo "|---|--:|--:|"
	become_row 'nsenter -a -t PID' nsenter
	become_row '**nsjoin** -a -t PID' all
	become_row '**nsjoin** -t PID' become
	printf '\ndocker exec takes %.0f times as long. The filters were copied while the target stood still for\n%s µs (median; at most %s).\n' \
		"$(field exec ratio "$dir/become-engine")" "$(sed -n "$((become_rounds / 2))p" "$dir/stopped")" \
		"$(tail -n 1 "$dir/stopped")"
}

become_row() {
	printf '| %s | %.1f | %+.0f |\n' "$1" \
		"$(awk "BEGIN { print $(field "$2" median_us "$dir/become") / 1000 }")" \
		"$(field "$2" over_us "$dir/become")"
}

over() {
	field target over_us "$dir/$1"
}

# over_row TEXT NAME GOAL - of both sizes of herd
over_row() {
	printf '| %s | %+.0f | %+.0f | %s |\n' "$1" "$(over "$2-1000")" "$(over "$2-10000")" "$3"
}

print_resolve() {
	printf '\nFinding it, in µs over -t PID, among processes in %s cgroups:\n\n' "$cgroups"
	echo "| | 1,000 | 10,000 | goal |"
	echo "|---|--:|--:|--:|"
	over_row "-t ID at a known place" known 60
	over_row "-t NAME, one of $known containers" name 3000
	over_row "-t ID anywhere in the tree" walk ""
	printf '| 1,000 cgroups more in the tree | | %+.0f | 2000 |\n' \
		"$(awk "BEGIN { print $(over walk-more) - $(over walk-10000) }")"
}

# list_row TEXT NAME FILE - a line with its time, and how often that of nsjoin goes into it
list_row() {
	local us
	us=$(field "$2" median_us "$3")
	printf '| %s | %.0f | %.2g |\n' "$1" "$(awk "BEGIN { print $us / 1000 }")" \
		"$(awk "BEGIN { print $us / $(field nsjoin median_us "$3") }")"
}

print_list() {
	printf '\nListing at 10,000 processes, %s containers:\n\n' "$cgroups"
	echo "| | ms | times nsjoin ps |"
	echo "|---|--:|--:|"
	list_row '**nsjoin** ps' nsjoin "$dir/list"
	list_row '**nsjoin** -t &lt;TAB&gt;' complete "$dir/list"
	list_row 'ps -e' ps "$dir/list"
	list_row 'lsns' lsns "$dir/list-slow"
}

warn_of_strangers
target_start
! wanted start || suite_start
# Measured, then printed: what is counted runs against the same target.
[ -z "$table" ] || ! wanted start || print_start
! wanted tools || suite_tools
if wanted docker || wanted become || wanted tools; then
	if engine_start; then
		! wanted tools || suite_sidecar
		! wanted docker || { suite_docker; suite_engine; }
		! wanted become || suite_become
		[ -z "$table" ] || ! wanted docker || { print_docker; print_engine; }
		[ -z "$table" ] || ! wanted become || print_become
	else
		echo "run.sh: no engine of its own could be started: containers are left out" >&2
	fi
	engine_stop
fi
[ -z "$table" ] || ! wanted tools || print_tools
# Over the engine's, whose stopped containers would come on top.
state_start
if wanted resolve; then
	suite_resolve
	[ -z "$table" ] || print_resolve
fi
if wanted list; then
	suite_list
	[ -z "$table" ] || print_list
fi
if [ -z "$table" ]; then
	environment
	for result in start tools sidecar docker over engine become become-engine stopped {known,name,walk}-1000 {known,name,walk}-10000 \
		walk-more list list-slow; do
		[ ! -e "$dir/$result" ] || { echo "$result" && cat "$dir/$result"; }
	done
fi
