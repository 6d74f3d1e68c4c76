#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# nsrun box: a sandbox that stays, in which its user is himself.

load ../lib/common

setup() {
	begin_test
	SHARED=()
	own_place
}

# own_place: what the caller keeps lies in this test's directory.
own_place() {
	# what a box has in /tmp where that is a file system of its own, unless somebody keeps something there
	[ -e "/tmp/nsrun-$CALLER_UID/boxes" ] || SHARED+=("/tmp/nsrun-$CALLER_UID")
	as_caller mkdir -m 0700 "$T/run" "$T/config"
	caller_env "XDG_RUNTIME_DIR=$T/run" "XDG_CONFIG_HOME=$T/config"
}

teardown() {
	local failed=0 place
	CALLER_BINDS='' CALLER_PREFIX=''
	nsrun rm -f -a >/dev/null || failed=1
	[ -z "${ELSEWHERE:-}" ] || rm -rf "$ELSEWHERE"
	for place in "${SHARED[@]}"; do
		rm -rf "$place/boxes"
		rmdir "$place" 2>/dev/null || true
	done
	end_test || failed=1
	return "$failed"
}

# listener SOCKET WORD: somebody at this socket says WORD to whoever connects.
listener() {
	cat >"$T/listener.py" <<-'PYTHON'
		import os, socket, sys
		path, word = sys.argv[1:]
		server = socket.socket(socket.AF_UNIX)
		server.bind(path)
		server.listen(5)
		while True:
		    connection, _ = server.accept()
		    connection.sendall(word.encode() + b"\n")
		    connection.close()
	PYTHON
	exec_in_background "$TEST_LIB/as-caller" "$CALLER" python3 "$T/listener.py" "$@"
	wait_for test -S "$1"
}


@test "a box is made on its first use, and entered afterwards" {
	expect 0 nsrun box dev rootfs echo made
	output_is made
	stderr_is_empty
	expect 0 nsrun box dev echo entered
	output_is entered
	expect 7 nsrun box dev sh -c 'exit 7'
	expect 127 nsrun box dev no-such-command
	stderr_has "no command 'no-such-command'"
	expect 0 nsrun ps -q --filter label=nsrun.box=dev
	is 1 "$(wc -l <<<"$output")" "containers"
}

@test "inside he is who he is outside: ids, name, groups, home, host name of the box" {
	expect 0 nsrun box dev rootfs sh -c 'id -u; id -g; id -un; id -gn; echo $USER $LOGNAME $HOME; hostname'
	output_is "$CALLER_UID
$CALLER_GID
$CALLER
$CALLER
$CALLER $CALLER $CALLER_HOME
dev"
	as_caller sh -c 'echo own >own'
	expect 0 nsrun box dev sh -c 'cat own; stat -c %U own; echo inside >made'
	output_is "own
$CALLER"
	is "$CALLER" "$(stat -c %U made)"
}

@test "passwd and group are the image's with his lines before, and the rootfs keeps its own" {
	printf '%s\n' 'root:x:0:0::/root:/bin/sh' "ubuntu:x:$CALLER_UID:$CALLER_GID::/home/ubuntu:/bin/sh" \
		"$CALLER:x:77:77::/image:/bin/false" | in_rootfs etc/passwd
	expect 0 nsrun box dev rootfs sh -c 'whoami; cat /etc/passwd'
	output_is "$CALLER
$CALLER:x:$CALLER_UID:$CALLER_GID::$CALLER_HOME:/bin/sh
root:x:0:0::/root:/bin/sh
ubuntu:x:$CALLER_UID:$CALLER_GID::/home/ubuntu:/bin/sh"
	output=$(cat rootfs/etc/passwd)
	output_has ':/image:'
	output_lacks "$CALLER_HOME"
}

@test "his other groups count inside, under the one name that the kernel has for them" {
	install -d -o root -g nsrun-team -m 0770 team
	expect 0 nsrun box -v "$T/team:/team" dev rootfs sh -c 'touch /team/made && id -Gn'
	output_has "^$CALLER nogroup$|^$CALLER nobody$"
	is nsrun-team "$(stat -c %G team)"
	[ -e team/made ]
}

@test "a group that /etc/subgid gives him has its name inside" {
	local gid
	gid=$(getent group nsrun-team | cut -d: -f3)
	host_file /etc/subgid "$CALLER:$(range subgid 1 | tr ' ' :)" "$CALLER:$gid:1"
	expect 0 nsrun box dev rootfs id -Gn
	output_has '^'"$CALLER"' nsrun-team$'
}

@test "without subordinate ids" {
	nsrun rm -f -a >/dev/null
	CALLER_ENV=''
	use_caller nsrun-carol
	own_place
	expect 0 nsrun box dev rootfs id
	output_has "uid=$CALLER_UID\($CALLER\) gid=$CALLER_GID\($CALLER\)"
	stderr_has 'only your own user and group'
	expect 0 nsrun box dev sh -c 'echo x >made; whoami'
	stderr_is_empty
	is "$CALLER" "$(stat -c %U made)"
}

@test "the directory is kept where the box has it, else it is home" {
	as_caller mkdir -p "$T/deep/er" /var/tmp/nsrun-box-src/sub
	cd deep/er
	expect 0 nsrun box -v /var/tmp/nsrun-box-src:/src dev "$T/rootfs" pwd
	output_is "$T/deep/er"
	cd /var/tmp/nsrun-box-src/sub
	expect 0 nsrun box dev pwd
	output_is /src/sub
	cd /
	expect 0 nsrun box dev pwd
	output_is "$CALLER_HOME"
	expect 0 nsrun box -w /etc dev pwd
	output_is /etc
	rm -rf /var/tmp/nsrun-box-src
}

@test "a login shell of his at a terminal; exit leaves, and the box stays" {
	nsrun box dev rootfs true
	caller_env SHELL=/bin/none LANG=C.UTF-8 COLORTERM=truecolor
	terminal <<-'PYTHON'
		import os
		first = Terminal(["nsrun", "box", "dev"])
		first.expect(r"[$#] ")
		second = Terminal(["nsrun", "box", "dev"])
		second.expect(r"[$#] ")
		first.send("echo $0 $SHELL $LANG $COLORTERM; tty\n")
		first.expect(r"^-sh /bin/sh C.UTF-8 truecolor$")
		first.expect(r"^/dev/pts/\d")
		first.send("echo from-first >/tmp/word\n")
		first.expect(r"[$#] ")
		first.send("exit 3\n")
		assert first.wait() == 3
		second.send("cat /tmp/word\n")
		second.expect(r"^from-first$")
		second.send("exit\n")
		assert second.wait() == 0
	PYTHON
	expect 0 nsrun box --list
	output_has '^dev +'"$T"'/rootfs +running$'
}

@test "standard input is passed on, as with run" {
	nsrun box dev rootfs true
	is "from outside" "$(echo from outside | nsrun box dev cat)"
	is "/bin/sh" "$(echo 'echo $SHELL' | nsrun box dev)"
}

@test "two who use it first at once get one box" {
	local i
	for i in 1 2 3 4 5 6; do
		exec_in_background "$TEST_LIB/as-caller" "$CALLER" "$NSRUN" box -q dev rootfs sh -c 'readlink /proc/self/ns/pid'
	done
	for i in "${STARTED[@]}"; do
		wait "$i"
	done
	is 6 "$(grep -c pid: stdout)" "answers"
	is 1 "$(sort -u stdout | wc -l)" "boxes"
	is "" "$(cat stderr)"
}

@test "what is known of a box outlives its container: stop, rm, and the machine's restart" {
	nsrun box -e WORD=kept -v "$T:/here" dev rootfs true
	expect 0 nsrun stop dev
	expect 0 nsrun box --list
	output_has 'stopped$'
	cd /
	expect 0 nsrun box dev sh -c 'echo $WORD; ls /here | grep config'
	output_is "kept
config"
	expect 0 nsrun rm -f dev
	expect 0 nsrun box dev sh -c 'echo $WORD'
	output_is kept
	nsrun rm -f dev
	rm -rf "${T:?}/run/nsrun"
	expect 0 nsrun box dev sh -c 'echo $WORD'
	output_is kept
	nsrun stop dev
	expect 0 nsrun start dev
	expect 0 nsrun box dev whoami
	output_is "$CALLER"
}

@test "the first process is nsrun's own: no program of the rootfs keeps the box alive" {
	nsrun box dev rootfs true
	expect 0 nsrun box dev ps -o pid,args
	output_has '^ *1 nsrun-init'
	is 3 "$(wc -l <<<"$output")" "lines of ps"
	# whoever loses its parent is reaped
	expect 0 nsrun box dev sh -c '(sh -c "exit 0" &) ; (true &); usleep 50000; ps -o stat,args'
	output_lacks '^Z'
	# nobody inside looks into it: it was the host's nsrun
	expect 1 nsrun box dev cat /proc/1/environ
	expect 0 nsrun box dev kill -HUP 1
	expect 0 nsrun box dev true
	expect 0 nsrun stop dev
	expect 0 nsrun ps -a
	output_has 'Exited \(0\)'
}

@test "the ssh agent is that of whoever enters, also after another login" {
	# where an agent has it; a socket is brought in from the file systems of /tmp and of the run directory
	as_caller mkdir /tmp/nsrun-box-agent
	ELSEWHERE=/tmp/nsrun-box-agent
	listener /tmp/nsrun-box-agent/agent.1 first
	listener /tmp/nsrun-box-agent/agent.2 second
	expect 0 nsrun box dev rootfs sh -c 'echo ${SSH_AUTH_SOCK:-none}'
	output_is none
	caller_env SSH_AUTH_SOCK=/tmp/nsrun-box-agent/agent.1
	expect 0 nsrun box dev sh -c 'probe connect "$SSH_AUTH_SOCK"'
	output_is first
	caller_env SSH_AUTH_SOCK=/tmp/nsrun-box-agent/agent.2
	expect 0 nsrun box dev sh -c 'probe connect "$SSH_AUTH_SOCK"'
	output_is second
	caller_env SSH_AUTH_SOCK=/tmp/nsrun-box-agent/gone
	expect 0 nsrun box dev sh -c 'echo ${SSH_AUTH_SOCK:-none}'
	output_is none
	stderr_has "nsrun-box-agent/gone' cannot be had"
}

@test "an agent on another file system than the runtime directory, and one below home" {
	ELSEWHERE=/dev/shm/nsrun-box-run
	as_caller mkdir -m 0700 "$ELSEWHERE"
	caller_env "XDG_RUNTIME_DIR=$ELSEWHERE"
	as_caller mkdir /tmp/nsrun-box-agent
	listener /tmp/nsrun-box-agent/agent elsewhere
	listener "$T/agent" home
	caller_env SSH_AUTH_SOCK=/tmp/nsrun-box-agent/agent
	run nsrun box dev rootfs sh -c 'probe connect "$SSH_AUTH_SOCK"'
	rm -rf /tmp/nsrun-box-agent
	output_is elsewhere
	caller_env "SSH_AUTH_SOCK=$T/agent"
	expect 0 nsrun box dev sh -c 'probe connect "$SSH_AUTH_SOCK"'
	output_is home
	expect 0 nsrun box --rm dev
	[ ! -e "/tmp/nsrun-$CALLER_UID/boxes/dev" ]
}

@test "Wayland, PulseAudio and PipeWire sockets; nothing else of the runtime directory" {
	as_caller mkdir "$T/run/pulse"
	listener "$T/run/wayland-7" wayland
	listener "$T/run/pulse/native" pulse
	listener "$T/run/pipewire-0" pipewire
	listener "$T/run/bus" bus
	caller_env WAYLAND_DISPLAY=wayland-7 DBUS_SESSION_BUS_ADDRESS="unix:path=$T/run/bus"
	expect 0 nsrun box dev rootfs sh -c 'probe connect "$WAYLAND_DISPLAY"
		probe connect "${PULSE_SERVER#unix:}"; probe connect "$XDG_RUNTIME_DIR/pipewire-0"
		ls "$XDG_RUNTIME_DIR" | grep bus; echo "${DBUS_SESSION_BUS_ADDRESS:-none}"
		stat -c "%a %U" "$XDG_RUNTIME_DIR"'
	output_is "wayland
pulse
pipewire
none
700 $CALLER"
}

@test "the X display and its cookie, which fits the host name of the box" {
	printf '\001\000\000\004host\000\0017\000\001n\000\001d' >"$T/cookie"
	chown "$CALLER:" "$T/cookie"
	caller_env DISPLAY=:77.0 "XAUTHORITY=$T/cookie"
	expect 0 nsrun box dev rootfs sh -c 'echo $DISPLAY; od -An -c -N 8 "$XAUTHORITY"; stat -c %a "$XAUTHORITY"; ls -d /tmp/.X11-unix'
	is ":77.0
377 377 \\0 004 h o s t
600
/tmp/.X11-unix" "$(squeeze <<<"$output")"
}

@test "the network is the host's unless he says otherwise" {
	expect 0 nsrun box dev rootfs readlink /proc/self/ns/net
	output_is "$(readlink /proc/self/ns/net)"
	expect 0 nsrun box --network=none other rootfs sh -c 'ls /sys/class/net'
	output_is lo
}

@test "options are for the making: others at an entry are refused, those of exec are taken" {
	nsrun box -e A=1 dev rootfs true
	expect 0 nsrun box -e A=1 dev rootfs sh -c 'echo $A'
	output_is 1
	expect 0 nsrun box -e A=2 dev sh -c 'echo $A'
	output_is 2
	expect 0 nsrun box -u root dev id -u
	output_is 0
	expect 125 nsrun box -v /tmp:/x dev true
	stderr_has "box 'dev' is made already"
	stderr_has 'nsrun box --rm dev'
}

@test "a command that is called as a directory is no rootfs, and another rootfs is a mistake" {
	nsrun box dev rootfs true
	as_caller mkdir echo other
	expect 0 nsrun box dev echo words
	output_is words
	expect 125 nsrun box dev ./other true
	stderr_has "has the root file system '$T/rootfs'"
}

@test "what cannot be a box" {
	expect 125 nsrun box
	stderr_has 'takes a name'
	expect 125 nsrun box dev
	stderr_has "no box 'dev'"
	stderr_has 'nsrun box dev ROOTFS'
	expect 125 nsrun box ../dev rootfs true
	stderr_has 'not a name'
	expect 125 nsrun box dev no-such-rootfs true
	stderr_has 'no-such-rootfs'
	expect 0 nsrun box --list
	output_lacks dev
	nsrun run -d --name taken rootfs sleep 1000 >/dev/null
	expect 125 nsrun box taken rootfs true
	stderr_has 'no box'
	expect 0 nsrun box --list
	output_lacks taken
}

@test "a rootfs that has moved" {
	nsrun box dev rootfs true
	nsrun stop dev >/dev/null
	mv rootfs moved
	expect 125 nsrun box dev true
	stderr_has "cannot use the root file system '$T/rootfs' of the box 'dev'"
	stderr_has 'move it back'
	mv moved rootfs
	expect 0 nsrun box dev echo back
	output_is back
}

@test "--rm ends and forgets a box, and leaves rootfs and home" {
	nsrun box dev rootfs true
	start_in_box
	expect 0 nsrun box --rm dev
	output_is dev
	wait_for ended
	expect 0 nsrun ps -a -q
	output_is ''
	expect 0 nsrun box --list
	output_lacks dev
	[ -d rootfs/bin ]
	is "" "$(find "$T/run/nsrun/boxes" "$T/config/nsrun/boxes" -mindepth 1)"
	expect 125 nsrun box --rm dev
	stderr_has "no box 'dev'"
}

start_in_box() {
	start box dev "${READY[@]}"
	wait_for said '^ready'
}

@test "a box over an overlay keeps its changes, and the rootfs stays as it is" {
	as_caller mkdir changes
	nsrun box --rootfs-overlay "$T/changes" dev rootfs true
	expect 0 nsrun box -u root dev sh -c 'echo kept >/etc/made'
	nsrun stop dev >/dev/null
	expect 0 nsrun box dev cat /etc/made
	output_is kept
	[ ! -e rootfs/etc/made ]
}

@test "a container with --init can be entered, too" {
	nsrun run -d --init --name c rootfs sleep 1000 >/dev/null
	expect 0 nsrun exec c cat /proc/1/cmdline
	output_has 'nsrun-init'
	expect 1 nsrun exec c cat /proc/1/environ
}

@test "a box whose file is damaged, and places where no box can be written down" {
	as_caller mkdir -p config/nsrun/boxes
	as_caller sh -c 'echo nonsense >config/nsrun/boxes/dev'
	refuses "boxes/dev' of the box 'dev' is not what nsrun wrote" box dev true
	as_caller chmod 0 config/nsrun/boxes
	refuses 'cannot list the boxes' box --list
	as_caller chmod 0500 config/nsrun/boxes
	refuses "cannot write down the box 'new' in '$T/config/nsrun/boxes'" box new rootfs "${MARK[@]}"
	expect 0 nsrun ps -aq
	output_is ''
	refuses "cannot remove the file of the box 'dev'" box --rm dev
	as_caller chmod 0700 config/nsrun/boxes
	expect 0 nsrun box --rm dev
}

@test "a box whose container is damaged" {
	nsrun box dev rootfs true
	truncate -s 10 run/nsrun/containers/dev/config.json
	refuses "the container 'dev' is damaged" box dev "${MARK[@]}"
	expect 0 nsrun rm -f dev
	expect 0 nsrun box --rm dev
}

@test "box --rm of what is no box leaves nothing of one" {
	expect 0 nsrun run -d --name plain rootfs sleep 1000
	refuses "'plain'" box --rm plain
	refuses "there is no box 'other'" box --rm other
	is '' "$(find run config /tmp/nsrun-"$CALLER_UID" -path '*boxes/*' 2>/dev/null)"
	expect 0 nsrun rm -f plain
}

@test "cp with a box that does not run" {
	as_caller sh -c 'echo hello >in'
	expect 0 nsrun box b rootfs true
	expect 0 nsrun stop -t 0 b
	expect 0 nsrun cp in b:/given
	is hello "$(cat rootfs/given)"
	expect 0 nsrun box b cat /given
	output_is hello
	expect 0 nsrun box --rm b
}
