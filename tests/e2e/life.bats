#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# A container's life: detached, named, listed, entered, attached to, stopped, started again, removed.

load ../lib/common
load ../lib/life

# --- run -d and its options -----------------------------------------------------------------------

@test "run -d prints an id of 64 digits and returns, and the container goes on" {
	expect 0 nsrun run -d rootfs "${READY[@]}"
	stderr_is_empty
	is 64 "${#output}"
	[[ $output =~ ^[0-9a-f]+$ ]]
	id=$output
	expect 0 nsrun ps
	output_has "^CONTAINER ID +ROOTFS +COMMAND +CREATED +STATUS +PORTS +NAMES$"
	output_has "^${id:0:12} +$T/rootfs +probe wait +[0-9]+ seconds? ago +Up [0-9]+ seconds? +${id:0:12}$"
}

@test "run -d leaves the caller: no terminal, no session, none of his descriptors" {
	exec 9<"$T/rootfs/etc/passwd"
	keep x
	exec 9<&-
	monitor=$(monitor_of x)
	is "$monitor" "$(ps -o sid= -p "$monitor" | tr -d ' ')"
	is '?' "$(ps -o tty= -p "$monitor" | tr -d ' ')"
	never grep -E 'passwd|pts' <<<"$(find "/proc/$monitor/fd" -mindepth 1 -printf '%l\n')"
	for fd in 0 1 2; do
		is /dev/null "$(readlink "/proc/$monitor/fd/$fd")"
	done
}

@test "run -d with its output in a pipe: the pipe's reader sees the end of the file" {
	# would wait for ever if anything of the container kept the pipe
	expect 0 timeout "$(slowly 10)" "$TEST_LIB/as-caller" "$CALLER" sh -c "'$NSRUN' run -d --name x rootfs probe wait | cat"
	[[ $output =~ ^[0-9a-f]{64}$ ]]
}

@test "a command that is not there: run -d says so, with its status, and keeps nothing" {
	expect 127 nsrun run -d --name x rootfs /no/such/command
	stderr_has "there is no command '/no/such/command'"
	expect 126 nsrun run -d --name x --cidfile "$T/cid" rootfs /etc/passwd
	is '' "$(ls -A "$KEPT")"
	[ ! -e "$T/cid" ]
}

@test "a rootfs that is not there: nothing is kept" {
	refuses "nowhere" run -d --name x nowhere "${MARK[@]}"
	expect 0 nsrun ps -a -q
	output_is ''
}

@test "from a program that the container could overwrite: all of it works the same" {
	install -o "$CALLER" -g "$CALLER" -m 0755 "$NSRUN" "$T/own"
	ln -s "$(dirname "$NSRUN")/nsrun-newidmap" "$T/nsrun-newidmap"
	expect 0 as_caller "$T/own" run -d --name x --cidfile "$T/cid" rootfs "${READY[@]}"
	is "$output" "$(cat "$T/cid")"
	[[ $(readlink "/proc/$(monitor_of x)/exe") =~ memfd ]]
	expect 0 as_caller "$T/own" exec x echo inside
	output_is inside
	expect 0 as_caller "$T/own" restart x
	expect 0 as_caller "$T/own" stop x
}

@test "from a program that the container could overwrite, on tmpfs: it is copied, too" {
	local place=/dev/shm/nsrun-e2e-own
	rm -rf "$place"
	install -d -o "$CALLER" -g "$CALLER" "$place"
	install -o "$CALLER" -g "$CALLER" -m 0755 "$NSRUN" "$place/own"
	ln -s "$(dirname "$NSRUN")/nsrun-newidmap" "$place/nsrun-newidmap"
	expect 0 as_caller "$place/own" run -d --name x rootfs "${READY[@]}"
	rm -rf "$place"
	[[ $(readlink "/proc/$(monitor_of x)/exe") =~ memfd ]]
}

@test "--name: a second one of the same name is refused, and told what to do" {
	keep x
	refuses "the name 'x' is in use by the container $(state_id x)" run -d --name x rootfs "${MARK[@]}"
	stderr_has 'nsrun rm -f x'
	refuses "in use" create --name x rootfs "${MARK[@]}"
	# also that of one that has ended
	expect 0 nsrun stop x
	refuses "in use" run --name x rootfs "${MARK[@]}"
}

state_id() {
	sed -nE 's/^  "id": "([0-9a-f]{12}).*/\1/p' "$KEPT/$1/config.json"
}

@test "--replace: takes the place of a running one, of one that has ended, and of none" {
	keep x --replace
	first=$(init_of x)
	keep x --replace
	gone "$first"
	expect 0 nsrun stop x
	expect 7 nsrun run --name x --replace rootfs sh -c 'exit 7'
	expect 0 nsrun ps -a -q
	is 1 "$(wc -w <<<"$output")"
}

@test "--replace without --name is refused" {
	keep x
	refuses "needs a --name" run -d --replace rootfs "${MARK[@]}"
	runs x
}

@test "--rm: gone when it has ended, by itself and by stop" {
	expect 0 nsrun run -d --rm --name x rootfs sh -c 'exit 3'
	wait_for [ ! -e "$KEPT/x" ]
	keep y --rm
	expect 0 nsrun stop y
	is '' "$(ls -A "$KEPT")"
	expect 5 nsrun run --rm --name z rootfs sh -c 'exit 5'
	is '' "$(ls -A "$KEPT")"
}

@test "--restart=no: stays ended" {
	expect 3 nsrun run --name x --restart=no rootfs sh -c 'exit 3'
	shows x '^Exited \(3\)'
	is 0 "$(state_of x restarts)"
}

@test "--restart=on-failure:2: started again twice, then left with its status" {
	expect 0 nsrun run -d --name x --restart=on-failure:2 rootfs sh -c 'echo life; exit 9'
	expect 0 nsrun wait x
	output_is 9
	is 2 "$(state_of x restarts)"
	is $'life\nlife\nlife' "$(log_of x)"
	shows x '^Exited \(9\)'
}

@test "--restart=on-failure: a success is the end" {
	# fails while there is no mark
	expect 0 nsrun run -d --name x --restart=on-failure rootfs \
		sh -c 'echo life; test -e /mark || { touch /mark; exit 1; }'
	expect 0 nsrun wait x
	output_is 0
	is $'life\nlife' "$(log_of x)"
}

@test "--restart=always: a success starts it again, a signal too; stop is the end" {
	expect 0 nsrun run -d --name x --restart=always rootfs \
		sh -c 'test -e /mark || { touch /mark; exit 0; }; echo ready; exec probe wait'
	wait_for logged x ready
	is 1 "$(state_of x restarts)"
	kill -KILL "$(init_of x)"
	wait_for state_is x restarts 2
	wait_for runs x
	expect 0 nsrun stop x
	shows x '^Exited'
	# and it can be started by hand afterwards, and is kept alive again
	expect 0 nsrun start x
	wait_for runs x
	kill -KILL "$(init_of x)"
	wait_for state_is x restarts 1
}

@test "--restart=always: stop between two lives ends it" {
	expect 0 nsrun run -d --name x --restart=always rootfs false
	wait_for state_is x restarts 3 # the next is some hundred milliseconds away
	expect 0 nsrun stop x
	shows x '^Exited \(1\)'
	expect 0 nsrun rm x
}

@test "--restart with a word that is none is refused" {
	refuses "on-failure" run -d --name x --restart=sometimes rootfs "${MARK[@]}"
	refuses "on-failure" run -d --name x --restart=on-failure:x rootfs "${MARK[@]}"
	refuses "on-failure" run -d --name x --restart=on-failurex rootfs "${MARK[@]}"
}

@test "--stop-signal and --stop-timeout" {
	expect 0 nsrun run -d --name x --stop-signal USR1 rootfs sh -c 'trap "echo usr1; exit 4" USR1
		trap "echo term" TERM; echo ready; while :; do read -t 1 _ <>/dev/ptmx; done'
	wait_for logged x ready
	expect 0 nsrun stop x
	is $'ready\nusr1' "$(log_of x)"
	shows x '^Exited \(4\)'
	refuses "no signal" run -d --stop-signal NOSUCH rootfs "${MARK[@]}"
	refuses "seconds" run -d --stop-timeout soon rootfs "${MARK[@]}"
	expect 0 nsrun run -d --name y --stop-timeout 0 rootfs sh -c 'trap "" TERM; echo ready; exec probe wait'
	wait_for logged y ready
	expect 0 nsrun stop y
	shows y '^Exited \(137\)'
}

@test "--label is kept and found by" {
	keep x --label tier=front --label empty -l tier=back
	keep y --label tier=front
	expect 0 nsrun ps --filter label=tier=front
	output_has ' y$'
	output_lacks ' x$'
	expect 0 nsrun ps -q --filter label=tier
	is 2 "$(wc -w <<<"$output")"
	expect 0 nsrun ps --filter label=empty --filter label=tier=back
	output_has ' x$'
	refuses "KEY=VALUE" run -d --label =x rootfs "${MARK[@]}"
}

@test "--cidfile has the id; one that exists is refused before anything is made" {
	expect 0 nsrun run -d --cidfile "$T/cid" rootfs "${READY[@]}"
	is "$output" "$(cat "$T/cid")"
	refuses "'$T/cid'" run -d --cidfile "$T/cid" rootfs "${MARK[@]}"
	is "$(ls "$KEPT")" "$(head -c 12 "$T/cid")"
	expect 0 nsrun exec "$(cat "$T/cid")" true
}

@test "--log-driver=none keeps no output; another word is refused" {
	expect 0 nsrun run --name x --log-driver=none rootfs sh -c 'echo out; echo err >&2'
	output_is out
	[ ! -e "$KEPT/x/log" ]
	refuses "log-driver" run -d --log-driver=syslog rootfs "${MARK[@]}"
}

@test "the log keeps stdout and stderr apart, whole lines and unfinished ones" {
	expect 0 nsrun run --name x rootfs sh -c 'echo out; echo err >&2; printf unfinished'
	run cut -d' ' -f2- "$KEPT/x/log"
	output_has '^stdout F out$'
	output_has '^stderr F err$'
	output_has '^stdout P unfinished$'
	is 0 "$(grep -cvE '^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}\.[0-9]{9}Z ' "$KEPT/x/log")"
}

@test "--log-opt max-size and max-file: so many files, none larger, the newest at the end" {
	expect 0 nsrun run --name x --log-opt max-size=4k --log-opt max-file=3 rootfs seq 1000
	is "log log.1 log.2" "$(cd "$KEPT/x" && echo log*)"
	for file in "$KEPT"/x/log*; do
		[ "$(stat -c %s "$file")" -le 4096 ]
	done
	is 1000 "$(tail -n 1 "$KEPT/x/log" | cut -d' ' -f4)"
	# nothing is missing between the files
	first=$(head -n 1 "$KEPT/x/log.2" | cut -d' ' -f4)
	is "$(seq "$first" 1000)" "$(cat "$KEPT"/x/log.2 "$KEPT"/x/log.1 "$KEPT"/x/log | cut -d' ' -f4)"
	refuses "log-opt" run -d --log-opt max-file=0 rootfs "${MARK[@]}"
	refuses "log-opt" run -d --log-opt max-size=much rootfs "${MARK[@]}"
}

@test "the environment and the working directory are those of the making, also at the next start" {
	caller_env FLAVOUR=first
	as_caller mkdir sub
	expect 0 as_caller sh -c "cd sub && '$NSRUN' create --name x -e FLAVOUR ../rootfs sh -c 'echo \$FLAVOUR'"
	CALLER_ENV=${CALLER_ENV/first/second}
	expect 0 nsrun start -a x
	output_is first
}

# --- the foreground -------------------------------------------------------------------------------

@test "run --name in the foreground: output by descriptor, exit status, and it is kept" {
	expect 3 nsrun run --name x rootfs sh -c 'echo out; echo err >&2; exit 3'
	output_is out
	is err "$stderr"
	shows x '^Exited \(3\)'
	expect 139 nsrun run --name y rootfs probe die 11
}

@test "run --name in the foreground: standard input to its end, however much" {
	as_caller sh -c 'seq 200000 >numbers'
	expect 0 as_caller sh -c "'$NSRUN' run --rm --name x rootfs md5sum <numbers"
	is "$(md5sum <numbers)" "$output"
	expect 0 as_caller sh -c "'$NSRUN' run --rm --name x rootfs cat <numbers | md5sum"
	is "$(md5sum <numbers)" "$output"
	expect 0 as_caller sh -c "'$NSRUN' run --rm --name x rootfs cat </dev/null"
	output_is ''
}

@test "run --name in the foreground: nsrun killed means the container killed" {
	start run --name x rootfs "${READY[@]}"
	wait_for said ready
	init=$(init_of x)
	kill -KILL "$PID"
	wait_for gone "$init"
	expect 0 nsrun wait x
	output_is 137
	expect 0 nsrun rm x
}

@test "run --name in the foreground: SIGTERM is passed on" {
	start run --name x rootfs probe signals
	wait_for said ready
	kill -USR1 "$PID"
	wait_for said USR1
	kill -TERM "$PID"
	wait_for said TERM
	finish 0
	start run --name y rootfs "${READY[@]}"
	wait_for said ready
	kill -TERM "$PID"
	finish 143
	shows y '^Exited \(143\)'
}

@test "run --name in the foreground, its reader gone: the command gets SIGPIPE or an error" {
	expect 0 as_caller timeout "$(slowly 10)" sh -c "'$NSRUN' run --name x rootfs sh -c 'yes; echo ended >&2' | head -n 1"
	output_is y
	wait_for shows x '^Exited'
}

# --- create, start --------------------------------------------------------------------------------

@test "create makes, start starts, once" {
	expect 0 nsrun create --name x rootfs sh -c 'echo ready; exec probe wait'
	[[ $output =~ ^[0-9a-f]{64}$ ]]
	shows x '^Created'
	[ ! -e "$KEPT/x/log" ]
	expect 0 nsrun start x
	output_is x
	wait_for logged x ready
	expect 125 nsrun start x
	stderr_has "the container 'x' runs"
	expect 0 nsrun stop x
	expect 0 nsrun start x
	runs x
}

@test "start -a: output and exit status; -i: input" {
	expect 0 nsrun create --name x rootfs sh -c 'echo out; echo err >&2; exit 6'
	expect 6 nsrun start -a x
	output_is out
	is err "$stderr"
	expect 6 nsrun start -a x
	is $'out\nout' "$(log_of x | grep out)"
	expect 0 nsrun create -i --name y rootfs cat
	expect 0 as_caller sh -c "echo typed | '$NSRUN' start -a -i y"
	output_is typed
}

@test "start: a command that has gone since, says so" {
	expect 0 nsrun create --name x rootfs /bin/own
	expect 127 nsrun start x
	stderr_has "/bin/own"
	shows x '^Exited \(127\)'
}

@test "start: the directory in which it was made has gone" {
	as_caller mkdir sub
	expect 0 as_caller sh -c "cd sub && '$NSRUN' create --name x ../rootfs true"
	rmdir sub
	expect 125 nsrun start x
	stderr_has "'$T/sub'.* is gone"
}

@test "start of several: each is tried, the status tells of the failure" {
	expect 0 nsrun create --name x rootfs "${READY[@]}"
	expect 0 nsrun create --name y rootfs "${READY[@]}"
	expect 125 nsrun start x nobody y
	output_is $'x\ny'
	stderr_has "there is no container 'nobody'"
}

# --- ps -------------------------------------------------------------------------------------------

@test "ps: the running ones; -a: all; -q: ids; --no-trunc: whole" {
	expect 0 nsrun ps
	is 1 "${#lines[@]}"
	keep x
	expect 0 nsrun create --name y rootfs echo a very long command line that would not fit
	expect 1 nsrun run --name z rootfs false
	expect 0 nsrun ps
	is 2 "${#lines[@]}"
	expect 0 nsrun ps -a
	is 4 "${#lines[@]}"
	output_has ' echo a very long comm\.\.\. '
	output_has 'Exited \(1\) [0-9]+ seconds? ago +z$'
	expect 0 nsrun ps -aq
	is "$(printf '%s\n' "$(state_id x)" "$(state_id y)" "$(state_id z)")" "$output"
	expect 0 nsrun ps -a --no-trunc
	output_has '^[0-9a-f]{64} .* echo a very long command line that would not fit '
	expect 0 nsrun ps -q --no-trunc
	is 64 "${#output}"
}

@test "ps --filter: status, name, id, exited; all of them at once; another is refused" {
	keep web1
	keep web2
	expect 4 nsrun run --name job rootfs sh -c 'exit 4'
	expect 0 nsrun create --name new rootfs true
	ps_names() { nsrun ps "$@" | awk -F '  +' 'NR > 1 { print $NF }' | xargs; }
	is "web1 web2" "$(ps_names --filter status=running)"
	is "job" "$(ps_names --filter status=exited)"
	is "new" "$(ps_names --filter status=created)"
	is "web1 web2" "$(ps_names --filter name=web)"
	is "web2" "$(ps_names -a --filter "id=$(state_id web2)")"
	is "job" "$(ps_names --filter exited=4)"
	is "" "$(ps_names --filter exited=5)"
	is "web1" "$(ps_names --filter status=running --filter name=1)"
	refuses "--filter" ps --filter colour=red
	refuses "--filter" ps --filter running
	refuses "--filter" ps --filter =running
}

# --- exec -----------------------------------------------------------------------------------------

@test "exec: output, input, exit status, as who and where" {
	keep x -e FROM=run -w /tmp
	expect 7 nsrun exec x sh -c 'echo out; echo err >&2; exit 7'
	output_is out
	is err "$stderr"
	expect 0 as_caller sh -c "seq 100000 | '$NSRUN' exec -i x md5sum"
	is "$(seq 100000 | md5sum)" "$output"
	expect 0 nsrun exec x sh -c 'echo $FROM; pwd; id -u'
	output_is $'run\n/tmp\n0'
	expect 0 nsrun exec -u 1000:1001 -w /etc -e FROM=exec -e MORE=yes x sh -c 'echo $FROM $MORE; pwd; id -u; id -g'
	output_is $'exec yes\n/etc\n1000\n1001'
	expect 127 nsrun exec x /no/such/command
	stderr_has "'/no/such/command'"
	expect 126 nsrun exec x /etc/passwd
	expect 139 nsrun exec x probe die 11
	expect 137 nsrun exec x sh -c 'kill -KILL $$'
}

@test "exec: refused without a command, without a container, and in one that does not run" {
	refuses "container and a command" exec
	refuses "there is no container 'x'" exec x true
	expect 0 nsrun create --name x rootfs true
	refuses "container and a command" exec x
	refuses "does not run" exec x true
	stderr_has 'nsrun start x'
}

@test "exec: what the container is made of need not be there any more" {
	as_caller sh -c 'echo A=1 >list; mkdir data; mkdir sub'
	expect 0 as_caller sh -c "cd sub && '$NSRUN' run -d --name x --env-file ../list -v ../data:/data ../rootfs probe wait"
	rm list
	mv data data2
	expect 0 nsrun exec x sh -c 'echo $A; ls -d /data'
	output_is $'1\n/data'
}

@test "exec -d returns at once, and its command goes on without a reader" {
	keep x
	expect 0 nsrun exec -d x sh -c 'touch /begun; while [ ! -e /stop ]; do sleep 0.05; done; touch /ended'
	wait_for [ -e rootfs/begun ]
	[ ! -e rootfs/ended ]
	as_caller touch rootfs/stop
	wait_for [ -e rootfs/ended ]
}

@test "exec: nsrun killed means its command killed, and the container goes on" {
	keep x
	start exec x sh -c 'echo ready; exec probe wait'
	wait_for said ready
	child=$(pgrep -u "$CALLER" -x probe -n)
	kill -KILL "$PID"
	wait_for gone "$child"
	runs x
}

@test "exec: signals are passed on" {
	keep x
	start exec x probe signals
	wait_for said ready
	kill -HUP "$PID"
	wait_for said HUP
	kill -TERM "$PID"
	finish 0
}

@test "exec ends with its container" {
	keep x
	start exec x sh -c 'echo ready; exec probe wait'
	wait_for said ready
	expect 0 nsrun stop x
	finish 137
}

# same FIELD...: these lines of /proc/PID/status are the same in pid 1 and in what exec runs.
same() {
	local fields
	fields=$(IFS='|' && echo "^($*):")
	expect 0 nsrun exec x grep -E "$fields" /proc/1/status || return 1
	is "$#" "${#lines[@]}" lines || return 1
	is "$output" "$(nsrun exec x grep -E "$fields" /proc/self/status)"
}

CONFINED=(CapInh CapPrm CapEff CapBnd CapAmb NoNewPrivs Seccomp Seccomp_filters Uid Gid Groups)

@test "exec: the same capabilities, filter and no_new_privs as the container" {
	keep x
	same "${CONFINED[@]}"
	expect 0 nsrun exec x grep -E '^(Seccomp|NoNewPrivs):' /proc/self/status
	output_is $'NoNewPrivs:\t1\nSeccomp:\t2'
}

@test "exec: the same where the container was given less or more" {
	keep x --cap-drop ALL --cap-add NET_ADMIN,CHOWN --security-opt seccomp=unconfined \
		--security-opt no-new-privileges=false -u 5:6 --group-add 7
	same "${CONFINED[@]}"
	expect 0 nsrun rm -f x
	keep x --privileged
	same "${CONFINED[@]}"
}

@test "exec: a profile of one's own, also when its file is gone" {
	as_caller tee profile >/dev/null <<-'JSON'
		{ "defaultAction": "SCMP_ACT_ALLOW",
		  "syscalls": [ { "names": ["mkdir", "mkdirat"], "action": "SCMP_ACT_ERRNO", "errnoRet": 71 } ] }
	JSON
	caller_env "XDG_CACHE_HOME=$T/cache"
	keep x --security-opt "seccomp=$T/profile"
	rm profile
	same Seccomp Seccomp_filters
	expect 1 nsrun exec x mkdir /new
	stderr_has 'protocol error'
}

@test "exec: the same limits, namespaces, control group, id maps, score and root" {
	keep x --ulimit nofile=77:99 --ulimit core=0 --oom-score-adj 321
	for file in limits uid_map gid_map setgroups cgroup oom_score_adj; do
		is "$(nsrun exec x cat "/proc/1/$file")" "$(nsrun exec x cat "/proc/self/$file")" "$file"
	done
	for kind in user mnt pid net ipc uts cgroup; do
		is "$(readlink "/proc/$(init_of x)/ns/$kind")" \
			"$(nsrun exec x readlink "/proc/self/ns/$kind")" "$kind"
	done
	is "$(nsrun exec x stat -c %d:%i /proc/1/root/)" "$(nsrun exec x stat -c %d:%i /)"
	is "$(nsrun exec x grep '^Cpus_allowed:' /proc/1/status)" "$(nsrun exec x grep '^Cpus_allowed:' /proc/self/status)"
}

@test "exec: also with a single id, with keep-id, and with --network=host" {
	for options in '--userns=keep-id' "--uidmap 0:$CALLER_UID:1 --gidmap 0:$CALLER_GID:1" '--network=host --ipc=host'; do
		read -ra words <<<"$options"
		keep x --replace "${words[@]}"
			same "${CONFINED[@]}"
		expect 0 nsrun exec x id -u
	done
}

@test "exec: descriptors 0, 1 and 2, and no other; --preserve-fds asks for more" {
	keep x
	expect 0 as_caller bash -c "exec 5</etc/passwd 9</; exec '$NSRUN' exec x probe fds"
	output_is $'0\n1\n2'
	expect 0 as_caller bash -c "exec 3</etc/passwd 4</etc/group 5</etc/hosts; exec '$NSRUN' exec --preserve-fds 2 x sh -c 'probe fds; head -n 1 <&3 | cut -d: -f1'"
	output_is $'0\n1\n2\n3\n4\nroot'
	# what nsrun itself has open there by then does not count
	run --separate-stderr as_caller bash -c "exec 3<&-; exec '$NSRUN' exec --preserve-fds 1 x true"
	[ "$status" -eq 125 ]
	stderr_has 'not all of the descriptors 3 to 3 are open'
}

@test "exec by root into a container that has root's id: from a program that nothing in there can write" {
	need strace strace -V
	use_keeper root
	keep x --uidmap 0:0:1000
	CALLER_PREFIX="strace -f -qq -e trace=memfd_create -o $T/calls"
	expect 0 nsrun exec x true
	CALLER_PREFIX=''
	grep -q 'memfd_create("nsrun"' calls
	keep y --uidmap 0:100000:1000
	CALLER_PREFIX="strace -f -qq -e trace=memfd_create -o $T/calls"
	expect 0 nsrun exec y true
	CALLER_PREFIX=''
	test -e calls
	never grep -F memfd_create calls
}

@test "exec --env-file: a pipe, too, which can be read once only" {
	keep x
	expect 0 as_caller bash -c "echo A=once | '$NSRUN' exec -i --env-file /dev/stdin x sh -c 'echo \$A'"
	output_is once
	expect 0 as_caller bash -c "'$NSRUN' exec --env-file <(echo A=once) x sh -c 'echo \$A'"
	output_is once
	# one that would execute itself anew, and read it again
	install -o "$CALLER" -m 0755 "$NSRUN" own-nsrun
	run --separate-stderr as_caller bash -c "./own-nsrun run --env-file <(echo A=once) rootfs sh -c 'echo \$A'"
	[ "$status" -eq 125 ]
	stderr_has 'can be read once only'
}

@test "exec --privileged: all that the user namespace has, still filtered by no_new_privs" {
	keep x --cap-drop ALL
	expect 0 nsrun exec --privileged x grep CapEff /proc/self/status
	output_is $'CapEff:\t000001ffffffffff'
	expect 0 nsrun exec x grep CapEff /proc/self/status
	output_is $'CapEff:\t0000000000000000'
}

@test "exec -t: a terminal of the container's own, of the right size, and never the host's" {
	keep x
	terminal <<-'PYTHON'
		command = Terminal(["nsrun", "exec", "-it", "x", "sh", "-c",
		    "tty; stty size; readlink /proc/self/fd/0 /proc/self/fd/1 /proc/self/fd/2; test -t 0 && echo interactive; read word; echo got $word"], rows=33, cols=99)
		command.expect("^/dev/(pts/\\d+|console)\n")
		command.expect("^33 99$")
		command.expect("interactive")
		command.send("typed\n")
		command.expect("^got typed")
		assert command.wait() == 0
		assert command.name not in command.transcript.replace("/dev/pts/0", ""), command.transcript
		assert command.modes() == command.modes_before
	PYTHON
	# without -t, at a terminal: what it gets is no terminal of the host
	terminal <<-'PYTHON'
		command = Terminal(["nsrun", "exec", "-t=false", "x", "sh", "-c",
		    "for fd in 0 1 2; do test -t $fd && echo a terminal; done; tty; echo done"])
		command.expect("done")
		assert command.wait() in (0, 1)
		assert "a terminal" not in command.transcript, command.transcript
	PYTHON
}

@test "exec -t: job control, resizing, several at once" {
	keep x
	terminal <<-'PYTHON'
		one = Terminal(["nsrun", "exec", "-it", "x", "sh"])
		two = Terminal(["nsrun", "exec", "-it", "x", "sh"], rows=10, cols=20)
		one.expect("[$#] ")
		two.expect("[$#] ")
		one.send("stty size\n")
		one.expect("^24 80")
		two.send("stty size\n")
		two.expect("^10 20")
		one.resize(50, 132)
		one.type_until("stty size\n", "^50 132")
		one.send("cat\n")
		one.expect("cat\n")
		one.type_until("\x03", "\\^C\n")
		one.expect("[$#] ")
		one.send("exit 5\n")
		assert one.wait() == 5
		two.send("exit 6\n")
		assert two.wait() == 6
	PYTHON
}

# --- attach ---------------------------------------------------------------------------------------

@test "attach: the output that comes from now on, and the exit status" {
	expect 0 nsrun run -d -i --name x rootfs sh -c 'echo before; read go; echo "after $go"; echo err >&2; exit 8'
	wait_for logged x before
	expect 8 as_caller sh -c "echo now | '$NSRUN' attach x"
	output_is 'after now'
	is err "$stderr"
}

@test "attach: to none, to one that does not run, to two" {
	refuses "one container" attach
	refuses "there is no container" attach x
	expect 0 nsrun create --name x rootfs true
	refuses "does not run" attach x
	refuses "one container" attach x x
}

@test "attach: the input of one reader that ends does not end it for the others" {
	expect 0 nsrun run -d -i --name x rootfs sh -c 'echo ready; while read word; do echo "got $word"; done; exit 9'
	wait_for logged x ready
	as_caller mkfifo pipe
	exec 8<>pipe
	STDIN=pipe start attach x
	echo one >&8
	wait_for said 'got one'
	kill -KILL "$PID"
	wait "$PID" || true
	runs x
	STDIN=pipe start attach x
	echo two >&8
	wait_for said 'got two'
	exec 8>&-
}

@test "attach: SIGTERM goes to the command; with --sig-proxy=false it ends attach only" {
	expect 0 nsrun run -d --name x rootfs probe signals
	wait_for logged x ready
	start attach x
	wait_for attached_to x 1
	kill -USR2 "$PID"
	wait_for said USR2
	kill -KILL "$PID"
	start attach --sig-proxy=false x
	wait_for attached_to x 1
	kill -TERM "$PID"
	finish 0
	runs x
	start attach x
	wait_for attached_to x 1
	kill -TERM "$PID"
	finish 0
}

# attached_to NAME COUNT: so many connections are with its monitor, beside the listening one.
attached_to() {
	local inode found=0
	found=$(find "/proc/$(monitor_of "$1")/fd" -lname 'socket:*' | wc -l)
	# the listener and the channel to init, which ends when the command runs
	[ "$found" -eq $(($2 + 1)) ]
}

@test "attach at a terminal: typing, resizing, detaching by ctrl-p ctrl-q, coming back" {
	expect 0 nsrun run -d -it --name x rootfs sh
	terminal <<-'PYTHON'
		command = Terminal(["nsrun", "attach", "x"], rows=30, cols=70)
		command.type_until("echo $((40 + 2))\n", "^42")
		assert command.is_raw()
		command.type_until("stty size\n", "^30 70")
		command.resize(11, 22)
		command.type_until("stty size\n", "^11 22")
		command.send("\x10\x11")
		assert command.wait() == 0
		assert command.modes() == command.modes_before

		# the keys in two reads, with time between them
		command = Terminal(["nsrun", "attach", "x"])
		command.type_until("echo again\n", "^again")
		while command.read_more(0.2):
		    pass # the prompt
		command.send("\x10")
		assert not command.read_more(0.2)
		command.send("\x11")
		assert command.wait() == 0

		# the first key alone is passed on when another follows
		command = Terminal(["nsrun", "attach", "x"])
		command.type_until("echo there\n", "^there")
		command.send("echo be''gin; cat -v\n")
		command.expect("^begin")
		command.send("\x16\x10x\n")
		command.expect("^\\^Px")
		command.send("\x04")
		command.expect("[$#] ")
		command.send("exit 12\n")
		assert command.wait() == 12
		assert command.modes() == command.modes_before
	PYTHON
}

@test "attach --detach-keys: others, and none" {
	expect 0 nsrun run -d -it --detach-keys ctrl-a,d --name x rootfs sh
	terminal <<-'PYTHON'
		command = Terminal(["nsrun", "attach", "x"])
		command.type_until("echo one\n", "^one")
		command.send("\x01")
		command.send("d")
		assert command.wait() == 0

		command = Terminal(["nsrun", "attach", "--detach-keys", "q", "x"])
		command.type_until("echo two\n", "^two")
		command.send("q")
		assert command.wait() == 0

		command = Terminal(["nsrun", "attach", "--detach-keys", "", "x"])
		command.type_until("echo three\n", "^three")
		command.send("\x01d\x10\x11\x15")
		command.send("echo $((1 + 3))\n")
		command.expect("^4")
		command.send("exit\n")
		assert command.wait() == 0
	PYTHON
	refuses "detach-keys" attach --detach-keys ctrl-ö x
}

@test "attach: several terminals see the same, and one that leaves takes nothing away" {
	expect 0 nsrun run -d -it --name x rootfs sh
	terminal <<-'PYTHON'
		one = Terminal(["nsrun", "attach", "x"])
		one.type_until("echo one\n", "^one")
		two = Terminal(["nsrun", "attach", "x"])
		two.type_until("echo two\n", "^two")
		one.expect("^two")
		one.send("\x10\x11")
		assert one.wait() == 0
		two.send("echo $((2 + 3))\n")
		two.expect("^5")
		two.hang_up()
		three = Terminal(["nsrun", "attach", "x"])
		three.type_until("echo three\n", "^three")
		three.send("exit 3\n")
		assert three.wait() == 3
	PYTHON
}

@test "run --name at a terminal: left by the keys, it goes on; ctrl-c ends what has no handler" {
	terminal <<-'PYTHON'
		command = Terminal(["nsrun", "run", "-it", "--name", "x", "rootfs", "sh"])
		command.expect("[$#] ")
		command.send("echo $((20 + 3)); stty size\n")
		command.expect("^23")
		command.expect("^24 80")
		command.send("\x10\x11")
		assert command.wait() == 0
		assert command.modes() == command.modes_before
	PYTHON
	runs x
	expect 0 nsrun stop -t 0 x
	terminal <<-'PYTHON'
		command = Terminal(["nsrun", "run", "-it", "--name", "y", "rootfs", "probe", "wait"])
		command.expect("^ready")
		command.send("\x03")
		assert command.wait() == 130, command.status
	PYTHON
	shows y '^Exited \(130\)'
}

@test "run --name at a terminal that is closed: the container ends" {
	terminal <<-'PYTHON'
		command = Terminal(["nsrun", "run", "-it", "--name", "x", "rootfs", "probe", "wait"])
		command.expect("^ready")
		command.hang_up()
	PYTHON
	DEADLINE=5 wait_for shows x '^Exited'
}

# --- stop, kill, restart, wait --------------------------------------------------------------------

@test "stop: SIGTERM to who handles it, and to a pid 1 that does not" {
	expect 0 nsrun run -d --name x rootfs sh -c 'trap "echo told; exit 2" TERM; echo ready; while :; do read -t 1 _ <>/dev/ptmx; done'
	wait_for logged x ready
	expect 0 nsrun stop x
	output_is x
	logged x told
	shows x '^Exited \(2\)'
	keep y
	expect 0 nsrun stop y
	shows y '^Exited \(143\)'
	# once more is no error
	expect 0 nsrun stop y
}

@test "stop -t: one that ignores SIGTERM is killed, at once with 0" {
	for name in x y; do
		expect 0 nsrun run -d --name "$name" rootfs sh -c 'trap "" TERM; echo ready; exec probe wait'
		wait_for logged "$name" ready
	done
	expect 0 timeout "$(slowly 3)" "$TEST_LIB/as-caller" "$CALLER" "$NSRUN" stop -t 0 x
	shows x '^Exited \(137\)'
	before=$(date +%s%N)
	expect 0 nsrun stop --time 1 y
	[ $(($(date +%s%N) - before)) -ge 1000000000 ]
	shows y '^Exited \(137\)'
	refuses "seconds" stop -t soon x
}

@test "stop -a and stop of several; --ignore" {
	keep x
	keep y
	keep z
	expect 0 nsrun stop x y
	output_is $'x\ny'
	runs z
	expect 0 nsrun stop -a
	never runs z
	expect 125 nsrun stop nobody
	expect 0 nsrun stop --ignore nobody
}

@test "stop: everything in the container ends, not only its first process" {
	keep x
	expect 0 nsrun exec -d x sh -c 'trap "" TERM; touch /begun; exec probe wait'
	wait_for [ -e rootfs/begun ]
	expect 0 nsrun stop x
	wait_for no_container_processes
}

@test "kill: SIGKILL, another signal by name and number, and none" {
	expect 0 nsrun run -d --name x rootfs probe signals
	wait_for logged x ready
	expect 0 nsrun kill -s USR1 x
	wait_for logged x USR1
	expect 0 nsrun kill --signal SIGHUP x
	wait_for logged x HUP
	expect 0 nsrun kill -s 12 x
	wait_for logged x USR2
	expect 0 nsrun kill -s RTMIN+3 x
	wait_for logged x RT3
	refuses "no signal" kill -s NONE x
	refuses "no signal" kill -s 0 x
	refuses "no signal" kill -s 65 x
	runs x
	expect 0 nsrun kill x
	output_is x
	expect 0 nsrun wait x
	output_is 137
	expect 125 nsrun kill x
	stderr_has 'does not run'
}

@test "kill: with the host's process ids a signal is a signal" {
	keep x --pid=host
	expect 0 nsrun kill -s TERM x
	expect 0 nsrun wait x
	output_is 143
}

@test "kill -a passes over those that do not run" {
	keep x
	expect 0 nsrun create --name y rootfs true
	expect 0 nsrun kill -a
	expect 0 nsrun wait x
}

@test "restart: another process, the same container, also of one that has ended" {
	keep x
	first=$(init_of x)
	id=$(state_id x)
	expect 0 nsrun restart x
	output_is x
	gone "$first"
	is "$id" "$(state_id x)"
	expect 0 nsrun stop x
	expect 0 nsrun restart -t 0 x
	runs x
}

@test "an argument vector of any length comes back at the next start" {
	for words in '' 'a' 'a b' 'a b c' 'a b c d' 'a b c d e' 'a b c d e f'; do
		read -ra list <<<"$words"
		expect 0 nsrun create --name x --replace rootfs echo "${list[@]}"
		expect 0 nsrun start -a x
		output_is "$words"
	done
}

@test "wait: the status of one that ends, of one that has, of several" {
	keep x
	start wait x
	wait_for attached_to x 1
	expect 0 nsrun kill x
	finish 0
	is 137 "$(cat "$T/stdout")"
	expect 3 nsrun run --name y rootfs sh -c 'exit 3'
	expect 4 nsrun run --name z rootfs sh -c 'exit 4'
	expect 0 nsrun wait x y z
	output_is $'137\n3\n4'
	expect 0 nsrun create --name new rootfs true
	expect 125 nsrun wait new
	expect 125 nsrun wait nobody
}

@test "wait: the status also of one that removes itself" {
	expect 0 nsrun run -d -i --rm --name x rootfs sh -c 'echo ready; read go; exit 6'
	wait_for logged x ready
	start wait x
	wait_for attached_to x 1
	expect 6 as_caller sh -c "echo go | '$NSRUN' attach x"
	finish 0
	is 6 "$(cat "$T/stdout")"
	is '' "$(ls -A "$KEPT")"
}

# --- rm, rename -----------------------------------------------------------------------------------

@test "rm: one that runs is refused and goes on; -f removes it" {
	keep x
	expect 125 nsrun rm x
	stderr_has "the container 'x' runs"
	stderr_has 'nsrun stop x'
	runs x
	init=$(init_of x)
	expect 0 nsrun rm -f x
	output_is x
	gone "$init"
	is '' "$(ls -A "$KEPT")"
	expect 125 nsrun rm x
	expect 0 nsrun rm --ignore x
}

@test "rm -a: those that do not run; rm -f -a: all" {
	keep x
	expect 0 nsrun create --name y rootfs true
	expect 0 nsrun create --name z rootfs true
	expect 0 nsrun rm y
	expect 125 nsrun rm -a
	is x "$(ls -A "$KEPT")"
	expect 0 nsrun rm -f -a
	is '' "$(ls -A "$KEPT")"
}

@test "rm -f -t: it is asked before it is killed" {
	expect 0 nsrun run -d --name x rootfs sh -c 'trap "touch /told; exit" TERM; echo ready; while :; do read -t 1 _ <>/dev/ptmx; done'
	wait_for logged x ready
	expect 0 nsrun rm -f -t 5 x
	[ -e rootfs/told ]
}

@test "rename: one that has ended, one that runs, and not to a name that is taken" {
	keep x
	expect 0 nsrun create --name y rootfs true
	expect 0 nsrun rename y z
	expect 125 nsrun rename x z
	stderr_has "'z' is in use"
	expect 0 nsrun rename x w
	runs w
	expect 0 nsrun exec w echo inside
	output_is inside
	expect 125 nsrun exec x true
	expect 0 nsrun kill w
	expect 0 nsrun wait w
	output_is 137
	is "w z" "$(entries "$KEPT")"
	refuses "not a name" rename w ../w
	refuses "new name" rename w
	expect 0 nsrun rename "$(state_id w)" v
	is "v z" "$(entries "$KEPT")"
}

@test "rename of one with --rm: it still removes itself" {
	keep x --rm
	expect 0 nsrun rename x y
	expect 0 nsrun stop y
	is '' "$(ls -A "$KEPT")"
}

# --- names and ids --------------------------------------------------------------------------------

@test "a container is found by its name, its id, and an unambiguous beginning of that" {
	keep x
	keep y
	id=$(sed -nE 's/^  "id": "([0-9a-f]{64}).*/\1/p' "$KEPT/x/config.json")
	expect 0 nsrun exec "$id" true
	expect 0 nsrun exec "${id:0:12}" true
	expect 125 nsrun exec "${id:0:20}x" true
	# a name goes before an id
	expect 0 nsrun rename y "${id:0:3}"
	expect 0 nsrun stop "${id:0:3}"
	runs x
	refuses "there is no container ''" stop ''
}

@test "an id that two begin with is refused" {
	expect 0 nsrun create --name x rootfs true
	expect 0 nsrun create --name y rootfs true
	for name in x y; do
		sed -i -E 's/"id": "..../"id": "abcd/' "$KEPT/$name/config.json"
	done
	expect 125 nsrun rm abcd
	stderr_has "more than one"
	is "x y" "$(entries "$KEPT")"
}

@test "words that are no names are refused, and make nothing" {
	long=$(printf 'a%.0s' {1..129})
	for name in '' . .. ../x a/b /x x/ -x _x .x ' ' 'a b' $'a\n' $'a\tb' a:b 'a*' ä "$long" "$(printf 'a%.0s' {1..300})"; do
		refuses "not a name" run -d "--name=$name" rootfs "${MARK[@]}"
		refuses "not a name" create "--name=$name" rootfs "${MARK[@]}"
	done
	[ ! -e "$KEPT" ] || is '' "$(ls -A "$KEPT")"
	[ ! -e "$STATE/nsrun/x" ]
	expect 0 nsrun create "--name=${long:1}" rootfs true
	for name in .. . ../containers "../containers/${long:1}" "${long:1}/" '*'; do
		expect 125 nsrun rm -f -- "$name"
		stderr_has "there is no container"
	done
	is "${long:1}" "$(ls -A "$KEPT")"
	expect 0 nsrun rm "${long:1}"
}

# --- several users --------------------------------------------------------------------------------

@test "two users at once do not see each other, and may use the same name" {
	keep x
	alice=$(init_of x)
	use_keeper nsrun-bob
	expect 0 nsrun ps -a -q
	output_is ''
	refuses "there is no container" stop x
	keep x
	expect 0 nsrun rm -f x
	kill -0 "$alice"
	# not even when he looks where they are
	CALLER_ENV=XDG_RUNTIME_DIR=$(keeper_home nsrun-alice)/state
	expect 0 nsrun ps -a -q
	output_is ''
	expect 125 nsrun exec x true
	back_to nsrun-alice
	runs x
}

@test "a user without subordinate ids" {
	use_keeper nsrun-carol
	keep x -q
	expect 0 nsrun exec x id -u
	output_is 0
	same "${CONFINED[@]}"
	expect 0 nsrun stop x
	expect 0 nsrun rm x
}

@test "root" {
	use_keeper root
	keep x --uidmap 0:700000:65536
	expect 0 nsrun exec x cat /proc/self/uid_map
	is '0 700000 65536' "$(squeeze <<<"$output")"
	same "${CONFINED[@]}"
	expect 0 nsrun restart x
	expect 0 nsrun stop x
	expect 0 nsrun rm x
	subids root:700000:65536
	keep y
	expect 0 nsrun exec y id -u
	expect 0 nsrun rm -f y
}
