#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Terminals: what a payload can put into the caller's, and what of its own may reach the caller's eyes.

load security

# inject ARG...: run the payload that pushes bytes into the terminal's input, on a terminal, with
# the options; afterwards nobody's input may be there. $RUNTIME without a session of its own fails.
inject_into_terminal() {
	mkdir -p rootfs/bin
	cp "$E2E_WORK/bin/probe" rootfs/bin/probe
	own rootfs/bin/probe
	RUN=$(if [ "$RUNTIME" = nsrun ]; then
		printf '%s\n' "$NSRUN" run "${OPTIONS[@]}" "$@" rootfs
	else
		printf '%s\n' "$E2E_WORK/bin/runtime" "$RUNTIME" rootfs
	fi) terminal <<-'PYTHON'
		import sys
		run = os.environ["RUN"].split("\n")
		for fd in ("0", "1", "2", "tty"):
		    if fd == "tty":
		        if "nsrun" not in run[0]:
		            continue
		        command = run + ["sh", "-c", "exec 5<>/dev/tty && /bin/probe inject 5 || echo no tty"]
		    else:
		        command = run + ["/bin/probe", "inject", fd]
		    shell = Terminal(command)
		    status = shell.wait()
		    pending = shell.pending_input()
		    print(f"fd {fd}: status {status}, {pending} bytes pending: {shell.transcript!r}")
		    if pending:
		        print("INJECTED")
		        sys.exit(1)
	PYTHON
}

@test "S60 nothing is put into the input of the caller's terminal" {
	attack_s60() {
		local option
		need "kernel: dev.tty.legacy_tiocsti" grep -q 1 /proc/sys/dev/tty/legacy_tiocsti
		for option in --tty=true --tty=false --init --interactive; do
			run inject_into_terminal "$option"
			if grep -q INJECTED <<<"$output"; then
				escaped "bytes were put into the caller's terminal with $option"
				return 1
			fi
			is 0 "$status"
			[ "$RUNTIME" = nsrun ] || break
		done
	}
	each_mode attack_s60
}

@test "S60 the caller's terminal is out of reach without a filter, too" {
	attack_s60_unconfined() {
		run inject_into_terminal --tty=false --security-opt seccomp=unconfined
		is 0 "$status"
		run inject_into_terminal --tty=true --security-opt seccomp=unconfined --cap-add ALL
		is 0 "$status"
	}
	each_mode attack_s60_unconfined
}

@test "S61 a command whose high bits are set is the same command to the filter" {
	attack_s61() {
		with_attack
		OPTIONS_LINE="${OPTIONS[*]}" terminal <<-'PYTHON'
			shell = Terminal(["nsrun", "run"] + os.environ["OPTIONS_LINE"].split() +
			                 ["-t", "rootfs", "/attack", "calls"])
			shell.wait()
			lines = dict(line.split() for line in shell.transcript.split("\n") if line.count(" ") == 1)
			print(lines)
			assert lines["tiocsti"] == "EPERM", lines
			assert lines["tiocsti-high"] == "EPERM", lines
		PYTHON
	}
	each_mode attack_s61
}

@test "S62 TIOCLINUX is refused" {
	attack_s62() {
		with_attack
		OPTIONS_LINE="${OPTIONS[*]}" terminal <<-'PYTHON'
			shell = Terminal(["nsrun", "run"] + os.environ["OPTIONS_LINE"].split() +
			                 ["-t", "rootfs", "/attack", "calls"])
			shell.wait()
			assert "tioclinux EPERM" in shell.transcript, shell.transcript
		PYTHON
	}
	each_mode attack_s62
}

@test "S63 what nsrun says never carries control characters to a terminal" {
	attack_s63() {
		OPTIONS_LINE="${OPTIONS[*]}" terminal <<-'PYTHON'
			options = os.environ["OPTIONS_LINE"].split()
			evil = ["\x1b]0;pwned\x07", "\x9b31m", "a\rb", "\x1b[2J", "x\x7fy", "\u009b31m"]
			os.symlink("/etc", "rootfs/\x1b]0;pwned\x07")
			def clean(command):
			    shell = Terminal(command)
			    shell.wait()
			    text = shell.transcript.replace("\n", "").replace("\t", "")
			    bad = [c for c in text if ord(c) < 32 or 0x7f <= ord(c) < 0xa0]
			    assert not bad, (command, shell.transcript)
			for word in evil:
			    clean(["nsrun", "run", "rootfs" + word])
			    clean(["nsrun", "run"] + options + ["rootfs", word])
			    clean(["nsrun", "run"] + options + ["-u", word, "rootfs", "true"])
			    clean(["nsrun", "run"] + options + ["-w", "/" + word, "rootfs", "true"])
			    clean(["nsrun", "run"] + options + ["-v", "/no" + word + ":/mnt", "rootfs", "true"])
			    clean(["nsrun", "run"] + options + ["--no-such" + word, "rootfs", "true"])
			    clean(["nsrun", "run"] + options + ["--security-opt", word, "rootfs", "true"])
			    clean(["nsrun", "plan"] + options + ["-e", "X=" + word, "-h", word, "rootfs", word])
			    clean(["nsrun", "plan"] + options + ["-e", "X=" + word, "-w", "/" + word, "rootfs", word])
		PYTHON
	}
	each_mode attack_s63
}

@test "S64 a terminal works for root, for a user and with a single id" {
	work_s64() {
		local user
		local -a users=(0)
		[ "$MODE" = single ] || users+=(1000)
		for user in "${users[@]}"; do
			OPTIONS_LINE="${OPTIONS[*]} -u $user" terminal <<-'PYTHON'
				shell = Terminal(["nsrun", "run"] + os.environ["OPTIONS_LINE"].split() +
				                 ["-t", "rootfs", "sh", "-c", "tty && echo text >/dev/tty && stat -c %u $(tty)"])
				shell.expect(r"^/dev/(pts/0|console)$")
				shell.expect(r"^text$")
				shell.expect("^" + os.environ["OPTIONS_LINE"].split()[-1] + "$")
				assert shell.wait() == 0
			PYTHON
		done
	}
	each_mode work_s64
}
