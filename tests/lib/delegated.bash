# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# shellcheck disable=SC2154 # variables of bats and of the tests
#
# A control group that is delegated to the caller, as systemd does it: $GROUP with $GROUP/own in it, where
# in_group puts nsrun. To be loaded after common.bash.

# delegated_setup: make $GROUP, or skip.
delegated_setup() {
	local mount
	mount=$(awk '{ for (i = 7; $i != "-"; i++); if ($(i + 1) == "cgroup2") print $5 }' /proc/self/mountinfo | tail -n 1)
	need "kernel: a cgroup2 mount that root can write" test -w "$mount/cgroup.procs"
	need "kernel: a freezer of cgroup2" sh -c "mkdir '$mount/nsrun-probe' && test -e '$mount/nsrun-probe/cgroup.freeze'; r=\$?; rmdir '$mount/nsrun-probe'; exit \$r"
	GROUP=$mount/nsrun-e2e-$BATS_TEST_NUMBER
	mkdir -p "$GROUP/own"
	chown "$CALLER:" "$GROUP" "$GROUP/own" "$GROUP"/{,own/}cgroup.{procs,threads,subtree_control}
}

# in_group COMMAND...: nsrun and what it starts begin in the caller's own group
in_group() {
	bash -c 'echo $$ >"$0/own/cgroup.procs" && exec "$@"' "$GROUP" "$TEST_LIB/as-caller" "$CALLER" "$@"
}

# delegated_teardown: once the containers are gone.
delegated_teardown() {
	wait_for rmdir "$GROUP/own"
	rmdir "$GROUP"
}
