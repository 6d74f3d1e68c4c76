#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# What the kernel lets a payload do: system calls, sockets, namespaces, sysctls, core dumps.

load security

# outcome NAME: what came of an attempt, from the probe's lines in $output.
outcome() {
	awk -v name="$1" '$1 == name { print $2; found = 1 } END { exit !found }' <<<"$output"
}

# refused NAME WANTED...: the attempt came out as one of these.
refused() {
	local name=$1 found
	shift
	found=$(outcome "$name") || {
		complain "nothing was tried under the name $name"
		return 1
	}
	case " $* " in
	*" $found "*) ;;
	*)
		complain "$name: $found, expected one of: $*"
		return 1
		;;
	esac
}

# all_refused WANTED NUMBER...: the same, for many numbers whose outcome is alike.
all_refused() {
	local wanted=$1 other
	shift
	other=$(awk -v wanted="$wanted" -v numbers="$*" '
		BEGIN { n = split(numbers, list, " ") }
		{ found[$1] = $2 }
		END {
			for (i = 1; i <= n; i++)
				if (found[list[i]] !~ "^(" wanted ")$") print list[i], found[list[i]]
		}' <<<"$output")
	is '' "$other" "outcomes other than $wanted"
}

@test "S80 a system call that nobody knows does not exist" {
	attack_s80() {
		with_attack
		inside rootfs /attack syscalls 0 600
		# above what the newest kernel has, and in the gaps, where a new one may come
		# (336 is uprobe, which passes every filter)
		all_refused ENOSYS {475..600} {337..386} {388..423}
		# the answers that programs test for
		[ "$(uname -m)" = x86_64 ] || return 0
		refused 435 ENOSYS       # clone3: the C library falls back to clone
		refused 0 EBADF EFAULT   # read
		refused 257 EFAULT EBADF # openat
		refused 318 EFAULT ok EINVAL # getrandom
	}
	each_mode attack_s80
}

@test "S80 the other entrances of the kernel are closed" {
	attack_s80_abi() {
		local number
		local -a numbers=()
		[ "$(uname -m)" = x86_64 ] || return 0
		with_attack
		inside rootfs /attack x32 0 600
		for ((number = 0; number <= 600; number++)); do
			numbers+=("$((number + 0x40000000))")
		done
		all_refused 'ENOSYS|SIGSYS' "${numbers[@]}"
		inside rootfs /attack i386
		refused i386-getpid ENOSYS SIGSYS SIGSEGV
	}
	each_mode attack_s80_abi
}

@test "S82 a profile is what it says, not what its loader made of it" {
	attack_s82() {
		with_attack
		caller_env "XDG_CACHE_HOME=$T/cache"
		# one rule of each trap: an action that equals the default, the same argument twice, a
		# name that does not exist
		as_caller tee profile.json >/dev/null <<-'JSON'
			{"defaultAction": "SCMP_ACT_ALLOW", "architectures": ["SCMP_ARCH_X86_64", "SCMP_ARCH_AARCH64"],
			 "syscalls": [
			  {"names": ["kcmp", "no_such_call"], "action": "SCMP_ACT_ERRNO", "errnoRet": 95},
			  {"names": ["vmsplice"], "action": "SCMP_ACT_ERRNO"},
			  {"names": ["getpid"], "action": "SCMP_ACT_ALLOW"},
			  {"names": ["socket"], "action": "SCMP_ACT_ERRNO", "errnoRet": 97,
			   "args": [{"index": 0, "value": 40, "op": "SCMP_CMP_EQ"},
			            {"index": 0, "value": 2, "op": "SCMP_CMP_EQ"}]}]}
		JSON
		try --security-opt "seccomp=$T/profile.json" rootfs /attack calls
		if [ "$status" -eq 0 ]; then
			refused kcmp EOPNOTSUPP ENOTSUP
			refused vmsplice EPERM
			refused modify_ldt ok
		else
			# an unknown name in a rule that denies may be refused, loudly
			is 125 "$status"
			stderr_has 'no_such_call'
		fi
		sed -i 's/, "no_such_call"//' profile.json
		inside --security-opt "seccomp=$T/profile.json" rootfs /attack calls
		refused kcmp EOPNOTSUPP ENOTSUP
		refused vmsplice EPERM
		refused modify_ldt ok
		inside --security-opt "seccomp=$T/profile.json" rootfs /attack sockets
		# as docker has it, two conditions on one argument are two rules
		refused family-40 EAFNOSUPPORT
		refused family-2 EAFNOSUPPORT
		refused family-1 ok
		# what cannot be a profile is no container
		echo '{"defaultAction": "SCMP_ACT_' >broken.json
		try --security-opt "seccomp=$T/broken.json" rootfs touch /mark
		is 125 "$status"
		try --security-opt "seccomp=$T/none.json" rootfs touch /mark
		is 125 "$status"
		[ ! -e rootfs/mark ]
	}
	each_mode attack_s82
}

@test "S83 sockets come from an allow-list of families" {
	attack_s83() {
		local family
		with_attack
		inside rootfs /attack sockets
		for family in 1 2 10 16; do
			refused "family-$family" ok
		done
		for family in 0 3 4 5 6 7 8 9 11 12 13 14 15 {18..49}; do
			refused "family-$family" EAFNOSUPPORT
		done
		refused family-17 EAFNOSUPPORT EPERM EACCES
		refused netlink-0 ok
		for family in 6 9 12; do
			refused "netlink-$family" EPERM EACCES EINVAL EAFNOSUPPORT EPROTONOSUPPORT
		done
		[ "$(uname -m)" = x86_64 ] || return 0
		inside rootfs /attack i386
		refused i386-socketcall-alg ENOSYS SIGSYS SIGSEGV
	}
	each_mode attack_s83
}

@test "S84 no namespace is made inside, with the filter and without" {
	attack_s84() {
		local option kind way
		with_attack
		for option in -q --init --security-opt=seccomp=unconfined; do
			inside "$option" rootfs /attack namespaces
			for kind in user mnt net pid ipc uts cgroup time; do
				for way in unshare clone3 clone; do
					[ "$way-$kind" != clone-time ] || continue
					refused "$way-$kind" EPERM ENOSYS ENOSPC EINVAL
				done
			done
		done
		inside --security-opt seccomp=unconfined rootfs /attack namespaces
		refused unshare-user ENOSPC
		refused clone3-user ENOSPC
		inside --cap-add ALL --security-opt seccomp=unconfined rootfs /attack namespaces
		refused unshare-user ENOSPC
		refused clone3-user ENOSPC
		refused clone-user ENOSPC
		# and where it was asked for, it works
		inside --security-opt nested rootfs /attack namespaces
		refused unshare-user ok
	}
	each_mode attack_s84
}

@test "S85 no cgroup of the first version, no release_agent" {
	attack_s85() {
		with_attack
		inside rootfs sh -c '/attack calls; find / -xdev -name release_agent 2>/dev/null
			find /sys -name release_agent 2>/dev/null | while read -r f; do (echo x >$f) 2>/dev/null && echo "wrote $f"; done
			cat /proc/self/mountinfo'
		refused mount-cgroup EPERM ENOSYS
		output_lacks '^wrote'
		output_lacks ' - cgroup cgroup '
		inside --cap-add SYS_ADMIN --security-opt seccomp=unconfined rootfs sh -c \
			'for c in memory rdma cpu devices; do
				mount -t cgroup -o $c cgroup /mnt 2>/dev/null || continue
				echo "mounted $c"
				for f in release_agent notify_on_release; do
					(echo /pwned >/mnt/$f) 2>/dev/null && echo "wrote $c $f"
				done
				mkdir /mnt/new 2>/dev/null && echo "wrote $c new"
			done; true'
		output_lacks '^wrote'
	}
	each_mode attack_s85
}

@test "S87 the calls that exploits are made of are refused" {
	attack_s87() {
		local name
		with_attack
		inside rootfs /attack calls
		for name in keyctl add_key request_key bpf io_uring_setup userfaultfd perf_event_open \
			open_by_handle_at vmsplice syslog kexec_load clock_settime reboot swapon quotactl \
			fanotify_init init_module mount umount fsopen open_tree mount_setattr pivot_root setns; do
			refused "$name" EPERM ENOSYS
		done
		# to root of the container with everything, too, unless the filter is off
		inside --cap-add SYS_CHROOT rootfs /attack calls
		for name in keyctl add_key io_uring_setup userfaultfd vmsplice; do
			refused "$name" EPERM ENOSYS
		done
	}
	each_mode attack_s87
}

@test "S88 what tells about the host is empty" {
	attack_s88() {
		inside rootfs sh -c 'ls -A /proc/acpi /proc/scsi /proc/asound /sys/firmware /sys/devices/virtual/powercap \
			/sys/devices/virtual/dmi /sys/devices/system/cpu/cpu*/thermal_throttle 2>/dev/null | grep -v ":$" | grep .
			cat /proc/interrupts /proc/kallsyms /proc/modules /proc/keys /proc/timer_list /proc/config.gz 2>/dev/null | wc -c
			dmesg 2>/dev/null | head -n 1'
		output_is 0
		# what programs need stays
		inside rootfs sh -c 'cat /proc/cpuinfo /proc/meminfo /proc/stat /proc/uptime /proc/loadavg /proc/cmdline >/dev/null && echo fine'
		output_is fine
	}
	each_mode attack_s88
}

@test "S89 a sysctl is one key of a namespace of the container's own" {
	attack_s89() {
		local before key
		before=$(cat /proc/sys/kernel/core_pattern /proc/sys/kernel/hostname /proc/sys/vm/swappiness /proc/sys/kernel/shmmax)
		for key in 'net.a=1+kernel.core_pattern=x' 'net/../kernel/core_pattern=x' 'kernel.core_pattern=x' \
			'net.ipv4.../../../kernel.core_pattern=x' 'vm.swappiness=1' 'kernel.shm_rmid_forced=1+kernel.core_pattern=x' \
			'/kernel/core_pattern=x' 'net.ipv4.ip_forward' '=1' 'net.=1' 'kernel.hostname=x' 'fs.protected_symlinks=0' \
			$'net.ipv4.ip_forward=1\nx' 'kernel/core_pattern=|/x' 'user.max_user_namespaces=100' \
			'net.ipv4.conf.all.forwarding/../../../../../kernel/core_pattern=x'; do
			try --sysctl "$key" rootfs touch /mark
			is 125 "$status" "--sysctl '$key'"
			[ ! -e rootfs/mark ]
		done
		try --network=host --sysctl net.ipv4.ip_forward=1 rootfs touch /mark
		is 125 "$status" "a sysctl of the host's network"
		is "$before" "$(cat /proc/sys/kernel/core_pattern /proc/sys/kernel/hostname /proc/sys/vm/swappiness /proc/sys/kernel/shmmax)"
		unharmed
	}
	each_mode attack_s89
}

@test "S8A a crash inside starts no handler of the host's" {
	attack_s8a() {
		local option
		with_attack
		# a handler as systemd-coredump is one: a pipe, run by the host's kernel as its root
		cat >"$E2E_WORK/handler" <<-SCRIPT
			#!/bin/sh
			echo crashed >>$E2E_WORK/crashes
		SCRIPT
		chmod 0755 "$E2E_WORK/handler"
		rm -f "$E2E_WORK/crashes"
		local pattern
		pattern=$(cat /proc/sys/kernel/core_pattern)
		echo "|$E2E_WORK/handler" >/proc/sys/kernel/core_pattern || need "kernel: core_pattern" false
		for option in -q --init; do
			run --separate-stderr launch "$option" rootfs sh -c '/attack crash; echo after'
		done
		echo "$pattern" >/proc/sys/kernel/core_pattern
		is after "$output"
		if [ -e "$E2E_WORK/crashes" ]; then
			escaped "the host's handler of core dumps was run"
			return 1
		fi
		inside rootfs sh -c 'ulimit -c; ulimit -H -c'
		output_has '^0$'
	}
	each_mode attack_s8a
}

@test "S8B abstract sockets of the host are out of reach" {
	attack_s8b() {
		local name="nsrun-security-$$-$MODE"
		with_attack
		race "$E2E_WORK/bin/attack" listen "$name"
		wait_for said ready
		inside rootfs /attack connect "$name"
		output_is 'connect ECONNREFUSED'
		need "kernel: landlock scopes (6.12)" test "$(uname -r | awk -F. '{ print $1 * 1000 + $2 }')" -ge 6012
		inside --network=host rootfs /attack connect "$name"
		output_is 'connect EPERM'
	}
	each_mode attack_s8b
}

@test "S93 without a network there is only lo" {
	attack_s93() {
		inside rootfs sh -c 'ls /sys/class/net; cat /proc/net/route | tail -n +2; cat /proc/net/ipv6_route | grep -v " lo$" || true'
		output_is lo
		try rootfs sh -c 'nslookup example.org 192.0.2.53 || echo unreachable'
		output_has unreachable
	}
	each_mode attack_s93
}

@test "S94 no raw packets" {
	attack_s94() {
		with_attack
		inside rootfs /attack sockets
		refused raw-icmp EPERM EACCES
		refused packet EPERM EACCES EAFNOSUPPORT
		inside --cap-add NET_RAW rootfs /attack sockets
		refused raw-icmp ok
		refused packet ok
	}
	each_mode attack_s94
}
