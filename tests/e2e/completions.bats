#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# needs: root docker
# Completions in the real shells: a running container is offered, soon and without a word, and
# nothing that a container wrote is evaluated.
# shellcheck disable=SC2154,SC2119,SC2120,SC2030,SC2031,SC2016
# shellcheck source=lib.bash
. "$BATS_TEST_DIRNAME/lib.bash"
# shellcheck source=engine.bash
. "$BATS_TEST_DIRNAME/engine.bash"

completions=$BATS_TEST_DIRNAME/../../completions

setup_file() {
	engine_start || return
	export P=t$$x
	container_start "$P-web"
	export WEB=$REPLY
}

teardown_file() {
	engine_stop
}

teardown() {
	kept_stop
}

setup() {
	export PATH=${NSJOIN%/*}:$PATH
}

in_bash() {
	[ -e /usr/share/bash-completion/bash_completion ] || requires bash-completion
	hear timeout 20 bash --norc "$BATS_TEST_DIRNAME/shells/complete.bash" \
		"$completions/nsjoin.bash" "$@" 3>&-
	expect_status 0
}

in_zsh() {
	requires zsh
	hear timeout 30 zsh -f "$BATS_TEST_DIRNAME/shells/complete.zsh" "$completions" \
		"$1" 3>&-
	expect_status 0
}

in_fish() {
	requires fish
	HOME=$BATS_TEST_TMPDIR hear timeout 20 fish --no-config \
		-c 'source $argv[1]; complete -C $argv[2]' "$completions/nsjoin.fish" "$1" 3>&-
	expect_status 0
}

# A line of the output begins with that word.
offers() {
	grep -qE "^$1([[:blank:]]|\$)" <<<"$output" || fail "no $1 in:" "$output" "$stderr"
}

offers_not() {
	lacks "^$1([[:blank:]]|\$)"
}

# lacks PATTERN - the output does not have it
lacks() {
	if grep -qE -- "$1" <<<"$output"; then
		fail "$1 in:" "$output"
	fi
}

@test "__complete targets: value, tab, description; sorted; nothing else" {
	ok __complete targets
	offers "[a-z]+:${WEB:0:8}[0-9a-f]*"
	[ -z "$stderr" ] || fail "$stderr"
	! grep -vE $'^[A-Za-z0-9._:/@+-]+\t[^\t]*$' <<<"$output" || fail "$output"
	[ "$(cut -f 1 <<<"$output")" = "$(cut -f 1 <<<"$output" | LC_ALL=C sort)" ]
	ok __complete targets "no-such-$P"
	expect_output ""
}

@test "silent without permission, and never a failure" {
	user_ok __complete targets
	[ -z "$stderr" ] || fail "$stderr"
	hear unshare -m sh -c 'mount -t tmpfs none /proc; exec "$@"' sh \
		timeout 20 "$NSJOIN" __complete targets
	expect_status 0
	expect_output ""
	# Sanitizers have something to say about such a /proc.
	! grep -vE '^(==[0-9]+==WARNING.*)?$' <<<"$stderr" || fail "$stderr"
	hear bash -c '"$1" __complete targets >/dev/full' bash "$NSJOIN"
	expect_status 0
	[ -z "$stderr" ] || fail "$stderr"
}

@test "what it offers is accepted by -t" {
	local value
	ok __complete targets
	offers "[a-z]+:${WEB:0:8}[0-9a-f]*"
	while IFS=$'\t' read -r value _; do
		hear j -t "$value" -n --dry-run true
		[ "$status" -eq 0 ] || fail "-t $value:" "$stderr"
	done <<<"$output"
}

# web_target - $target is what ps prints for the container that runs
web_target() {
	target=$(j ps -q "${WEB:0:12}")
	[ -n "$target" ] || fail "ps does not list it"
}

@test "bash: targets, options, verbs" {
	local target
	web_target
	in_bash nsjoin -t "${target%%:*}:"
	offers "${target#*:}"
	in_bash nsjoin inspect "${target:0:8}"
	[ -n "$output" ]
	in_bash nsjoin ps "${target:0:8}"
	[ -n "$output" ]
	in_bash nsjoin ps --noh
	expect_output --noheadings
	in_bash nsjoin ps -o TARGET,PI
	offers TARGET,PID
	in_bash nsjoin ps -o +CGR
	offers '[+]CGROUP'
	in_bash nsjoin --as-target=-cg
	offers -cgroup
	in_bash nsjoin --as-target=caps,cg
	offers caps,cgroup
	in_bash nsjoin -Rproc,s
	offers -Rproc,sys
	in_bash nsjoin inspect -o pid-
	expect_output pid-inside
	in_bash nsjoin ps --color=al
	offers always
	mkdir -p "$BATS_TEST_TMPDIR/tree"
	in_bash nsjoin ps --host-root "$BATS_TEST_TMPDIR/tr"
	expect_output "$BATS_TEST_TMPDIR/tree"
	in_bash nsjoin inspect "--host-root=$BATS_TEST_TMPDIR/tr"
	expect_output "$BATS_TEST_TMPDIR/tree"
	in_bash nsjoin in
	offers inspect
	in_bash nsjoin ''
	offers ps
	offers_not env
	in_bash nsjoin -n en
	offers env
	in_bash nsjoin --host-r
	offers --host-root
}

@test "fish: targets, options, verbs" {
	local target
	web_target
	in_fish "nsjoin -t ${target:0:8}"
	offers "$target"
	in_fish "nsjoin -t${target:0:8}"
	offers "-t$target"
	in_fish "nsjoin inspect ${target:0:8}"
	offers "$target"
	in_fish "nsjoin ps ${target:0:8}"
	offers "$target"
	in_fish 'nsjoin ps --noh'
	offers --noheadings
	in_fish 'nsjoin ps -o NAME,CGR'
	offers NAME,CGROUP
	in_fish 'nsjoin ps -oCGR'
	offers -oCGROUP
	in_fish 'nsjoin --as-target=-cg'
	offers '(--as-target=)?-cgroup'
	in_fish 'nsjoin --as-target=caps,cg'
	offers '(--as-target=)?caps,cgroup'
	in_fish 'nsjoin inspect -o pid-'
	offers '(-o)?pid-inside'
	in_fish 'nsjoin ins'
	offers inspect
	in_fish 'nsjoin '
	offers ps
	offers_not env
	in_fish 'nsjoin -n en'
	offers env
	in_fish 'nsjoin inspect --noh'
	offers_not --noheadings
}

@test "zsh: targets, options, verbs" {
	local target
	web_target
	in_zsh "nsjoin -t ${target:0:8}"
	offers "$target"
	in_zsh "nsjoin inspect ${target:0:8}"
	offers "$target"
	in_zsh "nsjoin ps ${target:0:8}"
	offers "$target"
	in_zsh 'nsjoin ps --noh'
	offers --noheadings
	in_zsh 'nsjoin ps -o NAME,CGR'
	offers CGROUP
	in_zsh 'nsjoin --as-target=-cg'
	offers cgroup
	in_zsh 'nsjoin --as-target=caps,cg'
	offers cgroup
	in_zsh 'nsjoin -Rproc,s'
	offers sys
	in_zsh 'nsjoin -S fol'
	offers follow
	in_zsh 'nsjoin -H --tools-from /usr --tools'
	offers --tools-from
	in_zsh 'nsjoin ins'
	offers inspect
	in_zsh 'nsjoin '
	offers ps
	offers_not env
	in_zsh 'nsjoin -n en'
	offers env
}

# The standard input is a program that stands in for nsjoin.
stand_in() {
	mkdir "$BATS_TEST_TMPDIR/bin"
	cat >"$BATS_TEST_TMPDIR/bin/nsjoin"
	chmod +x "$BATS_TEST_TMPDIR/bin/nsjoin"
	export PATH=$BATS_TEST_TMPDIR/bin:$PATH
}

@test "ps is offered no word that lists nothing: the host is none of what runs" {
	stand_in <<-'END'
		#!/bin/sh
		echo "asked-for-$2"
	END
	in_bash nsjoin ps a
	expect_output asked-for-patterns
	in_bash nsjoin inspect a
	expect_output asked-for-targets
	in_fish 'nsjoin ps a'
	expect_output asked-for-patterns
	in_fish 'nsjoin inspect a'
	expect_output asked-for-targets
	in_zsh 'nsjoin ps a'
	offers asked-for-patterns
	in_zsh 'nsjoin inspect a'
	offers asked-for-targets
	export PATH=${PATH#*:}
	ok __complete patterns "$P"
	offers "$P-web"
	ok __complete patterns ho
	offers_not host
	[ -z "$(readlink /proc/1/ns/mnt)" ] || [ "$(j __complete targets hos)" = $'host\tprocess 1' ]
}

# It offers what no container is able to be called.
hostile_nsjoin() {
	export MARK=$BATS_TEST_TMPDIR/mark
	stand_in <<-'END'
		#!/bin/sh
		printf '%s\t%s\n' '$(touch $MARK)' x '`touch $MARK`' x ';touch$IFS$MARK' x \
			'good' '$(touch $MARK) `touch $MARK`' 'a"b' x "a'b" x '<(touch $MARK)' x
	END
}

@test "hostile names are neither offered nor evaluated, in any shell" {
	local shell
	hostile_nsjoin
	in_bash nsjoin -t ''
	expect_output good
	in_fish 'nsjoin -t '
	offers good
	[ "${#lines[@]}" -eq 1 ] || fail "$output"
	in_zsh 'nsjoin -t '
	offers good
	lacks touch
	[ ! -e "$MARK" ] || fail "it was evaluated"
}
