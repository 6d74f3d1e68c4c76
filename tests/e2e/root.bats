#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Root as the caller: maps written directly, a range of his own, never a map of 0 to 0.

load ../lib/common

FILE_CALLER=root

@test "root's range in /etc/subuid is the default" {
	subids root:700000:65536
	is "0 700000 65536" "$(map_inside uid)"
	is "0 700000 65536" "$(map_inside gid)"
	expect 0 nsrun rootfs id -u
	output_is 0
}

@test "containers' range is the next" {
	subids containers:700000:65536
	is "0 700000 65536" "$(map_inside uid)"
	is "0 700000 65536" "$(map_inside gid)"
}

@test "root without a range is refused with what to do, never mapped to himself" {
	subids '# nothing'
	refuses 'subuid' rootfs "${MARK[@]}"
	stderr_has 'usermod --add-subuids [0-9]+-[0-9]+ .*root|--uidmap'
}

@test "the host sees the payload under the range's first id" {
	subids root:700000:65536
	start_ready rootfs "${READY[@]}"
	is 700000 "$(ps -o uid= -p "$INIT" | tr -d ' ')"
	is 700000 "$(ps -o gid= -p "$INIT" | tr -d ' ')"
}

@test "the reference example: root inside, uid 2000 on the host, no hand on /etc/shadow" {
	expect 0 nsrun --uidmap 0:2000:1000 -v /etc:/mnt rootfs id -u
	output_is 0
	expect 1 nsrun --uidmap 0:2000:1000 -v /etc:/mnt rootfs sh -c 'echo hello >> /mnt/shadow'
	stderr_has 'permission denied'
	expect 1 nsrun --uidmap 0:2000:1000 -v /etc:/mnt rootfs cat /mnt/shadow
	stderr_has 'permission denied'
	start_ready --uidmap 0:2000:1000 -v /etc:/mnt rootfs "${READY[@]}"
	is 2000 "$(ps -o uid= -p "$INIT" | tr -d ' ')" "uid in the host's ps"
	is 2000 "$(ps -o gid= -p "$INIT" | tr -d ' ')" "gid in the host's ps"
	is "0 2000 1000" "$(squeeze <"/proc/$INIT/uid_map")"
	is "0 2000 1000" "$(squeeze <"/proc/$INIT/gid_map")"
}

@test "the reference example at a terminal" {
	terminal <<-'PYTHON'
		shell = Terminal(["nsrun", "--uidmap", "0:2000:1000", "-v", "/etc:/mnt", "rootfs", "sh"])
		shell.expect(r"[$#] ")
		shell.send("id -u; echo hello >> /mnt/shadow\n")
		shell.expect(r"^0$")
		shell.expect(r"Permission denied")
		shell.send("exit 0\n")
		assert shell.wait() == 0
	PYTHON
}

@test "root's groups and capabilities do not come in" {
	expect 0 nsrun --uidmap 0:2000:1000 rootfs grep -E '^(Groups|Cap(Inh|Prm|Amb|Bnd)|NoNewPrivs)' /proc/self/status
	is "Groups: 0
CapInh: 0000000000000000
CapPrm: 00000000800405fb
CapBnd: 00000000800405fb
CapAmb: 0000000000000000
NoNewPrivs: 1" "$(squeeze <<<"$output")"
}

@test "the maps need no id helper" {
	cp /bin/false "$E2E_WORK/over.$BATS_SUITE_TEST_NUMBER.helper"
	CALLER_BINDS="$E2E_WORK/over.$BATS_SUITE_TEST_NUMBER.helper:/usr/bin/newuidmap
$E2E_WORK/over.$BATS_SUITE_TEST_NUMBER.helper:/usr/bin/newgidmap"
	expect 0 nsrun --uidmap 0:2000:1000 --uidmap 5000:6000:7 rootfs echo hello
	output_is hello
}

@test "maps that overlap or reach beyond the last id are refused to root, too" {
	refuses 'overlap|twice' --uidmap 0:2000:10 --uidmap 5:3000:10 rootfs "${MARK[@]}"
	refuses 'map' --uidmap 0:4294967290:10 rootfs "${MARK[@]}"
	refuses 'map' --uidmap 0:2000:0 rootfs "${MARK[@]}"
}

@test "--userns=host: for root, with a warning" {
	expect 0 nsrun --userns=host rootfs readlink /proc/self/ns/user
	output_is "$(readlink /proc/self/ns/user)"
	stderr_has 'userns|user namespace'
	# asked for by name, it is no fallback that --strict would refuse
	expect 0 nsrun --strict --userns=host rootfs true
	stderr_has 'userns|user namespace'
}

@test "--userns=host: capabilities are bounded all the same" {
	expect 0 nsrun -q --userns=host rootfs grep -E '^(CapEff|CapBnd|NoNewPrivs)' /proc/self/status
	is "CapEff: 00000000800405fb
CapBnd: 00000000800405fb
NoNewPrivs: 1" "$(squeeze <<<"$output")"
}

@test "--subuidname takes a user's ranges" {
	local start1 count1 start2 count2
	read -r start1 count1 < <(CALLER=nsrun-bob range subuid 1)
	read -r start2 count2 < <(CALLER=nsrun-bob range subuid 2)
	is "0 $start1 $count1"$'\n'"$count1 $start2 $count2" "$(map_inside uid --subuidname nsrun-bob)"
	is "0 $start1 $count1"$'\n'"$count1 $start2 $count2" "$(map_inside gid --subuidname nsrun-bob)"
	is "0 $start1 $count1"$'\n'"$count1 $start2 $count2" \
		"$(map_inside gid --subuidname nsrun-alice --subgidname nsrun-bob)"
}

@test "ns:PATH: the network namespace of another process" {
	unshare --net sleep 1000 3>&- 4>&- &
	local other=$!
	STARTED+=("$other")
	is_apart() { [ "$(readlink /proc/self/ns/net)" != "$(readlink "/proc/$other/ns/net")" ]; }
	wait_for is_apart
	expect 0 nsrun --uidmap 0:2000:1000 "--network=ns:/proc/$other/ns/net" rootfs readlink /proc/self/ns/net
	output_is "$(readlink "/proc/$other/ns/net")"
	expect 0 nsrun --uidmap 0:2000:1000 "--ipc=ns:/proc/$other/ns/ipc" rootfs readlink /proc/self/ns/ipc
	output_is "$(readlink "/proc/$other/ns/ipc")"
}

@test "SIGKILL of nsrun leaves nothing" {
	start_ready --uidmap 0:2000:1000 rootfs "${READY[@]}"
	kill -KILL "$PID"
	finish 137
	nothing_left
	start_ready --uidmap 0:2000:1000 rootfs probe become 100 101 /bin/probe wait
	kill -KILL "$PID"
	finish 137
	nothing_left
}

@test "a volume with :O and a rootfs with :O" {
	mkdir data
	echo content >data/file
	chmod 0755 data
	expect 0 nsrun --uidmap 0:2000:1000 -v "$T/data:/mnt:O" rootfs cat /mnt/file
	output_is content
	expect 0 nsrun --uidmap 0:2000:1000 rootfs:O cat /etc/hostname
}

@test "sources in directories that only root may enter" {
	mkdir -m 0700 closed
	mkdir -m 0755 closed/open
	echo content >closed/open/file
	expect 0 nsrun --uidmap 0:2000:1000 -v "$T/closed/open:/mnt" rootfs cat /mnt/file
	output_is content
}

@test "a volume and a root file system below another user's home of mode 0700" {
	local home
	home=$(getent passwd nsrun-alice | cut -d: -f6)/e2e/${T##*/}
	install -d -o nsrun-alice "$home"
	copy_rootfs nsrun-alice "$home/rootfs"
	echo content >"$home/file"
	run --separate-stderr nsrun --uidmap 0:2000:1000 -v "$home/file:/mnt/file" "$home/rootfs" cat /mnt/file
	rm -rf "$home"
	is 0 "$status"
	output_is content
}

@test "unshare: root's range with the host's files" {
	subids root:700000:65536
	expect 0 nsrun unshare sh -c 'id -u; cat /proc/self/uid_map'
	is $'0\n0 700000 65536' "$(squeeze <<<"$output")"
}
