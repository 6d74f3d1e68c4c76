#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# What is to be read of containers that are kept: logs, inspect, ps, top, stats, port; and prune.

load "$TEST_LIB/common.bash"

eval "common_$(declare -f setup)"
setup() {
	common_setup
	as_caller mkdir -m 0700 -p "$T/run"
	caller_env "XDG_RUNTIME_DIR=$T/run"
	KEPT=$T/run/nsrun/containers
}

eval "common_$(declare -f teardown)"
teardown() {
	export CALLER_BINDS='' CALLER_PREFIX=''
	nsrun rm -f -a >/dev/null 2>&1 || true
	common_teardown
}

# ran NAME COMMAND...: a container that has run this and ended.
ran() {
	local name=$1
	shift
	expect 0 nsrun run -d --name "$name" rootfs "$@" || return 1
	expect 0 nsrun wait "$name"
}

# keeps NAME [OPTION...]: one that stays.
keeps() {
	local name=$1
	shift
	expect 0 nsrun run -d --name "$name" "$@" rootfs "${READY[@]}" || return 1
	wait_for has_logged "$name" ready
}

has_logged() {
	grep -qE -e "$2" "$KEPT/$1/log"
}

# log_with LINE...: a container "x" whose log has these lines.
log_with() {
	[ -d "$KEPT/x" ] || ran x true
	rm -f "$KEPT/x"/log.*
	printf '%s\n' "$@" >"$KEPT/x/log"
}

# follows: what was started watches a file.
follows() {
	grep -qs inotify "/proc/$PID/fdinfo/"*
}

# json EXPRESSION: what Python makes of the JSON in $output, as "it".
json() {
	python3 -c "import json, sys; it = json.load(sys.stdin); print($1)" <<<"$output"
}

init_of() {
	nsrun inspect -f '{{.State.Pid}}' "$1"
}

# --- logs -----------------------------------------------------------------------------------------

@test "logs: what went to standard output goes there, what went to standard error goes there" {
	ran x sh -c 'echo one; echo two >&2; echo three'
	expect 0 nsrun logs x
	output_is "one"$'\n'"three"
	is two "$stderr"
	id=$(nsrun inspect -f '{{.Id}}' x)
	expect 0 nsrun logs "${id:0:12}"
	output_is "one"$'\n'"three"
}

@test "logs: bytes come out as they went in, also without a newline and with any bytes" {
	ran x sh -c 'printf "a\000b\033[31m\377\n\n  c \n"; head -c 100000 /dev/zero; printf end'
	expect 0 nsrun run rootfs sh -c 'printf "a\000b\033[31m\377\n\n  c \n"; head -c 100000 /dev/zero; printf end'
	nsrun logs x >"$T/found"
	{
		printf 'a\000b\033[31m\377\n\n  c \n'
		head -c 100000 /dev/zero
		printf end
	} | cmp - "$T/found"
}

@test "logs: all of the rotated files, oldest first" {
	expect 0 nsrun run -d --name x --log-opt max-size=20k --log-opt max-file=4 rootfs seq 1 1000
	expect 0 nsrun wait x
	[ -e "$KEPT/x/log.2" ]
	nsrun logs x >"$T/found"
	seq 1 1000 | cmp - "$T/found"
}

@test "logs --tail: the last lines, over files, with parts of a line as one" {
	expect 0 nsrun run -d --name x --log-opt max-size=20k --log-opt max-file=4 rootfs seq 1 1000
	expect 0 nsrun wait x
	for lines in 1 2 400 999 1000; do
		nsrun logs --tail "$lines" x >"$T/found"
		seq 1 1000 | tail -n "$lines" | cmp - "$T/found"
	done
	expect 0 nsrun logs --tail 0 x
	output_is ''
	expect 0 nsrun logs --tail=all x
	is 1000 "${#lines[@]}"
	expect 0 nsrun logs --tail 99999 x
	is 1000 "${#lines[@]}"
	log_with '2026-01-01T00:00:00Z stdout F a' '2026-01-01T00:00:00Z stdout P b' \
		'2026-01-01T00:00:00Z stdout F c' '2026-01-01T00:00:00Z stdout P d'
	expect 0 nsrun logs --tail 2 x
	output_is "bc"$'\n'"d"
}

@test "logs --since and --until: RFC 3339, seconds, how long ago" {
	log_with '2026-01-01T00:00:00.000000000Z stdout F one' '2026-01-01T00:00:01.5Z stdout F two' \
		'2026-01-01T00:00:02Z stdout F three'
	expect 0 nsrun logs --since 2026-01-01T00:00:01Z x
	output_is two$'\n'three
	expect 0 nsrun logs --since 2026-01-01T01:00:01+01:00 --until 1767225602 x
	output_is two
	expect 0 nsrun logs --since 1767225601.5 x
	output_is two$'\n'three
	expect 0 nsrun logs --until 2026-01-01T00:00:00Z x
	output_is ''
	ran y echo now
	expect 0 nsrun logs --since 10m y
	output_is now
	expect 0 nsrun logs --until 1h30m y
	output_is ''
	refuses "yesterday" logs --since yesterday x
	refuses "many" logs --tail many x
}

@test "logs -t: the time before each line, once" {
	log_with '2026-01-01T00:00:00.000000001Z stdout P a' '2026-01-01T00:00:00.000000002Z stdout F b' \
		'2026-01-01T00:00:00.000000003Z stdout F c'
	expect 0 nsrun logs -t x
	output_is '2026-01-01T00:00:00.000000001Z ab'$'\n''2026-01-01T00:00:00.000000003Z c'
}

@test "logs: damaged lines are shown as they are, and hide nothing" {
	log_with '2026-01-01T00:00:00Z stdout F one' 'torn' '' '2026-01-01T00:00:00Z stdout X no' \
		'2026-01-01T00:00:00Z stdout F two'
	head -c 200000 /dev/zero | tr '\0' x >>"$KEPT/x/log"
	printf '\n2026-01-01T00:00:00Z stdout F three\n2026-01-01T00:00:00Z std' >>"$KEPT/x/log"
	nsrun logs x >"$T/found"
	{
		printf 'one\ntorn\n\n2026-01-01T00:00:00Z stdout X no\ntwo\n'
		head -c 200000 /dev/zero | tr '\0' x
		printf '\nthree\n2026-01-01T00:00:00Z std'
	} | cmp - "$T/found"
}

@test "logs of a container without a log, of one that never ran, of none" {
	expect 0 nsrun run -d --name x --log-driver none rootfs true
	refuses "'x' keeps no log.*log-driver=none" logs x
	expect 0 nsrun create --name y rootfs true
	expect 0 nsrun logs -f y
	output_is ''
	refuses "no container 'z'" logs z
	refuses "one container" logs
	refuses "one container" logs x y
}

@test "logs of a damaged container are there still" {
	ran x echo hello
	echo '{' >"$KEPT/x/config.json"
	expect 0 nsrun logs x
	output_is hello
}

@test "logs -f: shows what comes, and ends with the container" {
	as_caller mkfifo "$T/rootfs/go" "$T/rootfs/on"
	expect 0 nsrun run -d --name x rootfs sh -c 'echo one; read word </go; echo $word; read word </on; echo $word >&2; exit 3'
	start logs -f x
	wait_for said '^one'
	as_caller sh -c 'echo two >rootfs/go'
	wait_for said '^two'
	never ended
	as_caller sh -c 'echo three >rootfs/on'
	finish 0
	is three "$(cat "$T/stderr")"
}

@test "logs -f does nothing while nothing comes" {
	keeps x
	start logs -f x
	wait_for said '^ready'
	wait_for follows
	before=$(cut -d' ' -f14,15 "/proc/$PID/stat")
	switches=$(grep ctxt "/proc/$PID/status")
	sleep 1 # the time in which it must not run
	is "$before $switches" "$(cut -d' ' -f14,15 "/proc/$PID/stat") $(grep ctxt "/proc/$PID/status")"
	expect 0 nsrun stop -t 0 x
	finish 0
}

@test "logs -f over rotations: every line, once" {
	as_caller mkfifo "$T/rootfs/go"
	expect 0 nsrun run -d --name x --log-opt max-size=100k --log-opt max-file=50 rootfs \
		sh -c 'echo begin; read word </go; seq 1 20000'
	start logs -f x
	wait_for said '^begin'
	as_caller sh -c 'echo go >rootfs/go'
	DEADLINE=30 finish 0
	[ -e "$KEPT/x/log.5" ]
	tail -n +2 "$T/stdout" | cmp - <(seq 1 20000)
}

@test "logs -f ends when its reader is gone" {
	keeps x
	# without a line to write: only the end of the pipe tells
	expect 0 timeout "$(slowly 10)" "$TEST_LIB/as-caller" "$CALLER" bash -c "
		exec 3> >(read line)
		'$NSRUN' logs -f x >&3 3>&- &
		exec 3>&-
		wait \$!"
}

@test "logs -f --until ends at that time" {
	keeps x
	expect 0 timeout "$(slowly 10)" "$TEST_LIB/as-caller" "$CALLER" "$NSRUN" logs -f --until "$(($(date +%s) + 1))" x
	output_is ready
}

@test "logs -f --tail 0: only what is new" {
	as_caller mkfifo "$T/rootfs/go" "$T/rootfs/on"
	expect 0 nsrun run -d --name x rootfs sh -c 'echo old; read word </go; echo $word; read word </on'
	wait_for has_logged x old
	start logs -f --tail 0 x
	wait_for follows
	as_caller sh -c 'echo new >rootfs/go'
	wait_for said new
	is new "$(cat "$T/stdout")"
	expect 0 nsrun stop -t 0 x
	finish 0
}

@test "logs on a terminal: nothing that steers it, unless the container had one" {
	ran x printf 'a\033]0;pwned\007b\tc\rd\233e\302\233f\303\244g\n'
	expect 0 nsrun run -d -t --name y rootfs printf 'a\033[1mb'
	expect 0 nsrun wait y
	terminal <<-'PYTHON'
		shell = Terminal(["nsrun", "logs", "x"])
		shell.wait()
		assert r"a\x1b]0;pwned\x07b" in shell.transcript, shell.transcript
		assert r"c\x0dd\x9be" in shell.transcript, shell.transcript
		assert r"\x9bf" in shell.transcript, shell.transcript
		os.environ["CALLER_ENV"] += "\nLC_ALL=C.UTF-8"
		shell = Terminal(["nsrun", "logs", "x"])
		shell.wait()
		assert r"\x9be\xc2\x9bf" + "\u00e4g" in shell.transcript, shell.transcript
		shell = Terminal(["nsrun", "logs", "y"])
		shell.wait()
		assert "a\x1b[1mb" in shell.transcript, shell.transcript
	PYTHON
}

@test "logs of a large log take little memory" {
	! nm "$NSRUN" 2>/dev/null | grep -q __asan_init ||
		skip "built with AddressSanitizer, which reserves terabytes of address space"
	ran x true
	yes '2026-01-01T00:00:00.000000000Z stdout F a line of a log, such as there are many' |
		head -n 1000000 >"$KEPT/x/log"
	for options in '' '--tail 900000' '--since 2026-01-01T00:00:00Z'; do
		# shellcheck disable=SC2086 # options are words
		as_caller /usr/bin/env bash -c "ulimit -v 20000; exec '$NSRUN' logs $options x" | tail -n 1 >"$T/found"
		is 'a line of a log, such as there are many' "$(cat "$T/found")"
	done
}

# --- inspect --------------------------------------------------------------------------------------

@test "inspect: one that runs" {
	keeps x --label a=b --label c= --restart on-failure:3 --stop-signal INT --stop-timeout 7 \
		--log-opt max-size=1m
	expect 0 nsrun inspect x
	is "x True False running 0" "$(json 'it[0]["Name"], it[0]["State"]["Running"], it[0]["State"]["Paused"], it[0]["State"]["Status"], it[0]["State"]["ExitCode"]' | tr -d "(',)")"
	is "$CALLER_UID" "$(stat -c %u "/proc/$(json 'it[0]["State"]["Pid"]')")"
	is nsrun-monitor "$(cat "/proc/$(json 'it[0]["State"]["MonitorPid"]')/comm")"
	is "{'a': 'b', 'c': ''}" "$(json 'it[0]["Config"]["Labels"]')"
	is "['probe', 'wait']" "$(json 'it[0]["Config"]["Cmd"]')"
	is "2 7" "$(json 'str(it[0]["Config"]["StopSignal"]) + " " + str(it[0]["Config"]["StopTimeout"])')"
	is "{'Name': 'on-failure', 'MaximumRetryCount': 3}" "$(json 'it[0]["HostConfig"]["RestartPolicy"]')"
	is "$KEPT/x/log" "$(json 'it[0]["HostConfig"]["LogConfig"]["Path"]')"
	is "0:$CALLER_UID:1" "$(json 'it[0]["HostConfig"]["IDMappings"]["UidMap"][0]')"
	is "$T/rootfs" "$(json 'it[0]["Rootfs"]')"
	json 'it[0]["Created"]' | grep -qE '^20[0-9-]{8}T[0-9:]{8}\.[0-9]{9}Z$'
	is 0001-01-01T00:00:00Z "$(json 'it[0]["State"]["FinishedAt"]')"
}

@test "inspect: one that has ended, one that could not start, several, none" {
	ran x sh -c 'exit 3'
	expect 0 nsrun inspect x
	is "exited 3 0 False" "$(json '"{Status} {ExitCode} {Pid} {Running}".format(**it[0]["State"])')"
	expect 0 nsrun create --name y rootfs /no/such
	expect 127 nsrun start y
	expect 0 nsrun inspect --format json y x
	is "y x" "$(json 'it[0]["Name"] + " " + it[1]["Name"]')"
	[[ $(json 'it[0]["State"]["Error"]') == *"/no/such"* ]]
	expect 125 nsrun inspect z x
	stderr_has "no container 'z'"
	is x "$(json 'it[0]["Name"]')"
	refuses "no container was named" inspect
}

@test "inspect and ps: what is no text in UTF-8 is still JSON" {
	expect 0 nsrun run -d --name x --label $'k\377=\233v' rootfs printf $'\377 "\\\033'
	expect 0 nsrun wait x
	expect 0 nsrun inspect x
	is "'\\ufffd \"\\\\\\x1b'" "$(json 'ascii(it[0]["Args"][0])')"
	expect 0 nsrun ps -a --format json
	is "{'k\\ufffd': '\\ufffdv'}" "$(json 'ascii(it[0]["Labels"])')"
}

@test "inspect --format: paths of Go's templates, as those who know podman write them" {
	ran x sh -c 'exit 3'
	expect 0 nsrun inspect --format '{{.State.Status}}' x
	output_is exited
	expect 0 nsrun inspect -f '{{.Name}}={{.State.ExitCode}} {{json .Config.Cmd}} {{.Config.Cmd}}' x
	output_is 'x=3 ["sh","-c","exit 3"] [sh -c exit 3]'
	refuses "range" inspect -f '{{range .Args}}{{.}}{{end}}' x
	stderr_has 'try: --format json'
	refuses "no '.State.Nothing'" inspect -f '{{.State.Nothing}}' x
	refuses "yaml" inspect -f yaml x
}

# --- ps -------------------------------------------------------------------------------------------

@test "ps --format json: a list, also of none, with podman's words" {
	expect 0 nsrun ps --format json
	is '[]' "$(json it)"
	keeps x --label a=b
	ran y sh -c 'exit 4'
	expect 0 nsrun ps --format json
	is 1 "$(json 'len(it)')"
	is "x running True" "$(json '"{} {} {}".format(it[0]["Names"][0], it[0]["State"], it[0]["Pid"] > 1)')"
	is "Up" "$(json 'it[0]["Status"].split()[0]')"
	is "{'a': 'b'}" "$(json 'it[0]["Labels"]')"
	expect 0 nsrun ps -a --format=json
	is "y exited 4 True ['sh', '-c', 'exit 4']" "$(json '"{} {} {} {} {}".format(it[1]["Names"][0], it[1]["State"], it[1]["ExitCode"], it[1]["Exited"], it[1]["Command"])')"
	is 64 "$(json 'len(it[1]["Id"])')"
}

@test "ps --format json and inspect: a damaged one appears as damaged" {
	ran x true
	echo 'no' >"$KEPT/x/state.json"
	as_caller mkdir "$KEPT/y"
	expect 0 nsrun ps --format json
	is "['damaged', 'damaged']" "$(json '[c["State"] for c in it]')"
	expect 0 nsrun inspect y
	is damaged "$(json 'it[0]["State"]["Status"]')"
	[[ $(json 'it[0]["State"]["Error"]') == *config.json* ]]
	expect 0 nsrun inspect -f '{{.State.Status}}' x
	output_is damaged
}

@test "ps --format with a template, also as a table" {
	keeps x --label a=b
	expect 0 nsrun ps --format '{{.Names}} {{.State}} {{.Command}} {{.Labels.a}}'
	output_is 'x running probe wait b'
	expect 0 nsrun ps --format 'table {{.Names}}\t{{.State}}'
	output_is 'NAMES  STATE'$'\n''x      running'
	refuses "xml" ps --format xml
	refuses "no '.Nothing'" ps --format '{{.Nothing}}'
}

@test "ps, stop -a and rm -a: more containers than descriptors" {
	ran x true
	for i in {1..300}; do
		cp -a "$KEPT/x" "$KEPT/x$i"
		sed -i "s/\"id\": \"......../\"id\": \"$(printf %08x "$i")/" "$KEPT/x$i/config.json"
	done
	export CALLER_PREFIX='prlimit --nofile=64:64'
	expect 0 nsrun ps -a --format '{{.State}}'
	is 301 "${#lines[@]}"
	output_lacks damaged
	expect 0 nsrun inspect -f '{{.Name}}' "$(printf %08x 300)"
	output_is x300
	expect 0 nsrun stop -a
	expect 0 nsrun rm -a
	is '' "$(ls "$KEPT")"
}

@test "ps: a thousand containers take less than a second" {
	ran x true
	for i in {1..1000}; do
		cp -a "$KEPT/x" "$KEPT/x$i"
	done
	begin=${EPOCHREALTIME/./}
	expect 0 nsrun ps -a
	end=${EPOCHREALTIME/./}
	is 1002 "${#lines[@]}"
	echo "$(((end - begin) / 1000)) ms"
	[ "$((end - begin))" -lt "$(slowly 1000000)" ]
	rm -rf "$KEPT"/x*
}

# --- top ------------------------------------------------------------------------------------------

@test "top: pids and uids of the container and of the host side by side" {
	expect 0 nsrun run -d --name x rootfs sh -c 'setuidgid 5 sleep 1000 & exec sleep 999' ||
		expect 0 nsrun run -d --name x rootfs sh -c 'sleep 1000 & exec sleep 999'
	init=$(init_of x)
	# shellcheck disable=SC2317 # wait_for calls it
	top_has() {
		nsrun top x | squeeze | grep -qE -e "$1"
	}
	wait_for top_has "^0 $CALLER_UID 1 $init 0 .* sleep 999$"
	expect 0 nsrun top x
	output_has '^UID +HUID +PID +HPID +PPID +%CPU +ELAPSED +TTY +TIME +COMMAND$'
	is 3 "${#lines[@]}"
}

@test "top: users of the container, a command of exec, and those of another container not" {
	keeps x
	keeps y
	expect 0 nsrun exec -d -u 7 x sleep 1234
	read -r first _ < <(range subuid 1)
	# shellcheck disable=SC2317 # wait_for calls it
	top_has() {
		nsrun top x | squeeze | grep -qE -e "$1"
	}
	wait_for top_has "^7 $((first + 6)) [0-9]+ [0-9]+ 0 .* sleep 1234$"
	expect 0 nsrun top x
	is 3 "${#lines[@]}"
}

@test "top: with the host's pids, too" {
	expect 0 nsrun run -d --name x --pid=host rootfs sh -c 'sleep 1001; :'
	# shellcheck disable=SC2317 # wait_for calls it
	top_has() {
		nsrun top x | squeeze | grep -qE -e "$1"
	}
	init=$(init_of x)
	wait_for top_has "^0 $CALLER_UID ([0-9]+) \1 $init .* sleep 1001$"
	expect 0 nsrun top x
	is 3 "${#lines[@]}"
}

@test "top: a network helper that begins is none of the container's" {
	local n
	for n in $(seq 10); do
		expect 0 nsrun run -d --name x --pid=host rootfs sleep 1001
		expect 0 nsrun top x
		output_lacks pasta
		# there is one, or there was nothing to see
		pgrep -u "$CALLER_UID" -f '^/usr/bin/pasta '
		expect 0 nsrun rm -f x
	done
}

@test "top: a command line steers nothing; one that does not run is refused" {
	ran y true
	refuses "'y' does not run" top y
	refuses "no container 'z'" top z
	expect 0 nsrun run -d --name x rootfs sh -c $'sleep 1000; : \033]0;pwned\007'
	expect 0 nsrun top x
	never grep -q $'\033' <<<"$output"
	output_has 'sh -c sleep 1000; : .x1b\]0;pwned'
}

# --- stats ----------------------------------------------------------------------------------------

@test "stats --no-stream: a table and JSON of those that run" {
	ran y true
	keeps x --network none
	expect 0 nsrun stats --no-stream
	output_has '^ID +NAME +CPU % +MEM USAGE / LIMIT +MEM % +NET IO +BLOCK IO +PIDS$'
	output_has '^[0-9a-f]{12} +x +[0-9]+\.[0-9]{2}% +[0-9.]+[kMG]?B / [0-9.]+GB +[0-9.]+% +0B / 0B +.* 1$'
	is 2 "${#lines[@]}"
	expect 0 nsrun stats --no-stream --format json x
	is "x 1 True" "$(json '"{} {} {}".format(it[0]["Name"], it[0]["PIDs"], 0 < it[0]["MemUsage"] < it[0]["MemLimit"])')"
	refuses "no container 'z'" stats --no-stream z
	refuses "format" stats --format '{{.Name}}'
}

@test "stats: a busy one is seen to be busy" {
	expect 0 nsrun run -d --name x rootfs sh -c 'while :; do :; done'
	busy() {
		nsrun stats --no-stream --format json x | python3 -c 'import json, sys; sys.exit(json.load(sys.stdin)[0]["CPU"] < 10)'
	}
	wait_for busy
}

@test "stats: again and again, until the container ends or its reader goes" {
	keeps x
	start stats -i 1 x
	twice() {
		[ "$(grep -c ' x ' "$T/stdout")" -ge 2 ]
	}
	wait_for twice
	expect 0 nsrun stop -t 0 x
	finish 0
	keeps y
	expect 0 timeout "$(slowly 10)" "$TEST_LIB/as-caller" "$CALLER" bash -c "'$NSRUN' stats -i 1000 y | head -n 1"
	refuses "interval" stats -i 0
}

@test "stats on a terminal: drawn at the same place, ended by Ctrl-C" {
	keeps x
	terminal <<-'PYTHON'
		shell = Terminal(["nsrun", "stats", "-i", "1"])
		shell.expect(r"\x1b\[H\x1b\[J.*CPU %")
		shell.expect(r"\x1b\[H\x1b\[J.*CPU %")
		shell.send("\x03")
		assert shell.wait() == 130, shell.status
	PYTHON
}

# --- port -----------------------------------------------------------------------------------------

@test "port: what was published, or nothing" {
	ran x true
	expect 0 nsrun port x
	output_is ''
	sed -i 's|"ports": \[\]|"ports": ["8080:80", "127.0.0.1:5000-5001:53-54/udp", "[::1]:9000:90"]|; s|"ports": \[$|"ports": ["8080:80", "127.0.0.1:5000-5001:53-54/udp", "[::1]:9000:90"|' "$KEPT/x/config.json"
	expect 0 nsrun port x
	output_is '80/tcp -> 0.0.0.0:8080'$'\n''53/udp -> 127.0.0.1:5000'$'\n''54/udp -> 127.0.0.1:5001'$'\n''90/tcp -> [::1]:9000'
	expect 0 nsrun port x 54/udp
	output_is '54/udp -> 127.0.0.1:5001'
	refuses "no published port '81'" port x 81
	expect 0 nsrun inspect x
	is "[{'HostIp': '0.0.0.0', 'HostPort': '8080'}]" "$(json 'it[0]["NetworkSettings"]["Ports"]["80/tcp"]')"
	expect 0 nsrun ps -a --format json
	is "5000 53 2 udp" "$(json '"{host_port} {container_port} {range} {protocol}".format(**it[0]["Ports"][1])')"
}

# --- prune ----------------------------------------------------------------------------------------

@test "prune -f removes what has ended or never begun, and nothing else" {
	ran gone true
	expect 0 nsrun create --name new rootfs true
	keeps stays
	as_caller mkdir "$KEPT/damaged"
	expect 0 nsrun prune -f
	is "gone new" "$(sort <<<"$output" | tr '\n' ' ' | squeeze)"
	is "damaged stays" "$(entries "$KEPT")"
	expect 0 nsrun prune
	output_is ''
	stderr_is_empty
}

@test "prune asks, and removes nothing without an answer" {
	ran x true
	expect 125 nsrun prune </dev/null
	stderr_has "nothing was removed"
	stderr_has "try: nsrun prune --force"
	expect 0 nsrun prune <<<n
	output_is ''
	[ -d "$KEPT/x" ]
	expect 0 nsrun prune <<<y
	output_is x
	[ ! -d "$KEPT/x" ]
}

@test "prune --filter: label, its absence, and age" {
	for name in a b; do
		expect 0 nsrun create --name "$name" --label "of=$name" rootfs true
	done
	expect 0 nsrun create --name c rootfs true
	expect 0 nsrun prune -f --filter until=1h
	output_is ''
	expect 0 nsrun prune -f --filter label=of=a
	output_is a
	expect 0 nsrun prune -f --filter 'label!=of'
	output_is c
	expect 0 nsrun prune -f --filter "until=$(($(date +%s) + 10))"
	output_is b
	refuses "until" prune --filter until=yesterday
	refuses "color" prune --filter color=red
	refuses "takes no names" prune a
}
