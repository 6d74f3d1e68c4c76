#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Flags, propagation, cgroups, masks, devices: what a mount shows and lets be done.

load security

# A host that has a volume with mounts below it: on a mount namespace of the test's own.
# with_mounts COMMAND...: run it there as the caller.
with_mounts() {
	cat >host-with-mounts <<-SCRIPT
		#!/bin/bash
		set -e
		mkdir -p '$T/data'/{nosuid,noexec,nodev,noatime,readonly}
		for flag in nosuid noexec nodev noatime; do
			mount -t tmpfs -o "\$flag,mode=0777" tmpfs "$T/data/\$flag"
		done
		mount -t tmpfs -o ro,mode=0777 tmpfs '$T/data/readonly'
		cd '$T'
		exec "$TEST_LIB/as-caller" "$CALLER" "\$@"
	SCRIPT
	chmod 0755 host-with-mounts
	unshare --mount --propagation private "$T/host-with-mounts" "$@"
}

@test "S50 read-only holds for submounts, and no flag of the source is lost" {
	attack_s50() {
		local flag
		as_caller mkdir -p data
		chmod 0777 data
		expect 0 with_mounts "$NSRUN" run "${OPTIONS[@]}" -v "$T/data:/d:ro" rootfs sh -c \
			'for f in /d/x /d/nosuid/x /d/noexec/x /d/nodev/x /d/noatime/x /d/readonly/x; do
				touch $f 2>/dev/null && echo "wrote $f"; done; cat /proc/self/mountinfo'
		output_lacks '^wrote'
		for flag in nosuid noexec nodev noatime; do
			has_flags "/d/$flag" ro "$flag"
		done
		has_flags /d ro nosuid nodev
		# writable, the flags stay
		expect 0 with_mounts "$NSRUN" run "${OPTIONS[@]}" -v "$T/data:/d:rw" rootfs cat /proc/self/mountinfo
		for flag in nosuid noexec nodev noatime; do
			has_flags "/d/$flag" "$flag"
		done
		has_flags /d/readonly ro
		# what was locked cannot be unlocked
		with_attack
		expect 0 with_mounts "$NSRUN" run "${OPTIONS[@]}" -v "$T/data:/d:ro" --cap-add SYS_ADMIN \
			--security-opt seccomp=unconfined rootfs sh -c \
			'mount -o remount,rw,bind /d/readonly 2>/dev/null && echo unlocked; true'
		output_lacks unlocked
	}
	each_mode attack_s50
}

@test "S51 the cgroups are read-only and show nothing of the host's" {
	attack_s51() {
		inside rootfs sh -c 'cat /proc/self/mountinfo; touch /sys/fs/cgroup/x 2>&1; mkdir /sys/fs/cgroup/x 2>&1
			find /sys/fs/cgroup -type f 2>/dev/null | while read -r f; do
				(echo 1 >$f) 2>/dev/null && echo "wrote $f"; done; true'
		output_lacks '^wrote'
		if [ -n "$(mount_type /sys/fs/cgroup)" ]; then
			has_flags /sys/fs/cgroup ro nosuid nodev noexec
			output_has 'Read-only file system'
		fi
		inside rootfs cat /proc/self/cgroup
		output_lacks '/\.\.'
		is '' "$(cut -d: -f3 <<<"$output" | grep -vx / || true)" "cgroups other than the root"
	}
	each_mode attack_s51
}

@test "S52 mounts do not propagate to the host, nor from it" {
	attack_s52() {
		local before line
		before=$(sort /proc/self/mountinfo)
		inside --cap-add SYS_ADMIN --security-opt seccomp=unconfined -v "$W:/w" rootfs sh -c \
			'mount -t tmpfs tmpfs /w/mp && mount -t tmpfs tmpfs /mnt && cat /proc/self/mountinfo'
		line=$(grep -E ' shared:| master:' <<<"$output" || true)
		is '' "$line" "mounts that propagate"
		is "$before" "$(sort /proc/self/mountinfo)" "the host's mounts"
		inside -v "$W:/w:rslave" rootfs cat /proc/self/mountinfo
		output_lacks ' shared:'
		try -v "$W:/w:rshared" rootfs cat /proc/self/mountinfo
		is 125 "$status" "rshared"
	}
	each_mode attack_s52
}

@test "S53 inside another container the outer masks stay" {
	attack_s53() {
		cat >outer <<-'SCRIPT'
			#!/bin/sh
			set -e
			mount -t proc proc /proc
			mount --bind /dev/null /proc/version
			mount -t tmpfs -o ro,size=0 tmpfs /proc/tty
			exec "$@"
		SCRIPT
		chmod 0755 outer
		expect 0 unshare --mount --pid --fork --propagation private "$T/outer" \
			"$TEST_LIB/as-caller" "$CALLER" "$NSRUN" run "${OPTIONS[@]}" rootfs sh -c \
			'cat /proc/version; ls /proc/tty; test -r /proc/self/status && echo ran; cat /proc/kallsyms | head -n 1
			umount /proc/version 2>/dev/null; cat /proc/version; true'
		output_is ran
	}
	each_mode attack_s53
}

# undoing what hides and what is read-only, with the words of a shell
undo() {
	printf '%s\n' 'umount /proc/kallsyms' 'umount /proc/keys' 'umount /proc/sys' 'umount /sys/firmware' \
		'umount -l /proc' 'umount -l /sys' 'mount -o remount,rw /sys' 'mount -o remount,rw,bind /sys' \
		'mount -o remount,rw /proc/sys' 'mount -t proc proc /mnt' 'mount -t sysfs sysfs /mnt' \
		'mount -t tmpfs tmpfs /proc' 'mount --bind /tmp /proc' 'unshare -m true' 'unshare -Um true' \
		'unshare -Ur mount -t proc proc /mnt' 'unshare -n true' 'nsenter -t 1 -m true' 'chroot /tmp /bin/true' \
		'pivot_root /tmp /tmp' 'echo 1 >/proc/sys/user/max_user_namespaces' \
		'echo x >/proc/sys/kernel/hostname' 'echo h >/proc/sysrq-trigger' 'swapon /tmp/x' \
		'echo 0 >/proc/sys/kernel/randomize_va_space' 'mknod /tmp/sda b 8 0'
}

@test "S54 what is masked or read-only cannot be undone from inside" {
	attack_s54() {
		try rootfs sh -c 'cat /proc/kcore /proc/kallsyms /proc/keys /proc/timer_list \
			/proc/kmsg /proc/interrupts /proc/config.gz /proc/modules /proc/sched_debug /proc/latency_stats \
			/proc/timer_stats 2>/dev/null
			for d in /proc/acpi /proc/asound /proc/scsi /sys/firmware /sys/kernel/debug /sys/kernel/tracing \
				/sys/kernel/security /sys/fs/bpf /sys/fs/selinux /sys/devices/virtual/powercap \
				/sys/devices/virtual/dmi /sys/devices/system/cpu/cpu*/thermal_throttle; do
				[ ! -d $d ] || ls -A $d; done'
		output_is ''
		local line
		while read -r line; do
			# each in a container of its own: one must not help the next
			try rootfs sh -c "$line 2>/dev/null && echo done"
			output_lacks '^done'
		done < <(undo)
		with_attack
		inside rootfs /attack calls
		output_lacks '^(mount|remount|mount-proc|mount-cgroup|umount|umount-sys|fsopen|open_tree|mount_setattr|pivot_root|setns) ok'
		# nor with all the kernel gives to a root of its own, where namespaces are locked
		inside --cap-add ALL rootfs sh -c 'echo 100 >/proc/sys/user/max_user_namespaces; unshare -U true && echo nested; true'
		output_lacks nested
		unharmed
	}
	each_mode attack_s54
}

@test "S55 the devices are the harmless six, and none can be made" {
	attack_s55() {
		local device
		inside rootfs sh -c 'ls -A /dev; cat /proc/self/mountinfo'
		is 'fd full mqueue null ptmx pts random shm stderr stdin stdout tty urandom zero' \
			"$(grep -vE '^[0-9]' <<<"$output" | sort | tr '\n' ' ' | sed 's/ $//')" "the list of /dev"
		for device in null zero full random urandom tty; do
			has_flags "/dev/$device" nosuid noexec
		done
		has_flags /dev nosuid noexec
		inside --cap-add MKNOD rootfs sh -c 'for d in "b 8 0" "c 1 1" "c 1 11" "c 10 200" "b 254 0"; do
			mknod /tmp/x $d 2>/dev/null && echo "made $d"; rm -f /tmp/x; mknod /dev/x $d 2>/dev/null && echo "made $d"; done; true'
		output_is ''
		# a node that the image brings along cannot be opened
		mknod rootfs/disk b 254 0
		mknod rootfs/mem c 1 1
		mknod rootfs/zero c 1 5
		chmod 0666 rootfs/disk rootfs/mem rootfs/zero
		inside rootfs sh -c 'head -c 1 /disk 2>/dev/null; head -c 1 /mem 2>/dev/null; head -c 1 /zero 2>/dev/null; true'
		output_is ''
	}
	each_mode attack_s55
}
