#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# A container's way out, and ports that lead in. "Host" and "outside" are network namespaces of this
# file's own, joined by a veth pair, so that nothing depends on the machine's network.

load ../lib/common
load ../lib/network

# fake NAME LINE...: for the caller, /usr/bin/NAME is a script of these lines. It answers --help and
# --version as the real one does: a pasta that writes into a pipe says all of it only to a wrong option.
fake() {
	local name=$1 copy=$E2E_WORK/over.$BATS_SUITE_TEST_NUMBER.fake-$1 help=--help
	shift
	[ "$name" != pasta ] || help='-\?'
	{
		echo '#!/bin/sh'
		echo "case \$1 in $help) echo --config-net --no-map-gw --dns-forward --enable-seccomp; exit;;"
		echo '--version) echo libslirp: 4.7.0; exit;; esac'
		printf '%s\n' "$@"
	} >"$copy"
	chmod 0755 "$copy"
	CALLER_BINDS+=${CALLER_BINDS:+$'\n'}$copy:$(readlink -f "/usr/bin/$name")
}

# missing NAME: for the caller, NAME is not installed
missing() {
	host_file "$(readlink -f "/usr/bin/$1")" ''
}

@test "the default: out over TCP, IPv4 and IPv6" {
	expect 0 nsrun rootfs sh -c "wget -qO- http://$OUT4:8000/; wget -qO- 'http://[$OUT6]:8000/'"
	output_has "^hello $HOST4\$"
	output_has '^hello 2001:db8:1::2$'
	stderr_is_empty
}

@test "each helper by its name: TCP and UDP" {
	local helper
	for helper in pasta slirp4netns private; do
		expect 0 nsrun "--network=$helper" rootfs \
			sh -c "wget -qO- http://$OUT4:8000/; nslookup www.test $OUT4"
		output_has "^hello $HOST4\$"
		output_has '203\.0\.113\.9'
	done
}

# counter FILE: somebody outside writes a line with the length of each datagram, and of each whole connection
counter() {
	cat >counter.py <<-'PYTHON'
		import select, socket, sys
		udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
		udp.bind(("", 9002))
		tcp = socket.create_server(("", 9003))
		with open(sys.argv[1], "a", buffering=1) as out:
		    while True:
		        for ready in select.select([udp, tcp], [], [])[0]:
		            if ready is udp:
		                out.write(f"udp {len(udp.recv(65536))}\n")
		                continue
		            connection, length = tcp.accept()[0], 0
		            try:
		                while part := connection.recv(65536):
		                    length += len(part)
		                out.write(f"tcp {length}\n")
		            except OSError as error:
		                out.write(f"tcp {length} {error}\n")
	PYTHON
	exec_in_background ip netns exec "$O" python3 counter.py "$1"
	wait_for test -e "$1"
}

# arrived N: so many have come to a counter that writes to $T/got.
arrived() {
	[ "$(wc -l <"$T/got")" -eq "$1" ]
}

@test "what a command sends last, before it ends, arrives" {
	local helper
	counter "$T/got"
	all_arrive() { wait_for arrived "$1" || { sort "$T/got" | uniq -c && return 1; }; }
	for helper in pasta slirp4netns; do
		: >"$T/got"
		for n in 1 2 3 4 5; do
			expect 0 nsrun "--network=$helper" rootfs probe send udp "$OUT4" 9002 100
			expect 0 nsrun "--network=$helper" rootfs probe send tcp "$OUT4" 9003 500000
		done
		all_arrive 10
		is "5 tcp 500000"$'\n'"5 udp 100" "$(sort "$T/got" | uniq -c | sed 's/^ *//')" "$helper"
	done
	# of root's without a user namespace of its own
	: >"$T/got"
	for n in 1 2 3 4 5; do
		expect 0 ip netns exec "$H" "$NSRUN" --userns=host --network=slirp4netns rootfs \
			probe send tcp "$OUT4" 9003 500000
	done
	all_arrive 5
	is "5 tcp 500000" "$(sort "$T/got" | uniq -c | sed 's/^ *//')" 'without a user namespace'
	# of one that is kept, too, whose network has a keeper
	as_caller mkdir -m 0700 run
	caller_env "XDG_RUNTIME_DIR=$T/run"
	: >"$T/got"
	expect 0 nsrun run -d --rm --name last --network=pasta rootfs probe send udp "$OUT4" 9002 100
	all_arrive 1
}

@test "what a helper that sleeps has not taken yet arrives, too" {
	counter "$T/got"
	# asleep for a moment though there is something: seen on a machine with much to do, where it was not taken
	cat >napping.c <<-'C'
		#include <dlfcn.h>
		#include <sys/epoll.h>
		static int empty;
		int epoll_create1(int flags)
		{
			int (*next)(int) = dlsym(RTLD_NEXT, "epoll_create1");
			empty = next(flags);
			return next(flags);
		}
		int epoll_wait(int fd, struct epoll_event *events, int n, int timeout)
		{
			int (*next)(int, struct epoll_event *, int, int) = dlsym(RTLD_NEXT, "epoll_wait");
			next(empty, events, n, 2);
			return next(fd, events, n, timeout);
		}
	C
	gcc -D_GNU_SOURCE -shared -fPIC -o napping.so napping.c
	as_caller mkdir real
	cp "$(readlink -f /usr/bin/pasta)" real/pasta
	fake pasta "LD_PRELOAD=$T/napping.so exec '$T/real/pasta' \"\$@\""
	for n in $(seq 20); do
		expect 0 nsrun --network=pasta rootfs probe send udp "$OUT4" 9002 100
	done
	wait_for arrived 20
}

@test "what nobody takes holds the end of a command up for a moment only" {
	local waiting opaque=
	exec_in_background ip netns exec "$O" python3 -c '
import socket, sys, time
deaf = socket.socket()
deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
deaf.bind(("", 9004))
deaf.listen()
open(sys.argv[1], "w")
time.sleep(1000)' "$T/listens"
	wait_for test -e "$T/listens"
	timeout "$(slowly 8)" ip netns exec "$H" "$TEST_LIB/as-caller" "$CALLER" "$NSRUN" \
		--network=pasta rootfs sh -c "probe send tcp $OUT4 9004 200000 && touch /done" 3>&- &
	# of nsrun's there are then the supervisor, an init that ends, and who waits
	wait_for test -e rootfs/done
	# who waits is in the container's user namespace, and nobody in there may look into him
	drains() {
		for waiting in $(pgrep -u "$CALLER_UID" -x nsrun); do
			[ "$(readlink "/proc/$waiting/ns/user")" != "$(readlink /proc/self/ns/user)" ] &&
				[ "$(awk '/^NSpid/ { print NF }' "/proc/$waiting/status")" -eq 2 ] &&
				opaque=$(stat -c %u "/proc/$waiting/fd") && return 0
		done 2>/dev/null
		return 1
	}
	wait_for drains
	is 0 "$opaque"
	wait "$!"
}

@test "what is taken late arrives, too" {
	exec_in_background ip netns exec "$O" python3 -c '
import socket, sys, time
late = socket.socket()
late.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 32768)
late.bind(("", 9005))
late.listen()
open(sys.argv[1], "w")
connection, length = late.accept()[0], 0
time.sleep(1.2) # what it is about; who sends tries again after 0.2, 0.6 and 1.4 s
while part := connection.recv(65536):
    length += len(part)
with open(sys.argv[2], "w") as out:
    out.write(f"{length}\n")' "$T/listens" "$T/got"
	wait_for test -e "$T/listens"
	expect 0 nsrun --network=pasta rootfs probe send tcp "$OUT4" 9005 500000
	wait_for test -s "$T/got"
	is 500000 "$(cat "$T/got")"
}

@test "restarts leave no process of their network behind" {
	local monitor
	as_caller mkdir -m 0700 run
	caller_env "XDG_RUNTIME_DIR=$T/run"
	# but for the last one's, which may still be on its way out
	few_zombies() { [ "$(ps -o s= --ppid "$monitor" | awk "/^Z/" | wc -l)" -le 1 ]; }
	started() { [ "$(nsrun inspect -f '{{.RestartCount}}' c)" -ge "$1" ]; }
	expect 0 nsrun run -d --name c --restart=always --network=pasta rootfs false
	monitor=$(pgrep -o -u "$CALLER_UID" -x nsrun-monitor)
	DEADLINE=30 wait_for started 5
	wait_for few_zombies || { ps -o pid,s,comm --ppid "$monitor"; false; }
	expect 0 nsrun rm -f c
}

@test "ping, IPv4 and IPv6, without any capability" {
	local helper
	expect 0 nsrun --cap-drop ALL "${PROGRAMS[@]}" rootfs \
		sh -c "/usr/bin/ping -c 1 -W $(slowly 5) $OUT4 && /usr/bin/ping -c 1 -W $(slowly 5) $OUT6"
	is 2 "$(grep -c ' 0% packet loss' <<<"$output")"
}

@test "names are found through a resolver on the host's loopback" {
	local helper
	for helper in pasta slirp4netns; do
		expect 0 nsrun "--network=$helper" rootfs nslookup www.test
		output_has '203\.0\.113\.9'
		expect 0 nsrun "--network=$helper" rootfs cat /etc/resolv.conf
		output_has '^search example\.test$'
		output_has '^nameserver 10\.0\.2\.3$'
		output_lacks '127\.0\.0\.53'
	done
}

@test "--dns, --add-host and host.containers.internal" {
	expect 0 nsrun --dns "$OUT4" rootfs sh -c 'cat /etc/resolv.conf; nslookup www.test'
	output_has "^nameserver $OUT4\$"
	output_lacks '^nameserver 10\.'
	output_has '203\.0\.113\.9'
	expect 0 nsrun --network=slirp4netns --add-host db:192.0.2.5 rootfs cat /etc/hosts
	output_has '^192\.0\.2\.5[[:space:]]db$'
	output_has "^${HOST4}[[:space:]]host\.containers\.internal"
}

@test "host.containers.internal: what listens on every address of the host" {
	local helper
	for helper in private pasta slirp4netns; do
		expect 0 nsrun "--network=$helper" rootfs sh -c \
			'wget -qO- http://host.containers.internal:7777/; wget -qO- http://host.docker.internal:7777/'
		output_is "hello $HOST4"$'\n'"hello $HOST4"
		stderr_is_empty
	done
	# also where that is the way back in
	expect 0 nsrun -p 8080:80 rootfs sh -c 'mkdir /w && echo my own port >/w/f && httpd -p 80 -h /w &&
		wget -qO- http://host.containers.internal:8080/f'
	output_is 'my own port'
}

@test "pasta: an address of the container's own that is none of the host's networks, or the user's" {
	has_new_pasta && skip "this pasta maps the host: addresses are copied"
	expect 0 nsrun rootfs ip -o -4 addr show eth0
	output_has ' 10\.0\.2\.100/24 '
	ip -n "$H" route add 10.0.0.0/14 via "$OUT4"
	expect 0 nsrun rootfs sh -c "ip -o -4 addr show eth0; wget -qO- http://$OUT4:8000/; nslookup www.test
		wget -qO- http://host.containers.internal:7777/"
	ip -n "$H" route del 10.0.0.0/14
	output_has ' 172\.31\.254\.100/24 '
	output_has '203\.0\.113\.9'
	is 2 "$(grep -c "^hello $HOST4" <<<"$output")"
	expect 0 nsrun "--network=pasta:-a,$HOST4,-n,24,-g,$OUT4" rootfs \
		sh -c "ip -o -4 addr show eth0; cat /etc/hosts; wget -qO- http://$OUT4:8000/"
	output_has " $HOST4/24 "
	output_has "^hello $HOST4\$"
	output_lacks containers.internal
}

@test "--network=none: only lo, and no helper" {
	start_ready --network=none rootfs "${READY[@]}"
	no_helpers
	is lo "$(nsenter -t "$INIT" -n ip -o link | awk -F': ' '{ print $2 }')"
	expect 1 nsrun --network=none rootfs nslookup www.test
}

@test "a host without a way out: only lo, and nothing is said" {
	ip -n "$H" route del default
	ip -n "$H" -6 route del default
	expect 0 nsrun rootfs ls /sys/class/net
	ip -n "$H" route add default via "$OUT4"
	ip -n "$H" -6 route add default via "$OUT6"
	output_is lo
	stderr_is_empty
}

@test "with another id as root, and with the caller's own" {
	local first
	read -r first _ < <(range subuid 1)
	for helper in pasta slirp4netns; do
		expect 0 nsrun --network=$helper --uidmap "0:$first:1000" rootfs wget -qO- "http://$OUT4:8000/"
		expect 0 nsrun --network=$helper --userns=keep-id rootfs wget -qO- "http://$OUT4:8000/"
		expect 0 nsrun --network=$helper --newidmap=none -q rootfs wget -qO- "http://$OUT4:8000/"
	done
}

@test "the interface: its MTU, and a queue that fits" {
	local helper
	for helper in pasta slirp4netns; do
		expect 0 nsrun "--network=$helper" rootfs sh -c 'cd /sys/class/net/eth0; cat mtu tx_queue_len'
		output_is $'65520\n1000'
	done
	expect 0 nsrun --network=pasta:-m,1500 rootfs sh -c 'cd /sys/class/net/eth0; cat mtu tx_queue_len'
	output_is $'1500\n5592'
	expect 0 nsrun --network=slirp4netns:mtu=1500,cidr=10.9.8.0/24 rootfs \
		sh -c 'cat /sys/class/net/eth0/mtu /etc/resolv.conf; ip addr show eth0; nslookup www.test'
	output_has '^1500$'
	output_has '^nameserver 10\.9\.8\.3$'
	output_has ' 10\.9\.8\.100/24 '
	output_has '203\.0\.113\.9'
}

@test "the helper is asked for its options once" {
	fake pasta "exit 1"
	sed -i "2i case \$1 in -\\\\?) echo asked >>$T/asked;; esac" "$E2E_WORK"/over."$BATS_SUITE_TEST_NUMBER".fake-pasta
	nsrun rootfs true
	nsrun rootfs true
	is asked "$(cat "$T/asked")"
}

@test "the ladder: pasta is missing, too old, fails" {
	missing pasta
	expect 0 nsrun rootfs ip addr show eth0
	output_has ' 10\.0\.2\.100/24 '
	stderr_is_empty
	CALLER_BINDS=
	fake pasta 'echo boom >&2; exit 1'
	expect 0 nsrun rootfs sh -c "ip addr show eth0; wget -qO- http://$OUT4:8000/; nslookup www.test"
	output_has ' 10\.0\.2\.100/24 '
	output_has '^hello'
	output_has '203\.0\.113\.9'
	refuses "'pasta' ended: boom" --network=pasta rootfs "${MARK[@]}"
	CALLER_BINDS=
	fake pasta 'exit 1'
	sed -i 's/--config-net//' "$E2E_WORK"/over."$BATS_SUITE_TEST_NUMBER".fake-pasta
	expect 0 nsrun rootfs ip addr show eth0
	output_has ' 10\.0\.2\.100/24 '
	refuses 'no pasta that can be used' --network=pasta rootfs "${MARK[@]}"
}

@test "the ladder: a helper that hangs is waited for, but not for ever" {
	local before=$SECONDS
	fake pasta 'exec sleep 100'
	expect 0 nsrun rootfs ip addr show eth0
	output_has ' 10\.0\.2\.100/24 '
	[ $((SECONDS - before)) -le "$(slowly 9)" ]
}

@test "the ladder's end: one line, or with --strict or -p an error" {
	missing pasta
	missing slirp4netns
	expect 0 nsrun rootfs ls /sys/class/net
	output_is lo
	stderr_has 'no network: neither pasta nor slirp4netns'
	is 1 "$(grep -c . <<<"$stderr")"
	refuses 'neither pasta nor slirp4netns' --strict rootfs "${MARK[@]}"
	refuses 'neither pasta nor slirp4netns' -p 8080:80 rootfs "${MARK[@]}"
	CALLER_BINDS=
	fake pasta 'echo boom >&2; exit 1'
	fake slirp4netns 'echo bang >&2; exit 1'
	expect 0 nsrun rootfs ls /sys/class/net
	output_is lo
	stderr_has "no network: 'slirp4netns' ended: bang"
	refuses bang --strict rootfs "${MARK[@]}"
	refuses bang -p 8080:80 rootfs "${MARK[@]}"
}

@test "a helper that dies later: the container goes on, and somebody says so" {
	start_ready rootfs "${READY[@]}"
	has_helper() { [ -n "$(helpers)" ]; }
	wait_for has_helper
	kill -KILL "$(helpers | awk '{ print $1 }')"
	wait_for grep -q 'lost its network' "$T/stderr"
	kill -0 "$INIT"
	kill -TERM "$PID"
	finish 143
}

@test "the helper ends with the container, also when nsrun is killed" {
	local helper option
	for helper in pasta slirp4netns; do
		for option in -q --init; do
			start_ready "$option" "--network=$helper" rootfs "${READY[@]}"
			[ -n "$(helpers)" ]
			kill -KILL "$PID"
			wait "$PID" || true
			nothing_left
		done
	done
}

@test "the helper has nothing of the caller's: no descriptor, no environment, no terminal" {
	local pid
	exec 8</etc/passwd
	caller_env SECRET=1
	start_ready rootfs "${READY[@]}"
	exec 8<&-
	pid=$(helpers | awk '{ print $1 }')
	expect 0 ls -l "/proc/$pid/fd"
	output_lacks passwd
	output_lacks "$T"
	run cat "/proc/$pid/environ"
	output_lacks SECRET
	kill -KILL "$PID"
}

@test "-p: from the host and from outside, with the client's address" {
	local helper
	for helper in pasta slirp4netns; do
		start_ready "--network=$helper" -p 8080:80 "${PROGRAMS[@]}" -v "$TEST_LIB:/lib-of-tests:ro" rootfs \
			sh -c 'mkfifo /tmp/f; /usr/bin/python3 /lib-of-tests/outside.py 0.0.0.0 80 0 /tmp/ready </tmp/f &
				exec 3>/tmp/f; until [ -e /tmp/ready ]; do usleep 10000; done; echo ready; wait'
		is "hello $OUT4" "$(ip netns exec "$O" curl -sS -m "$(slowly 5)" "http://$HOST4:8080/")" "$helper"
		expect 0 in_host curl -sS -m "$(slowly 5)" http://127.0.0.1:8080/
		expect 0 in_host curl -sS -m "$(slowly 5)" "http://$HOST4:8080/"
		# the address by which the container knows the host
		[ "$helper" = slirp4netns ] || output_is "hello $(has_new_pasta && echo 169.254.1.2 || echo "$HOST4")"
		kill -TERM "$PID"
		wait "$PID" || true
		rm -f "$T/rootfs/tmp/ready" "$T/rootfs/tmp/f"
	done
}

@test "-p: an address, a range, UDP, and any free port" {
	start_ready -p 127.0.0.1:8080:80 -p 9000-9009:90-99 -p 5353:53/udp rootfs "${READY[@]}"
	expect 0 in_host ss -Hltun
	output_has '^tcp .* 127\.0\.0\.1:8080 '
	output_has ':9000 '
	output_has ':9009 '
	output_has '^udp .*:5353 '
	kill -KILL "$PID"
	wait "$PID" || true
	start_ready -p 80 rootfs "${READY[@]}"
	local port
	port=$(sed -n 's/.*port 80 of the container is port \([0-9]*\) of the host.*/\1/p' "$T/stderr")
	expect 0 in_host ss -Hltn "sport = :$port"
	[ -n "$output" ]
	kill -KILL "$PID"
}

@test "-p and -P: ports that are chosen are different ones, and none that is named" {
	local range
	range=$(in_host sysctl -n net.ipv4.ip_local_port_range)
	in_host sysctl -qw net.ipv4.ip_local_port_range='40000 40003'
	expect 0 nsrun -p 80 -p 81 -p 40003:82 -p 83 -p 80/udp rootfs true
	is '40000 40001 40002' "$(sed -n 's/.*port 8[013] of .* is port \([0-9]*\) of the host.*/\1/p' <<<"$stderr" |
		head -n 3 | sort | xargs)"
	refuses 'no port of the host is free' -p 80 -p 81 -p 82 -p 83 -p 84 rootfs "${MARK[@]}"
	in_host sysctl -qw net.ipv4.ip_local_port_range="$range"
}

@test "-p: what cannot be is said before anything starts" {
	refuses 'port 9999 of the host is in use' -p 127.0.0.1:9999:80 rootfs "${MARK[@]}"
	refuses 'port 80 of the host is below' -p 80:80 rootfs "${MARK[@]}"
	stderr_has 'ip_unprivileged_port_start=80'
	refuses 'port 8080 of the host is published twice' -p 8080:80 -p 8080:81 rootfs "${MARK[@]}"
	refuses 'network=host' --network=host -p 8080:80 rootfs "${MARK[@]}"
	refuses 'network=none' --network=none -p 8080:80 rootfs "${MARK[@]}"
	refuses 'does not say which ports' -P rootfs "${MARK[@]}"
	refuses 'no IP address' -p web:80:80 rootfs "${MARK[@]}"
}

@test "-p: a second user of the same port is told; afterwards it is free at once" {
	start_ready -p 8080:80 rootfs "${READY[@]}"
	local first=$PID
	use_caller nsrun-bob
	refuses 'port 8080 of the host is in use' -p 8080:80 rootfs "${MARK[@]}"
	kill -TERM "$first"
	wait "$first" || true
	expect 0 nsrun -p 8080:80 rootfs true
	expect 0 nsrun -p 8080:80 rootfs true
	expect 0 nsrun --network=slirp4netns -p 8080:80 rootfs true
	expect 0 nsrun --network=slirp4netns -p 8080:80 rootfs true
}

@test "-p: a real nginx" {
	need nginx test -x /usr/sbin/nginx
	in_rootfs etc/nginx.conf <<-'END'
		user root; daemon off; pid /tmp/nginx.pid; error_log stderr;
		events {}
		http {
			access_log off; client_body_temp_path /tmp/b; proxy_temp_path /tmp/p;
			fastcgi_temp_path /tmp/f; uwsgi_temp_path /tmp/u; scgi_temp_path /tmp/s;
			server { listen 80; listen [::]:80; location / { return 200 "nginx $remote_addr\n"; } }
		}
	END
	start -p 8080:80 "${PROGRAMS[@]}" rootfs /usr/sbin/nginx -c /etc/nginx.conf
	wait_for ip netns exec "$O" curl -sS -m "$(slowly 1)" "http://$HOST4:8080/"
	is "nginx $OUT4" "$(ip netns exec "$O" curl -sS -m "$(slowly 5)" "http://$HOST4:8080/")"
	expect 0 in_host curl -sS -m "$(slowly 5)" 'http://[::1]:8080/'
	kill -QUIT "$PID"
	finish 0
}

@test "the host's loopback cannot be reached, unless it is asked for" {
	local helper
	local -a urls
	mapfile -t urls < <(loopback_urls)
	for helper in pasta slirp4netns; do
		expect 0 nsrun "--network=$helper" rootfs \
			sh -c "$(reached "http://$OUT4:8000/" "${urls[@]}" http://host.containers.internal:9999/)"
		output_is "reached http://$OUT4:8000/"
	done
	expect 0 nsrun --network=slirp4netns:allow_host_loopback=true rootfs wget -qO- http://10.0.2.2:9999/
	expect 0 nsrun --network=pasta:--map-gw rootfs sh -c \
		'gateway=$(ip -4 route show default | cut -d " " -f 3) && wget -qO- "http://$gateway:9999/"'
	output_has '^hello 127\.'
	expect 0 nsrun --timeout "$(slowly 10)" --network=pasta:-T,9999 rootfs sh -c \
		'until wget -qO- http://127.0.0.1:9999/ 2>/dev/null; do usleep 10000; done'
}

@test "in its own network: nft with NET_ADMIN, and ports below 1024" {
	need nft command -v nft
	expect 0 nsrun --cap-add NET_ADMIN "${PROGRAMS[@]}" rootfs /usr/sbin/nft add table inet x
	expect 0 nsrun -u 1000 --cap-drop ALL rootfs sh -c 'nc -l -p 80 -e echo low &
		until nc 127.0.0.1 80 </dev/null; do :; done'
	output_is low
}

@test "LISTEN_FDS: sockets that were opened for nsrun are the command's" {
	local option
	for option in -q --init --pid=host; do
		expect 0 as_caller python3 - "$NSRUN" "$option" <<-'END'
			import os, socket, sys
			server = socket.socket()
			os.dup2(server.fileno(), 3)
			os.set_inheritable(3, True)
			os.environ.update(LISTEN_FDS="1", LISTEN_PID=str(os.getpid()), LISTEN_FDNAMES="web")
			os.execv(sys.argv[1], ["nsrun", sys.argv[2], "--network=none", "rootfs", "sh", "-c",
			         'test "$LISTEN_PID" = $$ && readlink /proc/self/fd/3; env | grep LISTEN_F'])
		END
		output_has '^socket:'
		output_has '^LISTEN_FDS=1$'
		output_has '^LISTEN_FDNAMES=web$'
	done
	caller_env LISTEN_FDS=1 LISTEN_PID=1
	expect 1 nsrun --network=none rootfs sh -c 'env | grep LISTEN'
}

@test "a detached container keeps its network and its ports until it ends" {
	as_caller mkdir -m 0700 "$T/run"
	caller_env "XDG_RUNTIME_DIR=$T/run"
	nsrun run -d --name net -p 8080:80 rootfs sh -c 'while :; do nc -l -p 80 -e cat; done'
	# shellcheck disable=SC2016 # for the inner shell
	wait_for ip netns exec "$O" timeout "$(slowly 2)" bash -c \
		'exec 3<>/dev/tcp/$0/8080; echo served >&3; read -r line <&3; test "$line" = served' "$HOST4"
	expect 0 nsrun ps
	output_has '0\.0\.0\.0:8080->80/tcp'
	nsrun rm -f net
	wait_for no_helpers
}
