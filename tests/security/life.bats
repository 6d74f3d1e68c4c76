#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2154 # variables of bats
# Containers that are kept: entering them, what is stored of them, and where.

load security

# keep NAME OPTION... ROOTFS COMMAND...
keep() {
	local name=$1
	shift
	expect 0 nsrun run -d --name "$name" "${OPTIONS[@]}" "$@"
}

# logged NAME REGEX
logged() {
	grep -qE -e "$2" "$T/state/nsrun/containers/$1/log"
}

init_of() {
	sed -nE 's/^  "pid": ([0-9]+),$/\1/p' "$T/state/nsrun/containers/$1/state.json"
}

@test "S02 a command that exec brings into a container cannot be looked into" {
	attack_s02_exec() {
		local round
		with_attack
		begin_life
		keep x --cap-add SYS_PTRACE rootfs /attack spy "$W/secret"
		wait_for logged x ready
		# whoever comes with a way to the host in his hands is seen: the spy does its work
		INIT=$(init_of x)
		who=--preserve-credentials
		[ "$MODE" != root ] || who='-S 0 -G 0'
		race bash -c "exec 9</; exec nsenter -t $INIT -U $who -m -p sleep 600"
		wait_for logged x 'reached .*/fd/9/'
		# shellcheck disable=SC2046 # a list of pids
		kill -KILL $(all_below "$PID") "$PID"
		before=$(grep -c reached "$T/state/nsrun/containers/x/log")
		wait_for quiet_spy
		before=$(grep -c reached "$T/state/nsrun/containers/x/log")
		CALLER_PREFIX="$E2E_WORK/bin/attack with-fds 30 /"
		for ((round = 0; round < ${ROUNDS:-70}; round++)); do
			expect 0 nsrun exec x /bin/true
		done
		if [ "$(grep -c reached "$T/state/nsrun/containers/x/log")" -ne "$before" ]; then
			escaped "the host is within reach through a command that exec brings" \
				"$(grep reached "$T/state/nsrun/containers/x/log" | tail -n 3)"
			return 1
		fi
		end_life
		unharmed
	}
	each_mode attack_s02_exec
}

# quiet_spy: nothing more is reached, now that the one who brought it is gone.
quiet_spy() {
	local now
	now=$(grep -c reached "$T/state/nsrun/containers/x/log")
	[ "$now" -eq "$before" ] || {
		before=$now
		return 1
	}
}

@test "S05 top, ps, stats, logs, inspect and stop run no program of the container, and load no library" {
	attack_s05() {
		local verb program
		begin_life
		mkdir -p rootfs/usr/sbin rootfs/lib
		for program in ps top nsenter sh stat cat du; do
			printf '#!/bin/busybox sh\necho pwned >/mark\n' >"rootfs/usr/sbin/$program"
			chmod 0755 "rootfs/usr/sbin/$program"
		done
		printf 'passwd: evil\n' >rootfs/etc/nsswitch.conf
		printf 'not a library' >rootfs/lib/libnss_evil.so.2
		own rootfs/usr rootfs/etc rootfs/lib
		keep x -e PATH=/usr/sbin:/bin rootfs /bin/busybox sleep 600
		for verb in 'top x' 'ps -a' 'stats --no-stream x' 'logs x' 'inspect x' 'port x' 'stop -t 0 x'; do
			# shellcheck disable=SC2086 # words
			CALLER_PREFIX="strace -f -qq -o $T/trace -e trace=open,openat,openat2,execve,setns" \
				expect 0 nsrun $verb
			if grep -E 'setns|nsswitch|libnss|/usr/sbin/' trace; then
				escaped "'$verb' goes into the container, or takes something of its root file system"
				return 1
			fi
			grep -q 'execve(' trace
		done
		[ ! -e rootfs/mark ]
		end_life
		unharmed
	}
	each_mode attack_s05
}

# swapped: in a container, /d and /l, a link to a directory of the host, change places for ever
swapped() {
	with_attack
	begin_life
	mkdir rootfs/d
	echo inside >rootfs/d/secret
	ln -s "$W" rootfs/l
	own rootfs/d rootfs/l
	keep c rootfs /attack exchange /d /l
	wait_for test -L rootfs/d
}

@test "S40 cp while the container swaps a directory for a link to the host" {
	attack_s40() {
		local i leaked=0
		swapped
		# who resolves the path on the host is seen to be fooled
		for ((i = 0; i < 2000 && !leaked; i++)); do
			! grep -q 'secret of the host' rootfs/d/secret 2>/dev/null || leaked=1
		done
		is 1 "$leaked" "a leak to a weak peer"
		expect 0 as_caller sh -c 'i=0
			while [ $i -lt 150 ]; do
				i=$((i + 1))
				rm -rf out tree
				"$0" cp c:/d/secret out 2>>errors && echo got
				"$0" cp c:/d tree 2>>errors
				[ ! -e out ] || cat out
				[ -L tree ] || [ ! -e tree/secret ] || cat tree/secret
			done' "$NSRUN"
		output_has got
		output_has inside
		reveals_nothing "cp out of a container"
		end_life
		unharmed
	}
	each_mode attack_s40
}

@test "S40 cp into such a container" {
	attack_s40_into() {
		local i
		swapped
		as_caller sh -c 'echo changed >secret; mkdir tree; echo changed >tree/secret'
		for ((i = 0; i < 500; i++)); do
			as_caller sh -c 'for i in 1 2 3 4 5 6 7 8 9 0; do echo weak >rootfs/d/data/file; done' 2>/dev/null || true
			! grep -q weak "$W/data/file" || break
		done
		is weak "$(cat "$W/data/file")" "a write by a weak peer"
		stamp
		expect 0 as_caller sh -c 'i=0
			while [ $i -lt 100 ]; do
				i=$((i + 1))
				"$0" cp secret c:/d/secret 2>>errors && echo put
				"$0" cp tree/. c:/d 2>>errors
				"$0" cp tree c:/d/new 2>>errors
			done
			:' "$NSRUN"
		output_has put
		unharmed "cp into a container"
		end_life
	}
	each_mode attack_s40_into
}

@test "S03 exec with a working directory or a command that is a descriptor of nsrun's" {
	attack_s03_exec() {
		local n
		begin_life
		as_caller sh -c 'printf "#!/bin/sh\necho pwned\n" >W/tool && chmod 0755 W/tool'
		stamp
		keep x rootfs sleep 600
		CALLER_PREFIX="$E2E_WORK/bin/attack with-fds 30 $W"
		for n in {3..40}; do
			run --separate-stderr nsrun exec -w "/proc/self/fd/$n" x sh -c 'cat secret; echo pwned >new'
			reveals_nothing "descriptor $n"
			[ "$((n % 8))" -eq 3 ] || continue
			run --separate-stderr nsrun exec -w "/proc/1/fd/$n" x sh -c 'cat secret; echo pwned >new'
			reveals_nothing "descriptor $n of pid 1"
			# the word "run" of bats takes 127 for a mistake
			run -127 --separate-stderr nsrun exec x "/proc/self/fd/$n/tool"
			! grep pwned <<<"$output"
		done
		end_life
		unharmed
	}
	each_mode attack_s03_exec
}

@test "S81 exec is under the container's own filter, which nothing inside can reach" {
	attack_s81() {
		with_attack
		begin_life
		keep x rootfs sleep 600
		expect 0 nsrun exec x grep -E '^(Seccomp|Seccomp_filters|NoNewPrivs|Cap[A-Z][a-z]+):' /proc/1/status
		confined=$output
		grep -q '^Seccomp:.*2$' <<<"$confined"
		expect 0 nsrun exec x grep -E '^(Seccomp|Seccomp_filters|NoNewPrivs|Cap[A-Z][a-z]+):' /proc/self/status
		is "$confined" "$output"
		# what run is denied, exec is denied, call by call
		expect 0 launch rootfs /attack calls
		denied=$output
		expect 0 nsrun exec x /attack calls
		is "$denied" "$output"
		# a container whose root is the caller's own id, and whose root file system holds the store
		expect 1 nsrun exec x test -e "$T/state"
		# a filter that was damaged is no filter: nothing is executed
		for damage in rm ': >' 'echo x >>' 'head -c 100 /dev/zero >'; do
			as_caller cp state/nsrun/containers/x/filter kept
			as_caller sh -c "$damage state/nsrun/containers/x/filter"
			expect 125 nsrun exec x true
			as_caller cp kept state/nsrun/containers/x/filter
		done
		end_life
		unharmed
	}
	each_mode attack_s81
}

@test "SA3 names that lead out of the state directory" {
	attack_sa3() {
		local name
		begin_life
		keep x rootfs sleep 600
		as_caller mkdir "$T/state/victim"
		as_caller touch "$T/state/victim/state.json"
		for name in ../../victim ../x . .. / '' x/../x './x' $'x\n' -rf "$T/state/victim"; do
			expect 125 nsrun run -d "--name=$name" "${OPTIONS[@]}" rootfs true
			expect 125 nsrun rm -f -- "$name"
			expect 125 nsrun rename x -- "$name"
		done
		is x "$(ls -A "$T/state/nsrun/containers")"
		[ -e "$T/state/victim/state.json" ]
		end_life
		unharmed
	}
	each_mode attack_sa3
}

@test "SA4 a state directory in /tmp that somebody else has made" {
	attack_sa4() {
		local trap place
		[ "$MODE" != root ] || return 0 # root's is /run
		place=$T/tmp/nsrun-$CALLER_UID
		mkdir -m 1777 "$T/tmp"
		CALLER_BINDS=$T/tmp:/tmp
		for trap in foreign link open; do
			case $trap in
			foreign) install -d -o 4000 -m 0700 "$place" ;;
			link) ln -s "$W" "$place" && chown -h 4000 "$place" ;;
			open) as_caller mkdir "$place" && as_caller chmod 0770 "$place" ;;
			esac
			expect 125 nsrun run -d --name x "${OPTIONS[@]}" rootfs true
			stderr_has 'is not a directory that belongs to you alone'
			unharmed
			rm -rf "$place"
		done
	}
	each_mode attack_sa4
}

@test "SA6 exec leaves no namespace, limit or group behind" {
	attack_sa6() {
		begin_life
		keep x --ulimit nofile=64:64 --oom-score-adj 400 rootfs sleep 600
		for kind in user mnt pid net ipc uts cgroup; do
			is "$(readlink "/proc/$(init_of x)/ns/$kind")" "$(nsrun exec x readlink "/proc/self/ns/$kind")" "$kind"
		done
		for file in limits cgroup uid_map gid_map setgroups oom_score_adj; do
			is "$(nsrun exec x cat "/proc/1/$file")" "$(nsrun exec x cat "/proc/self/$file")" "$file"
		done
		end_life
		unharmed
	}
	each_mode attack_sa6
}
