#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Networks that containers share: names, addresses, the way out, and who goes when.

load ../lib/common
load ../lib/network

# a server that says its own name
WEB=('sh' '-c' 'mkdir -p /tmp/w && hostname >/tmp/w/name && httpd -p 8080 -h /tmp/w && echo ready && exec sleep 3000')

setup() {
	begin_test
	# so that nothing of a test that failed is in the way of the next one
	install -d -m 0700 -o "$CALLER" -g "$CALLER" "$T/run"
	caller_env XDG_RUNTIME_DIR="$T/run"
	nsrun network create net1 >/dev/null
}

# serve_on NETWORK NAME [OPTION...]: a container that serves its name, once it does
serve_on() {
	local network=$1 name=$2
	shift 2
	nsrun run -d --name "$name" -h "$name" --network="$network" --tmpfs /tmp "$@" rootfs "${WEB[@]}" >/dev/null
	wait_for nsrun exec "$name" wget -qO- http://127.0.0.1:8080/name
}

# a shell's word for: nothing comes from this URL
unreached() {
	echo "timeout $(slowly 2) wget -qO- '$1' 2>/dev/null || echo no answer"
}

holders() {
	container_processes | awk '$2 == "nsrun-bridge" { print $1 }'
}

nobody_holds() {
	[ -z "$(holders)" ] && no_helpers
}

end_all() {
	nsrun rm -f -a -t 0 >/dev/null
	wait_for nobody_holds
	nsrun network rm net1 >/dev/null
}

@test "network: create, ls, inspect, rm, and what is refused" {
	expect 0 nsrun network ls
	output_has '^net1 +10\.89\.[0-9]+\.0/24 +fd[0-9a-f:]+/64 +0$'
	expect 125 nsrun network create net1
	stderr_has "there is a network 'net1' already"
	expect 125 nsrun network create none
	stderr_has 'choose another name'
	expect 125 nsrun network create --subnet 10.0.0.0/16 over
	stderr_has 'name server'
	expect 125 nsrun network create --subnet 10.1.2.3/24 odd
	stderr_has 'takes a network'
	expect 0 nsrun network create --subnet 10.77.0.0/16 net2
	expect 0 nsrun network inspect net2
	output_has '"subnet": "10\.77\.0\.0/16"'
	expect 0 nsrun network rm net1 net2
	expect 125 nsrun network rm net1
	stderr_has "there is no network 'net1'"
	expect 125 nsrun --network=net1 rootfs true
	stderr_has "there is no network 'net1'"
	expect 125 nsrun network
	expect 125 nsrun network ls net1
}

@test "many at once get addresses of their own" {
	local i jobs=()
	for i in 1 2 3 4 5 6; do
		nsrun network create "many$i" >/dev/null &
		jobs+=($!)
	done
	wait "${jobs[@]}"
	is 7 "$(nsrun network ls | awk 'NR > 1 { print $2 }' | sort -u | wc -l)"
	nsrun network rm net1 many1 many2 many3 many4 many5 many6 >/dev/null
}

@test "containers find each other by name and address, IPv4 and IPv6" {
	local a6
	serve_on net1 one
	serve_on net1 two
	expect 0 nsrun exec one wget -qO- http://two:8080/name
	output_is two
	expect 0 nsrun exec two wget -qO- http://one:8080/name
	output_is one
	a6=$(nsrun exec two awk '/^fd.*one/ { print $1 }' /etc/hosts)
	expect 0 nsrun exec two wget -qO- "http://[$a6]:8080/name"
	output_is one
	expect 0 nsrun run --network=net1 "${PROGRAMS[@]}" rootfs /usr/bin/ping -c 1 -W "$(slowly 5)" one
	output_has ' 0% packet loss'
	expect 0 nsrun network inspect net1
	output_has '"names": "one"'
	output_has '"outbound": "pasta"'
	end_all
}

@test "who is renamed is found by the new name, too, and nobody else by it" {
	serve_on net1 one
	serve_on net1 two
	expect 0 nsrun rename one uno
	found() { nsrun exec two wget -qO- http://uno:8080/name; }
	wait_for found
	expect 0 nsrun exec two sh -c 'wget -qO- http://uno:8080/name; wget -qO- http://one:8080/name'
	output_is one$'\n'one
	expect 0 nsrun exec uno grep -c '^[^#].*uno' /etc/hosts
	output_is 2
	nsrun rename two uno2
	expect 0 nsrun network inspect net1
	output_has '"one uno"'
	end_all
}

@test "who is renamed and started again, by the user or by its policy, is found by the new name" {
	expect 0 nsrun run -d --network=net1 --name one rootfs sh -c 'echo ready; exec sleep 1000'
	expect 0 nsrun run -d --network=net1 --restart=always --name two rootfs sh -c 'echo ready; until [ -e /go ]; do sleep 0.1; done; rm /go'
	serve_on net1 three
	nsrun rename one uno
	nsrun rename two due
	expect 0 nsrun stop -t 0 uno
	expect 0 nsrun start uno
	expect 0 nsrun exec due touch /go
	renamed() { nsrun exec three grep -qE "^[^#].*[[:space:]]$1( .*)?\$" /etc/hosts; }
	wait_for renamed uno
	wait_for renamed due
	end_all
}

@test "what a container writes into its /etc/hosts stays when others come and go" {
	serve_on net1 one
	expect 0 nsrun exec one sh -c 'printf "192.0.2.1\tmine\n" >>/etc/hosts'
	serve_on net1 two
	expect 0 nsrun exec one wget -qO- http://two:8080/name
	output_is two
	expect 0 nsrun rm -f two
	expect 0 nsrun exec one grep -c '^192.0.2.1.mine$' /etc/hosts
	output_is 1
	expect 0 nsrun exec one grep -c '^[^#].*one$' /etc/hosts
	output_is 2
	end_all
}

@test "who leaves has no name any more, and its address becomes free" {
	serve_on net1 one
	expect 0 nsrun run --network=net1:ip="$(nsrun network inspect net1 | sed -n 's/.*gateway": "\(.*\)\..*/\1.9/p')" \
		-h guest rootfs sh -c 'grep -c "^[^#].*one" /etc/hosts; hostname -i'
	output_has '^2$'
	output_has '\.9$'
	left() { ! nsrun exec one grep -q '^[^#].*guest' /etc/hosts; }
	wait_for left
	expect 0 nsrun exec one grep -c guest /etc/hosts
	output_is 2
	end_all
}

@test "an address: one that is asked for, taken, or not of the network" {
	local base
	base=$(nsrun network inspect net1 | sed -n 's/.*gateway": "\(.*\)\.1".*/\1/p')
	serve_on "net1:ip=$base.50" one
	expect 0 nsrun exec one ip addr show eth0
	output_has " $base\.50/24 "
	expect 125 nsrun --network="net1:ip=$base.50" rootfs true
	stderr_has 'belongs to another container'
	expect 125 nsrun --network="net1:ip=$base.1" rootfs true
	stderr_has 'none for a container'
	expect 125 nsrun --network=net1:ip=192.0.2.1 rootfs true
	stderr_has 'none for a container'
	end_all
}

@test "the way out: TCP, UDP, ping and names, with each helper" {
	local helper
	for helper in pasta slirp4netns; do
		[ "$helper" = pasta ] || host_file "$(readlink -f /usr/bin/pasta)" ''
		expect 0 nsrun --network=net1 "${PROGRAMS[@]}" rootfs sh -c "
			wget -qO- http://$OUT4:8000/; nslookup www.test $OUT4; nslookup www.test
			wget -qO- http://host.containers.internal:7777/
			/usr/bin/ping -c 1 -W $(slowly 5) $OUT4"
		is 2 "$(grep -c "^hello $HOST4\$" <<<"$output")"
		is 2 "$(grep -c '203\.0\.113\.9' <<<"$output")"
		output_has ' 0% packet loss'
		wait_for nobody_holds
	done
	CALLER_BINDS=
	expect 0 nsrun --network=net1 rootfs wget -qO- "http://[$OUT6]:8000/"
	output_has '^hello 2001:db8:1::2$'
	wait_for nobody_holds
	nsrun network rm net1 >/dev/null
}

@test "an internal network: neighbours, and no way out, nor a helper" {
	nsrun network create --internal --ipv6 inner >/dev/null
	serve_on inner one
	no_helpers
	expect 0 nsrun --network=inner rootfs sh -c "wget -qO- http://one:8080/name; ip route | grep default
		$(reached "http://$OUT4:8000/" "http://$HOST4:7777/" "http://[$OUT6]:8000/")"
	output_is one
	stderr_is_empty
	refuses "'inner', which is internal" --network=inner -p 8080:80 rootfs "${MARK[@]}"
	expect 0 nsrun network inspect inner
	output_has '"internal": true'
	nsrun rm -f -a -t 0 >/dev/null
	wait_for nobody_holds
	nsrun network rm inner net1 >/dev/null
}

@test "several at once go out by one helper" {
	serve_on net1 one
	serve_on net1 two
	for name in one two; do
		expect 0 nsrun exec "$name" wget -qO- "http://$OUT4:8000/"
		output_is "hello $HOST4"
	done
	is 1 "$(helpers | grep -c .)"
	end_all
}

@test "the host's loopback is out of reach over a network, too" {
	local -a urls
	mapfile -t urls < <(loopback_urls)
	expect 0 nsrun --network=net1 rootfs \
		sh -c "$(reached "http://$OUT4:8000/" "${urls[@]}" http://host.containers.internal:9999/)"
	output_is "reached http://$OUT4:8000/"
	wait_for nobody_holds
	nsrun network rm net1 >/dev/null
}

@test "published ports: from the host, and over the network" {
	serve_on net1 one -p 18080:8080
	serve_on net1 two
	expect 0 in_host curl -s --max-time 5 http://127.0.0.1:18080/name
	output_is one
	expect 0 ip netns exec "$O" curl -s --max-time 5 "http://$HOST4:18080/name"
	output_is one
	expect 0 nsrun exec two wget -qO- http://one:8080/name
	output_is one
	expect 0 nsrun exec one wget -qO- http://two:8080/name
	output_is two
	expect 0 nsrun exec one wget -qO- "http://$OUT4:8000/"
	end_all
}

@test "two networks know nothing of each other" {
	local address
	nsrun network create net2 >/dev/null
	serve_on net1 one
	serve_on net2 two
	address=$(nsrun exec one hostname -i)
	expect 0 nsrun exec two sh -c "$(unreached "http://$address:8080/name")"
	output_is 'no answer'
	expect 0 nsrun exec two sh -c "$(unreached http://one:8080/name)"
	output_is 'no answer'
	# a control: the same question from its own network
	expect 0 nsrun --network=net1 rootfs wget -qO- "http://$address:8080/name"
	output_is one
	nsrun rm -f -a -t 0 >/dev/null
	wait_for nobody_holds
	expect 0 nsrun network rm net1 net2
}

@test "rm refuses a network that containers are on" {
	serve_on net1 one
	expect 125 nsrun network rm net1
	stderr_has "containers are on the network 'net1'"
	nsrun rm -f -t 0 one >/dev/null
	wait_for nobody_holds
	expect 0 nsrun network rm net1
}

@test "the holder goes with the last container, however that ends" {
	local monitor
	start_ready --network=net1 rootfs "${READY[@]}"
	[ -n "$(holders)" ]
	kill -KILL "$PID"
	wait_for nobody_holds

	serve_on net1 one
	serve_on net1 two
	monitor=$(pgrep -u "$CALLER_UID" -x nsrun-monitor | head -1)
	kill -KILL "$monitor"
	# its container lives on, and so does its network
	expect 0 nsrun exec one wget -qO- http://two:8080/name
	expect 0 nsrun exec two wget -qO- http://one:8080/name
	end_all
}

@test "a holder that is killed takes the network along, and the next container gets a new one" {
	serve_on net1 one
	kill -KILL "$(holders)"
	wait_for nobody_holds
	expect 0 nsrun exec one sh -c "$(unreached "http://$OUT4:8000/")"
	output_is 'no answer'
	expect 0 nsrun network inspect net1
	output_has '"holder_killed": true'
	expect 0 nsrun --network=net1 rootfs true
	stderr_has "held the network 'net1' was killed: containers that were on it before reach nobody"
	wait_for nobody_holds
	expect 0 nsrun network inspect net1
	output_has '"holder_killed": false'
	nsrun restart -t 0 one >/dev/null
	wait_for nsrun exec one wget -qO- http://127.0.0.1:8080/name
	expect 0 nsrun exec one wget -qO- "http://$OUT4:8000/"
	end_all
}

@test "whoever comes and goes, neighbours and the way out are reached at once" {
	local comer address
	serve_on net1 one
	for comer in 1 2 3 4 5 6 7 8; do
		expect 0 nsrun exec one timeout "$(slowly 2)" wget -qO- "http://$OUT4:8000/"
		serve_on net1 "more$comer"
	done
	expect 0 nsrun exec one timeout "$(slowly 2)" wget -qO- "http://$OUT4:8000/"
	# an address that another one had: it is in the tables of who talked to him
	expect 0 nsrun network inspect net1
	address=$(sed -nE 's/.*"subnet": "([0-9.]+)0\/24".*/\1/p' <<<"$output")99
	for comer in a b; do
		serve_on "net1:ip=$address" "same$comer"
		expect 0 nsrun exec one timeout "$(slowly 2)" wget -qO- "http://$address:8080/name"
		output_is "same$comer"
		nsrun rm -f -t 0 "same$comer" >/dev/null
	done
	end_all
}

@test "who starts while the last one ends is not left without a network" {
	local i jobs=()
	for i in 1 2 3 4 5 6 7 8; do
		nsrun --network=net1 rootfs true &
		jobs+=($!)
		# with the first of these nobody else is there any more
		nsrun --network=net1 rootfs timeout "$(slowly 10)" wget -qO- "http://$OUT4:8000/" >"$T/out.$i" 2>&1 &
		jobs+=($!)
		wait "${jobs[-2]}"
	done
	wait "${jobs[@]}"
	for i in 1 2 3 4 5 6 7 8; do
		is "hello $HOST4" "$(cat "$T/out.$i")"
	done
	wait_for nobody_holds
	nsrun network rm net1 >/dev/null
}

@test "a host without helpers: neighbours all the same, and it is said that nothing leads out" {
	host_file "$(readlink -f /usr/bin/pasta)" ''
	host_file "$(readlink -f /usr/bin/slirp4netns)" ''
	serve_on net1 one 2>/dev/null
	expect 0 nsrun --network=net1 rootfs wget -qO- http://one:8080/name
	output_is one
	stderr_has 'nothing leads out of the network: neither pasta nor slirp4netns'
	end_all
}

# needs PROGRAM: skip, loudly where nothing may be skipped
needs() {
	command -v "$1" >/dev/null && return
	[ -z "${CI:-}" ] || {
		echo "$1 is not installed"
		return 1
	}
	skip "$1 is not installed"
}

@test "in the own network: nft, iptables and ipset with NET_ADMIN" {
	local tool
	for tool in nft iptables-nft ipset; do
		needs "$tool"
	done
	expect 0 nsrun --network=net1 --cap-add NET_ADMIN "${PROGRAMS[@]}" -v /sbin:/sbin:ro rootfs sh -c "
		export PATH=/usr/sbin:/usr/bin:/sbin:/bin
		nft add table inet t && nft list tables
		ipset create s hash:ip && ipset add s 192.0.2.1 && ipset list s | tail -1
		iptables-nft -A OUTPUT -d $OUT4 -p tcp --dport 8000 -j REJECT && iptables-nft -S OUTPUT
		$(unreached "http://$OUT4:8000/")"
	output_has '^table inet t$'
	output_has '^192\.0\.2\.1$'
	output_has '^-A OUTPUT .* REJECT'
	output_has '^no answer$'
	expect 0 nsrun --network=net1 "${PROGRAMS[@]}" rootfs sh -c '/usr/sbin/nft add table inet t || echo refused'
	output_is refused
	wait_for nobody_holds
}

@test "in the own network: tcpdump with NET_RAW" {
	needs tcpdump
	serve_on net1 one
	expect 0 nsrun --network=net1 --cap-add NET_RAW "${PROGRAMS[@]}" rootfs sh -c '
		/usr/bin/tcpdump -Z root -n -l -i eth0 -c 1 tcp port 8080 >/tmp/seen 2>/tmp/says & watcher=$!
		until grep -q "listening on" /tmp/says; do sleep 0.05; done
		wget -qO- http://one:8080/name; wait $watcher && cat /tmp/seen'
	output_has '^one$'
	output_has 'IP 10\..* > 10\..*\.8080: '
	end_all
}

@test "with other id maps, and joined to another container's network" {
	local first
	read -r first _ < <(range subuid 1)
	serve_on net1 one --uidmap "0:$first:1000"
	serve_on net1 two --userns=keep-id
	expect 0 nsrun exec two wget -qO- http://one:8080/name
	expect 0 nsrun run --network=container:two rootfs wget -qO- "http://$(nsrun exec one hostname -i):8080/name"
	output_is one
	end_all
}

@test "a private network beside a joined namespace has a helper, too" {
	local helper
	serve_on net1 one
	for helper in private pasta slirp4netns; do
		expect 0 nsrun run --network="$helper" --ipc=container:one rootfs wget -qO- "http://$OUT4:8000/"
		output_is "hello $HOST4"
		stderr_is_empty
	done
	expect 0 nsrun run --network=net1 --ipc=container:one rootfs wget -qO- http://one:8080/name
	output_is one
	end_all
}
