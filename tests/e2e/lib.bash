# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# shellcheck disable=SC2034 # some are for the tests only
# shellcheck disable=SC2154 # status, output, stderr, lines and BATS_* are set by bats
# What the end-to-end tests share. A test starts targets, enters them, and leaves nothing behind:
# teardown ends exactly what was started and fails when something else is left.
bats_require_minimum_version 1.5.0

# bats notes where it is before each command, a fifth of all that the tests take. It is enough to
# look when one has failed.
bats_debug_trap() {
	trap - DEBUG
}

bats_error_trap() {
	bats_check_status_from_trap
	bats_capture_stack_trace
	BATS_DEBUG_LAST_STACK_TRACE_IS_VALID=1
}

# shellcheck source=needs.bash
. "$BATS_TEST_DIRNAME/needs.bash"

fdlist=$NSJOIN_HELPERS/fdlist
sigprog=$NSJOIN_HELPERS/sigprog
ptyrun=$NSJOIN_HELPERS/ptyrun
all_types=(user mnt pid net ipc uts cgroup time)
declare -gA BOX       # what the last target said of itself: BOX[target], BOX[net], ...
declare -gi kept_count=0
declare -ga kept_pid=() kept_fd=() made_cgroup=() made_mount=()

requires() {
	local need lacks
	for need; do
		lacks=$(need_missing "$need") && continue
		[ "${NSJOIN_MUST_RUN:-0}" = 1 ] && fail "$lacks"
		skip "$lacks"
	done
}

fail() {
	printf '%s\n' "$@" >&2
	return 1
}

# ---- running
#
# Starting a process takes longer than most of what is tested: what all tests use starts few.

# hear [-STATUS] COMMAND... - $status, $output and $stderr of it, as "run --separate-stderr" has them
hear() {
	local - wanted='' err=$BATS_TEST_TMPDIR/heard.$BASHPID
	set +eE
	if [[ $1 =~ ^-[0-9]+$ ]]; then
		wanted=${1#-}
		shift
	fi
	output=$("$@" 2>"$err")
	status=$?
	read -r -d '' stderr <"$err"
	IFS=$'\n' read -r -d '' -a lines <<<"$output"
	[ -z "$wanted" ] || expect_status "$wanted"
}

# nsjoin under test. Descriptor 3 is bats's own.
j() {
	timeout -k 5 20 "$NSJOIN" "$@" 3>&-
}

# The same as an ordinary user (uid and gid 1000), who can start nothing that root could not end.
user_j() {
	as_user timeout -k 5 20 "$NSJOIN" "$@" 3>&-
}

as_user() {
	setpriv --reuid 1000 --regid 1000 --clear-groups -- "$@"
}

# ok ARGS... - nsjoin succeeds; $output is what the program printed
ok() {
	hear j "$@"
	[ "$status" -eq 0 ] || fail "status $status" "$stderr" "$output"
}

user_ok() {
	hear user_j "$@"
	[ "$status" -eq 0 ] || fail "status $status" "$stderr" "$output"
}

expect_output() {
	[ "$output" = "$1" ] || fail "expected: $1" "got: $output" "stderr: ${stderr:-}"
}

expect_status() {
	[ "$status" -eq "$1" ] || fail "expected status $1, got $status" "$output" "${stderr:-}"
}

# expect_stderr PATTERN - a line matches it
expect_stderr() {
	local line
	while IFS= read -r line; do
		[[ ! $line =~ $1 ]] || return 0
	done <<<"$stderr"
	fail "not on stderr: $1" "$stderr"
}

# Let ordinary users reach the files of this test.
open_dirs() {
	chmod a+rx "$BATS_RUN_TMPDIR" "$BATS_RUN_TMPDIR/test" "$BATS_TEST_TMPDIR"
}

# Lines of fdlist's: "fact uid" prints what stands behind it.
fact() {
	local rest=$'\n'$output
	while [[ $rest == *$'\n'"$1 "* ]]; do
		rest=${rest#*$'\n'"$1 "}
		echo "${rest%%$'\n'*}"
	done
}

# fact_is NAME VALUE - the line is there, or, where the value is "", is not
fact_is() {
	local rest=${output#"$1 "}
	[ "$rest" != "$output" ] || rest=${output#*$'\n'"$1 "}
	[ "$rest" != "$output" ] || rest=''
	[ "${rest%%$'\n'*}" = "$2" ] || fail "$1 is ${rest%%$'\n'*} instead of $2" "$output" "$stderr"
}

# The form of every message: "nsjoin: what: reason", details indented, two hints at the most;
# nothing that could steer a terminal. Notes and warnings may come before it.
message_form() {
	local LC_ALL=C line first='' errors=0 hints=0
	while IFS= read -r line; do
		[[ ! $line =~ ^nsjoin:\ (note|warning):\  ]] || continue
		first=${first:-$line}
		case $line in
		'nsjoin: '*) errors=$((errors + 1)) ;;
		'hint: '*) hints=$((hints + 1)) ;;
		'  '*) ;;
		*) fail "a line of no known kind:" "$stderr" ;;
		esac
	done <<<"$stderr"
	[ "$errors" -eq 1 ] || fail "$errors messages instead of one:" "$stderr"
	[ "$hints" -le 2 ] || fail "$hints hints:" "$stderr"
	[[ ${stderr//$'\n'/} != *[[:cntrl:]]* ]] || fail "control characters:" "$stderr"
	[[ ! $first =~ ^nsjoin:\ [A-Z]|\.$ ]] ||
		fail "begins upper case or ends in a full stop:" "$stderr"
}

# fails_with STATUS ID 'text' [ARGS...] - nsjoin fails with that status, id and (extended regular
# expression) text, and wrote nothing to stdout: no program has run
fails_with() {
	fails_as j "$@"
}

fails_as() {
	local run_as=$1 wanted=$2 id=$3 text=$4
	shift 4
	hear "$run_as" "$@"
	expect_status "$wanted"
	expect_output ""
	message_form
	expect_stderr "$text"
	hear "$run_as" --errors=json "$@"
	expect_status "$wanted"
	expect_output ""
	expect_stderr "^\{.*\"id\":\"$id\".*\"status\":$wanted\}\$"
}

# refused ID 'text' OPTIONS... - as fails_with 125, with a program that would leave a mark
refused() {
	refused_as j "$@"
}

refused_as() {
	local run_as=$1 id=$2 text=$3 mark=$BATS_TEST_TMPDIR/ran
	shift 3
	fails_as "$run_as" 125 "$id" "$text" "$@" -- /bin/sh -c "echo ran; echo ran >&2; : >'$mark'"
	[[ $'\n'$stderr$'\n' != *$'\nran\n'* ]] || fail "the program was run:" "$stderr"
	[ ! -e "$mark" ] || fail "the program was run"
}

# ---- targets

# kept_start PROGRAM ARGS... - a helper that says NAME=VALUE lines and stays until its stdin ends, or has
# a line
kept_start() {
	local hold name value base=$BATS_TEST_TMPDIR/kept.$((kept_count += 1))
	mkfifo "$base".{stdin,stdout}
	exec {hold}<>"$base.stdin"
	"$@" <"$base.stdin" >"$base.stdout" 2>"$base.stderr" 3>&- {hold}>&- &
	kept_pid+=($!)
	kept_fd+=("$hold")
	BOX=()
	while IFS='=' read -r -t 10 name value; do
		BOX[$name]=$value
		[ "$name" != ready ] || break
	done <"$base.stdout"
	[ -n "${BOX[ready]:-}" ] || fail "$* did not start:" "$(<"$base.stderr")"
}

# target_start OPTIONS... - a process as nsbox makes it; T is its pid, BOX the rest
target_start() {
	kept_start "$NSJOIN_HELPERS/nsbox" "$@"
	T=${BOX[target]}
}

# target_full - all but the user and time namespaces, as a container has them
target_full() {
	target_start --ns=muinpC --mount-proc --hostname=tgt "$@"
}

# target_rootless - owned by uid 1000, as a rootless container: setgroups is denied
target_rootless() {
	target_start --as=1000 --ns=UmuinpC --mount-proc --hostname=tgt --uid-map='0 1000 1' \
		--gid-map='0 1000 1' --deny-setgroups "$@"
}

# root_make DIR - a tree with busybox in it, to be a target's root
root_make() {
	local model=$BATS_FILE_TMPDIR/root
	[ -d "$model" ] || root_model "$model"
	mkdir -p "$1"
	cp -a "$model/." "$1"
}

root_model() {
	local applet
	mkdir -p "$1"/{bin,dev,etc,proc,tmp,root,opt}
	cp "$(command -v busybox)" "$1/bin/busybox"
	for applet in sh ls cat pwd env id true readlink stat sleep hostname; do
		ln -s busybox "$1/bin/$applet"
	done
	tool_copy "$fdlist" "$1"
	printf 'root:x:0:0:root:/root:/bin/sh\napp:x:1234:1235::/:/bin/sh\n' >"$1/etc/passwd"
	printf 'root:x:0:\napp:x:1235:\nstaff:x:50:app\n' >"$1/etc/group"
}

# tool_copy PROGRAM DIR - a program and, if it needs some, its libraries
tool_copy() {
	local lib
	cp "$1" "$2/bin/"
	for lib in $(ldd "$1" 2>/dev/null | grep -oE '/[^ ]+'); do
		install -D "$lib" "$2$lib"
	done
}

# ns_of TYPE [PID] - the inode; ours without PID
ns_of() {
	stat -L -c %i "/proc/${2:-self}/ns/$1"
}

# Without /proc a program knows what it is in since Linux 6.11 only: whether fdlist has not been able
# to say so.
namespaces_untold() {
	[[ $'\n'$output != *$'\nns '* ]] &&
		[ "$(printf '%s\n' 6.11 "$(uname -r)" | sort -V | head -n 1)" != 6.11 ]
}

# joined TYPE... - fdlist's output shows that these are the target's and all others are ours
joined() {
	local i type inodes
	! namespaces_untold || return 0
	# The time namespace, which not each kernel has, is the last.
	mapfile -t inodes < <(stat -L -c %i "${all_types[@]/#//proc/self/ns/}" 2>/dev/null)
	for i in "${!all_types[@]}"; do
		type=${all_types[i]}
		[[ " $* " != *" $type "* ]] || inodes[i]=${BOX[$type]}
		fact_is "ns $type" "${inodes[i]:-}"
	done
}

# same_ns TYPE... - fdlist's output has the target's namespaces of these types
same_ns() {
	local type
	for type; do
		fact_is "ns $type" "${BOX[$type]}"
	done
}

# other_ns TYPE INODE... - fdlist's output tells the namespace of this type, and it is none of these
other_ns() {
	local got
	! namespaces_untold || return 0
	got=$(fact "ns $1")
	[ -n "$got" ] && [[ " ${*:2} " != *" $got "* ]] || fail "$1 is \"$got\"" "$output"
}

# ---- events

gone() {
	"$NSJOIN_HELPERS/procwait" gone "$1" "${2:-5}" || fail "process $1 is still there"
}

# leader_of NSJOIN - prints the process that leads the program's session; it has others beside it
leader_of() {
	local pid
	for pid in $(<"/proc/$1/task/$1/children"); do
		[[ $(readlink "/proc/$pid/exe") != /memfd:nsjoin* ]] || echo "$pid"
	done
}

in_state() {
	"$NSJOIN_HELPERS/procwait" state "$1" "$2" 5
}

# wait_line FILE PATTERN - until FILE has a line like that; the line is $REPLY
wait_line() {
	local tries
	for ((tries = 0; tries < 500; tries++)); do
		REPLY=$(grep -m 1 -E -- "$2" "$1") && return
		sleep 0.01
	done
	fail "no line like \"$2\" in $1:" "$(<"$1")"
}

# ---- cgroups

# A machine has hierarchies of version 1, the one of version 2, or both. A hierarchy goes by one of its
# controllers, or by the name that it has instead ("name=systemd"); "" is version 2, which also stands
# for what no hierarchy of version 1 has.

# cgroup1_root CONTROLLER - where the hierarchy of version 1 is that has it; nothing where none has
cgroup1_root() {
	awk -v name="$1" '/ - cgroup / && $NF ~ "(^|,)" name "(,|$)" { print $5; exit }' \
		/proc/self/mountinfo
}

cgroup_root() {
	local root=''
	[ -z "$1" ] || root=$(cgroup1_root "$1")
	[ -n "$root" ] || root=$(awk '/ - cgroup2 / { print $5; exit }' /proc/self/mountinfo)
	[ -n "$root" ] || fail "no cgroup hierarchy for \"$1\" is mounted"
	echo "$root"
}

# hierarchies_of CONTROLLER... - those of them that this machine has, each once, are $hierarchies
hierarchies_of() {
	local name root seen=' '
	hierarchies=()
	for name; do
		[ -n "$name" ] || need_missing cgroup2 >/dev/null || continue
		root=$(cgroup_root "$name") || return
		[[ $seen != *" $root "* ]] || continue
		seen+="$root "
		hierarchies+=("$name")
	done
}

# cgroup_make HIERARCHY NAME - a new cgroup; $REPLY is its directory
cgroup_make() {
	local root
	root=$(cgroup_root "$1") || return
	REPLY=$root/$2
	mkdir "$REPLY"
	made_cgroup+=("$REPLY")
}

# cgroup_of HIERARCHY PID - the directory of the cgroup that a process is in
cgroup_of() {
	local root path=''
	root=$(cgroup_root "$1") || return
	[ -z "$1" ] || path=$(sed -n "s/^[0-9]*:$1://p" "/proc/$2/cgroup")
	[ -n "$path" ] || path=$(sed -n 's/^0:://p' "/proc/$2/cgroup")
	echo "$root${path%/}"
}

# freeze DIR - all that is in this cgroup stands still, until thaw or the end of the test
freeze() {
	local REPLY
	if [ -e "$1/freezer.state" ]; then
		echo FROZEN >"$1/freezer.state"
		wait_line "$1/freezer.state" FROZEN
	else
		echo 1 >"$1/cgroup.freeze"
		wait_line "$1/cgroup.events" 'frozen 1'
	fi
}

thaw() {
	if [ -e "$1/freezer.state" ]; then
		echo THAWED >"$1/freezer.state"
	elif [ -e "$1/cgroup.freeze" ]; then
		echo 0 >"$1/cgroup.freeze"
	fi
}

# cgroup_limit DIR CONTROLLER NUMBER - so many processes (pids) or bytes (memory) at the most
cgroup_limit() {
	if [ "$2" = memory ] && [ -e "$1/memory.limit_in_bytes" ]; then
		echo "$3" >"$1/memory.limit_in_bytes"
		return
	fi
	[ ! -e "$1/cgroup.controllers" ] || controller_add "${1%/*}" "$2"
	echo "$3" >"$1/$2.max"
	[ ! -e "$1/$2.swap.max" ] || echo 0 >"$1/$2.swap.max"
}

# controller_add DIR CONTROLLER - the cgroups below DIR have it, in version 2. It is not taken away
# again, as engines do not either: somebody else may rely on it by then.
controller_add() {
	local dir=$1
	[ -e "$dir/cgroup.subtree_control" ] || fail "there is no controller $2"
	! grep -qw "$2" "$dir/cgroup.subtree_control" || return 0
	grep -qw "$2" "$dir/cgroup.controllers" || controller_add "${dir%/*}" "$2"
	echo "+$2" >"$dir/cgroup.subtree_control"
}

# memory_used DIR - the bytes that are charged to this cgroup
memory_used() {
	if [ -e "$1/memory.usage_in_bytes" ]; then
		cat "$1/memory.usage_in_bytes"
	else
		cat "$1/memory.current"
	fi
}

# ---- the end

kept_stop() {
	local pid fd dir
	# What stands still does not end.
	for dir in "${made_cgroup[@]}"; do
		thaw "$dir"
	done
	# Who still runs in the background may hold them open as well: a line ends them, too.
	for fd in "${kept_fd[@]}"; do
		echo >&"$fd"
		exec {fd}>&-
	done
	for pid in "${kept_pid[@]}"; do
		"$NSJOIN_HELPERS/procwait" gone "$pid" 5 || kill -KILL "$pid"
		wait "$pid" || :
	done
	kept_fd=() kept_pid=()
}

# A test that failed half way has not ended what it has begun: the next one would be blamed for that.
jobs_end() {
	local pid
	[ -z "${BATS_TEST_COMPLETED:-}" ] || return 0
	for pid in $(jobs -p); do
		kill -KILL "$pid" 2>/dev/null && wait "$pid" || :
	done
}

# Orphans are children of the keeper now; all else below it is the test program itself.
no_orphans() {
	local pid children seconds=2
	IFS= read -r children <"/proc/$NSJOIN_KEEPER/task/$NSJOIN_KEEPER/children" || : # no end of line
	for pid in ${children#* }; do
		"$NSJOIN_HELPERS/procwait" gone "$pid" "$seconds" && continue
		echo "left behind: $(tr '\0' ' ' <"/proc/$pid/cmdline")" >&2
		kill -KILL "$pid"
		seconds=0 # the others have had their time
	done
	[ "$seconds" -gt 0 ]
}

clean_cgroups() {
	local dir i result=0
	for ((i = ${#made_cgroup[@]} - 1; i >= 0; i--)); do
		# With what the target has made below it.
		find "${made_cgroup[i]}" -depth -type d -delete || result=1
	done
	made_cgroup=()
	return "$result"
}

# cgroups_remove NAME - in every hierarchy, with all below: what an engine has left, and is empty
cgroups_remove() {
	local root
	while read -r root; do
		# Who was killed may not be gone yet.
		for _ in {1..40}; do
			[ -d "$root/$1" ] || break
			find "$root/$1" -depth -type d -exec rmdir {} \; 2>/dev/null || :
			[ ! -d "$root/$1" ] || sleep 0.05
		done
	done < <(awk '/ - cgroup2? / { print $5 }' /proc/self/mountinfo)
}

# cgroups_had NAME - prints something where a hierarchy has it
cgroups_had() {
	find /sys/fs/cgroup -maxdepth 2 -type d -name "$1"
}

clean_up() {
	local dir result=0
	kept_stop
	jobs_end
	no_orphans || result=1
	for dir in "${made_mount[@]}"; do
		umount "$dir" || result=1
	done
	made_mount=()
	clean_cgroups || result=1
	return "$result"
}

teardown() {
	clean_up
}
