# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# A docker engine for one file of tests: started in setup_file, ended in teardown_file. It has its
# own data and sockets, no network, and touches nothing of an engine that may run already. Every
# command to it has a time limit.

engine_image=nsjoin-test:1

# engine_start - ENGINE is its directory, DOCKER_HOST its socket
engine_start() {
	local tries
	HAD_DOCKER=$(cgroups_had docker)
	export HAD_DOCKER
	ENGINE=$(mktemp -d "$NSJOIN_TEST_DIR/engine.XXXXXX")
	export ENGINE DOCKER_HOST=unix://$ENGINE/sock
	dockerd --storage-driver=vfs --bridge=none --iptables=false --data-root "$ENGINE/data" \
		--exec-root "$ENGINE/exec" --pidfile "$ENGINE/pid" --host "$DOCKER_HOST" \
		</dev/null >"$ENGINE/log" 2>&1 3>&- &
	export ENGINE_PID=$!
	for ((tries = 0; tries < 300; tries++)); do
		if [ -S "$ENGINE/sock" ] && engine version >/dev/null 2>&1; then
			engine_import
			return
		fi
		kill -0 "$ENGINE_PID" || break
		sleep 0.1
	done
	tail -n 20 "$ENGINE/log" >&2
	return 1
}

# engine ARGS... - docker, with a time limit
engine() {
	timeout -k 5 30 docker "$@" 3>&-
}

# An image of busybox and the helpers.
engine_import() {
	local root=$ENGINE/image
	root_make "$root"
	tar -C "$root" -c . | engine import - "$engine_image" >/dev/null
	rm -r "$root"
}

# container_start NAME [OPTIONS...] - a container that sleeps; $REPLY is its id
container_start() {
	local name=$1
	shift
	REPLY=$(engine run -d --network none --name "$name" "$@" "$engine_image" sleep 1000)
}

container_pid() {
	engine inspect -f '{{.State.Pid}}' "$1"
}

# engine_stop - end all of it: containers first, then the engine, then what is mounted
engine_stop() {
	local mount ids
	[ -n "${ENGINE_PID:-}" ] || return 0
	ids=$(engine ps -aq) || :
	# shellcheck disable=SC2086
	[ -z "$ids" ] || engine rm -f $ids >/dev/null || :
	kill -TERM "$ENGINE_PID"
	"$NSJOIN_HELPERS/procwait" gone "$ENGINE_PID" 20 || kill -KILL "$ENGINE_PID"
	wait "$ENGINE_PID" || :
	while read -r mount; do
		umount --lazy "$mount"
	done < <(awk -v dir="$ENGINE/" 'index($5, dir) == 1 { print $5 }' /proc/self/mountinfo | \
		sort -r)
	[ -n "$HAD_DOCKER" ] || cgroups_remove docker
	rm -rf --one-file-system "$ENGINE"
}
