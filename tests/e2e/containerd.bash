# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# A containerd for one file of tests, with state and sockets of its own: its state directory can only
# be found through its shims. Containers run busybox and the helpers from one tree.

# ctrd_start - CTRD is its directory
ctrd_start() {
	local tries
	CTRD=$(mktemp -d "$NSJOIN_TEST_DIR/containerd.XXXXXX")
	export CTRD
	[ -d /run/containerd ] || export CTRD_MADE_RUN=1
	cat >"$CTRD/config.toml" <<-END
		version = 2
		root = "$CTRD/root"
		state = "$CTRD/state"
		disabled_plugins = ["io.containerd.grpc.v1.cri"]
		[grpc]
		address = "$CTRD/sock"
	END
	root_make "$CTRD/rootfs"
	mkdir "$CTRD/rootfs/sys"
	# Apart, since it is stopped by a test.
	setsid containerd --config "$CTRD/config.toml" </dev/null >"$CTRD/log" 2>&1 3>&- &
	export CTRD_PID=$!
	for ((tries = 0; tries < 300; tries++)); do
		[ -S "$CTRD/sock" ] && ctrd version >/dev/null 2>&1 && return
		kill -0 "$CTRD_PID" || break
		sleep 0.1
	done
	tail -n 20 "$CTRD/log" >&2
	return 1
}

ctrd() {
	timeout -k 5 30 ctr -a "$CTRD/sock" "$@" 3>&-
}

# ctr_start NAMESPACE ID [OPTIONS...] - a container that sleeps; $REPLY is its first process
ctr_start() {
	local ns=$1 id=$2
	shift 2
	ctrd -n "$ns" run -d --null-io --rootfs --runc-root "$CTRD/runc" "$@" "$CTRD/rootfs" "$id" \
		/bin/sleep 1000 || return
	REPLY=$(<"$(ctr_bundle "$ns" "$id")/init.pid")
}

ctr_bundle() {
	echo "$CTRD/state/io.containerd.runtime.v2.task/$1/$2"
}

# pod_start NAMESPACE POD ID SANDBOX [CONTAINER] - as the kubelet has it made; $REPLY as above
pod_start() {
	local cri=io.kubernetes.cri uid=01042b28-179d-446a-954a-7266557e12cd
	local options=(--annotation "$cri.sandbox-namespace=$1" --annotation "$cri.sandbox-name=$2"
		--annotation "$cri.sandbox-uid=$uid" --annotation "$cri.sandbox-id=$4")
	if [ $# -gt 4 ]; then
		options+=(--annotation "$cri.container-type=container" --annotation "$cri.container-name=$5")
	else
		options+=(--annotation "$cri.container-type=sandbox")
	fi
	ctr_start k8s.io "$3" "${options[@]}" --cgroup "/kubepods-$P/burstable/pod$uid/$3"
}

ctrd_stop() {
	local ns id
	[ -n "${CTRD_PID:-}" ] || return 0
	for ns in $(ctrd ns ls -q); do
		for id in $(ctrd -n "$ns" tasks ls -q); do
			ctrd -n "$ns" tasks rm -f "$id" >/dev/null
		done
		for id in $(ctrd -n "$ns" containers ls -q); do
			ctrd -n "$ns" containers rm "$id" >/dev/null
		done
	done
	kill -TERM "$CTRD_PID"
	"$NSJOIN_HELPERS/procwait" gone "$CTRD_PID" 20 || kill -KILL "$CTRD_PID"
	wait "$CTRD_PID" || :
	# runc removes a container's cgroups, and not the directories above them.
	find /sys/fs/cgroup -depth -type d \( -path "*/$P-*" -o -path "*/kubepods-$P*" \) \
		-exec rmdir {} + 2>/dev/null || :
	if [ -n "${CTRD_MADE_RUN:-}" ]; then
		rmdir /run/containerd/* /run/containerd 2>/dev/null || :
	fi
	rm -rf --one-file-system "$CTRD"
}
