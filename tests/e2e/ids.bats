#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# needs: user userns busybox
# -S and -G: numbers, names, "follow"; groups; what is out of range.
# shellcheck disable=SC2154,SC2119,SC2120,SC2030,SC2031,SC2016
# shellcheck source=lib.bash
. "$BATS_TEST_DIRNAME/lib.bash"

# Root with supplementary groups: they must not stay behind.
grouped_j() {
	setpriv --groups 4,27 -- timeout -k 5 20 "$NSJOIN" "$@" 3>&-
}

grouped_ok() {
	hear grouped_j "$@"
	[ "$status" -eq 0 ] || fail "status $status" "$stderr" "$output"
}

target_with_root() {
	root_make "$BATS_TEST_TMPDIR/root"
	target_start --ns=muinp --mount-proc --pivot --root="$BATS_TEST_TMPDIR/root" "$@"
}

@test "-S and -G: just these ids, no group of the caller's" {
	target_full
	grouped_ok -t "$T" -m -S 1000 -G 1001 "$fdlist"
	[ "$(fact uid)" = "1000 1000 1000 1000" ]
	[ "$(fact gid)" = "1001 1001 1001 1001" ]
	[ "$(fact groups)" = "" ]
	[ "$(fact capeff)" = 0000000000000000 ]
}

@test "-S alone takes the gid of that user's passwd line" {
	target_with_root
	grouped_ok -t "$T" -m -S 1234 /bin/fdlist
	[ "$(fact uid)" = "1234 1234 1234 1234" ]
	[ "$(fact gid)" = "1235 1235 1235 1235" ]
	! grep -qE '\b(4|27|0)\b' <<<"$(fact groups)" || fail "$output" "$stderr"
}

@test "-S alone without a passwd line is refused" {
	target_with_root
	refused usage 4711 -t "$T" -m -S 4711
}

@test "-S alone on the caller's files uses the caller's passwd" {
	target_start --ns=n
	grouped_ok -t "$T" -n -S 1 "$fdlist"
	[ "$(fact uid)" = "1 1 1 1" ]
	[ "$(fact gid)" = "1 1 1 1" ]
	! grep -qE '\b(4|27|0)\b' <<<"$(fact groups)" || fail "$output" "$stderr"
}

@test "-G alone changes the gid and drops the groups" {
	target_full
	grouped_ok -t "$T" -n -G 50 "$fdlist"
	[ "$(fact uid)" = "0 0 0 0" ]
	[ "$(fact gid)" = "50 50 50 50" ]
	[ "$(fact groups)" = "" ]
}

@test "neither: the caller's ids and groups stay" {
	target_full
	grouped_ok -t "$T" -n -m "$fdlist"
	[ "$(fact uid)" = "0 0 0 0" ]
	[ "$(fact groups)" = "4 27" ]
}

@test "names come from the files that the program will see" {
	target_with_root
	ok -t "$T" -m -S app -G staff /bin/fdlist
	[ "$(fact uid)" = "1234 1234 1234 1234" ]
	[ "$(fact gid)" = "50 50 50 50" ]
	ok -t "$T" -m -S app /bin/fdlist
	[ "$(fact gid)" = "1235 1235 1235 1235" ]
	refused usage daemon -t "$T" -m -S daemon
	ok -t "$T" -n -S daemon "$fdlist"
	[ "$(fact uid)" = "1 1 1 1" ]
	refused usage app -t "$T" -n -S app
}

@test "names with -r come from that root" {
	root_make "$BATS_TEST_TMPDIR/other"
	target_start --ns=n
	ok -t "$T" -n -r"$BATS_TEST_TMPDIR/other" -S app -G staff /bin/fdlist
	[ "$(fact uid)" = "1234 1234 1234 1234" ]
	[ "$(fact gid)" = "50 50 50 50" ]
}

@test "digits are an id, whatever the passwd file says" {
	target_with_root
	echo '1000:x:0:0::/:/bin/sh' >>"$BATS_TEST_TMPDIR/root/etc/passwd"
	ok -t "$T" -m -S 1000 -G 1000 /bin/fdlist
	[ "$(fact uid)" = "1000 1000 1000 1000" ]
	refused usage 1000 -t "$T" -m -S 1000
}

@test "a broken line in passwd is passed over" {
	target_with_root
	printf 'bad\n:::\nlong:x:%s:0::/:/bin/sh\nlate:x:77:78::/:/bin/sh' \
		"$(printf '9%.0s' {1..300})" \
		>>"$BATS_TEST_TMPDIR/root/etc/passwd"
	ok -t "$T" -m -S late /bin/fdlist
	[ "$(fact uid)" = "77 77 77 77" ]
	[ "$(fact gid)" = "78 78 78 78" ]
	refused usage long -t "$T" -m -S long
}

@test "a passwd file that never answers, or is no file, does not hang" {
	target_with_root
	rm "$BATS_TEST_TMPDIR/root/etc/passwd"
	mkfifo "$BATS_TEST_TMPDIR/root/etc/passwd"
	refused system "etc/passwd is no regular file" -t "$T" -m -S app
	rm "$BATS_TEST_TMPDIR/root/etc/passwd"
	mkdir "$BATS_TEST_TMPDIR/root/etc/passwd"
	refused system "etc/passwd is no regular file" -t "$T" -m -S app
}

@test "a passwd file that is a link out of the root stays inside" {
	target_with_root
	mkdir -p "$BATS_TEST_TMPDIR/root/etc/real"
	mv "$BATS_TEST_TMPDIR/root/etc/passwd" "$BATS_TEST_TMPDIR/root/etc/real/passwd"
	ln -s /etc/real/passwd "$BATS_TEST_TMPDIR/root/etc/passwd"
	ok -t "$T" -m -S app /bin/fdlist
	[ "$(fact uid)" = "1234 1234 1234 1234" ]
	ln -sf ../../../../../../etc/shadow "$BATS_TEST_TMPDIR/root/etc/passwd"
	refused usage app -t "$T" -m -S app
}

@test "follow: the target's own ids" {
	target_full --groups=4,27 --uid=1234 --gid=1235
	ok -t "$T" -m -S follow -G follow "$fdlist"
	[ "$(fact uid)" = "1234 1234 1234 1234" ]
	[ "$(fact gid)" = "1235 1235 1235 1235" ]
	[ "$(fact groups)" = "4 27" ]
	ok -t "$T" -m -S follow "$fdlist"
	[ "$(fact gid)" = "1235 1235 1235 1235" ]
	[ "$(fact groups)" = "4 27" ]
	ok -t "$T" -m -S 0 -G 0 "$fdlist"
	[ "$(fact uid)" = "0 0 0 0" ]
	[ "$(fact groups)" = "" ]
}

@test "follow: an undumpable target is no root" {
	target_full --uid=1234 --gid=1235 --undumpable
	ok -t "$T" -m -S follow -G follow "$fdlist"
	[ "$(fact uid)" = "1234 1234 1234 1234" ]
}

@test "follow: ids as the user namespace has them" {
	target_start --ns=Un --uid-map='0 100000 65536' --gid-map='0 100000 65536' --uid=12 --gid=34
	ok -t "$T" -U -n -S follow -G follow "$fdlist"
	[ "$(fact uid)" = "12 12 12 12" ]
	[ "$(fact gid)" = "34 34 34 34" ]
}

@test "a name that is none is missed in the file that it was looked for in" {
	target_with_root
	refused usage "no user \"nosuch\" in $T's passwd file" -t "$T" -m -S nosuch
	refused usage "no group \"nosuch\" in $T's group file" -t "$T" -m -G nosuch
	refused usage 'no user "nosuch" in your passwd file' -t "$T" -n -S nosuch
	refused usage 'no group "nosuch" in your group file' -t "$T" -n -G nosuch
}

@test "ids that are none are refused" {
	local bad
	target_full
	for bad in 4294967295 4294967296 18446744073709551616 -1 ' 1' '1 ' +1 0x1 1a '' $'1\n' 1.0 \
		١; do
		refused usage '' -t "$T" -m -S "$bad" -G 0
		refused usage '' -t "$T" -m -S 0 -G "$bad"
	done
	ok -t "$T" -m -S 4294967294 -G 4294967294 "$fdlist" uid
	[ "$(fact uid)" = "4294967294 4294967294 4294967294 -2" ]
}

@test "-S and -G without a target work on files, follow does not" {
	target_full
	ok -n="/proc/$T/ns/net" -S 5 -G 6 "$fdlist"
	[ "$(fact uid)" = "5 5 5 5" ]
	refused no-target '' -n="/proc/$T/ns/net" -S follow -G follow
}
