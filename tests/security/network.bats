#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# What a private network lets through, in both directions, and who carries it.

load security
load ../lib/network

STAY=(sh -c 'echo ready; exec sleep 600')

# each_helper FUNCTION: the attack with every helper; its options are in $NETWORK
each_helper() {
	local helper
	for helper in pasta slirp4netns; do
		echo "helper: $helper"
		NETWORK=(--network="$helper")
		"$1"
	done
}

@test "S90 a published port sees the client's address, and no remote client on loopback" {
	attack_s90() {
		start "${OPTIONS[@]}" "${NETWORK[@]}" -p 8080:80 "${PROGRAMS[@]}" rootfs /usr/bin/python3 -c '
import socket
server = socket.create_server(("", 80))
print("ready", flush=True)
while True:
    client, where = server.accept()
    client.recv(1) # the pasta of 2023 loses what a server says unasked before it closes
    client.sendall(where[0].encode() + b"\n")
    client.close()'
		wait_for said ready
		is "$OUT4" "$(ip netns exec "$O" bash -c \
			"exec 3<>/dev/tcp/$HOST4/8080; echo >&3; read -r line <&3; echo \$line")"
		kill -TERM "$PID"
		wait "$PID" || true
	}
	each_s90() {
		each_helper attack_s90
	}
	each_mode each_s90
}

@test "S91 the host's loopback is out of reach" {
	local -a urls
	mapfile -t urls < <(loopback_urls)
	attack_s91() {
		inside "${NETWORK[@]}" rootfs \
			sh -c "$(reached "http://$OUT4:8000/" "${urls[@]}" http://host.containers.internal:9999/)"
		output_is "reached http://$OUT4:8000/" # that one, or nothing was shown
	}
	each_s91() {
		each_helper attack_s91
	}
	# it is there to be reached
	in_host curl -sS -m 5 http://127.0.0.1:9999/
	each_mode each_s91
}

@test "S92 the helper is confined: a filter, an empty root, nobody's rights over the host" {
	attack_s92() {
		local pid
		start_ready "${OPTIONS[@]}" "${NETWORK[@]}" rootfs "${STAY[@]}"
		wait_for pgrep -P "$PID" -f '^/usr/bin/(pasta|slirp4netns) '
		pid=$(pgrep -P "$PID" -f '^/usr/bin/(pasta|slirp4netns) ')
		wait_for grep -q '^Seccomp:.*2$' "/proc/$pid/status"
		is '' "$(ls -A "/proc/$pid/root/home" "/proc/$pid/root$CALLER_HOME" 2>/dev/null)"
		# at most NET_BIND_SERVICE and, to reach the container's network, SYS_ADMIN
		is 0 $((0x$(sed -n 's/^CapEff:[[:space:]]*//p' "/proc/$pid/status") & ~0x200400))
		# what it is allowed counts in the container's user namespace
		if [ "$MODE" != root ]; then
			[ "$(readlink "/proc/$pid/ns/user")" != "$(readlink /proc/self/ns/user)" ]
		fi
		kill -TERM "$PID"
		wait "$PID" || true
	}
	each_s92() {
		each_helper attack_s92
	}
	each_mode each_s92
}

@test "S95 a port is published on the address that was asked for, and nowhere else" {
	attack_s95() {
		start_ready "${OPTIONS[@]}" "${NETWORK[@]}" -p 127.0.0.1:8080:80 rootfs "${STAY[@]}"
		expect 0 in_host ss -Hltn
		output_has ' 127\.0\.0\.1:8080 '
		output_lacks "(0\.0\.0\.0|\*|\[::\]|$HOST4):8080"
		kill -TERM "$PID"
		wait "$PID" || true
	}
	each_s95() {
		each_helper attack_s95
	}
	each_mode each_s95
}

@test "S96 nothing of the helper can be reached from inside: no socket, no descriptor" {
	attack_s96() {
		inside "${NETWORK[@]}" -p 8080:80 rootfs sh -c '
			find / -xdev -name "nsrun-network*" -o -xdev -name api -type s; ls -l /proc/self/fd; ls /proc'
		output_lacks 'nsrun-network|/api|tun|pipe:.*(3|4|5|6|7) '
		is '' "$(find /tmp /run/user -maxdepth 2 -name 'nsrun-network*' 2>/dev/null)"
	}
	each_s96() {
		each_helper attack_s96
	}
	each_mode each_s96
}
