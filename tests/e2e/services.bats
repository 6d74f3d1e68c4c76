#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Servers of a real distribution kept as services: a redis and an nginx through start, exec, a crash,
# stop and removal.

load ../lib/common
load ../lib/life

WITHOUT_ROOTFS=yes

setup_file() {
	local archive
	export CALLER=nsrun-alice CALLER_ENV='' CALLER_BINDS='' CALLER_PREFIX=''
	archive=$("$TEST_LIB/debian-tar")
	export DEBIAN=$E2E_WORK/debian-services
	install -d -o "$CALLER" -g "$CALLER" "$DEBIAN"
	"$TEST_LIB/as-caller" "$CALLER" "$NSRUN" unshare tar -xpf "$archive" -C "$DEBIAN"
}

teardown_file() {
	rm -rf "${DEBIAN:?}"
}

# times NAME COUNT REGEX: so many lines of its log match.
times() {
	[ "$(log_of "$1" | grep -cE -e "$3")" -eq "$2" ]
}

@test "redis as a service: started, asked, crashed, started again with its data, stopped cleanly" {
	as_caller mkdir data
	expect 0 nsrun run -d --name cache --restart=on-failure -v "$T/data:/data" "$DEBIAN:O" \
		redis-server --port 6379 --bind 127.0.0.1 --dir /data --appendonly yes --appendfsync always
	wait_for logged cache 'Ready to accept connections'
	start logs -f cache
	wait_for said 'Ready to accept connections'
	expect 0 nsrun exec cache redis-cli set key value
	output_is OK
	expect 0 nsrun exec cache redis-cli get key
	output_is value
	expect 0 as_caller sh -c "echo 'INCR count' | '$NSRUN' exec -i cache redis-cli"
	output_is 1

	kill -KILL "$(init_of cache)"
	wait_for times cache 2 'Ready to accept connections'
	is 1 "$(state_of cache restarts)"
	expect 0 nsrun exec cache redis-cli get key
	output_is value

	expect 0 nsrun stop cache
	logged cache 'User requested shutdown'
	logged cache 'Redis is now ready to exit, bye bye'
	# who followed its log has seen the crash, the next start and the end, and ends with it
	finish 0
	said 'ready to exit, bye bye'
	shows cache '^Exited \(0\)'
	expect 0 nsrun start cache
	wait_for times cache 3 'Ready to accept connections'
	expect 0 nsrun exec cache redis-cli get key
	output_is value
	expect 125 nsrun rm cache
	expect 0 nsrun rm -f cache
	[ -s data/appendonlydir/appendonly.aof.1.incr.aof ]
}

# ask PATH: what the server in "web" answers, asked from inside.
ask() {
	nsrun exec web bash -c 'exec 3<>/dev/tcp/127.0.0.1/8080 && printf "GET %s HTTP/1.0\r\n\r\n" "$1" >&3 && cat <&3' bash "$1"
}

@test "nginx as a service: started, asked, reloaded, crashed, started again, stopped by its own signal" {
	as_caller mkdir pages
	as_caller tee pages/index.html >/dev/null <<<'a page of the host'
	as_caller tee nginx.conf >/dev/null <<-'CONF'
		daemon off;
		user www-data;
		worker_processes 2;
		pid /run/nginx.pid;
		error_log /dev/stderr notice;
		events { }
		http {
			access_log /dev/stdout;
			server { listen 127.0.0.1:8080; root /pages; }
		}
	CONF
	expect 0 nsrun run -d --name web --restart=on-failure:3 --stop-signal QUIT -v "$T/pages:/pages:ro" \
		-v "$T/nginx.conf:/nginx.conf:ro" "$DEBIAN:O" nginx -c /nginx.conf
	wait_for logged web 'start worker process '
	expect 0 wait_for ask /
	expect 0 ask /
	output_has '^HTTP/1.1 200 OK'
	output_has '^a page of the host$'
	# its workers are another user's, and its log has both streams
	expect 0 nsrun exec web sh -c 'ps -o user= -C nginx | sort | uniq -c'
	output_has '^ *1 root$'
	output_has '^ *2 www-data$'
	wait_for logged web '"GET / HTTP/1.0" 200'
	grep -q ' stdout F .*"GET / HTTP' "$KEPT/web/log"
	grep -q ' stderr F .*start worker process' "$KEPT/web/log"

	expect 0 nsrun kill -s HUP web
	wait_for logged web 'reconfiguring'
	expect 0 wait_for ask /

	kill -KILL "$(init_of web)"
	wait_for state_is web restarts 1
	wait_for runs web
	expect 0 wait_for ask /

	expect 0 nsrun stop web
	logged web 'gracefully shutting down'
	shows web '^Exited \(0\)'
	expect 0 nsrun rm web
}
