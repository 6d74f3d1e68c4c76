#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# Control groups with all controllers, delegated to the caller: to be had in the emulated machine, and hardly
# on one where the tests run in a container themselves. Nothing here is skipped.
# shellcheck disable=SC2034,SC2153 # variables of the test library

load ../lib/common
load ../lib/life
load ../lib/delegated

setup() {
	begin_test
	KEEPERS=()
	keep_here
	delegated_setup
	# what systemd has done for a user's service with limits
	echo '+cpu +memory +pids +io' >"$GROUP/cgroup.subtree_control"
}

eval "life_$(declare -f teardown)"
teardown() {
	life_teardown || return 1
	delegated_teardown
}

# keep_in_group NAME [OPTION...]: started from the caller's own group
keep_in_group() {
	local name=$1
	shift
	expect 0 in_group "$NSRUN" run -d --name "$name" "$@" rootfs "${READY[@]}" || return 1
	stderr_is_empty || return 1
	wait_for logged "$name" ready
}

@test "the controllers are there" {
	is 'cpu io memory pids' "$(xargs -n 1 <"$GROUP/own/cgroup.controllers" | grep -xE 'cpu|io|memory|pids' | sort | xargs)"
}

@test "each container has a group of its own below the caller's, which goes with it" {
	local group first second
	keep_in_group x
	keep_in_group y
	is 2 "$(find "$GROUP/own" -mindepth 1 -maxdepth 1 -type d | wc -l)"
	for group in "$GROUP"/own/*/; do
		is 1 "$(wc -l <"$group/cgroup.procs")" "processes in $group"
	done
	first=${GROUP%/*}$(sed -n 's/^0:://p' "/proc/$(init_of x)/cgroup")
	second=${GROUP%/*}$(sed -n 's/^0:://p' "/proc/$(init_of y)/cgroup")
	[ "$first" != "$second" ]
	[ "${first%/*}" = "$GROUP/own" ]
	expect 0 nsrun rm -f x
	wait_for test ! -e "$first"
	[ -e "$second" ]
	expect 0 nsrun rm -f y
	wait_for test ! -e "$second"
}

@test "inside it is the root of the hierarchy, and read-only" {
	expect 3 in_group "$NSRUN" run -q rootfs sh -c 'cat /proc/self/cgroup; cat /sys/fs/cgroup/cgroup.controllers
		mkdir /sys/fs/cgroup/x 2>&1; echo 1 >/sys/fs/cgroup/cgroup.freeze || exit 3'
	output_has '^0::/$'
	output_has 'mkdir: .*Read-only file system'
	output_has pids
	stderr_has 'Read-only file system'
}

@test "pids.max of the caller's group holds the container and all that it starts" {
	echo 12 >"$GROUP/own/pids.max"
	expect 0 in_group "$NSRUN" run -d --name x rootfs sh -c 'for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15; do
		sleep 1000 & done; echo through; wait'
	wait_for grep -qE '^max [1-9]' "$GROUP/own/pids.events"
	[ "$(cat "$GROUP/own/pids.current")" -le 12 ]
	expect 0 nsrun rm -f x
	wait_for no_container_processes
}

@test "memory.max of the caller's group: who takes more is killed, with the status of that, and nothing else ends" {
	echo 64M >"$GROUP/own/memory.max"
	echo 0 >"$GROUP/own/memory.swap.max" 2>/dev/null || true
	keep_in_group other
	expect 137 in_group "$NSRUN" run -q rootfs sh -c 'exec tail /dev/zero'
	grep -qE '^oom_kill [1-9]' "$GROUP/own/memory.events"
	runs other
	expect 0 in_group "$NSRUN" exec other true
}

@test "cpu.max of the caller's group is what a busy container gets, and stats shows it" {
	echo '10000 100000' >"$GROUP/own/cpu.max"
	expect 0 in_group "$NSRUN" run -d --name x rootfs sh -c 'while :; do :; done'
	throttled() {
		grep -qE '^nr_throttled [1-9]' "$GROUP/own/cpu.stat"
	}
	wait_for throttled
	limited() {
		nsrun stats --no-stream --format json x |
			python3 -c 'import json, sys; sys.exit(not 2 < json.load(sys.stdin)[0]["CPU"] < 40)'
	}
	wait_for limited
}

@test "stats counts what is in the group, also what came by exec" {
	keep_in_group x
	counted() {
		nsrun stats --no-stream --format json x |
			python3 -c 'import json, sys; sys.exit(json.load(sys.stdin)[0]["PIDs"] != int(sys.argv[1]))' "$1"
	}
	wait_for counted 1
	expect 0 in_group "$NSRUN" exec -d x probe wait
	wait_for counted 2
}

@test "pause is the freezer's, also for what changes its user and came by exec" {
	local group
	keep_in_group x
	expect 0 in_group "$NSRUN" exec -d -u 5 x probe wait
	group=${GROUP%/*}$(sed -n 's/^0:://p' "/proc/$(init_of x)/cgroup")
	is 2 "$(wc -l <"$group/cgroup.procs")"
	expect 0 nsrun pause x
	stderr_is_empty
	grep -qx 'frozen 1' "$group/cgroup.events"
	is 1 "$(cat "$group/cgroup.freeze")"
	expect 0 nsrun unpause x
	wait_for grep -qx 'frozen 0' "$group/cgroup.events"
	expect 0 nsrun pause x
	expect 0 nsrun stop -t 1 x
	shows x '^Exited'
	wait_for test ! -e "$group"
}
