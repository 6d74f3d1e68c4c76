#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# An interactive shell, as somebody at a terminal sees it.

load ../lib/common

@test "an interactive shell needs no option" {
	terminal <<-'PYTHON'
		shell = Terminal(["nsrun", "rootfs", "sh"])
		shell.expect(r"[$#] ")
		shell.send("tty; test -t 0 && test -t 1 && test -t 2 && echo terminal\n")
		shell.expect(r"^/dev/(pts/0|console)$")
		shell.expect(r"^terminal$")
		shell.send("exit 3\n")
		assert shell.wait() == 3
	PYTHON
}

@test "the shell has job control" {
	terminal <<-'PYTHON'
		shell = Terminal(["nsrun", "rootfs", "sh"])
		shell.expect(r"[$#] ")
		shell.send("sleep 1000 &\n")
		shell.send("jobs\n")
		shell.expect(r"\[1\].*Running.*sleep 1000")
		shell.send("fg\n")
		shell.expect(r"^sleep 1000")
		shell.type_until("\x1a", r"\[1\].*Stopped.*sleep 1000")
		shell.send("bg; kill %1; wait; echo all gone\n")
		shell.expect(r"^all gone$")
		assert "job control" not in shell.transcript
		assert "access tty" not in shell.transcript
		shell.send("exit\n")
		shell.wait()
	PYTHON
}

@test "Ctrl-C interrupts the command in the shell, not the shell" {
	terminal <<-'PYTHON'
		shell = Terminal(["nsrun", "rootfs", "sh"])
		shell.expect(r"[$#] ")
		# said by the job itself, which has the terminal then: before that the key would be the shell's
		shell.send("sh -c 'echo go; exec sleep 1000'\n")
		shell.expect(r"^go$")
		shell.send("\x03")
		shell.expect(r"[$#] ")
		shell.send("echo status $?\n")
		shell.expect(r"^status 130$")
		shell.send("exit 0\n")
		assert shell.wait() == 0
	PYTHON
}

@test "Ctrl-C ends a command that is pid 1: 130" {
	terminal <<-'PYTHON'
		command = Terminal(["nsrun", "rootfs", "probe", "wait"])
		command.expect("^ready")
		command.send("\x03")
		assert command.wait() == 130, command.status
	PYTHON
}

@test "Ctrl-\\ ends a command that is pid 1: 131" {
	terminal <<-'PYTHON'
		command = Terminal(["nsrun", "rootfs", "probe", "wait"])
		command.expect("^ready")
		command.send("\x1c")
		assert command.wait() == 131, command.status
	PYTHON
}

@test "Ctrl-C ends a command without a pty: 130" {
	terminal <<-'PYTHON'
		command = Terminal(["nsrun", "--tty=false", "rootfs", "probe", "wait"])
		command.expect("^ready")
		command.send("\x03")
		assert command.wait() == 130, command.status
	PYTHON
}

@test "Ctrl-D ends the shell" {
	terminal <<-'PYTHON'
		shell = Terminal(["nsrun", "rootfs", "sh"])
		shell.expect(r"[$#] ")
		shell.send("\x04")
		assert shell.wait() == 0
	PYTHON
}

@test "the window's size arrives, and its changes" {
	terminal <<-'PYTHON'
		shell = Terminal(["nsrun", "rootfs", "sh"], rows=37, cols=111)
		shell.expect(r"[$#] ")
		shell.send("stty size\n")
		shell.expect(r"^37 111$")
		shell.send("trap 'echo changed' WINCH\n")
		shell.resize(51, 133)
		shell.send("\n")
		shell.expect(r"changed")
		shell.send("stty size\n")
		shell.expect(r"^51 133$")
		shell.resize(0, 0)
		for size in (2, 2), (20000, 20000), (24, 80):
		    shell.resize(*size)
		    shell.send("\n")
		    def seen():
		        shell.send("stty size\n")
		        shell.read_more(0.3)
		        return f"{size[0]} {size[1]}\n" in shell.output
		    try:
		        wait_until(seen)
		    except AssertionError:
		        raise AssertionError(f"size {size}; the terminal showed:\n{shell.transcript[-500:]}")
		shell.send("exit\n")
		shell.wait()
	PYTHON
}

@test "the terminal is raw while the container runs, and restored afterwards" {
	terminal <<-'PYTHON'
		shell = Terminal(["nsrun", "rootfs", "sh"])
		shell.expect(r"[$#] ")
		assert shell.is_raw()
		shell.send("stty -echo raw; exit 5\n")
		assert shell.wait() == 5
		assert shell.modes() == shell.modes_before
	PYTHON
}

@test "the terminal is restored when nsrun is ended by a signal" {
	terminal <<-'PYTHON'
		for number in signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGQUIT, signal.SIGUSR1:
		    command = Terminal(["nsrun", "rootfs", "probe", "wait"])
		    command.expect("^ready")
		    assert command.is_raw()
		    command.kill(number)
		    assert command.wait() == 128 + number, (number, command.status)
		    assert command.modes() == command.modes_before, number
	PYTHON
}

@test "SIGTERM ends a command that has only just begun, again and again" {
	terminal <<-'PYTHON'
		for options in ["-u", "app"], []:
		    for round in range(40):
		        command = Terminal(["nsrun"] + options + ["rootfs", "probe", "wait"])
		        command.expect("^ready")
		        command.kill(signal.SIGTERM)
		        assert command.wait(5) == 143, (options, round, command.status)
	PYTHON
}

@test "the terminal is restored when the start fails" {
	terminal <<-'PYTHON'
		for arguments, status in (["rootfs", "no-such-command"], 127), (["no-such-rootfs"], 125):
		    command = Terminal(["nsrun"] + arguments)
		    assert command.wait() == status, command.transcript
		    assert command.modes() == command.modes_before
		    assert "nsrun: " in command.transcript
	PYTHON
}

@test "messages at a terminal start at the left edge" {
	terminal <<-'PYTHON'
		command = Terminal(["nsrun", "rootfs", "sh", "-c", "echo one; echo two; kill -9 $$; exit 4"])
		assert command.wait() == 4
		assert command.transcript == "one\ntwo\n", repr(command.transcript)
	PYTHON
}

@test "the last output of a command that ends at once is not lost" {
	terminal <<-'PYTHON'
		for round in range(20):
		    command = Terminal(["nsrun", "rootfs", "seq", "2000"])
		    assert command.wait() == 0
		    assert command.transcript.split() == [str(n) for n in range(1, 2001)], round
	PYTHON
}

@test "typed ahead: input that waits before the start arrives" {
	terminal <<-'PYTHON'
		command = Terminal(["sh", "-c", "read -r line; exec \"$@\"", "sh", NSRUN, "rootfs", "cat"])
		command.send("first\n")
		command.send("second\n")
		command.expect("second(.|\n)*second")
		command.send("\x04")
		assert command.wait() == 0
	PYTHON
}

@test "a megabyte through the terminal arrives whole" {
	terminal <<-'PYTHON'
		command = Terminal(["nsrun", "rootfs", "sh", "-c", "stty raw; head -c 1000000 /dev/zero | tr '\\0' x; echo end"])
		assert command.wait(30) == 0
		assert command.transcript.count("x") == 1000000, len(command.transcript)
		assert command.transcript.rstrip().endswith("end")
	PYTHON
}

@test "Ctrl-Z at a shell of the host, without a pty: stopped and continued" {
	terminal <<-'PYTHON'
		shell = Terminal(["bash", "--norc", "--noediting", "-i"])
		shell.expect(r"\$ ")
		shell.send(f"{NSRUN} --tty=false rootfs probe wait\n")
		shell.expect("^ready")
		shell.type_until("\x1a", r"\[1\]\+ +Stopped.*probe wait")
		shell.expect(r"\$ ")
		shell.send("fg\n")
		shell.expect("probe wait")
		shell.type_until("\x03", r"\$ ")
		shell.send("echo status $?\n")
		shell.expect(r"^status 130$")
		shell.send("exit\n")
		shell.wait()
	PYTHON
}

@test "nsrun with a pty, stopped by SIGTSTP: the terminal is the shell's again, and fg makes it raw" {
	terminal <<-'PYTHON'
		shell = Terminal(["bash", "--norc", "--noediting", "-i"])
		shell.expect(r"\$ ")
		shell.send(f"{NSRUN} rootfs sh\n")
		shell.expect(r"[$#] ")
		wait_until(shell.is_raw)
		runner = wait_until(lambda: [pid for pid in descendants(shell.pid)
		    if command_name(pid) == "nsrun"])[0]
		os.kill(runner, signal.SIGTSTP)
		shell.expect(r"\[1\]\+ +Stopped")
		assert not shell.is_raw()
		shell.send("fg\n")
		wait_until(shell.is_raw)
		shell.send("echo inside $$\n")
		shell.expect(r"^inside 1$")
		shell.send("exit 6\n")
		shell.expect(r"\$ ")
		shell.send("echo status $?\n")
		shell.expect(r"^status 6$")
		shell.send("exit\n")
		shell.wait()
	PYTHON
}

@test "the terminal hangs up: the container ends and leaves nothing" {
	terminal <<-'PYTHON'
		command = Terminal(["nsrun", "rootfs", "probe", "wait"])
		command.expect("^ready")
		command.hang_up()
		wait_until(command.ended)
	PYTHON
	nothing_left
}

@test "the terminal hangs up and the command ignores that, as with nohup: nothing spins" {
	terminal <<-'PYTHON'
		command = Terminal(["nsrun", "rootfs", "sh", "-c",
		    "trap '' HUP; echo ready; sleep $0; echo still here; exit 0", str(2 * SLOWNESS)])
		command.expect("^ready")
		command.hang_up()
		_, status, usage = os.wait4(command.pid, 0)
		assert usage.ru_utime + usage.ru_stime < 0.3 * SLOWNESS, usage
	PYTHON
	nothing_left
}

@test "a shell in the terminal that hangs up: the container ends and leaves nothing" {
	terminal <<-'PYTHON'
		shell = Terminal(["nsrun", "rootfs", "sh"])
		shell.expect(r"[$#] ")
		shell.send("sleep 1000 &\n")
		shell.expect(r"[$#] ")
		shell.hang_up()
		wait_until(shell.ended)
	PYTHON
	nothing_left
}

@test "no descriptor of the container is the host's terminal" {
	terminal <<-'PYTHON'
		def host_terminals(pid):
		    host = os.stat("/dev/pts").st_dev
		    found = []
		    for inner in container_processes(pid):
		        for fd in os.listdir(f"/proc/{inner}/fd"):
		            path = f"/proc/{inner}/fd/{fd}"
		            if os.stat(path).st_dev == host:
		                found.append((inner, fd, os.readlink(path)))
		    return found
		for options in [], ["--init"], ["-u", "app"]:
		    command = Terminal(["nsrun"] + options + ["rootfs", "probe", "wait"])
		    command.expect("^ready")
		    assert container_processes(command.pid)
		    assert not host_terminals(command.pid), host_terminals(command.pid)
		    command.kill(signal.SIGTERM)
		    command.wait()
	PYTHON
}

@test "nobody inside can type into the host's terminal" {
	terminal <<-'PYTHON'
		for options in ["--tty=false"], ["--tty=false", "--init"], ["--tty=false", "--userns=keep-id"]:
		    command = Terminal(["nsrun"] + options + ["rootfs", "sh", "-c",
		        "for fd in 0 1 2; do probe inject $fd; done; exec 3<>/dev/tty && probe inject 3"])
		    command.wait()
		    assert command.pending_input() == 0, command.transcript
		    assert "TIOCSTI ok" not in command.transcript, command.transcript
		    assert "TIOCSTI-high ok" not in command.transcript, command.transcript
		    assert "TIOCLINUX ok" not in command.transcript, command.transcript
		command = Terminal(["nsrun", "rootfs", "sh", "-c", "probe inject 0; probe inject 2"])
		command.wait()
		assert command.pending_input() == 0, command.transcript
	PYTHON
}

@test "-t and --tty=true make a pty even where there is no terminal" {
	expect 0 bash -c '"$@" </dev/null' bash "$TEST_LIB/as-caller" "$CALLER" "$NSRUN" -t rootfs sh -c 'test -t 1 && tty'
	output_has '^/dev/(pts/0|console)'
	expect 0 bash -c 'echo input | "$@"' bash "$TEST_LIB/as-caller" "$CALLER" "$NSRUN" --tty rootfs sh -c 'read -r l; echo "got $l"'
	output_has 'got input'
}

@test "no pty when standard output or input is no terminal" {
	terminal <<-'PYTHON'
		command = Terminal(["sh", "-c", f"{NSRUN} rootfs sh -c 'test -t 1 || echo no terminal' | cat"])
		assert command.wait() == 0
		assert command.transcript == "no terminal\n", repr(command.transcript)
		assert command.modes() == command.modes_before
		command = Terminal(["sh", "-c", f"echo piped | {NSRUN} rootfs sh -c 'test -t 0 || echo no terminal; cat'"])
		assert command.wait() == 0
		assert command.transcript == "no terminal\npiped\n", repr(command.transcript)
	PYTHON
}

@test "TERM comes in with a terminal" {
	terminal <<-'PYTHON'
		command = Terminal(["nsrun", "rootfs", "sh", "-c", "echo term=$TERM"])
		assert command.wait() == 0
		assert "term=xterm" in command.transcript, command.transcript
	PYTHON
}

@test "a terminal for every kind of user" {
	terminal <<-'PYTHON'
		for options in ["-u", "app"], ["-u", "4242:5"], ["--userns=keep-id"], ["--userns=nomap"], ["--init"]:
		    command = Terminal(["nsrun"] + options + ["rootfs", "sh", "-c",
		        "tty && exec 3<>/dev/tty && echo opened >&3 && stat -c %u $(tty) && id -u"])
		    assert command.wait() == 0, (options, command.transcript)
		    lines = command.transcript.split()
		    assert "opened" in lines, (options, lines)
		    assert lines[-1] == lines[-2], (options, lines)
	PYTHON
}

@test "a terminal without ranges" {
	use_caller nsrun-carol
	terminal <<-'PYTHON'
		shell = Terminal(["nsrun", "-q", "rootfs", "sh"])
		shell.expect(r"[$#] ")
		shell.send("tty; id -u; exit 2\n")
		shell.expect(r"^/dev/(pts/0|console)$")
		assert shell.wait() == 2
	PYTHON
}

@test "in the background, nsrun does not touch the terminal's modes" {
	terminal <<-'PYTHON'
		shell = Terminal(["bash", "--norc", "--noediting", "-i"])
		shell.expect(r"\$ ")
		shell.send(f"{NSRUN} rootfs sleep 1000 & sleep 0.2; jobs\n")
		shell.expect(r"\[1\]")
		shell.expect(r"\[1\].*(Running|Stopped)")
		shell.expect(r"\$ $") # what is typed sooner is shown before the prompt
		shell.send("stty -a | grep -c ' icanon'\n")
		shell.expect(r"^1$")
		shell.send("kill %1; kill -CONT %1; wait; echo ended\n")
		shell.expect(r"^ended$")
		shell.expect(r"\$ $")
		shell.send("jobs | wc -l; exit\n")
		shell.expect(r"^0$")
		shell.wait()
	PYTHON
}
