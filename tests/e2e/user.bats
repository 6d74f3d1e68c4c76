#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# The payload's user: -u in all its forms, names from the root file system, groups.

load ../lib/common

# uid_gid [OPTION...]: "uid:gid" of the payload.
uid_gid() {
	nsrun "$@" rootfs sh -c 'echo "$(id -u):$(id -g)"'
}

# groups_of [OPTION...]: all its groups, sorted, the primary one included.
groups_of() {
	nsrun "$@" rootfs id -G | tr ' ' '\n' | sort -n | tr '\n' ' ' | squeeze
}

@test "without -u the payload is root with root's group only" {
	is 0:0 "$(uid_gid)"
	is 0 "$(groups_of)"
}

@test "-u NAME takes user, group and supplementary groups from the rootfs's files" {
	is 100:101 "$(uid_gid -u app)"
	is "44 46 101" "$(groups_of -u app)"
	is 33:33 "$(uid_gid --user www)"
	is "33 46" "$(groups_of --user=www)"
}

@test "-u NAME:GROUP, NAME:GID, UID:GROUP and UID:GID" {
	is 100:44 "$(uid_gid -u app:media)"
	is 100:5000 "$(uid_gid -u app:5000)"
	is 7:46 "$(uid_gid -u 7:video)"
	is 7:8 "$(uid_gid -u 7:8)"
}

@test "-u UID takes the group of that user, or 0 when there is no such user" {
	is 33:33 "$(uid_gid -u 33)"
	is 4242:0 "$(uid_gid -u 4242)"
}

@test "the golden table: what is a user, and what is refused" {
	is 1:1 "$(uid_gid -u 1)"
	is 1:2 "$(uid_gid -u 1:2)"
	is 1:44 "$(uid_gid -u 1:media)"
	is 100:101 "$(uid_gid -u app)"
	local user
	# Never uid 0 from a text that is no number.
	for user in ' 1' '1 ' '+1' '-1' '0x1' '1e3' '1,2' $'1\n' '1000:1000:1' ':' '1: 2' '1:-1' \
		app:no-such-group no-such-user:0 ''; do
		expect 125 nsrun -u "$user" rootfs "${MARK[@]}"
		[ ! -e rootfs/mark ]
		stderr_has '^nsrun: '
	done
}

@test "user texts that read in two ways mean what the number says, or are refused" {
	# 01 is 1 (never octal or a name); ":5" and "1:" have an empty half.
	run --separate-stderr uid_gid -u 01
	[ "$status" -eq 125 ] || output_is 1:1
	run --separate-stderr uid_gid -u 1:
	[ "$status" -eq 125 ] || output_is 1:1
	run --separate-stderr uid_gid -u :5
	[ "$status" -eq 125 ] || output_is 0:5
}

@test "a number that is too big is an error, even if a user has it as his name" {
	local user
	for user in 4294967294 4294967295 4294967296 4294967297 18446744073709551616 \
		99999999999999999999999; do
		refuses "$user|out of range|not mapped" -u "$user" rootfs "${MARK[@]}"
		refuses "$user|out of range|not mapped" -u "0:$user" rootfs "${MARK[@]}"
	done
}

@test "a user without an id in the passwd file is refused, never root" {
	refuses 'noid' -u noid rootfs "${MARK[@]}"
}

@test "an unknown user or group is named, with the file it was looked for in" {
	refuses 'no-such-user' -u no-such-user rootfs "${MARK[@]}"
	stderr_has '/etc/passwd'
	refuses 'no-such-group' -u app:no-such-group rootfs "${MARK[@]}"
	stderr_has '/etc/group'
}

@test "names are the rootfs's, never the host's" {
	refuses "$CALLER" -u "$CALLER" rootfs "${MARK[@]}"
	in_rootfs etc/passwd <<<"$CALLER:x:77:78::/:/bin/sh"
	is 77:78 "$(uid_gid -u "$CALLER")"
}

@test "an id that the map does not have is refused and named" {
	refuses '70000' -u 70000 rootfs "${MARK[@]}"
	refuses '70000' -u 0:70000 rootfs "${MARK[@]}"
	use_caller nsrun-carol
	refuses '100' -q -u app rootfs "${MARK[@]}"
}

@test "no passwd file: numbers work, names do not" {
	rm rootfs/etc/passwd rootfs/etc/group
	is 5:6 "$(uid_gid -u 5:6)"
	is 5:0 "$(uid_gid -u 5)"
	refuses 'app' -u app rootfs "${MARK[@]}"
}

@test "what init passes over is said while the command runs, not after it" {
	rm rootfs/etc/group
	as_caller mkfifo rootfs/etc/group
	start_ready rootfs "${READY[@]}"
	wait_for grep -q "'/etc/group' of the root file system cannot be used" stderr
	kill -TERM "$PID"
	finish 143
}

@test "hostile passwd files neither hang nor fool the parser" {
	local line
	rm rootfs/etc/passwd
	as_caller mkfifo rootfs/etc/passwd
	run --separate-stderr nsrun -u app rootfs "${MARK[@]}"
	is 125 "$status"
	rm rootfs/etc/passwd
	as_caller mkdir rootfs/etc/passwd
	run --separate-stderr nsrun -u app rootfs "${MARK[@]}"
	is 125 "$status"
	rmdir rootfs/etc/passwd
	as_caller ln -s /dev/zero rootfs/etc/passwd
	run --separate-stderr nsrun -u app rootfs "${MARK[@]}"
	is 125 "$status"
	rm rootfs/etc/passwd
	{
		head -c 3000000 /dev/zero | tr '\0' x
		printf '\nshort\n:::\napp:x:-1:5::/:\napp:x:1 :5::/:\n'
		printf 'app:x:0x0:0::/:/bin/sh\napp:x:4294967295:0::/:/bin/sh\napp:x:4294967296:0::/:/bin/sh\n'
		printf 'app:x:55:56::/:/bin/sh\n'
	} | in_rootfs etc/passwd
	run --separate-stderr uid_gid -u app
	[ "$status" -eq 125 ] || output_is 55:56
}

@test "a passwd file that links out of the rootfs is looked up inside it" {
	local host_user
	host_user=$(awk -F: '$3 > 0 && $3 < 1000 { print $1; exit }' /etc/passwd)
	as_caller mv rootfs/etc/passwd rootfs/passwd
	as_caller ln -s /../../../../../../passwd rootfs/etc/passwd
	is 100:101 "$(uid_gid -u app)"
	rm rootfs/etc/passwd
	as_caller ln -s "$T/outside" rootfs/etc/passwd
	as_caller sh -c 'echo "outsider:x:9:9::/:" >outside'
	refuses 'outsider' -u outsider rootfs "${MARK[@]}"
	[ -n "$host_user" ]
}

@test "HOME comes from the passwd file" {
	expect 0 nsrun -u app rootfs sh -c 'echo $HOME'
	output_is /home/app
	expect 0 nsrun rootfs sh -c 'echo $HOME'
	output_is /root
	expect 0 nsrun -u app -e HOME=/tmp rootfs sh -c 'echo $HOME'
	output_is /tmp
}

@test "a HOME with a newline makes no new line in the passwd file" {
	cp rootfs/etc/passwd before
	run --separate-stderr nsrun -e HOME=$'/x\nroot2::0:0::/:/bin/sh' rootfs cat /etc/passwd
	output_lacks '^root2'
	cmp before rootfs/etc/passwd
}

@test "the primary group is among the groups (negative group permissions hold)" {
	expect 0 nsrun -u 7:8 rootfs id -G
	output_has '(^| )8( |$)'
	# A file that the group must not read: others may.
	nsrun rootfs sh -c 'echo secret >/file && chown 0:8 /file && chmod 0604 /file'
	expect 1 nsrun -u 7:8 rootfs cat /file
}

@test "groups of the host are not kept" {
	id -nG "$CALLER" | grep -qw nsrun-team
	expect 0 nsrun rootfs id -G
	output_is 0
	expect 0 nsrun -u app rootfs id -G
	output_lacks 65534
	expect 0 nsrun --userns=keep-id rootfs id -G
	output_lacks 65534
}

@test "--group-add by name and by number, repeated" {
	is "0 44 46" "$(groups_of --group-add media --group-add 46)"
	is "5 44 46 101" "$(groups_of -u app --group-add 5)"
	refuses 'no-such-group' --group-add no-such-group rootfs "${MARK[@]}"
	refuses '4294967295' --group-add 4294967295 rootfs "${MARK[@]}"
}

@test "--group-add keep-groups: a group of the host opens its files" {
	install -d -o root -g nsrun-team -m 0750 "$E2E_WORK/over.$BATS_SUITE_TEST_NUMBER.team"
	echo 'for the team' >"$E2E_WORK/over.$BATS_SUITE_TEST_NUMBER.team/file"
	local volume="$E2E_WORK/over.$BATS_SUITE_TEST_NUMBER.team:/team"
	expect 1 nsrun -v "$volume" rootfs cat /team/file
	expect 0 nsrun --group-add keep-groups -v "$volume" rootfs cat /team/file
	output_is 'for the team'
	use_caller nsrun-carol
	expect 0 nsrun -q --group-add keep-groups -v "$volume" rootfs cat /team/file
	output_is 'for the team'
}

# writes_to_both [OPTION...]: the payload opens /dev/stdout and /dev/stderr by name, and writes.
writes_to_both() {
	nsrun "$@" rootfs sh -c 'echo out >/dev/stdout && echo err >/dev/stderr'
}

@test "a non-root user writes to /dev/stdout and /dev/stderr: files" {
	as_caller sh -c ': >out; : >err; chmod 0600 out err'
	as_caller sh -c '"$@" >out 2>err' sh "$NSRUN" -u app rootfs \
		sh -c 'echo out >/dev/stdout && echo err >/dev/stderr'
	is out "$(cat out)"
	is err "$(cat err)"
	is "$CALLER_UID:$CALLER_GID 600" "$(stat -c '%u:%g %a' out)"
}

@test "a non-root user writes to /dev/stdout and /dev/stderr: a file that is appended to" {
	as_caller sh -c 'echo first >log; chmod 0600 log'
	as_caller sh -c '"$@" >>log 2>&1' sh "$NSRUN" -u app rootfs \
		sh -c 'echo second; echo third >>/dev/stdout; echo fourth >>/dev/stderr'
	is $'first\nsecond\nthird\nfourth' "$(cat log)"
}

@test "a non-root user writes to /dev/stdout and /dev/stderr: pipes" {
	writes_to_both -u app 2> >(cat >err) | cat >out
	wait_for test -s err
	is out "$(cat out)"
	is err "$(cat err)"
}

@test "a non-root user writes to /dev/stdout and /dev/stderr: sockets" {
	expect 0 python3 - "$TEST_LIB/as-caller" "$CALLER" "$NSRUN" -u app rootfs sh -c \
		'echo out >/dev/stdout && echo err >/dev/stderr' <<'PYTHON'
import socket, subprocess, sys
out, out_end = socket.socketpair()
err, err_end = socket.socketpair()
child = subprocess.Popen(sys.argv[1:], stdin=subprocess.DEVNULL, stdout=out_end, stderr=err_end)
out_end.close()
err_end.close()
status = child.wait()
def everything(end):
    text = b""
    while True:
        more = end.recv(4096)
        if not more:
            return text.decode()
        text += more
print(everything(out), everything(err), sep="", end="")
sys.exit(status)
PYTHON
	output_is $'out\nerr'
}

@test "a non-root user writes to /dev/stdout and /dev/stderr: a terminal" {
	terminal <<-'PYTHON'
		command = Terminal(["nsrun", "-u", "app", "rootfs", "sh", "-c",
		    "echo one >/dev/stdout && echo two >/dev/stderr && echo three >/dev/tty"])
		assert command.wait() == 0, command.transcript
		assert command.transcript == "one\ntwo\nthree\n", repr(command.transcript)
	PYTHON
}

@test "a non-root user writes to /dev/stdout: a terminal, without a pty of its own" {
	terminal <<-'PYTHON'
		command = Terminal(["nsrun", "--tty=false", "-u", "app", "rootfs", "sh", "-c",
		    "echo one >/dev/stdout && echo two >/dev/stderr"])
		assert command.wait() == 0, command.transcript
		assert command.transcript == "one\ntwo\n", repr(command.transcript)
	PYTHON
}

@test "a non-root user writes to /dev/stdout under every kind of map" {
	local start
	read -r start _ < <(range subuid 1)
	local option
	for option in --userns=keep-id --userns=nomap "--uidmap=0:$start:1000"; do
		is out "$(nsrun "$option" -u 101 rootfs sh -c 'echo out >/dev/stdout' | cat)"
	done
}
