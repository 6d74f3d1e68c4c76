#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# More of a container's life: files copied in and out, pausing, namespaces shared, ranges of its own.

load "$TEST_LIB/common.bash"
load "$TEST_LIB/delegated.bash"

kept_setup() {
	as_caller mkdir -m 0700 -p "$T/run"
	caller_env "XDG_RUNTIME_DIR=$T/run"
}

# use_caller's directory is new for each test, and so are the containers that are kept in it
setup() {
	STARTED=()
	export CALLER_ENV='' CALLER_BINDS='' CALLER_PREFIX=''
	use_caller nsrun-alice
	FILES_BEFORE=$(foreign_files)
	kept_setup
}

kept_teardown() {
	nsrun rm -f -a >/dev/null 2>&1 || true
}

eval "common_$(declare -f teardown)"
teardown() {
	kept_teardown
	common_teardown
}

# keep NAME OPTION...: a container that stays, with the rootfs of this test
keep() {
	local name=$1
	shift
	expect 0 nsrun run -d -q --name "$name" "$@" rootfs probe wait
}

# host_pid NAME: host's pid of its first process
host_pid() {
	python3 -c 'import json, sys; print(json.load(sys.stdin)["pid"])' <"$T/run/nsrun/containers/$1/state.json"
}

# --- cp -------------------------------------------------------------------------------------------

@test "cp: a file goes in and belongs to the container's root, and comes out and belongs to the caller" {
	keep c --userns=nomap --tmpfs /t
	as_caller sh -c 'echo hello >in; chmod 0751 in; touch -d 2020-02-02T02:02:02Z in'
	expect 0 nsrun cp in c:/t/there
	output_is ''
	expect 0 nsrun exec c stat -c '%u:%g %a %Y' /t/there
	output_is '0:0 751 1580608922'
	expect 0 nsrun cp c:/t/there out
	is hello "$(cat out)"
	is "$CALLER_UID:$CALLER_GID 751 1580608922" "$(stat -c '%u:%g %a %Y' out)"
}

@test "cp: without a container's own root every file is still reached, also another user's private one" {
	keep c
	expect 0 nsrun exec c sh -c 'mkdir -m 0700 /p; echo deep >/p/f; chmod 0600 /p/f; chown -R 7:7 /p'
	expect 0 nsrun cp c:/p out
	is deep "$(cat out/f)"
	is "$CALLER_UID 700" "$(stat -c '%u %a' out)"
}

@test "cp: where a directory goes: into one that is there, else under the new name; DIR/. is what is in it" {
	keep c
	as_caller sh -c 'mkdir -p d/sub; echo 1 >d/one; echo 2 >d/sub/two; ln -s one d/link; mkdir there'
	expect 0 nsrun cp d c:/new
	expect 0 nsrun cp d c:/new
	expect 0 nsrun cp d/. c:/contents
	expect 0 nsrun cp d/one c:/contents/sub/
	expect 0 nsrun exec c sh -c 'cd / && find new contents | sort && readlink new/link'
	output_is "$(printf '%s\n' contents contents/link contents/one contents/sub contents/sub/one \
		contents/sub/two new new/d new/d/link new/d/one new/d/sub new/d/sub/two new/link new/one \
		new/sub new/sub/two one)"
	expect 0 nsrun cp c:/new/d there
	expect 0 nsrun cp c:/new/d/ there/again
	expect 0 nsrun cp c:/new/d/. there
	expect 0 nsrun cp c:new/d/one there/third
	is "$(printf '%s\n' again d link one sub third)" "$(ls there)"
	is one "$(readlink there/d/link)"
}

@test "cp: what it refuses, in words" {
	keep c
	as_caller sh -c 'mkdir d; echo x >f'
	refuses "'/no/such' is missing|cannot read '/no/such'" cp c:/no/such out
	refuses "cannot read 'nothing'" cp nothing c:/x
	refuses "'/bin/new/' is not a directory" cp f c:/bin/new/
	refuses "is no directory" cp d c:/etc/passwd
	refuses "one of the two must be CONTAINER:PATH" cp f d
	refuses "one of the two must be CONTAINER:PATH" cp c:/a c:/b
	refuses "no archives" cp c:/etc -
	refuses "takes a source and a destination" cp c:/etc
	refuses "no container 'other'" cp other:/etc out
}

@test "cp: a file that is there is replaced and not written through, links and hard links included" {
	keep c
	as_caller sh -c 'echo precious >precious; ln precious hard; ln -s precious soft; echo new >f'
	expect 0 nsrun cp f c:/f
	expect 0 nsrun cp c:/f hard
	expect 0 nsrun cp c:/f soft
	is precious "$(cat precious)"
	is "new new" "$(cat hard) $(cat soft)"
	[ ! -L soft ]
}

@test "cp: a file that is mounted in the container is filled" {
	as_caller sh -c 'echo old >mounted; echo new >f'
	keep c -v ./mounted:/var/run/mounted
	expect 0 nsrun cp f c:/var/run/mounted
	is new "$(cat mounted)"
	expect 0 nsrun cp c:/var/run/mounted out
	is new "$(cat out)"
}

@test "cp: devices, FIFOs and sockets are left out and named, and set-user-id bits are not copied" {
	keep c
	expect 0 nsrun exec c sh -c 'mkdir /d; mkfifo /d/fifo; echo x >/d/f; chmod 6755 /d/f; mkdir -m 3777 /d/t'
	expect 0 nsrun cp c:/d out
	stderr_has "note: '/d/fifo' is a FIFO, which is not copied"
	is "$(printf '%s\n' f t)" "$(ls out)"
	is 755 "$(stat -c %a out/f)"
	as_caller mkfifo out/fifo
	expect 0 nsrun cp out c:/back
	stderr_has "note: 'out/fifo' is a FIFO"
	refuses "'/dev/null' is a device" cp c:/dev/null out
	expect 0 nsrun cp c:/dev out
	stderr_has "'/dev/pts' is a file system of the kernel's"
	[ ! -e out/dev/null ]
	[ -L out/dev/fd ]
}

@test "cp: names that a shell would mind, empty files, holes and a big file arrive as they were" {
	keep c
	as_caller sh -c 'mkdir d && cd d && : >empty && truncate -s 64M sparse && printf end >>sparse &&
		head -c 3000000 /dev/urandom >big && echo odd >"$(printf "a b\n\377-\\")" && echo x >-n'
	expect 0 nsrun cp d c:/d
	expect 0 nsrun cp c:/d back
	diff -r d back
	[ "$(stat -c %b back/sparse)" -lt 1000 ]
}

@test "cp: a tree that is too deep is an error, and not a crash" {
	keep c
	expect 0 nsrun exec c sh -c 'mkdir /d; cd /d; i=0; while [ $i -lt 300 ]; do mkdir d; cd d; i=$((i+1)); done'
	refuses 'deeper than 256 directories' cp c:/d out
}

@test "cp: nothing of the container is run, and none of its libraries is loaded (S06)" {
	local name
	for name in tar cp gzip xz; do
		executable_in_rootfs "bin/$name" <<<'#!/bin/sh
echo run >/mark'
	done
	in_rootfs etc/nsswitch.conf <<<'passwd: files evil'
	keep c
	as_caller sh -c 'echo x >f'
	CALLER_PREFIX="strace -f -qq -e trace=execve,openat,openat2,setns -o $T/trace" expect 0 nsrun cp f c:/f
	CALLER_PREFIX="strace -f -qq -e trace=execve,openat,openat2,setns -o $T/trace2" expect 0 nsrun cp c:/etc out
	is 2 "$(cat trace trace2 | grep -c 'execve(')"
	# a program that is linked dynamically loads the host's libraries before it joins the container
	for name in trace trace2; do
		never grep -E '\.so|gconv' <<<"$(sed -n '/setns(/,$p' "$name")"
	done
	run -1 grep -E 'open[a-z0-9]*\(.*(nsswitch|passwd)' trace
	[ ! -e rootfs/mark ]
}

@test "cp: no link of procfs is followed, also where the container sees the processes of the host" {
	keep c --pid=host
	refuses 'cannot read' cp c:/proc/self/root/etc/passwd out
	refuses 'cannot read' cp "c:/proc/$$/root/etc/hostname" out
	[ ! -e out ]
}

# --- pause ----------------------------------------------------------------------------------------

# COUNTER: a command that writes to /m and /n again and again, from two processes. What is added to a
# file grows: one that is written anew is empty most of the time on a busy disk.
COUNTER=(sh -c 'trap "exit 7" TERM; (trap - TERM; while :; do echo >>/m; done) & while :; do echo >>/n; done')

sizes() {
	stat -c %s rootfs/[mnx]
}

# counts: each of its files grows
counts() {
	local -a before
	mapfile -t before < <(sizes)
	wait_for have_grown "${before[@]}"
}

have_grown() {
	local before
	local -a now
	mapfile -t now < <(sizes)
	for before; do
		[ "${now[0]}" -gt "$before" ] || return 1
		now=("${now[@]:1}")
	done
}

# rests: nothing in it is running, as the kernel says; two looks a moment apart see the same
rests() {
	local before
	before=$(sizes)
	for _ in $(seq 50); do
		[ "$before" = "$(sizes)" ] || return 1
	done
}

counting_container() {
	expect 0 nsrun run -d -q --name c rootfs "${COUNTER[@]}"
	wait_for test -s rootfs/m
	wait_for test -s rootfs/n
}

status_is() {
	expect 0 nsrun ps -a -q --filter name=c --filter "status=$1"
	output_has .
}

@test "pause: without a control group by signals, which is said; unpause lets it go on" {
	counting_container
	expect 0 nsrun pause c
	output_is c
	stderr_has "note: the container 'c' has no control group of its own.*signal"
	rests
	status_is paused
	refuses "paused already" pause c
	refuses "is paused" exec c true
	stderr_has 'nsrun unpause c'
	refuses "runs already" start c
	expect 0 nsrun unpause c
	stderr_is_empty
	counts
	status_is running
	refuses "is not paused" unpause c
	refuses "no container 'other'" pause other
}

@test "pause: what joined by exec, and what is in a pid namespace below, is stopped too" {
	expect 0 nsrun run -d -q --name c --privileged rootfs unshare -p -f "${COUNTER[@]}"
	wait_for test -s rootfs/m
	expect 0 nsrun exec -d c sh -c 'while :; do echo >>/x; done'
	wait_for test -s rootfs/x
	expect 0 nsrun pause c
	rests
	expect 0 nsrun unpause c
	counts
}

@test "pause: one that is paused can be stopped, killed and removed" {
	counting_container
	expect 0 nsrun pause -a
	output_is c
	expect 0 nsrun stop -t 20 c
	expect 0 nsrun wait c
	output_is 7
	status_is exited
	expect 0 nsrun start c
	status_is running
	expect 0 nsrun pause c
	expect 0 nsrun kill c
	expect 0 nsrun wait c
	output_is 137
	status_is exited
	expect 0 nsrun start c
	status_is running
	expect 0 nsrun pause c
	expect 0 nsrun rm -f c
	wait_for no_container_processes
}

@test "pause: without a pid namespace either it is refused, and nothing of the caller is stopped" {
	keep c --pid=host
	exec_in_background "$TEST_LIB/as-caller" "$CALLER" "$T/rootfs/bin/probe" wait
	wait_for grep -q probe "/proc/$PID/comm"
	refuses "neither a control group nor a pid namespace" pause c
	status_is running
	is S "$(ps -o s= -p "$PID")"
}

@test "pause: in the pid namespace of another container it is refused, and that one goes on" {
	keep c --security-opt nested
	local init
	init=$(host_pid c)
	keep guest "--userns=ns:/proc/$init/ns/user" "--pid=ns:/proc/$init/ns/pid"
	refuses "neither a control group nor a pid namespace" pause guest
	is S "$(ps -o s= -p "$init")"
}

# --- with a control group that is the caller's

@test "pause: with a control group of its own it is frozen, exec'd processes included, and the group goes with it" {
	local group pid
	delegated_setup
	expect 0 in_group "$NSRUN" run -d -q --name c rootfs "${COUNTER[@]}"
	wait_for test -s rootfs/m
	wait_for test -s rootfs/n
	# shellcheck disable=SC2153 # delegated_setup sets it
	group=$(echo "$GROUP"/own/nsrun-*)
	pid=$(host_pid c)
	grep -qx "$pid" "$group/cgroup.procs"
	expect 0 nsrun exec c cat /proc/self/cgroup
	output_lacks nsrun-
	expect 0 in_group "$NSRUN" exec -d c probe wait
	stderr_is_empty
	is 3 "$(wc -l <"$group/cgroup.procs")" "processes in the group"
	expect 0 nsrun pause c
	stderr_is_empty
	grep -qx 'frozen 1' "$group/cgroup.events"
	rests
	status_is paused
	expect 0 nsrun unpause c
	counts
	expect 0 nsrun pause c
	expect 0 nsrun stop -t 5 c
	status_is exited
	wait_for test ! -e "$group"
	expect 0 in_group "$NSRUN" start c
	expect 0 nsrun pause c
	grep -qx 'frozen 1' "$group/cgroup.events"
	expect 0 nsrun rm -f c
	[ ! -e "$group" ]
	kept_teardown
	delegated_teardown
}

@test "a control group of its own: stats reads it, and it goes with a container whose monitor was killed" {
	local group pid
	need strace strace -V
	delegated_setup
	expect 0 in_group "$NSRUN" run -d -q --name c rootfs probe wait
	group=$(echo "$GROUP"/own/nsrun-*)
	pid=$(host_pid c)
	# shellcheck disable=SC2086 # words
	CALLER_PREFIX="strace -o trace -e trace=openat" expect 0 nsrun stats --no-stream c
	grep -q '"cpu.stat"' trace
	kill -KILL "$(sed -nE 's/^PPid:[[:space:]]*//p' "/proc/$pid/status")"
	expect 0 nsrun rm -f c
	[ ! -e "$group" ]
	kept_teardown
	delegated_teardown
}

@test "pause: a command from elsewhere that cannot enter the group is told of; with --strict it does not run" {
	delegated_setup
	expect 0 in_group "$NSRUN" run -d --name c rootfs probe wait
	expect 0 nsrun exec c true
	stderr_has "note: the command cannot enter the container's control group"
	expect 0 in_group "$NSRUN" exec c true
	stderr_is_empty
	kept_teardown
	delegated_teardown
}

# --- namespaces of another container ----------------------------------------------------------------

@test "container: each kind of namespace of another one is joined, and that of users with it" {
	local kind option
	keep other --hostname elsewhere
	expect 0 nsrun exec other sh -c 'for n in net ipc uts pid cgroup user; do readlink /proc/self/ns/$n; done'
	local -a theirs=("${lines[@]}")
	local -a kinds=(net ipc uts pid cgroup user) options=(network ipc uts pid cgroupns userns)
	for kind in 0 1 2 3 4 5; do
		expect 0 nsrun run "--${options[kind]}=container:other" rootfs sh -c \
			"for n in ${kinds[kind]} user mnt; do readlink /proc/self/ns/\$n; done"
		is "${theirs[kind]}" "${lines[0]}" "${kinds[kind]}"
		is "${theirs[5]}" "${lines[1]}" user
		[[ ${lines[2]} != "$(readlink "/proc/$(host_pid other)/ns/mnt")" ]]
	done
	expect 0 nsrun run --uts=container:other rootfs hostname
	output_is elsewhere
	expect 0 nsrun run -d -q --name third --network=container:other --ipc=container:other rootfs probe wait
	for kind in net ipc; do
		is "$(readlink "/proc/$(host_pid other)/ns/$kind")" "$(readlink "/proc/$(host_pid third)/ns/$kind")"
	done
	expect 0 nsrun exec third readlink /proc/self/ns/net
	output_is "${theirs[0]}"
}

@test "container: one that is unknown or does not run is refused, and start resolves it again" {
	refuses "no container 'other'" run --ipc=container:other rootfs "${MARK[@]}"
	refuses "container:a/b|is not a name" run --ipc=container:a/b rootfs "${MARK[@]}"
	keep other
	expect 0 nsrun run -d -q --name c --network=container:other rootfs probe wait
	expect 0 nsrun stop -t 0 c other
	refuses "'other' does not run, so its network namespace cannot be joined" start c
	stderr_has 'nsrun start other'
	expect 0 nsrun start other
	expect 0 nsrun start c
	is "$(readlink "/proc/$(host_pid other)/ns/net")" "$(readlink "/proc/$(host_pid c)/ns/net")"
}

# --- ranges of its own ------------------------------------------------------------------------------

first_uid() {
	awk '{ print $2 }' "/proc/$(host_pid "$1")/uid_map"
}

@test "userns=auto: root is the first id of a range, which is kept until rm, and the caller is not mapped" {
	local start first
	read -r start _ < <(range subuid 1)
	keep a --userns=auto:size=2000
	is "0 $start 2000" "$(squeeze <"/proc/$(host_pid a)/uid_map")"
	is "0 $(range subgid 1 | cut -d' ' -f1) 2000" "$(squeeze <"/proc/$(host_pid a)/gid_map")"
	keep b --userns=auto
	is "0 $((start + 2000)) 1024" "$(squeeze <"/proc/$(host_pid b)/uid_map")"
	expect 0 nsrun stop -t 0 a
	keep c --userns=auto
	is "$((start + 3024))" "$(first_uid c)"
	expect 0 nsrun start a
	is "$start" "$(first_uid a)"
	expect 0 nsrun exec a id -u
	output_is 0
	expect 0 nsrun rm -f a
	keep d --userns=auto
	is "$start" "$(first_uid d)"
	expect 0 nsrun run --userns=auto rootfs sh -c 'cat /proc/self/uid_map'
	is "0 $((start + 4048)) 1024" "$(squeeze <<<"$output")" || is "0 $((start + 1024)) 976" "$(squeeze <<<"$output")"
}

@test "userns=auto: what is refused, in words" {
	local size
	read -r _ size < <(range subuid 1)
	refuses "auto takes size=N.*'auto:size=0'" run --userns=auto:size=0 rootfs "${MARK[@]}"
	refuses "auto takes size=N" run --userns=auto:uidmapping=0:0:1 rootfs "${MARK[@]}"
	refuses "contradict each other" run --userns=auto --uidmap 0:1:1 rootfs "${MARK[@]}"
	keep all --userns=auto:size="$size"
	refuses "no 1024 ids in a row left for 'nsrun-alice' in /etc/subuid: 1 containers" run --userns=auto rootfs "${MARK[@]}"
	expect 0 nsrun rm -f all
	use_caller nsrun-carol
	refuses "userns=auto needs subordinate ids" run --userns=auto rootfs "${MARK[@]}"
}

@test "userns=auto: gives no range while it is not known who has which" {
	keep a --userns=auto
	cp "$T/run/nsrun/containers/a/config.json" copy
	echo '{' >"$T/run/nsrun/containers/a/config.json"
	refuses "the container 'a' is damaged" run -d --userns=auto --name b rootfs "${READY[@]}"
	cat copy >"$T/run/nsrun/containers/a/config.json"
	expect 0 nsrun rm -f a
}

@test "userns=auto: what runs from elsewhere keeps its ids, and so does a map by hand; a default one shares" {
	local start
	read -r start _ < <(range subuid 1)
	keep plain
	install -d -m 0700 -o "$CALLER" -g "$CALLER" "$T/elsewhere"
	CALLER_ENV="XDG_RUNTIME_DIR=$T/elsewhere" expect 0 nsrun run -d --name far --userns=auto:size=100 rootfs "${READY[@]}"
	keep near --userns=auto:size=100
	is "$((start + 100))" "$(first_uid near)"
	is "$(($(range subgid 1 | cut -d' ' -f1) + 100))" "$(awk '{ print $2 }' "/proc/$(host_pid near)/gid_map")"
	keep hand --uidmap "0:$((start + 200)):50" --gidmap "0:$((start + 200)):50"
	keep next --userns=auto:size=100
	is "$((start + 250))" "$(first_uid next)"
	CALLER_ENV="XDG_RUNTIME_DIR=$T/elsewhere" expect 0 nsrun rm -f far
	keep again --userns=auto:size=100
	is "$start" "$(first_uid again)"
}

@test "userns=auto: 20 started at the same time, kept and not, never share an id; another user's are his own" {
	local i pid
	local -a pids=()
	BOB=$(getent passwd nsrun-bob | cut -d: -f6)/e2e/bob
	install -d -m 0700 -o nsrun-bob -g nsrun-bob "$BOB"
	copy_rootfs nsrun-bob "$BOB/rootfs"
	for ((i = 0; i < 20; i++)); do
		if ((i % 2)); then
			as_caller "$NSRUN" run -d -q --name "c$i" --userns=auto:size=300 rootfs probe wait >/dev/null 3>&- 4>&- &
		else
			exec_in_background "$TEST_LIB/as-caller" "$CALLER" "$NSRUN" run -q --userns=auto:size=300 rootfs probe wait
		fi
		pids+=("$!")
	done
	for ((i = 1; i < 20; i += 2)); do
		wait "${pids[i]}"
	done
	wait_for has_ranges 20
	is 20 "$(all_ranges | sort -un | wc -l)" "different ranges"
	is '' "$(all_ranges | sort -n | awk 'NR > 1 && $1 < before + 300 { print } { before = $1 }')" "ranges that overlap"
	# bob's are all free, whatever alice has
	CALLER_ENV="XDG_RUNTIME_DIR=$BOB" CALLER=nsrun-bob expect 0 nsrun plan --userns=auto "$BOB/rootfs"
	output_has "$(CALLER=nsrun-bob range subuid 1 | cut -d' ' -f1)"
	rm -rf "$BOB"
}

# all_ranges: the first host id of each user namespace with 300 ids
all_ranges() {
	local file
	for file in /proc/[0-9]*/uid_map; do
		awk '$1 == 0 && $3 == 300 { print $2 }' "$file" 2>/dev/null || true
	done | sort -n | uniq
}

has_ranges() {
	[ "$(all_ranges | wc -l)" -eq "$1" ]
}

@test "userns=auto: a monitor that is killed does not make the range of its container free" {
	local first
	keep a --userns=auto
	first=$(first_uid a)
	kill -KILL "$(ps -o ppid= -p "$(host_pid a)" | tr -d ' ')"
	keep b --userns=auto
	is "$((first + 1024))" "$(first_uid b)"
}
