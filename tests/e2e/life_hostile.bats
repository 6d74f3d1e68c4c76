#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# Kept containers at bad moments: entered while they are being started, damaged while they run, ended
# between two starts, named twice.

load ../lib/common
load ../lib/life

# being_started NAME: its init exists for a while, and is on the host still; PID is nsrun start
being_started() {
	local seconds=2
	# what waits for it does so for ten seconds, however slow the machine is
	[ "${E2E_SLOWNESS:-1}" -eq 1 ] || seconds=6
	# with one id, since a helper has no privilege below strace
	expect 0 nsrun create --newidmap none --name "$1" rootfs "${READY[@]}"
	CALLER_PREFIX="strace -f -qq -o /dev/null -e trace=pivot_root -e inject=pivot_root:delay_enter=${seconds}000000"
	start start "$1"
	CALLER_PREFIX=''
	wait_for state_is "$1" status starting
}

@test "exec and cp of a container that is being started wait until it is in its own root" {
	need strace strace -V
	as_caller sh -c 'mkdir hit; echo secret >hit/file; echo new >in'
	being_started c
	# nothing of this is in the container
	expect 1 nsrun exec c cat "$T/hit/file"
	expect 0 nsrun exec c cat /proc/1/comm
	output_is probe
	expect 0 nsrun rm -f c
	finish 0
	being_started c
	refuses 'hit' cp in "c:$T/hit/file"
	is secret "$(cat hit/file)"
	expect 0 nsrun rm -f c
	finish 0
	being_started c
	refuses "hit/file'" cp "c:$T/hit/file" out
	expect 0 nsrun rm -f c
	finish 0
}

@test "rm -f of a damaged container ends it, and its monitor does not start it again" {
	local init
	expect 0 nsrun run -d --restart=always --name c rootfs "${READY[@]}"
	init=$(init_of c)
	echo '{' >"$KEPT/c/config.json"
	expect 0 nsrun rm -f c
	wait_for no_container_processes
	for file in config state; do
		expect 0 nsrun run -d --name c rootfs sh -c 'trap "" TERM; echo ready; while :; do sleep 1; done'
		wait_for logged c ready
		echo '{' >"$KEPT/c/$file.json"
		expect 0 nsrun rm -f c
		wait_for no_container_processes
	done
	[ ! -e "/proc/$init" ]
}

@test "a damaged container without a monitor is not removed while it runs" {
	keep c
	kill -KILL "$(monitor_of c)"
	echo '{' >"$KEPT/c/config.json"
	refuses "the container 'c' runs" rm c
	expect 0 nsrun rm -f c
	wait_for no_container_processes
}

@test "a foreground container that waits for its next start ends by a signal" {
	local signal
	for signal in TERM INT HUP; do
		start run --restart=always --name c rootfs false
		# the delays grow: in the fourth there is time
		wait_for sh -c '[ "$(sed -nE "s/^  \"restarts\": ([0-9]+),?$/\1/p" "$0")" -ge 4 ]' "$KEPT/c/state.json"
		wait_for state_is c status exited
		kill -"$signal" "$PID"
		wait_for ended
		wait_for no_container_processes
		expect 0 nsrun rm -f c
	done
}

@test "rename to a name that a container elsewhere has" {
	mkdir -m 1777 "$T/tmp"
	CALLER_BINDS=$T/tmp:/tmp
	keep two
	# another place, which is looked into as well
	CALLER_ENV=''
	[ ! -d "/run/user/$CALLER_UID" ] || skip "the caller is logged in"
	expect 0 nsrun run -d --name one rootfs "${READY[@]}"
	caller_env "XDG_RUNTIME_DIR=$STATE"
	refuses "the name 'one' is in use by the container" rename two one
	expect 0 nsrun rename two three
	# an older nsrun may have given it all the same
	mv "$KEPT/three" "$KEPT/one"
	expect 0 nsrun rm -f -a
	expect 0 nsrun ps -aq
	output_is ''
}

# being_removed NAME: somebody has its lock to remove it, and has not done so yet; LOCKER is that process.
being_removed() {
	exec_in_background "$TEST_LIB/as-caller" "$CALLER" python3 -c '
import fcntl, signal, sys
lock = open(sys.argv[1], "w")
fcntl.lockf(lock, fcntl.LOCK_EX, 1, 0)
print("locked", flush=True)
signal.pause()' "$KEPT/$1/monitor"
	LOCKER=$PID
	wait_for said '^locked'
}

# pauses: what was started looks again and again, or has ended.
pauses() {
	ended || grep -q nanosleep "/proc/$PID/wchan"
}

@test "rm waits for who removes it at the moment, and removes it where that one does not" {
	local force
	for force in '' -f; do
		expect 0 nsrun create --name c rootfs true
		being_removed c
		# shellcheck disable=SC2086 # none, or one
		start rm $force c
		wait_for pauses
		kill "$LOCKER"
		finish 0
		is '' "$(ls -A "$KEPT")"
	done
}

@test "run --replace waits for who removes the old one at the moment" {
	expect 0 nsrun create --name c rootfs true
	being_removed c
	start run -d --replace --name c rootfs "${READY[@]}"
	wait_for pauses
	kill "$LOCKER"
	finish 0
	wait_for logged c ready
	is c "$(ls -A "$KEPT")"
}

@test "rm says who removes a container and does not go on" {
	expect 0 nsrun create --name c rootfs true
	being_removed c
	refuses "who removes the container 'c' \(process [0-9]+\) does not go on" rm c
	stderr_has '^  try: kill -CONT [0-9]+$'
	is c "$(ls -A "$KEPT")"
	kill "$LOCKER"
}

# looks_into NAME: somebody has its directory open.
looks_into() {
	find /proc/[0-9]*/fd -lname "$KEPT/$1" 2>/dev/null | grep -q .
}

@test "a container that is removed while ps looks at it is gone, not damaged" {
	local file number
	need strace strace -V
	for file in config.json state.json; do
		expect 0 nsrun create --name c rootfs true
		CALLER_PREFIX="strace -qq -o $T/calls -e trace=openat" expect 0 nsrun ps -a
		number=$(grep -nF "\"$file\"" calls | cut -d: -f1)
		CALLER_PREFIX="strace -qq -o /dev/null -e trace=openat -e inject=openat:delay_enter=$(slowly 1)000000:when=$number"
		start ps -a
		CALLER_PREFIX=''
		wait_for looks_into c
		expect 0 nsrun rm c
		finish 0
		never grep c "$T/stdout"
		is '' "$(cat "$T/stderr")"
	done
}
