#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# The runner itself as the target: its program, its descriptors, what it reads of the image.

load security

# install_for_user: a copy of nsrun that the caller owns and may overwrite, as in ~/.local/bin.
install_for_user() {
	mkdir -p "$W/bin"
	cp "$NSRUN" "$W/bin/nsrun"
	chown -R "$CALLER:$CALLER" "$W/bin"
	chmod 0755 "$W/bin/nsrun"
	# whoever has the container's root may write it, were it within reach
	[ "$MODE" != root ] || chown "$ROOT_FIRST" "$W/bin/nsrun"
	stamp
	INSTALLED=$W/bin/nsrun
}

installed() {
	as_caller "$INSTALLED" run "${OPTIONS[@]}" "$@"
}

@test "S01 nsrun's own program cannot be reached through /proc/PID/exe, nor written" {
	attack_s01() {
		install_for_user
		with_attack
		# the init that stays beside the payload is nsrun itself
		expect 0 installed --init rootfs /attack executable 1
		output_lacks '^read ok'
		output_lacks '^written ok'
		unharmed
		expect 0 installed --init --cap-add ALL rootfs /attack executable 1
		output_lacks '^written ok'
		unharmed
		# nsrun's own program as the interpreter of the image's entry point
		local words
		for words in '' ' run' ' unshare' ' --pidfile=/proc/self/exe'; do
			printf '#!/proc/self/exe%s\n' "$words" >rootfs/entry
			chmod 0755 rootfs/entry
			own rootfs/entry
			run --separate-stderr installed rootfs /entry
			unharmed "#!/proc/self/exe$words"
			run --separate-stderr installed --init rootfs /entry
			unharmed "#!/proc/self/exe$words with --init"
		done
		replace entry /proc/self/exe
		run --separate-stderr installed rootfs /entry --version
		unharmed
	}
	each_mode attack_s01
}

@test "S01 with the host's processes in sight nsrun's program is out of reach" {
	attack_s01_host() {
		install_for_user
		with_attack
		expect 0 installed --pid=host rootfs sh -c 'for p in /proc/[0-9]*; do
			case $(cat $p/comm 2>/dev/null) in *nsrun*) /attack executable ${p#/proc/} ;; esac; done'
		output_lacks '^read ok'
		output_lacks '^written ok'
		unharmed
	}
	each_mode attack_s01_host
}

# A container that is already there takes hold of the program of one that joins it. Its own nsrun is
# another file, as after an upgrade, so that nothing keeps the first one from being written.
@test "S01 who joins a container brings no program along that can be overwritten" {
	attack_s01_join() {
		[ "$MODE" != root ] || return 0 # the container's root is nobody who may write there
		install_for_user
		with_attack
		printf '#!/proc/self/exe --env-file=/fifo\n' >rootfs/entry
		mkfifo rootfs/fifo
		chmod 0755 rootfs/entry
		own rootfs/entry rootfs/fifo
		start --security-opt nested --security-opt seccomp=unconfined "${OPTIONS[@]}" rootfs /attack takeover
		wait_for said ready
		INIT=$(container_init "$PID")
		local holder=$PID
		exec_in_background "$TEST_LIB/as-caller" "$CALLER" "$INSTALLED" run -q \
			"--userns=ns:/proc/$INIT/ns/user" "--pid=ns:/proc/$INIT/ns/pid" rootfs /entry
		# either the program is seen, or the joining ends; then it must be whole
		wait_for eval "said '^read ok' || ended"
		kill -KILL "$PID" 2>/dev/null || true
		wait "$PID" 2>/dev/null || true
		PID=$holder
		said '^saw' # or nothing has joined
		wait_for eval "said '^(written|gave up)' || ! said '^read ok'"
		if said '^written ok'; then
			escaped "the host's nsrun was overwritten through a process that joined the container"
			return 1
		fi
		kill_races
		unharmed
	}
	each_mode attack_s01_join
}

@test "S02 a process that joins a container cannot be looked into" {
	attack_s02() {
		local i user
		# joining needs what only the owner of the namespaces has
		with_attack
		start --cap-add SYS_PTRACE --security-opt nested "${OPTIONS[@]}" rootfs /attack spy "$W/secret"
		wait_for said ready
		INIT=$(container_init "$PID")
		local end=$((SECONDS + $(slowly 3)))
		for ((i = 0; i < 60 && SECONDS < end; i++)); do
			run --separate-stderr nsrun run -q "--userns=ns:/proc/$INIT/ns/user" \
				"--pid=ns:/proc/$INIT/ns/pid" -v "$W:/host" rootfs /bin/true
			[ "$status" -eq 0 ] || [ "$MODE" = root ] || complain "joining failed"
		done
		if grep '^reached' "$T/stdout" | grep -v '/host' | sort -u | head -n 5 | grep .; then
			escaped "the host is within reach through a process that joins"
			return 1
		fi
		kill_races
		unharmed
	}
	each_mode attack_s02
}

@test "S03 a working directory or a command that is a descriptor of nsrun's" {
	attack_s03() {
		local n
		as_caller sh -c 'printf "#!/bin/sh\necho pwned\n" >W/tool && chmod 0755 W/tool'
		stamp
		# descriptors of the caller's that lead to the host
		CALLER_PREFIX="$E2E_WORK/bin/attack with-fds 30 $W"
		for n in {3..40}; do
			try -w "/proc/self/fd/$n" rootfs sh -c 'cat secret; echo pwned >new'
			reveals_nothing "descriptor $n"
			[ "$((n % 8))" -eq 3 ] || continue
			try -w "/proc/1/fd/$n" rootfs sh -c 'cat secret; echo pwned >new'
			reveals_nothing "descriptor $n of pid 1"
			try -w "/proc/self/fd/$n/sub/.." --init rootfs sh -c 'cat secret; echo pwned >new'
			reveals_nothing "descriptor $n beside --init"
		done
		unharmed
	}
	each_mode attack_s03
}

@test "S03 a command that is a link into a descriptor of nsrun's" {
	attack_s03_command() {
		local n
		cp "$E2E_WORK/bin/attack" "$W/tool"
		chown "$CALLER" "$W/tool"
		chmod 0755 "$W/tool"
		stamp
		CALLER_PREFIX="$E2E_WORK/bin/attack with-fds 30 $W"
		for n in {3..40}; do
			replace bin/entry "/proc/self/fd/$n/tool"
			try rootfs /bin/entry ids
			if grep -q '^ruid' <<<"$output"; then
				escaped "a program of the host ran through descriptor $n"
				return 1
			fi
			unharmed
		done
	}
	each_mode attack_s03_command
}

@test "S04 of two hundred inherited descriptors the payload gets those that were asked for" {
	attack_s04() {
		cp "$E2E_WORK/bin/probe" rootfs/probe
		own rootfs/probe
		CALLER_PREFIX="$E2E_WORK/bin/attack with-fds 200 $W"
		inside rootfs /probe fds
		output_is $'0\n1\n2'
		inside --init rootfs /probe fds
		output_is $'0\n1\n2'
		inside --preserve-fds=2 rootfs /probe fds
		output_is $'0\n1\n2\n3\n4'
		# what stays beside the payload has none of them either
		inside --init --cap-add ALL rootfs sh -c 'ls /proc/1/fd 2>&1 | wc -l'
		output_has '^[01]$'
	}
	each_mode attack_s04
}

@test "S06 nothing of the image is executed or loaded on the host's side" {
	attack_s06() {
		local program
		mkdir -p rootfs/usr/sbin rootfs/lib rootfs/usr/lib/gconv
		for program in newuidmap newgidmap xz gzip unpigz zstd tar nsenter ps sh; do
			printf '#!/bin/busybox sh\necho pwned >/mark; echo pwned >%s/mark\n' "$W" >"rootfs/usr/sbin/$program"
			chmod 0755 "rootfs/usr/sbin/$program"
		done
		printf 'passwd: evil\ngroup: evil\nhosts: evil\n' >rootfs/etc/nsswitch.conf
		echo "$W/evil.so" >rootfs/etc/ld.so.preload
		printf 'not a library' >rootfs/lib/libnss_files.so.2
		printf 'not a library' >rootfs/lib/libnss_evil.so.2
		printf 'not a library' >rootfs/lib/libgcc_s.so.1
		printf 'module x y z\n' >rootfs/usr/lib/gconv/gconv-modules
		own rootfs/usr rootfs/etc rootfs/lib
		inside -u root -e PATH=/usr/sbin:/bin rootfs /bin/true
		[ ! -e rootfs/mark ]
		# what nsrun opens by name, watched from outside
		[ "$MODE" != subids ] || OPTIONS+=(--newidmap=none)
		CALLER_PREFIX="strace -f -qq -o $T/trace -e trace=open,openat,openat2,execve,mmap"
		inside -u root rootfs /bin/true
		if grep -E 'nsswitch|libnss|libgcc|gconv|ld\.so\.(preload|cache)|locale' trace; then
			escaped "nsrun looked for code in the image"
			return 1
		fi
		grep -q 'etc/passwd' trace
	}
	each_mode attack_s06
}

@test "S07 sizes around every limit never make a container with fewer namespaces" {
	# own_namespaces OUTPUT: six namespaces, none of them the host's
	own_namespaces() {
		local kind
		for kind in user mnt pid ipc uts net; do
			is 1 "$(grep -c "^$kind:" <<<"$output")" "namespaces of kind $kind"
			! grep -qxF "$(readlink "/proc/self/ns/$kind")" <<<"$output" || {
				escaped "the container has the host's $kind namespace"
				return 1
			}
		done
	}
	attack_s07() {
		local size i value
		local -a many=()
		local command='for n in user mnt pid ipc uts net; do readlink /proc/self/ns/$n; done'
		for size in 4095 4096 65535 65536 131060; do
			value=$(head -c "$size" /dev/zero | tr '\0' x)
			try -e "X=$value" rootfs sh -c "$command"
			[ "$status" -ne 0 ] || own_namespaces
			try -w "/$value" rootfs sh -c "$command"
			[ "$status" -ne 0 ] || own_namespaces
			try -h "$value" rootfs sh -c "$command"
			[ "$status" -ne 0 ] || own_namespaces
			try -v "$T:/$value" rootfs sh -c "$command"
			[ "$status" -ne 0 ] || own_namespaces
		done
		for ((i = 0; i < 1000; i++)); do
			many+=(--tmpfs "/mnt/$i")
		done
		try "${many[@]}" rootfs sh -c "$command"
		[ "$status" -ne 0 ] || own_namespaces
		many=()
		for ((i = 0; i < 20; i++)); do
			many+=(-e "X$i=$(head -c 65535 /dev/zero | tr '\0' y)")
		done
		try "${many[@]}" rootfs sh -c "$command"
		[ "$status" -ne 0 ] || own_namespaces
		unharmed
	}
	each_mode attack_s07
}

@test "S01 a kept container, too, runs from a program that its root cannot write" {
	local own=$T/own-nsrun before
	begin_life
	install -o "$CALLER" -m 0755 "$NSRUN" "$own"
	before=$(sha256sum <"$own")
	expect 0 as_caller "$own" run -d --name own --cidfile id rootfs sleep 1000
	expect 0 as_caller "$own" exec own sh -c 'readlink /proc/self/exe; for p in /proc/[0-9]*; do
		echo x >"$p/exe"; done 2>/dev/null; :'
	output_lacks own-nsrun
	[ "$before" = "$(sha256sum <"$own")" ]
	end_life
}
