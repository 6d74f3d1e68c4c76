#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Namespaces: new ones, the host's, and existing ones by path.

load ../lib/common

# namespace KIND [OPTION...]: the link of the payload's namespace.
namespace() {
	local kind=$1
	shift
	nsrun "$@" rootfs readlink "/proc/self/ns/$kind"
}

@test "every namespace is new by default" {
	local kind
	expect 0 nsrun rootfs sh -c 'for k in user mnt pid net ipc uts cgroup; do
		echo "$k $(readlink /proc/self/ns/$k)"; done'
	for kind in user mnt pid net ipc uts cgroup; do
		output_has "^$kind [a-z]+:\[[0-9]+\]"
		output_lacks "^$kind $(readlink "/proc/self/ns/$kind" | sed 's/[][]/\\&/g')"
	done
}

@test "--pid, --ipc, --uts, --network and --cgroupns: private" {
	local option kind
	for option in pid=private ipc=private uts=private cgroupns=private network=none; do
		kind=${option%=*}
		[ "$kind" != network ] || kind=net
		[ "$kind" != cgroupns ] || kind=cgroup
		expect 0 namespace "$kind" "--$option"
		[ "$output" != "$(readlink "/proc/self/ns/$kind")" ]
	done
}

@test "--ipc, --uts, --network and --cgroupns: host" {
	local option kind
	for option in ipc uts network cgroupns; do
		kind=$option
		[ "$option" != network ] || kind=net
		[ "$option" != cgroupns ] || kind=cgroup
		is "$(readlink "/proc/self/ns/$kind")" "$(namespace "$kind" "--$option=host")" "$option"
	done
}

@test "--pid=host: the host's processes are seen" {
	is "$(readlink /proc/self/ns/pid)" "$(namespace pid --pid=host)"
	expect 0 nsrun --pid=host rootfs sh -c "test -d /proc/$$ && echo seen"
	output_is seen
}

@test "--pid=host: the command ends with nsrun" {
	start --pid=host rootfs "${READY[@]}"
	wait_for said ready
	kill -KILL "$PID"
	wait "$PID" || true
	nothing_left
}

@test "the payload is pid 1, and sees only its own processes" {
	expect 0 nsrun rootfs sh -c 'echo $$; ls -d /proc/[0-9]* | wc -l'
	is 1 "${lines[0]}"
	[ "${lines[1]}" -le 3 ]
}

@test "--network=none: only lo, which is up" {
	expect 0 nsrun --network=none rootfs ls /sys/class/net
	output_is lo
	expect 0 nsrun --network=none rootfs cat /sys/class/net/lo/flags
	output_is 0x9
	expect 0 nsrun --network=none rootfs sh -c 'ip addr show lo'
	output_has '127\.0\.0\.1'
	expect 0 nsrun --net=none rootfs cat /sys/class/net/lo/flags
	output_is 0x9
}

@test "a server on lo can be reached from inside" {
	expect 0 nsrun rootfs sh -c 'nc -l -p 8000 -e echo hello & 
		until nc 127.0.0.1 8000 </dev/null; do :; done'
	output_is hello
}

@test "--network=host: the host's interfaces" {
	expect 0 nsrun --network=host rootfs cat /proc/net/dev
	is "$(awk -F: 'NR > 2 { print $1 }' /proc/net/dev | sort | squeeze)" \
		"$(awk -F: 'NR > 2 { print $1 }' <<<"$output" | sort | squeeze)"
}

@test "an unknown word for a namespace is refused and named" {
	local option
	for option in pid ipc uts network cgroupns; do
		refuses 'magic' "--$option=magic" rootfs "${MARK[@]}"
		refuses 'no-such-file' "--$option=ns:/no-such-file" rootfs "${MARK[@]}"
	done
}

@test "a path that is no namespace, or one of another kind, is refused" {
	refuses '/etc/passwd' --network=ns:/etc/passwd rootfs "${MARK[@]}"
	refuses '/proc/self/ns/uts' --network=ns:/proc/self/ns/uts rootfs "${MARK[@]}"
	as_caller mkfifo fifo
	refuses 'fifo' "--network=ns:$T/fifo" rootfs "${MARK[@]}"
}

@test "ns:PATH: a second container in the first one's user and network namespace" {
	start_ready --security-opt nested rootfs "${READY[@]}"
	local kind
	for kind in net ipc uts; do
		local option=$kind
		[ "$kind" != net ] || option=network
		is "$(readlink "/proc/$INIT/ns/$kind")" \
			"$(namespace "$kind" "--userns=ns:/proc/$INIT/ns/user" "--$option=ns:/proc/$INIT/ns/$kind")"
	done
}

@test "--hostname, and the default host name" {
	expect 0 nsrun --hostname box rootfs hostname
	output_is box
	expect 0 nsrun -h box rootfs cat /etc/hostname
	output_is box
	expect 0 nsrun --hostname box rootfs cat /etc/hosts
	output_has 'box'
	expect 0 nsrun rootfs hostname
	[ -n "$output" ]
	[ "$output" != "$(hostname)" ]
}

@test "a host name that is none is refused" {
	local name
	for name in '' 'two words' "$(printf 'x%.0s' {1..70})" $'new\nline' 'a/b'; do
		refuses 'hostname|host name' --hostname "$name" rootfs "${MARK[@]}"
	done
}

@test "--uts=host: the host's name, which cannot be set" {
	expect 0 nsrun --uts=host rootfs hostname
	output_is "$(hostname)"
	refuses 'hostname|uts' --uts=host --hostname box rootfs "${MARK[@]}"
}

@test "--cgroupns=private: the container sees itself at the root of its hierarchy" {
	expect 0 nsrun rootfs cat /proc/self/cgroup
	output_lacks '^0::/.'
}

@test "sysv ipc objects of the host are not seen" {
	local id
	id=$(as_caller ipcmk -Q | sed 's/.*: //')
	expect 0 nsrun rootfs cat /proc/sysvipc/msg
	is 1 "$(wc -l <<<"$output")"
	expect 0 nsrun --ipc=host rootfs cat /proc/sysvipc/msg
	as_caller ipcrm -q "$id"
	output_has " $id "
}
