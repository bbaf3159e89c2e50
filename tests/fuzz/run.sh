#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# run.sh PROGRAM CORPUS WORK RUNS: one fuzz target, in a fresh directory WORK. CORPUS is only read; new
# inputs, and those that it fails for, are written to WORK. Bounded by a number of inputs, not by
# time, and always the same ones.
set -eu
program=$1 corpus=$2 work=$3 runs=$4

rm -rf "$work"
mkdir -p "$work/found"
cd "$work"
exec "$program" -runs="$runs" -seed=1 -max_len=2048 -reload=0 -timeout=5 -rss_limit_mb=1024 \
	-verbosity=0 -artifact_prefix="$work/" found "$corpus"
