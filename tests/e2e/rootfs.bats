#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# What nsrun puts into every root file system: /proc, /sys, /dev, the files in /etc.

load ../lib/common

mountinfo() {
	expect 0 nsrun rootfs cat /proc/self/mountinfo
}

@test "/proc is the container's own" {
	mountinfo
	is proc "$(mount_type /proc)"
	has_flags /proc nosuid nodev noexec
	expect 0 nsrun rootfs readlink /proc/self
	output_is 1
}

@test "/sys is read-only" {
	mountinfo
	has_flags /sys ro nosuid nodev noexec
	is sysfs "$(mount_type /sys)"
}

@test "/dev is a small tmpfs with the devices every program expects" {
	mountinfo
	is tmpfs "$(mount_type /dev)"
	has_flags /dev nosuid noexec
	expect 0 nsrun rootfs sh -c 'for d in null zero full random urandom tty; do
		test -c /dev/$d || echo "no $d"; done; test -e /dev/mqueue || echo no mqueue'
	output_is ''
	expect 0 nsrun rootfs sh -c 'echo x >/dev/null; head -c 2 /dev/zero | xxd -p; head -c 2 /dev/urandom | wc -c'
	output_is $'0000\n2'
	expect 1 nsrun rootfs sh -c 'echo x >/dev/full'
}

@test "no other device of the host is there" {
	expect 0 nsrun rootfs sh -c 'cd /dev && ls'
	output_lacks '^(kmsg|mem|fuse|kvm|sda|vda|tty[0-9]+|net)$'
}

@test "/dev has the links to a process's own descriptors" {
	expect 0 nsrun rootfs sh -c 'cd /dev && for l in fd stdin stdout stderr ptmx; do echo "$l $(readlink $l)"; done'
	output_has '^fd /proc/self/fd$'
	output_has '^stdin /proc/self/fd/0$'
	output_has '^stdout /proc/self/fd/1$'
	output_has '^stderr /proc/self/fd/2$'
	output_has '^ptmx (/dev/)?pts/ptmx$'
}

@test "/dev/pts is new: a program can make terminals" {
	mountinfo
	is devpts "$(mount_type /dev/pts)"
	has_flags /dev/pts nosuid noexec
	expect 0 nsrun rootfs sh -c 'exec 3<>/dev/ptmx && ls /dev/pts'
	output_has '^0$'
	expect 0 nsrun -u app rootfs sh -c 'exec 3<>/dev/ptmx && ls /dev/pts'
	output_has '^0$'
}

@test "/dev/shm and /dev/mqueue" {
	mountinfo
	is tmpfs "$(mount_type /dev/shm)"
	has_flags /dev/shm nosuid nodev noexec
	is mqueue "$(mount_type /dev/mqueue)"
	has_flags /dev/mqueue nosuid nodev noexec
	expect 0 nsrun -u app rootfs sh -c 'echo x >/dev/shm/file && stat -c %a /dev/shm'
	output_is 1777
}

@test "the cgroup hierarchy is read-only, where it can be mounted" {
	mountinfo
	if [ -n "$(mount_type /sys/fs/cgroup)" ]; then
		has_flags /sys/fs/cgroup ro nosuid nodev noexec
	fi
}

@test "the root of the host is gone: not a mount of it is left, also not under the root" {
	mountinfo
	is 1 "$(awk '$5 == "/"' <<<"$output" | wc -l)" "mounts on /"
	is 1 "$(awk '$5 == "/dev"' <<<"$output" | wc -l)" "mounts on /dev"
	# after pivot_root(".", "."), an old root that stays is found behind "/.."
	expect 0 nsrun rootfs ls -a /.. /../.. /proc/1/root/..
	is '' "$(grep -Fxf <(comm -23 <(ls -A /) <(ls -A rootfs)) <<<"$output")" "what only the host has"
	expect 1 nsrun rootfs ls "/..$T"
}

@test "the root directory has what the root file system has" {
	expect 0 nsrun rootfs sh -c 'ls /'
	output_lacks 'oldroot|put_old|\.old'
	expect 0 nsrun rootfs sh -c 'ls -a / | sort'
	is "$(cd rootfs && find . -mindepth 1 -maxdepth 1 -printf '%P\n' | sort)" \
		"$(grep -vxE '\.\.?' <<<"$output")"
}

@test "the working directory of a payload cannot lead out of its root" {
	expect 0 nsrun rootfs sh -c 'cd /; cd ..; cd ../../..; pwd; ls -d bin'
	output_is $'/\nbin'
	expect 0 nsrun rootfs sh -c 'ls /proc/1/root/ && ls /proc/1/cwd/'
	output_has '^bin$'
}

@test "/etc/hostname, /etc/hosts and /etc/resolv.conf are generated; the rootfs's stay as they are" {
	cp -a rootfs/etc before
	expect 0 nsrun --hostname box rootfs cat /etc/hostname /etc/hosts /etc/resolv.conf
	output_has '^box$'
	output_has '127\.0\.0\.1.*localhost'
	output_lacks 'has its own'
	diff -r before rootfs/etc
}

@test "--no-hosts and --no-hostname leave the rootfs's own files" {
	expect 0 nsrun --no-hosts rootfs cat /etc/hosts
	output_is '127.0.0.1 localhost'
	expect 0 nsrun --no-hostname --hostname box rootfs cat /etc/hostname
	output_is busybox
}

@test "--add-host, repeated" {
	expect 0 nsrun --add-host one:192.0.2.1 --add-host two:2001:db8::2 rootfs cat /etc/hosts
	output_has '^192\.0\.2\.1[[:space:]]+one$'
	output_has '^2001:db8::2[[:space:]]+two$'
	refuses 'add-host' --add-host one rootfs "${MARK[@]}"
	refuses 'add-host|address' --add-host one:not-an-address rootfs "${MARK[@]}"
	refuses 'add-host|name' --add-host $'one\nx:192.0.2.1' rootfs "${MARK[@]}"
	refuses 'no-hosts|add-host' --no-hosts --add-host one:192.0.2.1 rootfs "${MARK[@]}"
}

@test "--dns, --dns-search and --dns-option" {
	expect 0 nsrun --dns 192.0.2.53 --dns 2001:db8::53 --dns-search example.org --dns-option ndots:2 rootfs \
		cat /etc/resolv.conf
	output_has '^nameserver 192\.0\.2\.53$'
	output_has '^nameserver 2001:db8::53$'
	output_has '^search example\.org$'
	output_has '^options ndots:2$'
	refuses 'dns' --dns not-an-address rootfs "${MARK[@]}"
}

@test "the generated files are made where the rootfs has none, or links" {
	rm rootfs/etc/hosts rootfs/etc/hostname rootfs/etc/resolv.conf
	as_caller ln -s ../run/resolv.conf rootfs/etc/resolv.conf
	expect 0 nsrun --hostname box --dns 192.0.2.53 rootfs cat /etc/hostname /etc/resolv.conf
	output_has '^box$'
	output_has '^nameserver 192\.0\.2\.53$'
	as_caller ln -sf /etc/passwd rootfs/etc/hosts
	expect 0 nsrun rootfs true
}

@test "a root file system with nothing in it but the program" {
	as_caller mkdir bare
	as_caller cp rootfs/bin/busybox bare/busybox
	expect 0 nsrun bare /busybox sh -c '/busybox echo hello && /busybox test -c /dev/null'
	output_is hello
}

@test "a root file system that the user may read but not write" {
	local own="$E2E_WORK/over.$BATS_SUITE_TEST_NUMBER.rootfs"
	copy_rootfs root "$own"
	expect 0 nsrun "$own" sh -c 'echo hello; test -c /dev/null; cat /proc/self/uid_map >/dev/null'
	output_is hello
	expect 1 nsrun "$own" touch /new
}

# The attack of CVE-2026-41579: a directory of the root file system is a link to one of the host.
witness() {
	as_caller mkdir witness
	as_caller sh -c 'echo marker >witness/ptmx; echo marker >witness/hosts'
	before=$(cd witness && find . -printf '%P %y %s\n' | sort)
}

witness_unharmed() {
	is "$before" "$(cd witness && find . -printf '%P %y %s\n' | sort)" "the witness directory"
	is marker "$(cat witness/ptmx)"
}

@test "dev -> /elsewhere does no harm on the host" {
	witness
	rm -r rootfs/dev
	as_caller ln -s "$T/witness" rootfs/dev
	run --separate-stderr nsrun rootfs true
	witness_unharmed
	rm rootfs/dev
	as_caller ln -s ../../../../../../../../../../../../../../../.."$T/witness" rootfs/dev
	run --separate-stderr nsrun rootfs true
	witness_unharmed
}

@test "proc, sys, etc and run that link elsewhere do no harm on the host" {
	witness
	local name
	for name in proc sys etc run tmp; do
		rm -rf "rootfs/$name"
		as_caller ln -s "$T/witness" "rootfs/$name"
		run --separate-stderr nsrun --tmpfs "/$name/x" rootfs true
		witness_unharmed
	done
}

@test "links to magic links of /proc do no harm on the host" {
	witness
	rm -r rootfs/dev
	as_caller ln -s "/proc/self/cwd/witness" rootfs/dev
	run --separate-stderr nsrun rootfs true
	witness_unharmed
	rm rootfs/dev
	as_caller ln -s "/proc/1/root$T/witness" rootfs/dev
	run --separate-stderr nsrun rootfs true
	witness_unharmed
}

@test "a volume's destination that links elsewhere does no harm on the host" {
	witness
	as_caller ln -s "$T/witness" rootfs/mnt
	as_caller mkdir data
	run --separate-stderr nsrun -v "$T/data:/mnt/new" --tmpfs /mnt/tmp -w /mnt/work rootfs true
	witness_unharmed
}

@test "files where directories belong are an error that names them" {
	rm -rf rootfs/proc
	as_caller sh -c 'echo x >rootfs/proc'
	refuses 'proc' rootfs "${MARK[@]}"
}

@test "inside another container, where a fresh /proc is refused, the outer one is bound" {
	# An outer container with a masked /proc, as docker and podman make them.
	cat >outer <<-'SCRIPT'
		#!/bin/sh
		set -e
		mount -t proc proc /proc
		mount --bind /dev/null /proc/cpuinfo
		exec "$@"
	SCRIPT
	chmod 0755 outer
	expect 0 unshare --mount --pid --fork --propagation private "$T/outer" \
		"$TEST_LIB/as-caller" "$CALLER" "$NSRUN" rootfs sh -c 'test -r /proc/self/status; echo ran'
	output_is ran
	stderr_has '/proc'
	run --separate-stderr unshare --mount --pid --fork --propagation private "$T/outer" \
		"$TEST_LIB/as-caller" "$CALLER" "$NSRUN" --strict rootfs true
	is 125 "$status"
}

@test "a container in a container, if that is asked for" {
	as_caller sh -c 'mkdir rootfs/inner; : >rootfs/nsrun'
	as_caller "$TEST_LIB/busybox-rootfs" "$T/rootfs/inner"
	expect 0 nsrun --security-opt nested -u app -v /usr:/usr:ro -v /lib64:/lib64:ro -v /lib:/lib:ro -v "$NSRUN:/nsrun" rootfs \
		/nsrun -q /inner echo hello
	output_is hello
}
