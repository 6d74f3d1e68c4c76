#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# What the payload finds itself in: environment, limits, capabilities, descriptors.

load ../lib/common

@test "the environment starts nearly empty: nothing of the caller's comes in" {
	caller_env SECRET=1 LD_LIBRARY_PATH=/x XDG_RUNTIME_DIR=/run/user/1 NOTIFY_SOCKET=/x LISTEN_FDS=1
	expect 0 nsrun rootfs env
	output_lacks 'SECRET|LD_|XDG_|NOTIFY|LISTEN|nsrun-'
	output_has '^PATH=/'
	output_has '^HOME=/root$'
}

@test "-e NAME=VALUE, -e NAME, and one that the caller does not have" {
	caller_env WORD='two words'
	expect 0 nsrun -e A=1 --env B= -e WORD -e ABSENT -e C='x=y
z' rootfs env
	output_has '^A=1$'
	output_has '^B=$'
	output_has '^WORD=two words$'
	output_lacks '^ABSENT'
	output_has '^C=x=y$'
	output_has '^z$'
}

@test "-e: the last one counts, and a bad name is refused" {
	expect 0 nsrun -e A=1 -e A=2 rootfs sh -c 'env | grep ^A='
	output_is A=2
	refuses 'env' -e =x rootfs "${MARK[@]}"
	refuses 'env' -e '' rootfs "${MARK[@]}"
}

@test "--env-file: comments and blank lines are left out, names import" {
	caller_env WORD=imported
	printf '%s\n' '# comment' '' 'A=1' 'B=two words # no comment' 'WORD' 'ABSENT' >file
	expect 0 nsrun --env-file file rootfs env
	output_has '^A=1$'
	output_has '^B=two words # no comment$'
	output_has '^WORD=imported$'
	output_lacks '^ABSENT|comment$|^#' || output_has 'no comment$'
	refuses 'no-such-file' --env-file no-such-file rootfs "${MARK[@]}"
}

@test "--env-file and -e: -e wins, whatever the order, as with podman" {
	echo A=file >file
	expect 0 nsrun --env-file file -e A=line rootfs sh -c 'echo $A'
	output_is line
	expect 0 nsrun -e A=line --env-file file rootfs sh -c 'echo $A'
	output_is line
}

@test "--env-host and --unsetenv" {
	caller_env SECRET=1 OTHER=2
	expect 0 nsrun --env-host rootfs env
	output_has '^SECRET=1$'
	expect 0 nsrun --env-host --unsetenv SECRET rootfs env
	output_lacks '^SECRET'
	output_has '^OTHER=2$'
}

@test "--unsetenv of a variable that nsrun sets itself" {
	expect 0 nsrun --unsetenv HOME --unsetenv HOSTNAME rootfs env
	output_lacks '^(HOME|HOSTNAME)='
}

@test "the command is looked up in the container's PATH" {
	executable_in_rootfs opt/bin/tool <<<'#!/bin/sh
echo found'
	expect 127 nsrun rootfs tool
	expect 0 nsrun -e PATH=/opt/bin:/bin rootfs tool
	output_is found
}

@test "-w: the working directory" {
	expect 0 nsrun rootfs pwd
	output_is /
	expect 0 nsrun -w /etc rootfs pwd
	output_is /etc
	expect 0 nsrun --workdir=/tmp rootfs sh -c 'pwd; echo $PWD'
	output_is $'/tmp\n/tmp'
	refuses 'workdir|working directory' -w relative rootfs "${MARK[@]}"
}

@test "-w: a directory that is missing is made or refused, never ignored" {
	run --separate-stderr nsrun -w /no/such/dir rootfs pwd
	if [ "$status" -eq 0 ]; then
		output_is /no/such/dir
	else
		is 125 "$status"
		stderr_has '/no/such/dir'
	fi
}

@test "--entrypoint: a program before the command" {
	expect 0 nsrun --entrypoint echo rootfs one two
	output_is 'one two'
	expect 0 nsrun --entrypoint '' rootfs echo hello
	output_is hello
}

@test "--entrypoint: several words as a JSON array, as podman takes them" {
	expect 0 nsrun --entrypoint '["echo","-n","one"]' rootfs two
	output_is 'one two'
}

@test "--umask, and the default whatever the caller's is" {
	expect 0 nsrun rootfs sh -c umask
	output_is 0022
	expect 0 nsrun --umask 0077 rootfs sh -c 'umask; touch /file; stat -c %a /file'
	output_is $'0077\n600'
	expect 0 as_caller sh -c 'umask 0; exec "$@"' sh "$NSRUN" rootfs sh -c umask
	output_is 0022
	refuses 'umask' --umask 0888 rootfs "${MARK[@]}"
	refuses 'umask' --umask 01000 rootfs "${MARK[@]}"
}

@test "a caller's umask of 077 does not reach the rootfs's mount points" {
	expect 0 as_caller sh -c 'umask 077; exec "$@"' sh "$NSRUN" -u app -v /etc/passwd:/new/dir/file rootfs \
		sh -c 'cat /new/dir/file >/dev/null && ls /dev/shm && cat /etc/hosts >/dev/null && echo ok'
	output_is ok
}

@test "--ulimit: soft and hard, one for both" {
	expect 0 nsrun --ulimit nofile=100:200 rootfs sh -c 'ulimit -Sn; ulimit -Hn'
	output_is $'100\n200'
	expect 0 nsrun --ulimit nofile=128 --ulimit core=0 rootfs sh -c 'ulimit -Sn; ulimit -Hn; ulimit -c'
	output_is $'128\n128\n0'
	refuses 'magic' --ulimit magic=1 rootfs "${MARK[@]}"
	refuses 'nofile' --ulimit nofile=200:100 rootfs "${MARK[@]}"
	refuses 'nofile' --ulimit nofile=x rootfs "${MARK[@]}"
}

@test "--ulimit host: the caller's own limits, as podman has it" {
	expect 0 as_caller sh -c 'ulimit -S -n 333; exec "$@"' sh "$NSRUN" --ulimit host rootfs sh -c 'ulimit -Sn'
	output_is 333
}

@test "--ulimit above the caller's hard limit is refused to a user, and named" {
	run --separate-stderr as_caller sh -c 'ulimit -n 1000; exec "$@"' sh "$NSRUN" --ulimit nofile=2000:2000 \
		rootfs "${MARK[@]}"
	is 125 "$status"
	stderr_has 'nofile'
	[ ! -e rootfs/mark ]
}

@test "--sysctl: those of the new namespaces" {
	expect 0 nsrun --sysctl net.ipv4.ip_forward=1 rootfs cat /proc/sys/net/ipv4/ip_forward
	output_is 1
	expect 0 nsrun --sysctl kernel.msgmax=4242 rootfs cat /proc/sys/kernel/msgmax
	output_is 4242
	expect 0 nsrun --sysctl fs.mqueue.msg_max=12 rootfs cat /proc/sys/fs/mqueue/msg_max
	output_is 12
}

@test "--sysctl: what is the host's is refused" {
	refuses 'vm.swappiness' --sysctl vm.swappiness=1 rootfs "${MARK[@]}"
	refuses 'kernel.panic' --sysctl kernel.panic=1 rootfs "${MARK[@]}"
	refuses 'net.ipv4.ip_forward' --network=host --sysctl net.ipv4.ip_forward=1 rootfs "${MARK[@]}"
	refuses 'kernel.msgmax' --ipc=host --sysctl kernel.msgmax=4242 rootfs "${MARK[@]}"
	refuses 'sysctl' --sysctl net/../vm/swappiness=1 rootfs "${MARK[@]}"
	refuses 'sysctl' --sysctl net.ipv4.ip_forward rootfs "${MARK[@]}"
}

@test "the payload as root has podman's eleven capabilities, and nothing inheritable or ambient" {
	expect 0 nsrun rootfs grep -E '^(Cap|NoNewPrivs)' /proc/self/status
	is "CapInh: 0000000000000000
CapPrm: 00000000800405fb
CapEff: 00000000800405fb
CapBnd: 00000000800405fb
CapAmb: 0000000000000000
NoNewPrivs: 1" "$(squeeze <<<"$output")"
}

@test "the payload as another user has no capabilities" {
	expect 0 nsrun -u app rootfs grep -E '^Cap' /proc/self/status
	is "CapInh: 0000000000000000
CapPrm: 0000000000000000
CapEff: 0000000000000000
CapBnd: 00000000800405fb
CapAmb: 0000000000000000" "$(squeeze <<<"$output")"
}

@test "a setuid program in the rootfs gives nothing" {
	as_caller mkdir rootfs/setuid
	as_caller cp rootfs/bin/busybox rootfs/setuid/id
	chmod 4755 rootfs/setuid/id
	expect 0 nsrun -u app rootfs /setuid/id -u
	output_is 100
}

@test "the caller's signal dispositions and mask do not come in" {
	# what posix_spawn(3) starts, as make does, ignores the two signals that the C library keeps for itself
	expect 0 as_caller python3 -c '
import os, sys
os._exit(os.waitstatus_to_exitcode(os.waitpid(os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ), 0)[1]))' \
		/usr/bin/env --ignore-signal=PIPE,CHLD,INT,TERM,USR1 --block-signal=HUP,TERM,CHLD "$NSRUN" rootfs \
		grep -E '^Sig(Blk|Ign|Cgt)' /proc/self/status
	is "SigBlk: 0000000000000000
SigIgn: 0000000000000000
SigCgt: 0000000000000000" "$(squeeze <<<"$output")"
}

@test "a caller who ignores SIGCHLD and SIGPIPE gets the exit status nevertheless" {
	expect 42 as_caller env --ignore-signal=PIPE,CHLD "$NSRUN" rootfs sh -c 'exit 42'
	expect 42 as_caller env --block-signal "$NSRUN" rootfs sh -c 'exit 42'
}

@test "descriptors of the caller are closed" {
	run --separate-stderr nsrun rootfs probe fds 5</etc/passwd 7</etc 9</dev/null 20</dev/null
	output_is $'0\n1\n2'
}

@test "--preserve-fds N passes 3 to N+2" {
	echo content >file
	run --separate-stderr nsrun --preserve-fds 1 rootfs sh -c 'cat <&3; exec probe fds' 3<file 4</etc/passwd 5</dev/null
	output_is $'content\n0\n1\n2\n3'
	run --separate-stderr nsrun --preserve-fds=3 rootfs probe fds 3<file 4</etc/passwd 5</dev/null 6</dev/null
	output_is $'0\n1\n2\n3\n4\n5'
	refuses 'preserve-fds' --preserve-fds x rootfs "${MARK[@]}"
}

@test "--preserve-fds of descriptors that are not open is an error or leaves them out" {
	run --separate-stderr bash -c 'exec "$@" 3>&- 4>&- 5>&-' bash "$TEST_LIB/as-caller" "$CALLER" "$NSRUN" \
		--preserve-fds 2 rootfs probe fds
	[ "$status" -eq 125 ] || output_is $'0\n1\n2'
}

@test "--pidfile holds the pid of the container's first process on the host" {
	start_ready --pidfile "$T/pid" rootfs "${READY[@]}"
	is "$INIT" "$(cat pid)"
	is probe "$(cat "/proc/$(cat pid)/comm")"
	kill -KILL "$INIT"
	finish 137
}

@test "--pidfile is there when the command has started" {
	expect 0 nsrun --pidfile "$T/pid" -v "$T:/t" rootfs sh -c 'test -s /t/pid && echo there'
	output_is there
	refuses 'no-such' --pidfile "$T/no-such/pid" rootfs "${MARK[@]}"
}

@test "--timeout ends the container" {
	local before=$SECONDS
	expect 137 nsrun --timeout 1 rootfs sleep 1000
	[ $((SECONDS - before)) -lt "$(slowly 6)" ]
	expect 0 nsrun --timeout 1000 rootfs true
	refuses 'timeout' --timeout x rootfs "${MARK[@]}"
}

@test "--timeout ends one who ignores SIGTERM" {
	expect 137 nsrun --timeout 1 rootfs sh -c 'trap "" TERM; while :; do sleep 1000; done'
}

@test "--oom-score-adj" {
	expect 0 nsrun --oom-score-adj 500 rootfs cat /proc/self/oom_score_adj
	output_is 500
	expect 0 nsrun rootfs cat /proc/self/oom_score_adj
	output_is "$(cat /proc/self/oom_score_adj)"
	refuses 'oom-score-adj' --oom-score-adj 1001 rootfs "${MARK[@]}"
	refuses 'oom-score-adj' --oom-score-adj x rootfs "${MARK[@]}"
}

@test "--tz" {
	need 'the package tzdata' test -e /usr/share/zoneinfo/Asia/Tokyo
	expect 0 nsrun --tz Asia/Tokyo rootfs sh -c 'head -c 4 /etc/localtime; date +%z'
	output_is 'TZif+0900'
	refuses 'No/Such' --tz No/Such rootfs "${MARK[@]}"
	refuses 'tz|timezone|time zone' --tz ../../../etc/passwd rootfs "${MARK[@]}"
}

@test "--init: pid 1 reaps, the command is its child" {
	expect 0 nsrun --init rootfs sh -c 'echo $$ $PPID'
	output_has '^[2-9][0-9]* 1$'
	expect 42 nsrun --init rootfs sh -c 'exit 42'
	expect 127 nsrun --init rootfs no-such-command
	expect 126 nsrun --init rootfs /etc
}

@test "--init: the orphans of the command do not stay as zombies" {
	expect 0 nsrun --init rootfs sh -c 'probe orphans 20
		n=0
		while grep -qs "^State:.Z" /proc/[0-9]*/status && [ $n -lt 500 ]; do n=$((n + 1)); usleep 10000; done
		grep -cs "^State:.Z" /proc/[0-9]*/status | grep -v ":0" || echo none'
	output_is $'orphaned\nnone'
}

@test "--init: the end of the command ends what it left behind" {
	expect 0 nsrun --init rootfs sh -c 'setsid sleep 1000 >/dev/null 2>&1 & echo started'
	output_is started
	nothing_left
}

@test "the end of pid 1 ends what it left behind" {
	expect 0 nsrun rootfs sh -c 'setsid sleep 1000 >/dev/null 2>&1 & (trap "" HUP TERM; sleep 1000) & echo started'
	output_is started
	nothing_left
}

@test "--init has none of the capabilities that the command has not" {
	start_ready --init rootfs "${READY[@]}"
	is 0000000000000000 "$(sed -n 's/^CapInh:\t//p' "/proc/$INIT/status")"
	is 0000000000000000 "$(sed -n 's/^CapAmb:\t//p' "/proc/$INIT/status")"
	is 00000000800405fb "$(sed -n 's/^CapBnd:\t//p' "/proc/$INIT/status")"
	is 1 "$(sed -n 's/^NoNewPrivs:\t//p' "/proc/$INIT/status")"
}

@test "the session keyring of the caller is not the container's" {
	need 'kernel: keyrings' test -e /proc/keys
	local outside
	outside=$(as_caller "$E2E_WORK/bin/probe" keyring)
	expect 0 nsrun rootfs probe keyring
	[ "$output" != "$outside" ]
}

@test "a big environment and a long command line arrive, one too big is an error" {
	local big
	big=$(head -c 100000 /dev/zero | tr '\0' x)
	expect 0 nsrun -e "BIG=$big" rootfs sh -c 'echo ${#BIG} ${#1}' sh "$big"
	output_is '100000 100000'
	local -a many=()
	for ((i = 0; i < 2000; i++)); do
		many+=(-e "V$i=$i")
	done
	expect 0 nsrun "${many[@]}" rootfs sh -c 'echo $V0 $V1999'
	output_is '0 1999'
}

@test "fifty starts at once" {
	local -a pids=()
	local i pid
	for ((i = 0; i < 50; i++)); do
		nsrun rootfs sh -c "exit $i" 3>&- &
		pids+=($!)
	done
	for ((i = 0; i < 50; i++)); do
		local found=0
		wait "${pids[i]}" || found=$?
		is "$i" "$found"
	done
}

@test "--init: the command starts when pid 1 has nothing open any more" {
	need strace strace -V
	# with one id, since a helper has no privilege below strace
	CALLER_PREFIX="strace -f -qq -o /dev/null -e trace=execveat,close_range -e inject=execveat,close_range:delay_enter=$(slowly 300000)" \
		expect 0 nsrun -q --newidmap none --init --cap-add ALL rootfs sh -c 'ls /proc/1/fd 2>&1 | wc -l'
	output_has '^[01]$'
}
