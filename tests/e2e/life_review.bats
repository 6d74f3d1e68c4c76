#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# Containers that are kept, under what a careless user and an unlucky moment do to them.

load "$TEST_LIB/common.bash"

eval "common_$(declare -f setup)"
setup() {
	common_setup
	as_caller mkdir -m 0700 -p "$T/run"
	caller_env "XDG_RUNTIME_DIR=$T/run"
}

eval "common_$(declare -f teardown)"
teardown() {
	nsrun rm -f -a >/dev/null 2>&1 || true
	common_teardown
}

status_of() {
	nsrun ps -a --filter "name=$1" | grep -oE 'Up|Exited \([0-9?]+\)|Created|Damaged'
}

has_status() {
	[ "$(status_of "$1")" = "$2" ]
}

@test "a container whose command line has four or eight words is started again" {
	expect 0 nsrun create --name four rootfs true
	expect 0 nsrun create --name=eight rootfs sh -c 'exit $#' sh 1 2
	for name in four eight; do
		for _ in 1 2 3; do
			expect 0 nsrun start "$name"
			nsrun wait "$name" >/dev/null
		done
	done
	expect 0 nsrun wait eight
	output_is 2
}

@test "the exit status of a short command arrives every time" {
	expect 0 nsrun create --name short rootfs sh -c 'exit 7'
	for _ in $(seq 20); do
		expect 7 nsrun start -a short
	done
}

@test "SIGTERM to nsrun ends a named container in the foreground" {
	start run --name front rootfs sh -c 'trap "exit 9" TERM; echo ready; while :; do sleep 0.1; done'
	wait_for said '^ready'
	kill -TERM "$PID"
	finish 9
}

@test "SIGTERM to nsrun reaches a container that was started again meanwhile" {
	start run --name front --restart on-failure rootfs \
		sh -c '[ -e /again ] || { touch /again; exit 1; }; trap "exit 0" TERM; echo ready; while :; do sleep 0.1; done'
	wait_for said '^ready'
	kill -TERM "$PID"
	finish 0
}

@test "a container in the foreground does not start again when nsrun was killed" {
	start run --name front --restart always rootfs sh -c 'echo ready; sleep 0.1; exit 1'
	wait_for said '^ready'
	kill -KILL "$PID"
	expect 0 timeout "$(slowly 20)" "$TEST_LIB/as-caller" "$CALLER" "$NSRUN" wait front
	expect 0 nsrun rm front
}

@test "stop and rm do not wait for a stopped reader of the output" {
	start run --name front rootfs sh -c 'echo ready; exec yes'
	wait_for said '^ready'
	kill -STOP "$PID"
	expect 0 nsrun stop -t 0 front
	has_status front 'Exited (137)'
	expect 0 nsrun rm front
	kill -CONT "$PID"
	wait_for ended
}

@test "rm -f ends a container that is just being started" {
	local kept=$T/run/nsrun/containers file
	for file in config.json monitor log attach state.json.tmp; do
		expect 0 nsrun create --name young --restart always rootfs sleep 1000
		nsrun start young >/dev/null 2>&1 &
		# at a moment that differs from turn to turn
		for _ in $(seq 2000); do
			[ ! -e "$kept/young/$file" ] || break
		done
		expect 0 timeout "$(slowly 10)" "$TEST_LIB/as-caller" "$CALLER" "$NSRUN" rm -f young
		wait $! || true
		expect 0 nsrun ps -a -q
		output_is ''
		is '' "$(ls -A "$kept")"
	done
}

@test "several run --replace at once leave one container and nothing else" {
	local pid
	for _ in 1 2 3; do
		local pids=()
		for _ in 1 2 3 4 5 6; do
			nsrun run -q -d --replace --name one rootfs sleep 1000 >/dev/null 2>&1 3>&- 4>&- &
			pids+=($!)
		done
		for pid in "${pids[@]}"; do
			wait "$pid" || is 125 $?
		done
		is one "$(ls -A "$T/run/nsrun/containers")"
	done
	expect 0 nsrun rm -f one
	is '' "$(ls -A "$T/run/nsrun/containers")"
}

@test "start and rm at once leave a container that is known, or none" {
	local kept=$T/run/nsrun/containers verb pid
	for _ in $(seq 10); do
		local pids=()
		expect 0 nsrun create --name one rootfs sleep 1000
		for verb in start rm rm; do
			nsrun "$verb" one >/dev/null 2>&1 3>&- 4>&- &
			pids+=($!)
		done
		for pid in "${pids[@]}"; do
			wait "$pid" || is 125 $?
		done
		nsrun rm -f one >/dev/null 2>&1 || true
		is '' "$(ls -A "$kept")"
		wait_for no_container_processes
	done
}

@test "a directory that has two names is one" {
	expect 0 nsrun run -d --name once rootfs sleep 1000
	as_caller ln -s run "$T/link"
	caller_env "XDG_RUNTIME_DIR=$T/link/"
	expect 0 nsrun ps -q
	is 1 "${#lines[@]}"
	expect 0 nsrun rm -f "$output"
}

@test "a nsrun that the container could write makes a container once" {
	cp "$NSRUN" own
	chown "$CALLER" own
	expect 0 as_caller "$T/own" run -d --userns=keep-id --name once --cidfile cid rootfs sleep 1000
	is "$output" "$(cat cid)"
	has_status once Up
}

@test "a long command line is kept" {
	expect 0 as_caller sh -c "a=\$(head -c 120000 /dev/zero | tr '\\\\0' '\\\\1')
		exec '$NSRUN' run -d --name long rootfs sh -c 'sleep 1000' \"\$a\" \"\$a\" \"\$a\""
	has_status long Up
	expect 0 nsrun exec long true
}

@test "an id that cannot be written down leaves no container" {
	as_caller mkdir full
	mount -t tmpfs -o size=4k,mode=0777 none full
	head -c 4096 /dev/zero >full/rest
	expect 125 nsrun create --name lost --cidfile full/cid rootfs true
	umount full
	stderr_has "cannot write the container's id"
	expect 0 nsrun ps -a -q
	output_is ''
}

# waiting N COMMAND: so many "nsrun COMMAND x" have connected, and read.
waiting() {
	local pid count=0
	for pid in $(pgrep -u "$CALLER" -f -- "^$NSRUN $2 x\$"); do
		! grep -qE 'skb_wait|unix|poll' "/proc/$pid/wchan" 2>/dev/null || count=$((count + 1))
	done
	[ "$count" -eq "$1" ]
}

@test "wait for a container that removes itself: its status for everybody, however many and however late" {
	local statuses
	local -a pids=()
	expect 0 nsrun run -d --rm --name x rootfs sh -c 'until [ -e /go ]; do sleep 0.1; done; exit 7'
	as_caller mkdir waits
	for n in $(seq 80); do
		exec_in_background "$TEST_LIB/as-caller" "$CALLER" sh -c '"$0" wait x >"waits/$1" 2>&1' "$NSRUN" "$n"
		pids+=("$!")
	done
	wait_for waiting 80 wait
	nsrun exec x touch /go || true
	wait "${pids[@]}"
	statuses=$(cat waits/* | sort | uniq -c | squeeze)
	is '80 7' "$statuses"
}

@test "attach with a reader that sleeps until the end: the status, and what was lost" {
	expect 0 nsrun run -d --name x rootfs sh -c 'until [ -e /go ]; do sleep 0.1; done; yes | head -c 3000000; exit 9'
	expect 0 nsrun inspect --format '{{.State.Pid}}' x
	monitor=$(sed -nE 's/^PPid:[[:space:]]*//p' "/proc/$output/status")
	start attach x
	wait_for waiting 1 attach
	kill -STOP "$PID"
	nsrun exec x touch /go || true
	wait_for has_status x "Exited (9)"
	wait_for [ ! -e "/proc/$monitor" ]
	kill -CONT "$PID"
	finish 9
}

@test "attach with a slow reader of a container that removes itself: the status" {
	expect 0 nsrun run -d --rm --name x rootfs sh -c 'until [ -e /go ]; do sleep 0.1; done; yes | head -c 3000000; exit 9'
	exec_in_background "$TEST_LIB/as-caller" "$CALLER" bash -c '"$0" attach x 2>err | { read -rn 1; until [ -e end ]; do sleep 0.1; done; cat >/dev/null; }; echo "${PIPESTATUS[0]}" >code' "$NSRUN"
	wait_for waiting 1 attach
	nsrun exec x touch /go || true
	wait_for [ ! -e "$T/run/nsrun/containers/x" ]
	as_caller touch end
	wait_for [ -s code ]
	is 9 "$(cat code)"
	grep -qE '[0-9]+ bytes' err
}
