#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# needs: root docker cgroup2 systemctl dbus-daemon busybox
# Docker engines in a systemd of our own. Root's with systemd's cgroups: scopes, and the steps of a
# build, which BuildKit runs in cgroups of a form of their own. And an ordinary user's.
# shellcheck disable=SC2154,SC2030,SC2031,SC2016
# shellcheck source=lib.bash
. "$BATS_TEST_DIRNAME/lib.bash"
# shellcheck source=systemd.bash
. "$BATS_TEST_DIRNAME/systemd.bash"

setup_file() {
	local tries
	sd_prepare
	sd_unit test.target 'Wants=dbus.service dockerd.service' 'After=dbus.service dockerd.service'
	# It pivots into no root of a file system in memory otherwise.
	sd_unit dockerd.service 'After=dbus.service' '[Service]' 'Type=notify' 'Delegate=yes' \
		'Environment=DOCKER_RAMDISK=1' \
		'ExecStart=/usr/sbin/dockerd --storage-driver=vfs --bridge=none --iptables=false --exec-opt native.cgroupdriver=systemd --host unix:///run/docker.sock'
	rootless_prepare
	sd_start
	for ((tries = 0; tries < 100; tries++)); do
		! engine version >/dev/null 2>&1 || break
		sleep 0.1
	done
	sd tar -C /tmp/ct -cf /tmp/image.tar bin etc
	engine import /tmp/image.tar ct:1 >/dev/null
}

# What RootlessKit does, which is not needed for more: a user namespace that uid 1000 has made, with
# a range of ids, and a /run of its own in it.
rootless_prepare() {
	cp "$NSJOIN_HELPERS/nsbox" "$SD/units/nsbox.bin"
	sd_unit rootless.service '[Service]' 'Delegate=yes' \
		'ExecStart=/bin/sh /etc/systemd/system/rootless.sh'
	cat >"$SD/units/rootless.sh" <<-'START'
		set -e
		mkfifo /tmp/hold
		exec 3<>/tmp/hold
		map='0 1000 1
		1 100000 65535'
		/etc/systemd/system/nsbox.bin --as=1000 --ns=Umn "--uid-map=$map" "--gid-map=$map" \
			</tmp/hold >/tmp/box &
		until grep -q ready /tmp/box; do sleep 0.1; done
		exec nsenter -t "$(sed -n s/^target=//p /tmp/box)" -U -m -n -S 0 -G 0 env \
			HOME=/home/ana XDG_RUNTIME_DIR=/run/user/1000 PATH=/usr/sbin:/usr/bin sh -ec '
			mount --rbind /run/user/1000 /home/ana/run
			mount -t tmpfs tmpfs /run
			mkdir -p /run/user/1000
			mount --rbind /home/ana/run /run/user/1000
			exec dockerd --rootless --storage-driver=vfs --bridge=none --iptables=false \
				--data-root /home/ana/.local/share/docker \
				--exec-root /run/user/1000/docker --pidfile /run/user/1000/docker.pid \
				--host unix:///run/user/1000/docker.sock'
	START
}

teardown_file() {
	sd_stop
}

# Orphans here are systemd's own until it ends.
teardown() {
	kept_stop
}

# The client that came with the engine has a builder of its own; later ones need a plug-in.
engine() {
	sd /usr/bin/docker -H unix:///run/docker.sock "$@" </dev/null
}

@test "a container in a scope" {
	local id
	id=$(engine run -d --network none --name web ct:1 /bin/sleep 600)
	T=$(engine inspect -f '{{.State.Pid}}' web)
	sd grep -qx "0::/system.slice/docker-$id.scope" "/proc/$T/cgroup"
	resolves "$T" web
	resolves "$T" docker:web
	resolves "$T" "$id"
	resolves "$T" "${id:0:12}"
	resolves "$T" "unit:docker-$id.scope"
	ok ps --noheadings -o TARGET,PID,NAME,IMAGE
	grep -qE "^docker:${id:0:8} +$T +web +ct:1\$" <<<"$output" || fail "$output"
	engine rm -f web >/dev/null
	refused target-not-found '' -t web -n
}

# started PATTERN - waits for a process whose cgroup is like that; $REPLY is it, T its number
started() {
	local tries line
	for ((tries = 0; tries < 300; tries++)); do
		while read -r line; do
			T=$(sd sh -c 'read -r pid <"/sys/fs/cgroup$1/cgroup.procs" && echo $pid' sh "$line") ||
				continue
			[ "$(sd cat "/proc/$T/comm")" = sleep ] && REPLY=$line && return
		done < <(sd sh -c 'cd /sys/fs/cgroup && find . -type d' | sed 's/^\.//' | grep -E "$1")
		sleep 0.05
	done
	fail "nothing was started in $1"
}

@test "a step of a build" {
	local id build
	sd sh -c 'mkdir -p /tmp/build && printf "FROM ct:1\nRUN sleep 603\n" >/tmp/build/Dockerfile'
	timeout -k 5 60 nsenter -t "$SD_PID" -m -p -n -C -u -i -r -w -- env DOCKER_BUILDKIT=1 \
		/usr/bin/docker -H unix:///run/docker.sock build --network=none /tmp/build \
		</dev/null >"$BATS_TEST_TMPDIR/build" 2>&1 3>&- &
	build=$!
	started '/system\.slice:docker:[a-z0-9]{25}$' || fail "$(<"$BATS_TEST_TMPDIR/build")"
	id=${REPLY##*:}
	resolves "$T" "buildkit:$id"
	ok ps --noheadings -o TARGET,PID,COMMAND
	grep -qE "^buildkit:$id +$T +.*sleep 603" <<<"$output" || fail "$output"
	ok -t "buildkit:$id" -p /tmp/fdlist ns
	[ "$(fact 'ns pid')" = "$(sd stat -L -c %i "/proc/$T/ns/pid")" ]
	kill "$build"
	wait "$build" || :
}

rootless() {
	sd /usr/bin/docker -H unix:///run/user/1000/docker.sock "$@" </dev/null
}

# sleeper SECONDS - sets T to the process that sleeps so long, as soon as it does
sleeper() {
	local tries
	for ((tries = 0; tries < 100; tries++)); do
		T=$(sd sh -c 'for p in /proc/[0-9]*; do
			[ "$(cat "$p/comm")" = sleep ] && grep -qa "$1" "$p/cmdline" && echo "${p#/proc/}"
		done' sh "$1" | head -n 1)
		[ -z "$T" ] || return 0
		sleep 0.1
	done
	fail "nobody sleeps $1"
}

@test "a rootless engine: root has to type whose it is, and ps does" {
	local id tries target
	# A procfs that is seen whole, without which nobody may mount one in a user namespace.
	sd sh -c 'mkdir -p /etc/docker /home/ana/run /run/user/1000 /var/proc &&
		mount -t proc proc /var/proc &&
		chown -R 1000:1000 /etc/docker /home/ana /run/user/1000 &&
		sed -i s,ana:x:1000:1000::/:,ana:x:1000:1000::/home/ana:, /etc/passwd'
	sd systemctl start rootless.service
	for ((tries = 0; tries < 100; tries++)); do
		! rootless version >/dev/null 2>&1 || break
		sleep 0.1
	done
	rootless import /tmp/image.tar ct:1 >/dev/null
	id=$(rootless run -d --network none --name own ct:1 /bin/sleep 604)
	sleeper 604
	resolves "$T" docker:ana/own
	resolves "$T" docker:1000/own
	refused target-not-found 'owned by uid 1000' -t own -n
	refused target-not-found 'owned by uid 1000' -t docker:own -n
	refused target-not-found 'no container or process' -t docker:ana/owm -n
	expect_stderr '"did you mean: -t docker:ana/own"'
	refused target-not-found 'no container or process' -t docker:owm -n
	[[ "$stderr" != *'did you mean'* ]] || fail "$stderr"
	ok ps --noheadings -o TARGET,PID,NAME,IMAGE
	grep -qE "^docker:ana/${id:0:8} +$T +own +ct:1\$" <<<"$output" || fail "$output"
	resolves "$T" "docker:ana/${id:0:8}"
	# He can call it as the kubelet does; root's pods are not found there.
	rootless run -d --network none --name k8s_app_api_prod_0_0 ct:1 /bin/sleep 605 >/dev/null
	for target in pod:prod/api prod/api api pod:api/app; do
		refused target-not-found 'owned by uid 1000' -t "$target" -m
		expect_stderr '"nsjoin -t docker:ana/k8s_app_api_prod_0_0"'
	done
	sleeper 605
	resolves "$T" docker:ana/k8s_app_api_prod_0_0
	# A link of his to what is root's makes no name of root's.
	sd systemctl stop rootless.service
	sd rm -rf /home/ana/.local/share/docker
	sd ln -s /var/lib/docker /home/ana/.local/share/docker
	sd chown -h 1000:1000 /home/ana/.local/share/docker
	refused target-not-found '' -t docker:ana/own -n
}
