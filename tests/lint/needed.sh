#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# What the binary needs to start: the C library. Each further one costs every start.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
binary=$1
require readelf

needed=$(LC_ALL=C readelf -dW "$binary" | sed -nE 's/.*\(NEEDED\).*\[(.*)\]/\1/p' | sort)
[ -n "$needed" ] || finding "$binary: needs no library at all"
while read -r library; do
	[[ $library =~ ^(libc\.|ld-linux|ld-musl) ]] ||
		finding "$binary: needs $library at start"
done <<<"$needed"
finish
