#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2154 # variables of bats
# Containers that are kept: entering them, what is stored of them, and where.

load security

# begin_life: containers are kept in a directory of this test. end_life: none is there any more.
begin_life() {
	as_caller mkdir -m 0700 "$T/state"
	CALLER_ENV=XDG_RUNTIME_DIR=$T/state
}

end_life() {
	CALLER_PREFIX=''
	expect 0 nsrun rm -f -a
}

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
