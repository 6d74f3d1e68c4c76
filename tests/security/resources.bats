#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Resources and words: memory that outlives a container, output without end, options in disguise.

load security

@test "SA0 shared memory is bounded and gone with the container" {
	attack_sa0() {
		inside rootfs sh -c 'dd if=/dev/zero of=/dev/shm/x bs=1M count=100 2>/dev/null; stat -c %s /dev/shm/x'
		[ "$output" -le $((64 << 20)) ]
		inside rootfs sh -c 'dd if=/dev/zero of=/dev/x bs=1M count=100 2>/dev/null; stat -c %s /dev/x'
		[ "$output" -le $((64 << 20)) ]
		[ ! -e /dev/shm/x ]
		inside rootfs sh -c 'ls -A /dev/shm'
		output_is ''
		is "$(readlink /proc/self/ns/ipc)" "$(readlink /proc/self/ns/ipc)"
		inside rootfs readlink /proc/self/ns/ipc
		[ "$output" != "$(readlink /proc/self/ns/ipc)" ]
	}
	each_mode attack_sa0
}

@test "SA1 output without end, and a reader that does not read, cost nsrun no memory" {
	attack_sa1() {
		local before after
		mkfifo out
		chown "$CALLER" out
		exec_in_background "$TEST_LIB/as-caller" "$CALLER" sh -c 'exec "$@" >out' sh "$NSRUN" run "${OPTIONS[@]}" \
			-u 0 rootfs sh -c 'exec yes'
		exec 7<out
		head -c 20000000 <&7 >/dev/null
		before=$(awk '/^VmRSS/ { print $2 }' "/proc/$PID/status")
		head -c 200000000 <&7 >/dev/null
		after=$(awk '/^VmRSS/ { print $2 }' "/proc/$PID/status")
		exec 7<&-
		[ "$((after - before))" -lt 1024 ] || {
			echo "nsrun's memory grew from $before to $after KiB"
			return 1
		}
		kill_races
	}
	each_mode attack_sa1
}

@test "SA7 words that look like options are words" {
	attack_sa7() {
		local word
		for word in --privileged -x --rm --uidmap --cap-add=ALL; do
			cp -a rootfs "./$word"
			inside -- "$word" cat /proc/self/status
			is 00000000800405fb "$(status_field CapBnd)"
			rm -rf "./$word"
			printf '#!/bin/sh\nprintf "%%s\\n" "$0" "$@"; grep CapBnd /proc/self/status\n' >"rootfs/bin/$word"
			chmod 0755 "rootfs/bin/$word"
			own "rootfs/bin/$word"
			inside rootfs "$word" --privileged -v /:/host
			output_has "$word\$"
			output_has '^--privileged$'
			output_has '00000000800405fb'
			inside --entrypoint "$word" rootfs --privileged
			output_has '00000000800405fb'
		done
		# what reaches the id helpers is numbers
		for word in '0:0:1;id' '0:$(id):1' '-1:0:1' '0:0:1 1 1 1' '--help'; do
			try --uidmap "$word" rootfs touch /mark
			is 125 "$status" "--uidmap '$word'"
		done
		for word in '$(touch /tmp/pwned)' ';touch pwned' '`touch pwned`' $'a\ntouch pwned'; do
			try -h "$word" rootfs true
			try -e "X=$word" rootfs true
			try -v "$word:/mnt" rootfs true
			try --pidfile "$T/pid;touch pwned" rootfs true
			[ ! -e pwned ]
			[ ! -e /tmp/pwned ]
		done
		unharmed
	}
	each_mode attack_sa7
}
