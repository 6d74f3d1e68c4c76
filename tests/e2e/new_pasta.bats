#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# The core of network.bats with a pasta of today, which Debian's package mirror has: its options, its
# sandbox and what it calls the host differ from those of the one that is installed.

load ../lib/common
load ../lib/network

# The host's own programs but pasta; the rest of the file is skipped where there is no mirror.
setup() {
	begin_test
	need 'a package mirror with a pasta of today' mirror_was_there
	use_pasta "$(cat "$BATS_FILE_TMPDIR/new-pasta")"
}

eval "network_$(declare -f setup_file)"

setup_file() {
	network_setup_file
	# not into bats's own descriptors, which a download would keep open
	timeout "$(slowly 120)" "$TEST_LIB/new-pasta" >"$BATS_FILE_TMPDIR/new-pasta" 3>&- 4>&- || true
}

mirror_was_there() {
	[ -s "$BATS_FILE_TMPDIR/new-pasta" ]
}

@test "a pasta of today: it is used, with all that it can" {
	has_new_pasta
	expect 0 nsrun plan --network=pasta rootfs
	output_has 'pasta .*--map-guest-addr 169\.254\.1\.2'
	start_ready rootfs "${READY[@]}"
	pgrep -P "$PID" -f '^/usr/bin/pasta '
	kill -KILL "$PID"
}

@test "a pasta of today: out over TCP, UDP and ICMP, IPv4 and IPv6; names" {
	expect 0 nsrun "${PROGRAMS[@]}" rootfs sh -c "
		wget -qO- http://$OUT4:8000/; wget -qO- 'http://[$OUT6]:8000/'
		nslookup www.test; nslookup www.test $OUT4
		/usr/bin/ping -c 1 -W $(slowly 5) $OUT4; /usr/bin/ping -c 1 -W $(slowly 5) $OUT6"
	output_has "^hello $HOST4\$"
	output_has '^hello 2001:db8:1::2$'
	is 2 "$(grep -c '203\.0\.113\.9' <<<"$output")"
	is 2 "$(grep -c ' 0% packet loss' <<<"$output")"
	stderr_is_empty
}

@test "a pasta of today: the host by its name, but not its loopback, unless asked" {
	local -a urls
	local network
	mapfile -t urls < <(loopback_urls)
	install -d -m 0700 -o "$CALLER" -g "$CALLER" "$T/run"
	caller_env XDG_RUNTIME_DIR="$T/run"
	nsrun network create net1 >/dev/null
	for network in pasta net1; do
		expect 0 nsrun "--network=$network" rootfs sh -c "$(reached http://host.containers.internal:7777/ \
			"http://$OUT4:8000/" "${urls[@]}" http://host.containers.internal:9999/)"
		is "reached http://$OUT4:8000/ reached http://host.containers.internal:7777/" \
			"$(sort <<<"$output" | xargs)"
	done
	wait_for no_helpers
	nsrun network rm net1 >/dev/null
	expect 0 nsrun --timeout "$(slowly 10)" --network=pasta:-T,9999 rootfs sh -c \
		'until wget -qO- http://127.0.0.1:9999/ 2>/dev/null; do usleep 10000; done'
}

@test "a pasta of today: -p, with the client's address" {
	start_ready -p 8080:80 -p 5353:53/udp "${PROGRAMS[@]}" -v "$TEST_LIB:/lib-of-tests:ro" rootfs \
		sh -c 'mkfifo /tmp/f; /usr/bin/python3 /lib-of-tests/outside.py 0.0.0.0 80 0 /tmp/ready </tmp/f &
			exec 3>/tmp/f; until [ -e /tmp/ready ]; do usleep 10000; done; echo ready; wait'
	is "hello $OUT4" "$(ip netns exec "$O" curl -sS -m "$(slowly 5)" "http://$HOST4:8080/")"
	expect 0 in_host curl -sS -m "$(slowly 5)" http://127.0.0.1:8080/
	expect 0 in_host ss -Hlun 'sport = :5353'
	[ -n "$output" ]
	kill -KILL "$PID"
}
