#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Signals that reach the payload, and an end without remains.

load ../lib/common

@test "every catchable signal is forwarded to the command, also if it waits for them (tini, catatonit)" {
	start_ready rootfs probe signals
	local signal
	for signal in HUP INT QUIT USR1 USR2 ALRM WINCH PWR VTALRM PROF XCPU; do
		kill "-$signal" "$PID"
		wait_for said "^$signal\$"
	done
	kill -TERM "$PID"
	finish 0
	said '^TERM$'
}

@test "every catchable signal is forwarded to a command that handles it" {
	start rootfs sh -c 'for s in HUP INT QUIT USR1 USR2 ALRM PWR VTALRM PROF XCPU; do trap "echo $s" $s; done
		trap "echo TERM; exit 0" TERM; echo ready; while :; do sleep 0.02; done'
	wait_for said '^ready'
	local signal
	for signal in HUP INT QUIT USR1 USR2 ALRM PWR VTALRM PROF XCPU; do
		kill "-$signal" "$PID"
		wait_for said "^$signal\$"
	done
	kill -TERM "$PID"
	finish 0
	said '^TERM$'
}

@test "with --init, every catchable signal is forwarded to the command" {
	start --init rootfs probe signals
	wait_for said '^ready'
	local signal
	for signal in HUP INT QUIT USR1 USR2 ALRM; do
		kill "-$signal" "$PID"
		wait_for said "^$signal\$"
	done
	kill -TERM "$PID"
	finish 0
	said '^TERM$'
}

@test "SIGTERM ends a command that does not handle it, as pid 1 too: 143" {
	start_ready rootfs "${READY[@]}"
	kill -TERM "$PID"
	finish 143
}

@test "the other deadly signals end a command that does not handle them: 128+n" {
	local signal
	for signal in HUP:129 INT:130 QUIT:131 USR1:138 USR2:140 ALRM:142; do
		start_ready rootfs "${READY[@]}"
		kill "-${signal%:*}" "$PID"
		finish "${signal#*:}"
	done
}

@test "with --init, SIGTERM ends the command: 143" {
	start_ready --init rootfs "${READY[@]}"
	kill -TERM "$PID"
	finish 143
}

@test "signals whose default is to do nothing do nothing" {
	start_ready rootfs "${READY[@]}"
	kill -WINCH "$PID"
	kill -URG "$PID"
	kill -CHLD "$PID"
	kill -CONT "$PID"
	kill -TERM "$PID"
	finish 143
}

@test "a command that handles SIGTERM decides its own exit status" {
	start rootfs sh -c 'trap "echo bye; exit 7" TERM; echo ready; while :; do sleep 0.05; done'
	wait_for said '^ready'
	kill -TERM "$PID"
	finish 7
	said '^bye'
}

@test "a command that ignores SIGTERM goes on" {
	start rootfs sh -c 'trap "" TERM; trap "exit 9" USR1; echo ready; while :; do sleep 0.05; done'
	wait_for said '^ready'
	kill -TERM "$PID"
	kill -USR1 "$PID"
	finish 9
}

@test "a signal during the start is not lost, and leaves nothing" {
	local i found
	for ((i = 0; i < 30; i++)); do
		start rootfs sleep 1000
		python3 -c "import time; time.sleep($i / 2000)"
		kill -TERM "$PID"
		wait_for ended
		found=0
		wait "$PID" || found=$?
		is 143 "$found"
	done
	nothing_left
}

@test "a stopped nsrun can go on" {
	start_ready rootfs "${READY[@]}"
	kill -STOP "$PID"
	wait_for grep -q '^State:.*T' "/proc/$PID/status"
	kill -CONT "$PID"
	kill -TERM "$PID"
	finish 143
}

@test "SIGTSTP stops the command, and SIGCONT lets it go on" {
	start_ready rootfs "${READY[@]}"
	kill -TSTP "$PID"
	wait_for grep -q '^State:.*T' "/proc/$INIT/status"
	wait_for grep -q '^State:.*T' "/proc/$PID/status"
	kill -CONT "$PID"
	wait_for grep -q '^State:.*S' "/proc/$INIT/status"
	kill -TERM "$PID"
	finish 143
}

@test "with --init, SIGTSTP stops the command, and SIGCONT lets it go on" {
	start_ready --init rootfs "${READY[@]}"
	local command
	command=$(cat "/proc/$INIT/task/$INIT/children")
	command=${command%% *}
	kill -TSTP "$PID"
	wait_for grep -q '^State:.*T' "/proc/$command/status"
	kill -CONT "$PID"
	wait_for grep -q '^State:.*S' "/proc/$command/status"
	kill -TERM "$PID"
	finish 143
}

@test "SIGKILL of nsrun leaves nothing" {
	start_ready rootfs "${READY[@]}"
	kill -KILL "$PID"
	finish 137
	nothing_left
}

@test "SIGKILL of nsrun leaves nothing: many processes, new sessions, ignored signals" {
	start_ready rootfs sh -c 'for i in 1 2 3 4 5; do setsid sh -c "trap \"\" HUP TERM INT; sleep 1000" & done
		echo ready; exec sleep 1000'
	kill -KILL "$PID"
	finish 137
	nothing_left
}

@test "SIGKILL of nsrun leaves nothing: with --init" {
	start_ready --init rootfs "${READY[@]}"
	kill -KILL "$PID"
	finish 137
	nothing_left
}

@test "SIGKILL of nsrun leaves nothing: a payload under another user" {
	start_ready -u app rootfs "${READY[@]}"
	kill -KILL "$PID"
	finish 137
	nothing_left
}

@test "SIGKILL of nsrun leaves nothing: a payload that has changed its uid itself, as gosu does" {
	start_ready rootfs probe become 100 101 /bin/probe wait
	is 1 "$(grep -cE "^Uid:.*[1-9]" "/proc/$INIT/status")"
	kill -KILL "$PID"
	finish 137
	nothing_left
}

@test "SIGKILL of nsrun leaves nothing: a payload that has changed its uid, with --init" {
	start_ready --init rootfs probe become 100 101 /bin/probe wait
	kill -KILL "$PID"
	finish 137
	nothing_left
}

@test "SIGKILL of nsrun leaves nothing: maps without the caller's own id" {
	start_ready --userns=nomap rootfs probe become 100 101 /bin/probe wait
	kill -KILL "$PID"
	finish 137
	nothing_left
}

@test "SIGKILL of nsrun leaves nothing: a payload in a terminal" {
	terminal <<-'PYTHON'
		command = Terminal(["nsrun", "rootfs", "sh"])
		command.expect(r"[$#] ")
		command.kill(signal.SIGKILL)
		command.wait()
	PYTHON
	nothing_left
}

@test "SIGKILL of nsrun at any moment of the start leaves nothing" {
	local i
	for ((i = 0; i < 80; i++)); do
		start rootfs "${READY[@]}"
		python3 -c "import time; time.sleep($i / 4000)"
		kill -KILL "$PID"
		wait "$PID" || true
	done
	nothing_left
}

@test "SIGKILL of nsrun at any of its own steps leaves nothing" {
	# Traced, the supervisor alone, so that the id helper keeps its privilege.
	local call number reached
	for call in clone3 sendmsg sendto recvmsg recvfrom read write poll ppoll waitid pidfd_send_signal \
		rt_sigprocmask close openat; do
		for number in 1 2 3; do
			CALLER_PREFIX="strace -qq -o /dev/null -e trace=$call -e inject=$call:signal=KILL:when=$number"
			start rootfs "${READY[@]}"
			# It runs when this step never comes, or is dead.
			wait_for eval 'ended || said ready'
			pkill -KILL -P "$PID" 2>/dev/null || true
			wait "$PID" 2>/dev/null || true
			nothing_left
		done
	done
}

@test "SIGKILL of the container's pid 1 ends nsrun: 137" {
	start_ready rootfs "${READY[@]}"
	kill -KILL "$INIT"
	finish 137
	nothing_left
}

@test "SIGKILL of nsrun leaves nothing: overlays, volumes and a pidfile's neighbours" {
	as_caller mkdir changes data
	start_ready -v "$T/data:/mnt" --tmpfs /x --rootfs-overlay "$T/changes" rootfs "${READY[@]}"
	kill -KILL "$PID"
	finish 137
	nothing_left
	expect 0 nsrun --rootfs-overlay "$T/changes" rootfs true
	nsrun unshare sh -c "rm -rf '$T'/changes/*"
}

@test "a payload that spawns processes all the time is gone, too" {
	start_ready rootfs sh -c 'echo ready; while :; do sleep 0.01 & done'
	kill -KILL "$PID"
	finish 137
	LEFT_DEADLINE=10 nothing_left
}

# cpu_of COMMAND...: seconds of processor time of a command and what it waited for.
cpu_of() {
	python3 -c '
import os, sys
pid = os.fork()
if pid == 0:
    os.execv(sys.argv[1], sys.argv[1:])
_, status, usage = os.wait4(pid, 0)
print(usage.ru_utime + usage.ru_stime)
sys.exit(os.waitstatus_to_exitcode(status))' "$@"
}

@test "standard input from /dev/null or closed: nothing spins" {
	local seconds second
	second=$(slowly 1)
	seconds=$(cpu_of "$TEST_LIB/as-caller" "$CALLER" "$NSRUN" rootfs sleep "$second" </dev/null)
	python3 -c "assert $seconds < 0.3 * $second, $seconds"
	seconds=$(cpu_of "$TEST_LIB/as-caller" "$CALLER" "$NSRUN" rootfs sleep "$second" <&-)
	python3 -c "assert $seconds < 0.3 * $second, $seconds"
	seconds=$(cpu_of "$TEST_LIB/as-caller" "$CALLER" "$NSRUN" --init rootfs sleep "$second" <&-)
	python3 -c "assert $seconds < 0.3 * $second, $seconds"
}

@test "closed standard descriptors do not become other files" {
	expect 0 bash -c 'exec "$@" <&-' bash "$TEST_LIB/as-caller" "$CALLER" "$NSRUN" rootfs sh -c 'cat; echo end'
	output_is end
	run --separate-stderr bash -c 'exec "$@" >&- 2>&-' bash "$TEST_LIB/as-caller" "$CALLER" "$NSRUN" rootfs true
	is 0 "$status"
	as_caller sh -c 'exec "$@" >&-' sh "$NSRUN" rootfs sh -c 'probe fds >/fds; exit 0'
	run cat rootfs/fds
	output_lacks '^([3-9]|[0-9]{2,})$'
}

@test "standard input is a pipe whose writer stays: the command's end ends nsrun" {
	mkfifo fifo
	exec 8<>fifo
	STDIN=fifo start rootfs true
	finish 0
	exec 8>&-
}

# read_slowly BLOCKING COMMAND...: how many bytes a slow reader gets from a command.
read_slowly() {
	python3 -c '
import os, subprocess, sys, time
reader, writer = os.pipe()
os.set_blocking(writer, sys.argv[1] == "blocking")
child = subprocess.Popen(sys.argv[2:], stdin=subprocess.DEVNULL, stdout=writer)
os.close(writer)
count = 0
while True:
    more = os.read(reader, 4096)
    if not more:
        break
    count += len(more)
    time.sleep(0.0005)
assert child.wait() == 0, child.returncode
print(count)' "$@"
}

@test "a slow reader gets everything, also what was said last" {
	local round
	for round in 1 2 3 4 5; do
		is 1000004 "$(read_slowly blocking "$TEST_LIB/as-caller" "$CALLER" "$NSRUN" rootfs \
			sh -c 'head -c 1000000 /dev/zero; echo end')"
	done
}

@test "a slow reader gets everything from a user who is not root" {
	is 1000004 "$(read_slowly blocking "$TEST_LIB/as-caller" "$CALLER" "$NSRUN" -u app rootfs \
		sh -c 'head -c 1000000 /dev/zero; echo end')"
}
