#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# A real X program in a box shows its window on the host's X server. Run by make check-x11.

load ../lib/common

# shellcheck disable=SC2034 # common.bash reads it
WITHOUT_ROOTFS=yes
SCREEN=:93

setup() {
	local archive
	need "an X server: tests/lib/setup packages x11" command -v Xvfb xauth xwininfo
	archive=$("$TEST_LIB/debian-tar" x11)
	begin_test
	as_caller mkdir -m 0700 "$T/run" "$T/debian"
	caller_env "XDG_RUNTIME_DIR=$T/run" "XDG_CONFIG_HOME=$T/config" \
		"DISPLAY=$SCREEN" "XAUTHORITY=$T/cookie"
	nsrun unshare --userns=keep-id tar -xpf "$archive" -C "$T/debian"
}

teardown() {
	local failed=0
	nsrun box --rm dev >/dev/null || failed=1
	nsrun unshare --userns=keep-id -- rm -rf "$T/debian" || failed=1
	kill "$SERVER" 2>/dev/null || true
	wait_for test ! -e "/tmp/.X11-unix/X${SCREEN#:}"
	rmdir /tmp/.X11-unix 2>/dev/null || true
	end_test || failed=1
	return "$failed"
}

start_server() {
	as_caller xauth -q -f "$T/cookie" add "$SCREEN" . "$(mcookie)" 2>/dev/null
	exec_in_background "$TEST_LIB/as-caller" "$CALLER" \
		Xvfb "$SCREEN" -auth "$T/cookie" -nolisten tcp -screen 0 320x200x24
	SERVER=$PID
	wait_for as_caller xwininfo -root
}

has_window() {
	as_caller xwininfo -root -tree | grep -q 'Event Tester'
}

shows_window() {
	exec_in_background "$TEST_LIB/as-caller" "$CALLER" "$NSRUN" box dev xev
	wait_for has_window
	kill "$PID"
	wait_for ended
}

@test "a box that was made while the X server ran" {
	start_server
	expect 0 nsrun box dev debian xwininfo -root
	output_has 'Width: 320'
	shows_window
}

@test "a box that was made before there was an X server" {
	[ ! -e /tmp/.X11-unix ] || skip "an X server has run on this machine"
	nsrun box dev debian true
	start_server
	shows_window
}
