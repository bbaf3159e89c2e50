#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# run.sh TOPIC.bats - runs one file of end-to-end tests; CTest calls this.
#
# Wants NSJOIN (the program under test) and NSJOIN_HELPERS (the folder of the built helpers). A file
# says on a line "# needs: WORD..." what it cannot do without. Where that is missing the status is
# 77, which CTest shows as "Skipped", or 1 under NSJOIN_MUST_RUN=1. A line "# mounts: own" is of a
# file that compares what is mounted: nobody else mounts in a namespace of its own. A line
# "# bats test_tags=cgroup1" is of a test of what only version 1 of cgroups does.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
file=$1
[ -e "$file" ] || file=$here/$1
: "${NSJOIN:?names the program under test}" "${NSJOIN_HELPERS:?names the folder of the helpers}"

# shellcheck source=needs.bash
. "$here/needs.bash"

if [ -z "${NSJOIN_OWN_MOUNTS:-}" ] && [ "$(id -u)" = 0 ] && grep -q '^# mounts: own$' "$file"; then
	exec env NSJOIN_OWN_MOUNTS=1 unshare --mount --propagation private -- "$0" "$@"
fi
# Copies of what other tests have mounted would go when their directories do; some have gone by now.
if [ -n "${NSJOIN_OWN_MOUNTS:-}" ]; then
	awk '$5 ~ "/nsjoin-e2e\\." { print $5 }' /proc/self/mountinfo | sort -r |
		xargs -r umount --lazy 2>/dev/null || :
	unset NSJOIN_OWN_MOUNTS
fi

skip_file() {
	echo "skipped: $1"
	[ "${NSJOIN_MUST_RUN:-0}" = 1 ] && exit 1
	exit 77
}

for need in bats $(sed -n 's/^# needs: //p' "$file"); do
	lacks=$(need_missing "$need") || skip_file "$lacks"
done

# Ordinary users must be able to reach the programs and the files, wherever they were built.
NSJOIN_TEST_DIR=$(mktemp -d /tmp/nsjoin-e2e.XXXXXX)
export NSJOIN_TEST_DIR

finish() {
	local mount left=0
	while read -r mount; do
		echo "left behind: mount $mount" >&2
		umount --lazy "$mount"
		left=1
	done < <(awk -v dir="$NSJOIN_TEST_DIR/" 'index($5, dir) == 1 { print $5 }' \
		/proc/self/mountinfo |
		sort -r)
	rm -rf --one-file-system "$NSJOIN_TEST_DIR"
	[ "$left" -eq 0 ] || exit 1
}
trap finish EXIT

mkdir "$NSJOIN_TEST_DIR"/{bin,tmp,home}
chmod 755 "$NSJOIN_TEST_DIR" "$NSJOIN_TEST_DIR"/{bin,tmp,home}
cp "$NSJOIN" "$NSJOIN_TEST_DIR/bin/nsjoin"
find "$NSJOIN_HELPERS" -maxdepth 1 -type f -perm -u+x -exec cp -t "$NSJOIN_TEST_DIR/bin" {} +
chmod 755 "$NSJOIN_TEST_DIR"/bin/*

export NSJOIN=$NSJOIN_TEST_DIR/bin/nsjoin NSJOIN_HELPERS=$NSJOIN_TEST_DIR/bin
export TMPDIR=$NSJOIN_TEST_DIR/tmp BATS_TMPDIR=$NSJOIN_TEST_DIR/tmp
# What a login shell reads, and what stands for python3, may be anything, and take any time.
export HOME=$NSJOIN_TEST_DIR/home PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
# The tests say themselves what of the environment matters.
unset NSJOIN_HOST_ROOT NSJOIN_ERRORS NO_COLOR CLICOLOR_FORCE
# What is about version 1 of cgroups alone is not for a machine that has only version 2: nothing is
# skipped there that could be run.
tags=()
if ! need_missing cgroup1 >/dev/null && need_missing cgroup2 >/dev/null &&
	left_out=$(grep -c '^# bats test_tags=cgroup1$' "$file"); then
	echo "# left out: $left_out tests of cgroups of version 1"
	tags=(--filter-tags '!cgroup1')
fi

# A filter for one test, for people.
"$NSJOIN_HELPERS/keeper" bats --print-output-on-failure "${tags[@]}" \
	${NSJOIN_FILTER:+--filter "$NSJOIN_FILTER"} \
	"$file" </dev/null
