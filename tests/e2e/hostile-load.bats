#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# needs: root userns busybox strace python3
# The file of nsjoin cannot be reached from inside, and nothing of the target's is loaded into it.
#
#   R16  a program whose interpreter is who executes it does not get the file of nsjoin
#   R17  nor does a shell that is a link to that
#   R18  nothing is loaded to say an error in words
#   R19  nothing is loaded to look up a user
#   R20  nobody inside is asked for one
#   R61  the same where the kernel allows no program in memory
#   R62  after joining only these files are opened
# shellcheck disable=SC2154,SC2119,SC2120,SC2030,SC2031,SC2016
# shellcheck source=lib.bash
. "$BATS_TEST_DIRNAME/lib.bash"

evil=$NSJOIN_HELPERS/evil.so

# apart COMMAND... - without the descriptor of bats. 127 becomes 27: bats takes it for a mistake.
apart() {
	local rc=0
	"$@" 3>&- || rc=$?
	[ "$rc" -ne 127 ] || rc=27
	return "$rc"
}

# ---- R16, R17: the file of nsjoin

# A root with a loader, so that nsjoin's file could be executed there, whose libraries are evil.
target_evil() {
	local root=$BATS_TEST_TMPDIR/root
	root_make "$root"
	tool_copy "$NSJOIN" "$root"
	rm "$root/bin/nsjoin"
	cp "$evil" "$root/evil.so"
	echo /evil.so >"$root/etc/ld.so.preload"
	printf '#!/proc/self/exe\n' >"$root/bin/selfish"
	chmod 755 "$root/bin/selfish"
	"${hostile[@]}" "$root"
	target_start --ns=muinp --mount-proc --pivot --root="$root"
	copy=$BATS_TEST_TMPDIR/copy
	cp "$NSJOIN" "$copy"
	before=$(sha256sum <"$copy")
}

# The preloaded library does what it should where something of the host is executed.
evil_works() {
	cp "$NSJOIN" "$BATS_TEST_TMPDIR/root/bin/known"
	run apart timeout 10 chroot "$BATS_TEST_TMPDIR/root" /bin/known --version
	rm "$BATS_TEST_TMPDIR/root/bin/known"
	[ -e "$BATS_TEST_TMPDIR/root/evil-was-here" ] || fail "$output"
	rm "$BATS_TEST_TMPDIR/root/evil-was-here"
}

# unharmed ARGS... - it ends soon, runs nothing of the target's, and its file is what it was
unharmed() {
	hear apart timeout -k 1 5 "$copy" -t "$T" "$@" </dev/null
	[[ $status -ne 124 && $status -ne 137 ]] || fail "does not come to an end" "$stderr"
	[[ $status -ne 0 ]] || fail "$output" "$stderr"
	# What tries to write over it goes on for longer, where it runs at all.
	[ ! -e "$BATS_TEST_TMPDIR/root/evil-was-here" ] || sleep 3
	[ "$(sha256sum <"$copy")" = "$before" ] || fail "the file was written over"
	[ ! -e "$BATS_TEST_TMPDIR/root/evil-was-here" ] || fail "the target's library was loaded"
}

@test "a script whose interpreter is whoever executes it" {
	local hostile=(:)
	target_evil
	evil_works
	unharmed -a /bin/selfish
	unharmed -m /bin/selfish
	unharmed -m -p selfish --version
	unharmed /bin/selfish
}

link_shells() {
	ln -sf /proc/self/exe "$1/bin/sh"
	ln -sf /proc/self/exe "$1/bin/bash"
	ln -sf /proc/self/exe "$1/bin/ash"
	echo 'root:x:0:0:root:/root:/proc/self/exe' >"$1/etc/passwd"
}

@test "a shell that is whoever executes it" {
	local hostile=(link_shells)
	target_evil
	evil_works
	unharmed -m /bin/sh
	unharmed -a --shell=/bin/sh
	unharmed -a --shell=/proc/self/exe
	unharmed /proc/self/exe
	# busybox is left as a shell.
	hear apart timeout -k 1 5 "$copy" -t "$T" -a <<<'echo fine'
	[ "$(sha256sum <"$copy")" = "$before" ]
	[ ! -e "$BATS_TEST_TMPDIR/root/evil-was-here" ]
	[[ $status -ne 124 && $status -ne 137 ]]
}

# ---- R18 to R20: what a library could load

# catalogue FILE - messages in a character set that has to be loaded
catalogue() {
	mkdir -p "${1%/*}"
	python3 - "$1" <<-'END'
		import struct, sys
		pairs = [(b"", b"Content-Type: text/plain; charset=ISO-8859-1\n"),
		         (b"No such file or directory", b"nicht da \xfc"), (b"%s: %s", b"%s: %s \xfc")]
		n, at = len(pairs), 28 + 16 * len(pairs)
		tables = [b"", b""]
		data = b""
		for i in range(2):
		    for pair in pairs:
		        tables[i] += struct.pack("<II", len(pair[i]), at + len(data))
		        data += pair[i] + b"\0"
		open(sys.argv[1], "wb").write(struct.pack("<7I", 0x950412de, 0, n, 28, 28 + 8 * n, 0, 0) +
		    tables[0] + tables[1] + data)
	END
}

# All that a C library could be made to load, and the libraries that nsjoin loads by name.
plant_libraries() {
	local root=$1 dir name
	for dir in lib/x86_64-linux-gnu usr/lib/x86_64-linux-gnu lib64 usr/lib64 lib usr/lib; do
		mkdir -p "$root/$dir/gconv"
		for name in libnss_evil.so.2 libnss_files.so.2 libnss_compat.so.2 libnss_dns.so.2 \
			libcap-ng.so.0 libmount.so.1 libjson-c.so.5 libgcc_s.so.1 gconv/ISO8859-1.so; do
			[ -e "$root/$dir/$name" ] || cp "$evil" "$root/$dir/$name"
		done
		printf 'module\tISO-8859-1//\tINTERNAL\tISO8859-1\t1\nmodule\tINTERNAL\tISO-8859-1//\tISO8859-1\t1\n' \
			>"$root/$dir/gconv/gconv-modules"
	done
	printf 'passwd: evil files\ngroup: evil files\nshadow: evil\n' >"$root/etc/nsswitch.conf"
	catalogue "$root/usr/share/locale/xx/LC_MESSAGES/libc.mo"
	cp -r "$root/usr/share/locale/xx" "$root/usr/share/locale/C"
	rm "$root/etc/ld.so.preload"
	rm -f "$root/etc/ld.so.cache"
}

# untouched ARGS... - nothing was loaded, whatever the run comes to
untouched() {
	hear apart env -u SHELL LC_ALL=C.UTF-8 LANGUAGE=xx LANG=xx_XX.UTF-8 \
		timeout -k 5 20 "$NSJOIN" -t "$T" "$@" </dev/null
	[ ! -e "$BATS_TEST_TMPDIR/root/evil-was-here" ] ||
		fail "the target's library was loaded by nsjoin $*" "$stderr"
}

@test "an error is said without a catalogue of the target's" {
	local hostile=(plant_libraries)
	target_evil
	untouched -a /nonexistent
	[ "$status" -eq 27 ]
	untouched -m -p /etc/passwd
	[ "$status" -eq 126 ]
	untouched -m -W /nonexistent true
	[ "$status" -eq 125 ]
	untouched -r -w/nonexistent true
	untouched /nonexistent
}

@test "a user is looked up without a library of the target's" {
	local hostile=(plant_libraries)
	target_evil
	untouched -a
	[ "$status" -eq 0 ]
	untouched -m -S app /bin/true
	[ "$status" -eq 0 ]
	untouched -m -S nobody-such /bin/true
	[ "$status" -eq 125 ]
	untouched -a --keep-caps -S 7 -G 7 /bin/true
	[ "$status" -eq 0 ]
	untouched
}

@test "nobody in the target is asked who a user is" {
	local hostile=(plant_libraries) root=$BATS_TEST_TMPDIR/root said
	target_evil
	mkdir -p "$root/run/nscd" "$root/var/run/nscd" "$root/run/systemd/userdb"
	for said in run/nscd/socket var/run/nscd/socket run/systemd/userdb/io.systemd.NameServiceSwitch \
		run/systemd/userdb/io.systemd.Multiplexer; do
		# The path of a socket must not be long.
		cd "$root/${said%/*}"
		kept_start "$NSJOIN_HELPERS/listener" "${said##*/}" "$BATS_TEST_TMPDIR/asked"
	done
	cd /
	untouched -a
	[ "$status" -eq 0 ]
	untouched -m -S app id -un
	expect_output app
	untouched -m -S nobody-such /bin/true
	[ "$status" -eq 125 ]
	untouched
	[ "$status" -eq 0 ]
	kept_stop
	[ ! -e "$BATS_TEST_TMPDIR/asked" ] || fail "somebody was asked"
}

# What nsjoin executes there holds more than the program: it is never the target's.
@test "a user namespace that has a program of its own started instead of every other" {
	local way root=$BATS_TEST_TMPDIR/root
	requires userns-binfmt
	root_make "$root"
	target_start --ns=Umuinp --mount-proc --pivot --root="$root" --uid-map='0 0 65536' \
		--gid-map='0 0 65536' --setup="mount -t binfmt_misc none '$root/opt' &&
			echo ':all:M::\\x7fELF::/bin/evil:' >'$root/opt/register'"
	cp "$root/bin/busybox" "$root/bin/evil"
	for way in "" -a -H; do
		# shellcheck disable=SC2086
		hear -126 j -t "$T" $way /bin/true
		message_form
		expect_stderr '^nsjoin: the user namespace of .* \(binfmt_misc\)$'
	done
	[ "$EUID" -ne 0 ] || ok -t "$T" -n -i -u -p /bin/true
}

# ---- R61

@test "a kernel that runs no program from memory: nsjoin's own file is out of reach all the same" {
	requires memfd-noexec
	hear timeout 30 unshare -p -f --mount-proc --kill-child bash -c '
		echo 2 >/proc/sys/vm/memfd_noexec
		mkfifo "$1/hold" "$1/out"
		exec 8<>"$1/hold"
		"$NSJOIN_HELPERS/nsbox" --ns=muinp --mount-proc <"$1/hold" >"$1/out" 8>&- &
		while IFS== read -r name value; do
			[ "$name" != target ] || target=$value
			[ "$name" != ready ] || break
		done <"$1/out"
		cp "$NSJOIN_HELPERS/noop" "$1/stalled"
		mkfifo "$1/stall"
		exec 7<>"$1/stall"
		"$NSJOIN_HELPERS/stallexec" "$1/stalled" <"$1/stall" >"$1/stalls" 7>&- 8>&- &
		stall=$!
		until [ -s "$1/stalls" ]; do sleep 0.02; done
		timeout 10 "$NSJOIN" -t "$target" -a "$1/stalled" </dev/null >"$1/said" 2>&1 7>&- 8>&- &
		entering=$!
		for i in $(seq 100); do
			inside=$(ls "/proc/$target/root/proc" | grep -xE "[0-9]+" | grep -vx 1)
			[ -n "$inside" ] && break
			kill -0 $entering 2>/dev/null || break
			sleep 0.02
		done
		for pid in $inside; do
			readlink "/proc/$target/root/proc/$pid/exe"
		done
		exec 7>&-
		kill -TERM $stall
		wait $entering
		echo "status $?"
		cat "$1/said"
		exec 8>&-' - "$BATS_TEST_TMPDIR"
	[ "$status" -eq 0 ] || fail "$output" "$stderr"
	[[ $output == *"status 0"* ]] || fail "$output" "$stderr"
	! grep -F "$NSJOIN" <<<"$output" || fail "nsjoin's own file is in reach" "$output"
	[[ $output == /* ]] || fail "nobody was seen" "$output"
}

# ---- R62

# opened_after ARGS... - what is opened after joining, and before the program is executed
opened_after() {
	rm -f "$BATS_TEST_TMPDIR"/trace.*
	timeout -k 5 20 strace -ff -qq -o "$BATS_TEST_TMPDIR/trace" \
		-e trace=setns,open,openat,openat2,connect,socket,execve,execveat \
		"$NSJOIN" -t "$T" "$@" </dev/null >/dev/null 2>&1 3>&- || :
	sed -s -n '/setns(/,$p' "$BATS_TEST_TMPDIR"/trace.* | grep -vE 'setns\(|^[+-]' | cat
}

@test "after joining only what the program needs is opened" {
	local hostile=(plant_libraries) opened
	target_evil
	# A path of ours is relative to a descriptor that was opened before.
	opened=$(
		opened_after -a /bin/true
		opened_after -a /nonexistent
		opened_after -m -S app
		opened_after /bin/true
		opened_after
	)
	[[ $opened == *execveat* && $opened == *etc/passwd* ]] || fail "nothing was seen" "$opened"
	! grep -vE 'exec[a-z]*\(|"(/?etc/(passwd|group)|/?bin/[a-z]+|/nonexistent|/dev/pts/ptmx|/?dev/(pts|ptmx)(/ptmx)?|pts|ptmx|[0-9]+|fd/[0-9]+|self/fd/[0-9]+|/proc/self/fd/[0-9]+|\.?)"|AT_FDCWD, "/"' \
		<<<"$opened" || fail "$opened"
	! grep -E '/lib|locale|gconv|nsswitch|nscd|ld\.so|resolv\.conf|/dev/log|connect\(|socket\(' <<<"$opened" || fail "$opened"
}
