#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2154 # set by bats and by the libraries
#
# nsrun cp with containers that do not run: between create and start, and after the end.

load "$TEST_LIB/common.bash"
load "$TEST_LIB/life.bash"

# made NAME OPTION...: created; its command leaves a witness, and shows what it was given
made() {
	local name=$1
	shift
	as_caller sh -c 'echo hello >in; chmod 0640 in'
	as_caller mkdir -p v
	expect 0 nsrun create --name "$name" -v "$T/v:/v" "$@" rootfs \
		sh -c 'echo ran >/v/witness; stat -c "%u:%g %a" /given; cat /given; echo made >/result'
}

never_ran() {
	[ ! -e v/witness ] || { echo "the container's command has run"; return 1; }
	output_is ''
	stderr_is_empty
}

# held: a cp of a big tree in the middle, stopped; PID is it
held() {
	as_caller sh -c 'mkdir big; cd big; seq 10000 | xargs touch'
	start cp big c:/big
	wait_for test -d rootfs/big
	kill -STOP "$PID"
	[ "$(find rootfs/big | wc -l)" -lt 10001 ] || { echo "it was too fast"; return 1; }
}

@test "cp: into a container that was created, whose root it belongs to when it starts" {
	made c
	expect 0 nsrun cp in c:/given
	never_ran
	is created "$(nsrun inspect --format '{{.State.Status}}' c)"
	expect 0 nsrun start -a c
	output_is $'0:0 640\nhello'
}

@test "cp: into one that was created, and out of it when it has ended, also by a user without the helper" {
	made c --newidmap=none -q
	expect 0 nsrun cp in c:/given
	never_ran
	expect 0 nsrun start -a c
	output_is $'0:0 640\nhello'
	expect 0 nsrun cp c:/result out
	is made "$(cat out)"
}

@test "cp: out of a container that has ended, as often as one likes; it stays as it was" {
	made c
	expect 0 nsrun cp in c:/given
	expect 0 nsrun start -a c
	local state
	state=$(cat "$KEPT/c/state.json")
	rm v/witness
	expect 0 nsrun cp c:/result out
	never_ran
	expect 0 nsrun cp c:/result again
	is made "$(cat out again | sort -u)"
	is "$CALLER_UID:$CALLER_GID" "$(stat -c '%u:%g' out)"
	is "$state" "$(cat "$KEPT/c/state.json")"
	refuses "cannot read '/no/such'|'/no/such' is missing" cp c:/no/such out
}

@test "cp: a volume of a container that does not run, and a path of it by a link" {
	made c
	as_caller ln -s /v rootfs/link
	expect 0 nsrun cp in c:/v/one
	expect 0 nsrun cp in c:/link/two
	never_ran
	is 'hello hello' "$(cat v/one v/two | tr '\n' ' ' | sed 's/ $//')"
	expect 0 nsrun cp c:/v/one out
	is hello "$(cat out)"
}

@test "cp: --userns=keep-id, a user, limits and descriptors are nothing that a copy needs" {
	made c --userns=keep-id --user 3:4 --ulimit core=0 --init --hostname x --network=none
	expect 0 nsrun cp in c:/given
	never_ran
	# root inside, who is not the caller here
	is "$(range subuid 1 | cut -d' ' -f1) 640" "$(stat -c '%u %a' rootfs/given)"
}

@test "cp: with --rootfs-overlay it goes into the directory of the changes, and the rootfs stays" {
	as_caller mkdir changes
	made c --rootfs-overlay changes
	expect 0 nsrun cp in c:/given
	pass_over_overlay_note
	never_ran
	never test -e rootfs/given
	expect 0 nsrun start -a c
	output_is $'0:0 640\nhello'
	expect 0 nsrun cp c:/result out
	is made "$(cat out)"
}

@test "cp: what would be lost is refused: ROOTFS:O, tmpfs, generated files; out of them is the rootfs" {
	as_caller mkdir -p v
	as_caller sh -c 'echo hello >in; echo there >rootfs/there; mkdir -p tree/tmp tree/sub; cp in tree/sub/in'
	expect 0 nsrun create --name o -v "$T/v:/v" rootfs:O true
	refuses 'would be lost' cp in o:/given
	stderr_has 'nsrun start o'
	expect 0 nsrun cp in o:/v/kept
	is hello "$(cat v/kept)"
	expect 0 nsrun cp o:/there out
	is there "$(cat out)"
	expect 0 nsrun create --name t --tmpfs /tmp rootfs true
	refuses 'would be lost' cp in t:/tmp
	refuses 'would be lost' cp in t:/tmp/new
	refuses 'would be lost' cp in t:/etc/hosts
	refuses 'would be lost' cp in t:/dev/shm/x
	expect 0 nsrun cp tree/. t:/
	is hello "$(cat rootfs/sub/in)"
	as_caller cp in tree/tmp
	refuses 'would be lost' cp tree/. t:/
	expect 0 nsrun start t
}

@test "cp: relative paths are the caller's here, and the container's where it was made" {
	as_caller mkdir -p v other
	as_caller sh -c 'echo hello >other/in'
	expect 0 nsrun create --name c -v ./v:/v rootfs true
	# shellcheck disable=SC2016 # the caller's shell
	expect 0 as_caller sh -c 'cd other && "$0" cp in c:/v/ && "$0" cp c:/v/in out' "$NSRUN"
	is hello "$(cat v/in)"
	is hello "$(cat other/out)"
}

@test "cp: ports that are taken, a network and a file of seccomp that are gone hinder no copy" {
	as_caller sh -c 'echo "{\"defaultAction\": \"SCMP_ACT_ALLOW\"}" >profile'
	expect 0 nsrun network create n
	made c --network=n --security-opt seccomp=profile --pidfile pid
	expect 0 nsrun network rm n
	as_caller rm profile
	expect 0 nsrun cp in c:/given
	never_ran
	never test -e pid
	is hello "$(cat rootfs/given)"
}

@test "cp: a mount's place that is missing is there afterwards as after a start, and nothing else" {
	as_caller cp -a rootfs other
	made c -v "$T/v:/new/place"
	expect 0 nsrun create --name other -v "$T/v:/new/place" -v "$T/v:/v" other true
	expect 0 nsrun start other
	wait_for shows other Exited
	expect 0 nsrun cp c:/etc/passwd out
	is "$(cd other && find . | sort)" "$(cd rootfs && find . | sort)"
}

@test "cp: two at once, both ways, with one directory of changes" {
	as_caller mkdir changes
	made c --rootfs-overlay changes
	# shellcheck disable=SC2016 # the caller's shell
	expect 0 as_caller sh -c '
		mkdir d; cd d; seq 500 | xargs touch; cd ..
		"$0" cp d c:/one & "$0" cp d c:/two & "$0" cp c:/etc etc & "$0" cp in c:/given &
		for job in $(jobs -p); do wait "$job" || exit 1; done' "$NSRUN"
	pass_over_overlay_note
	stderr_is_empty
	expect 0 nsrun cp c:/ all
	is 1000 "$(find all/one all/two -type f | wc -l)"
	is hello "$(cat all/given)"
	test -e etc/passwd
}

@test "cp: killed in the middle nothing of it stays, and the container can be started" {
	made c
	held
	local init
	init=$(container_init "$PID")
	grep -q nsrun-init "/proc/$init/comm"
	kill -KILL "$PID"
	wait_for ended
	wait_for gone "$init"
	wait_for no_container_processes
	expect 0 nsrun cp in c:/given
	expect 0 nsrun start -a c
	output_is $'0:0 640\nhello'
}

@test "cp: ^C ends it, with the container that was there for it" {
	made c
	held
	local init
	init=$(container_init "$PID")
	kill -INT "$PID"
	kill -CONT "$PID"
	finish 130
	wait_for gone "$init"
}

@test "cp: a start meanwhile waits, rm refuses, rm -f ends it" {
	made c
	held
	local copy=$PID
	refuses 'somebody copies' rm c
	expect 0 nsrun stop c
	is created "$(nsrun inspect --format '{{.State.Status}}' c)"
	expect 0 nsrun cp in c:/given &
	start start c
	wait_for grep -q 'waiting until nobody copies' stderr
	[ ! -e v/witness ]
	kill -CONT "$copy"
	finish 0
	PID=$copy
	finish 0
	wait_for shows c Exited
	is 10001 "$(find rootfs/big | wc -l)"
	as_caller rm -r rootfs/big big
	held
	expect 0 nsrun rm -f c
	ended
	wait_for no_container_processes
}

@test "cp: a start has its turn among many that copy" {
	made c
	held
	local copy=$PID
	local -a others=()
	for i in 1 2 3 4 5 6 7 8; do
		nsrun cp in c:/given"$i" 2>waits."$i" 3>&- 4>&- &
		others+=($!)
	done
	start start c
	wait_for grep -q 'waiting until nobody copies' stderr
	kill -CONT "$copy"
	finish 0
	PID=$copy
	finish 0
	wait "${others[@]}"
	for i in 1 2 3 4 5 6 7 8; do
		[ -f rootfs/given"$i" ] || { cat waits."$i" && return 1; }
	done
}

@test "cp: one that was started meanwhile is copied to as it runs; a damaged one is refused" {
	keep c
	as_caller sh -c 'echo hello >in'
	expect 0 nsrun stop -t 0 c
	expect 0 nsrun cp in c:/given
	expect 0 nsrun start c
	expect 0 nsrun cp c:/given out
	is hello "$(cat out)"
	expect 0 nsrun stop -t 0 c
	echo rubbish >"$KEPT/c/state.json"
	refuses 'is damaged' cp c:/given out
}
