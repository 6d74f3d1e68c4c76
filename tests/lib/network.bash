# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154 # variables of bats and of the tests
#
# A host and an outside of the tests' own: two network namespaces, joined by a veth pair, with servers
# in both. To be loaded after common.bash.

H=e2e-host
O=e2e-outside
HOST4=198.51.100.2
OUT4=198.51.100.1
OUT6=2001:db8:1::1

in_host() {
	ip netns exec "$H" "$@"
}

# nsrun as the caller, on the host of this file.
nsrun() {
	in_host "$TEST_LIB/as-caller" "$CALLER" "$NSRUN" "$@"
}

start() {
	: >"$T/stdout"
	: >"$T/stderr"
	exec_in_background ip netns exec "$H" "$TEST_LIB/as-caller" "$CALLER" "$NSRUN" "$@"
}

# serve NAMESPACE ADDRESS HTTP-PORT DNS-PORT: until the end of this file.
serve() {
	local ready=$BATS_FILE_TMPDIR/ready.$RANDOM
	ip netns exec "$1" python3 "$TEST_LIB/outside.py" "$2" "$3" "$4" "$ready" \
		<"$BATS_FILE_TMPDIR/hold" >/dev/null 2>&1 3>&- 4>&- &
	wait_for test -e "$ready"
}

setup_file() {
	T=$BATS_FILE_TMPDIR
	teardown_file
	ip netns add "$H"
	ip netns add "$O"
	ip link add veth-h netns "$H" type veth peer name veth-o netns "$O"
	ip -n "$H" link set lo up
	ip -n "$O" link set lo up
	ip -n "$H" addr add "$HOST4/24" dev veth-h
	ip -n "$O" addr add "$OUT4/24" dev veth-o
	ip -n "$H" addr add 2001:db8:1::2/64 dev veth-h nodad
	ip -n "$O" addr add "$OUT6/64" dev veth-o nodad
	ip -n "$H" link set veth-h up
	ip -n "$O" link set veth-o up
	ip -n "$H" route add default via "$OUT4"
	ip -n "$H" -6 route add default via "$OUT6"
	# as systemd sets it: a helper sends the pings of its container as its user's own
	ip netns exec "$H" sysctl -qw net.ipv4.ping_group_range='0 2147483647'
	# as with systemd-resolved: the host's resolver listens on its loopback only
	mkdir -p "/etc/netns/$H"
	printf 'search example.test\nnameserver 127.0.0.53\n' >"/etc/netns/$H/resolv.conf"
	mkfifo "$BATS_FILE_TMPDIR/hold"
	sleep "$(slowly 300)" >"$BATS_FILE_TMPDIR/hold" 3>&- 4>&- &
	echo $! >"$BATS_FILE_TMPDIR/holder"
	serve "$O" "$OUT4" 8000 53
	serve "$O" "$OUT6" 8000 53
	serve "$H" 127.0.0.53 0 53
	serve "$H" 127.0.0.1 9999 0
	serve "$H" ::1 9999 0
	serve "$H" 0.0.0.0 7777 0
}

teardown_file() {
	local name
	[ ! -e "$BATS_FILE_TMPDIR/holder" ] || kill "$(cat "$BATS_FILE_TMPDIR/holder")" || true
	for name in "$H" "$O"; do
		ip netns del "$name" 2>/dev/null || true
	done
	rm -rf "/etc/netns/$H"
	rmdir /etc/netns 2>/dev/null || true
}

# helpers: the helpers' processes of the test users
helpers() {
	container_processes | grep -E ' (pasta|slirp4netns|passt|pasta\.avx2)' || true
}

no_helpers() {
	[ -z "$(helpers)" ]
}

# reached URL...: a shell's words that ask all of them at once, and print those that answer. Not by
# wget's own -T: busybox's gives up with it whatever it asks, and then nothing is ever reached.
reached() {
	local url
	for url in "$@"; do
		echo "{ timeout $(slowly 2) wget -qO- '$url' >/dev/null 2>&1 && echo 'reached $url'; } &"
	done
	echo wait
}

# loopback_urls: where the host's loopback could show up inside, at the port that is served there
loopback_urls() {
	local address
	for address in 127.0.0.1 127.0.0.53 '[::1]' "$HOST4" '[2001:db8:1::2]' "$OUT4" "[$OUT6]" 10.0.2.2 10.0.2.3 \
		10.0.2.100 10.89.0.1 '[fd00::2]' '[fd00::3]' 169.254.1.1 169.254.1.2; do
		echo "http://$address:9999/"
	done
}

# whether the caller's pasta can give the host an address
has_new_pasta() {
	as_caller pasta '-?' 2>&1 | grep -q -e --map-guest-addr
}

# the host's own programs in the container
PROGRAMS=(-v /usr:/usr:ro -v /lib:/lib:ro -v /lib64:/lib64:ro)
