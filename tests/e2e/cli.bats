#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# The command line: subcommands, help, options, and the exit status.

load ../lib/common

@test "--version names the program and a version" {
	expect 0 nsrun --version
	output_has '^nsrun [0-9]+\.[0-9]+'
	stderr_is_empty
}

@test "--help names every subcommand" {
	expect 0 nsrun --help
	output_has 'run'
	output_has 'plan'
	output_has 'unshare'
	stderr_is_empty
}

@test "run --help names every option of the command line" {
	expect 0 nsrun run --help
	local option
	for option in uidmap gidmap userns subuidname subgidname user group-add pid ipc uts network \
		cgroupns volume mount tmpfs read-only read-only-tmpfs shm-size device rootfs-overlay no-hosts \
		no-hostname add-host dns workdir env env-file env-host unsetenv entrypoint hostname umask \
		ulimit sysctl init preserve-fds pidfile timeout oom-score-adj tz quiet tty interactive strict; do
		output_has "--$option([^a-z-]|$)"
	done
}

@test "plan --help and unshare --help explain themselves" {
	expect 0 nsrun plan --help
	output_has 'format'
	expect 0 nsrun unshare --help
	output_has 'unshare'
}

@test "without any argument it says how it is used, and fails as nsrun" {
	expect 125 nsrun
	stderr_has 'usage|rootfs'
}

@test "an unknown option is named, and nothing runs" {
	refuses 'no-such-option' --no-such-option rootfs "${MARK[@]}"
	refuses 'Z' -Z rootfs "${MARK[@]}"
}

@test "an option without its argument is named" {
	expect 125 nsrun --volume
	stderr_has 'volume'
}

@test "an option that takes no argument refuses one" {
	refuses 'strict' --strict=maybe rootfs "${MARK[@]}"
}

@test "a first word that is no subcommand means run" {
	expect 0 nsrun rootfs echo hello
	output_is hello
	expect 0 nsrun run rootfs echo hello
	output_is hello
}

@test "an option before the rootfs means run, too" {
	expect 0 nsrun --hostname box rootfs hostname
	output_is box
}

@test "a directory called run is written ./run" {
	as_caller mv rootfs run
	expect 0 nsrun ./run echo hello
	output_is hello
	expect 0 nsrun run run echo hello
	output_is hello
}

@test "-- ends the options of nsrun" {
	expect 0 nsrun -- rootfs echo hello
	output_is hello
}

@test "options behind the rootfs belong to the command" {
	expect 0 nsrun rootfs echo --help --version -x
	output_is '--help --version -x'
}

@test "arguments arrive byte for byte" {
	local odd=$'two words\nand a line' quotes="'\"\\\$(id)"
	expect 0 nsrun rootfs printf '[%s]' "$odd" '' "$quotes" '*'
	output_is "[$odd][][$quotes][*]"
}

@test "the command is /bin/sh when none is given" {
	echo 'echo "shell $$"' >script
	run --separate-stderr nsrun rootfs <script
	output_is 'shell 1'
}

@test "the rootfs may be absolute, relative, with a slash at its end, or a link" {
	as_caller ln -s rootfs link
	as_caller mv rootfs 'a name, with: odd\ letters'
	as_caller ln -sfn 'a name, with: odd\ letters' link
	local rootfs
	for rootfs in "$T/a name, with: odd\\ letters" 'a name, with: odd\ letters/' ./link link/; do
		expect 0 nsrun "$rootfs" echo hello
		output_is hello
	done
}

@test "the working directory may be the rootfs" {
	expect 0 as_caller sh -c 'cd rootfs && exec "$@"' sh "$NSRUN" . echo hello
	output_is hello
}

@test "the command's own exit status is nsrun's" {
	local number
	for number in 0 1 42 124 255; do
		expect "$number" nsrun rootfs sh -c "exit $number"
	done
}

@test "exit status 125: nsrun itself failed" {
	expect 125 nsrun no-such-directory true
	stderr_has 'no-such-directory'
	expect 125 nsrun rootfs/bin/busybox true
	stderr_has 'director'
}

@test "exit status 126: the command cannot be executed" {
	in_rootfs data <<<'some text'
	expect 126 nsrun rootfs /data
	stderr_has '/data'
	expect 126 nsrun rootfs /etc
	in_rootfs garbage < <(printf '\177ELF garbage')
	chmod 0755 rootfs/garbage
	expect 126 nsrun rootfs /garbage
}

@test "exit status 127: the command was not found" {
	expect 127 nsrun rootfs no-such-command
	stderr_has 'no-such-command'
	expect 127 nsrun rootfs /bin/no-such-command
	expect 127 nsrun rootfs ''
}

@test "a script whose interpreter is missing says so" {
	executable_in_rootfs script <<<'#!/no/such/interpreter'
	run --separate-stderr nsrun rootfs /script
	[ "$status" -eq 126 ] || [ "$status" -eq 127 ]
	stderr_has 'script'
}

@test "exit status 128+n: the command died of signal n" {
	start_ready rootfs "${READY[@]}"
	kill -KILL "$INIT"
	finish 137
	expect 139 nsrun --init rootfs sh -c 'kill -SEGV $$'
	expect 134 nsrun --init rootfs sh -c 'kill -ABRT $$'
}

@test "standard input reaches the command" {
	expect 0 bash -c 'echo hi | "$@"' bash "$TEST_LIB/as-caller" "$CALLER" "$NSRUN" rootfs cat
	output_is hi
	expect 0 bash -c 'echo hi | "$@"' bash "$TEST_LIB/as-caller" "$CALLER" "$NSRUN" -i rootfs cat
	output_is hi
	expect 0 bash -c 'echo hi | "$@"' bash "$TEST_LIB/as-caller" "$CALLER" "$NSRUN" --interactive rootfs cat
	output_is hi
}

@test "ten megabytes pass through unchanged" {
	head -c 10000000 /dev/urandom >data
	nsrun rootfs cat <data >copy
	cmp data copy
}

@test "a reader who goes away ends the command" {
	expect 0 bash -c '"$@" | head -n 1' bash "$TEST_LIB/as-caller" "$CALLER" "$NSRUN" rootfs yes
	output_is y
}

@test "what nsrun says goes to standard error, never to standard output" {
	expect 125 nsrun no-such-directory
	output_is ''
	expect 127 nsrun rootfs no-such-command
	output_is ''
}

@test "a run without trouble says nothing" {
	expect 0 nsrun rootfs true
	output_is ''
	stderr_is_empty
}

@test "the tty option takes true and false" {
	refuses 'tty' --tty=perhaps rootfs "${MARK[@]}"
	expect 0 nsrun --tty=false rootfs echo hello
	output_is hello
}

@test "nsrun can be called with hardly any environment" {
	expect 0 as_caller env -i "$NSRUN" rootfs echo hello
	output_is hello
}

@test "a word that is neither a command nor a root file system, and a command behind options" {
	refuses "cannot use the root file system 'pss'" pss
	stderr_has 'nsrun --help lists the commands'
	refuses "cannot use the root file system 'ps'" -q ps
	stderr_has 'options follow their names'
	refuses "cannot use the root file system './ps'" ./ps
	stderr_has 'ls -ld ROOTFS'
}
