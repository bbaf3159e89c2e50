# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# Debian packages, for the commands that set up a machine. To be sourced.

# What building needs. The libraries come with their -dev packages.
# shellcheck disable=SC2034 # for those who source this
build_packages=(gcc libc6-dev cmake ninja-build pkg-config libcap-ng-dev libmount-dev libjson-c-dev)

packages_missing() {
	local package
	for package; do
		[ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] ||
			printf '%s\n' "$package"
	done
}

# packages_install PACKAGE…: install what is missing. What cannot be installed is named with the
# command that would, and is a failure for the caller to judge: often enough can be done without.
packages_install() {
	local -a missing
	if ! command -v apt-get >/dev/null; then
		echo "This is not a Debian system: make sure that the equivalents of these are here:"
		echo "  $*"
		return 1
	fi
	mapfile -t missing < <(packages_missing "$@")
	[ ${#missing[@]} -gt 0 ] || return 0
	if [ "$(id -u)" != 0 ]; then
		echo "Not installed: ${missing[*]}"
		echo "Only root can install packages:"
		echo "  apt-get install --no-install-recommends ${missing[*]}"
		return 1
	fi
	echo "Installing: ${missing[*]}"
	export DEBIAN_FRONTEND=noninteractive
	apt-get -q update </dev/null || echo "The list of packages could not be renewed."
	apt-get -q -y install --no-install-recommends "${missing[@]}" </dev/null
}
