# SPDX-License-Identifier: Apache-2.0
"""A user at a terminal: a pseudoterminal that a test types into and reads from.

    shell = Terminal(["nsrun", "rootfs", "sh"])     # as the caller of the test (see common.bash)
    shell.expect(r"[$#] ")
    shell.send("stty size\n")
    shell.expect("24 80")
    shell.send("exit 3\n")
    assert shell.wait() == 3
"""

import fcntl
import os
import re
import select
import signal
import struct
import sys
import termios
import time

# an emulated machine is given more time (see common.bash)
SLOWNESS = float(os.environ.get("E2E_SLOWNESS", "1"))
DEADLINE = 15.0
LIBRARY = os.environ.get("TEST_LIB", os.path.dirname(os.path.abspath(__file__)))
NSRUN = os.environ["NSRUN"]
CALLER = os.environ["CALLER"]
WORK = os.environ["T"]


class Terminal:
    """A command on a terminal of its own, run as the test's caller."""

    def __init__(self, command, rows=24, cols=80):
        if command[0] == "nsrun":
            command = [NSRUN] + command[1:]
        self.output = ""
        self.transcript = ""
        self.status = None
        self.master, self.slave = os.openpty()
        self.name = os.ttyname(self.slave)
        # as login(1) does
        import pwd
        os.fchown(self.slave, pwd.getpwnam(CALLER).pw_uid, -1)
        os.fchmod(self.slave, 0o600)
        self.resize(rows, cols)
        self.modes_before = self.modes()
        self.pid = os.fork()
        if self.pid == 0:
            try:
                os.setsid()
                fcntl.ioctl(self.slave, termios.TIOCSCTTY, 0)
                for standard in range(3):
                    os.dup2(self.slave, standard)
                os.closerange(3, 256)
                os.chdir(WORK)
                arguments = [LIBRARY + "/as-caller", CALLER] + command
                os.execv(arguments[0], arguments)
            finally:
                os._exit(99)

    def resize(self, rows, cols):
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, cols, 0, 0))

    def modes(self):
        """The terminal's modes as a value that can be compared."""
        return termios.tcgetattr(self.slave)

    def is_raw(self):
        return not self.modes()[3] & (termios.ICANON | termios.ECHO)

    def pending_input(self):
        """How many bytes wait to be read by whoever reads this terminal next."""
        modes = self.modes()
        raw = self.modes()
        raw[3] &= ~termios.ICANON
        termios.tcsetattr(self.slave, termios.TCSANOW, raw)
        count = fcntl.ioctl(self.slave, termios.FIONREAD, b"\0" * 4)
        termios.tcsetattr(self.slave, termios.TCSANOW, modes)
        return struct.unpack("i", count)[0]

    def send(self, text):
        os.write(self.master, text.encode())

    def read_more(self, timeout):
        ready, _, _ = select.select([self.master], [], [], timeout)
        if not ready:
            return False
        try:
            data = os.read(self.master, 65536)
        except OSError:
            return False
        if not data:
            return False
        text = data.decode(errors="replace").replace("\r\n", "\n")
        self.output = without_paste_marks(self.output + text)
        self.transcript = without_paste_marks(self.transcript + text)
        return True

    def expect(self, pattern, deadline=DEADLINE):
        """Read until the pattern has been seen; forget what came before its end."""
        deadline *= SLOWNESS
        end = time.monotonic() + deadline
        while True:
            match = re.search(pattern, self.output, re.MULTILINE)
            if match:
                self.output = self.output[match.end():]
                return match
            left = end - time.monotonic()
            if left <= 0:
                raise AssertionError(
                    f"waited {deadline} s for {pattern!r}; the terminal showed:\n{self.transcript}")
            self.read_more(min(left, 0.5))
            if self.ended() and not self.read_more(0) and not re.search(
                    pattern, self.output, re.MULTILINE):
                raise AssertionError(
                    f"the command ended with {self.status} before {pattern!r}; "
                    f"the terminal showed:\n{self.transcript}")

    def type_until(self, text, pattern):
        """Type until the pattern is seen: a key is lost when a shell is just handing the terminal
        over to the job for which it was meant."""
        end = time.monotonic() + DEADLINE * SLOWNESS
        while True:
            self.send(text)
            try:
                return self.expect(pattern, 0.5)
            except AssertionError:
                if time.monotonic() > end:
                    raise

    def ended(self):
        """Has the command ended? Never reaps it twice."""
        if self.status is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.status = status_of(status)
        return self.status is not None

    def wait(self, deadline=DEADLINE):
        """The exit status as a shell gives it. What is still printed is kept in the transcript."""
        deadline *= SLOWNESS
        end = time.monotonic() + deadline
        while not self.ended():
            if time.monotonic() > end:
                raise AssertionError(
                    f"still running after {deadline} s; the terminal showed:\n{self.transcript}")
            self.read_more(0.02)
        while self.read_more(0):
            pass
        return self.status

    def kill(self, number):
        os.kill(self.pid, number)

    def hang_up(self):
        """The other end goes away: the modem drops, the window is closed."""
        os.close(self.slave)
        os.close(self.master)


def without_paste_marks(text):
    """bash brackets its prompt with these."""
    return re.sub(r"\x1b\[\?2004[hl]\r?", "", text)


def status_of(status):
    if os.WIFSIGNALED(status):
        return 128 + os.WTERMSIG(status)
    return os.WEXITSTATUS(status)


def children(pid):
    """Direct children of a process, on the host."""
    try:
        with open(f"/proc/{pid}/task/{pid}/children") as file:
            return [int(word) for word in file.read().split()]
    except OSError:
        return []


def wait_until(condition, deadline=DEADLINE):
    """Wait for a condition; its value."""
    end = time.monotonic() + deadline * SLOWNESS
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError("the condition did not come true")
        time.sleep(0.01)


def descendants(pid):
    found = []
    for child in children(pid):
        found += [child] + descendants(child)
    return found


def inner_pid(pid):
    """A process's number in its own pid namespace, or 0 when it is gone."""
    try:
        with open(f"/proc/{pid}/status") as file:
            return int(re.search(r"^NSpid:.*\s(\d+)$", file.read(), re.MULTILINE).group(1))
    except (OSError, AttributeError):
        return 0


def command_name(pid):
    """A process's comm, or None when it is gone."""
    try:
        with open(f"/proc/{pid}/comm") as file:
            return file.read().rstrip("\n")
    except OSError:
        return None


def namespace(pid, kind):
    try:
        return os.readlink(f"/proc/{pid}/ns/{kind}")
    except OSError:
        return None


def container_processes(pid):
    """The processes below nsrun that live in another pid namespace than nsrun."""
    return [child for child in descendants(pid) if namespace(child, "pid") not in
            (None, namespace(pid, "pid"))]


__all__ = [name for name in dir() if not name.startswith("_")]
_ = (signal, sys)
