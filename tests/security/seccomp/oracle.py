# SPDX-License-Identifier: Apache-2.0
"""What a seccomp profile in docker's JSON format says about a call, and what a program does with it.

Two interpreters that share nothing with nsrun nor with libseccomp, and nothing with each other:
Profile reads the JSON, Program runs classic BPF. Call numbers come from the kernel's own headers.
"""

import errno
import itertools
import json
import os
import platform
import random
import re
import struct

DEFAULT_CAPS = [
    "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "NET_BIND_SERVICE", "SETFCAP", "SETGID",
    "SETPCAP", "SETUID", "SYS_CHROOT",
]
CAPS = """CHOWN DAC_OVERRIDE DAC_READ_SEARCH FOWNER FSETID KILL SETGID SETUID SETPCAP LINUX_IMMUTABLE
    NET_BIND_SERVICE NET_BROADCAST NET_ADMIN NET_RAW IPC_LOCK IPC_OWNER SYS_MODULE SYS_RAWIO SYS_CHROOT
    SYS_PTRACE SYS_PACCT SYS_ADMIN SYS_BOOT SYS_NICE SYS_RESOURCE SYS_TIME SYS_TTY_CONFIG MKNOD LEASE
    AUDIT_WRITE AUDIT_CONTROL SETFCAP MAC_OVERRIDE MAC_ADMIN SYSLOG WAKE_ALARM BLOCK_SUSPEND AUDIT_READ
    PERFMON BPF CHECKPOINT_RESTORE""".split()

X86_64, I386 = 0xC000003E, 0x40000003
X32_BIT = 0x40000000
KILL_PROCESS, KILL_THREAD, TRAP, ERRNO, TRACE, LOG, ALLOW = (
    0x80000000, 0x00000000, 0x00030000, 0x00050000, 0x7FF00000, 0x7FFC0000, 0x7FFF0000)
ACTIONS = {"KILL": KILL_THREAD, "KILL_THREAD": KILL_THREAD, "KILL_PROCESS": KILL_PROCESS, "TRAP": TRAP,
           "ERRNO": ERRNO, "TRACE": TRACE, "LOG": LOG, "ALLOW": ALLOW}

# Younger than the headers of Debian 12; from the kernel's scripts/syscall.tbl.
YOUNG = """cachestat fchmodat2 map_shadow_stack futex_wake futex_wait futex_requeue statmount listmount
    lsm_get_self_attr lsm_set_self_attr lsm_list_modules mseal setxattrat getxattrat listxattrat
    removexattrat open_tree_attr file_getattr file_setattr listns""".split()


def caps_mask(names):
    return sum(1 << CAPS.index(name) for name in names)


def read_header(name, add):
    """{number: name} of one of the kernel's headers."""
    calls = {}
    for folder in ("/usr/include/x86_64-linux-gnu/asm", "/usr/include/asm"):
        path = os.path.join(folder, name)
        if os.path.exists(path):
            with open(path, encoding="ascii") as file:
                for match in re.finditer(r"#define __NR_(\w+) (?:\(__X32_SYSCALL_BIT \+ )?(\d+)", file.read()):
                    calls[int(match[2]) | add] = match[1]
            break
    calls.update({(451 + i) | add: name for i, name in enumerate(YOUNG)})
    return calls


def tables():
    """{(architecture, ABI's name): {number: name}}"""
    native = read_header("unistd_64.h", 0)
    native.update({335: "uretprobe", 336: "uprobe"})
    i386 = read_header("unistd_32.h", 0)
    return {"SCMP_ARCH_X86_64": native, "SCMP_ARCH_X86": i386,
            "SCMP_ARCH_X32": read_header("unistd_x32.h", X32_BIT)}


TABLES = tables()


def strictness(action):
    """As the kernel orders them: smaller is stricter."""
    action &= 0xFFFF0000
    return action - (1 << 32) if action & 0x80000000 else action


class Refused(Exception):
    pass


class Rule:
    def __init__(self, names, action, conditions):
        self.names = set(names)
        self.action = action
        self.conditions = conditions

    def matches(self, name, args):
        return name in self.names and all(holds(c, args[c["index"]]) for c in self.conditions)


COMPARE = {
    "SCMP_CMP_NE": lambda arg, value, two: arg != value,
    "SCMP_CMP_LT": lambda arg, value, two: arg < value,
    "SCMP_CMP_LE": lambda arg, value, two: arg <= value,
    "SCMP_CMP_EQ": lambda arg, value, two: arg == value,
    "SCMP_CMP_GE": lambda arg, value, two: arg >= value,
    "SCMP_CMP_GT": lambda arg, value, two: arg > value,
    "SCMP_CMP_MASKED_EQ": lambda arg, value, two: arg & value == two & value,
}


def holds(condition, arg):
    return COMPARE[condition["op"]](arg, condition["value"], condition.get("valueTwo") or 0)


def errno_of(number, name):
    if name:
        return int(name) if name.isdigit() else getattr(errno, name)
    return 1 if number is None else number


def action_of(name, number, errno_name):
    action = ACTIONS[name.removeprefix("SCMP_ACT_")]
    return action | errno_of(number, errno_name) if action in (ERRNO, TRACE) else action


class Profile:
    """A profile for some capabilities, on this machine."""

    def __init__(self, text, caps, compat32=False):
        self.json = json.loads(text)
        self.caps = {"CAP_" + cap for cap in caps}
        self.default = action_of(self.json["defaultAction"], self.json.get("defaultErrnoRet"),
                                 self.json.get("defaultErrno"))
        self.architectures = {"SCMP_ARCH_X86_64"} | set(self.json.get("architectures") or [])
        for entry in self.json.get("archMap") or []:
            if entry["architecture"] == "SCMP_ARCH_X86_64":
                self.architectures |= set(entry.get("subArchitectures") or [])
        if compat32:
            self.architectures.add("SCMP_ARCH_X86")
        self.rules = []
        self.by_name = {}  # filled when it is asked for; see about()
        for entry in self.json.get("syscalls") or []:
            if self.applies(entry):
                self.rules += self.read(entry)

    def applies(self, entry):
        includes, excludes = entry.get("includes") or {}, entry.get("excludes") or {}
        running = [int(n) for n in re.match(r"(\d+)\.(\d+)", platform.release()).groups()]

        def new_enough(gate):
            return running >= [int(n) for n in gate["minKernel"].split(".")]

        return not ("amd64" in (excludes.get("arches") or []) or
                    self.caps & set(excludes.get("caps") or []) or
                    ("minKernel" in excludes and new_enough(excludes)) or
                    (includes.get("arches") and "amd64" not in includes["arches"]) or
                    not set(includes.get("caps") or []) <= self.caps or
                    ("minKernel" in includes and not new_enough(includes)))

    @staticmethod
    def read(entry):
        names = entry.get("names") or [entry["name"]]
        action = action_of(entry["action"], entry.get("errnoRet"), entry.get("errno"))
        conditions = [c for c in entry.get("args") or [] if c]
        if len({c["index"] for c in conditions}) < len(conditions):
            return [Rule(names, action, [condition]) for condition in conditions]
        return [Rule(names, action, conditions)]

    def join(self, overlay):
        """Put an overlay's rules before these."""
        self.rules = overlay.rules + self.rules
        self.by_name = {}

    def replace(self, overlay):
        """Let an overlay's rules stand in for these about the same calls."""
        names = set().union(*(rule.names for rule in overlay.rules))
        for rule in self.rules:
            rule.names -= names
        self.rules = overlay.rules + self.rules
        self.by_name = {}

    def about(self, name):
        """The rules that speak of a call."""
        if name not in self.by_name:
            self.by_name[name] = [rule for rule in self.rules if name in rule.names]
        return self.by_name[name]

    def name_of(self, architecture, number):
        """The call's name; None for an ABI that is off; "" for a number without a name."""
        if architecture == X86_64 and X32_BIT <= number < 0xFFFFFFFF:
            if "SCMP_ARCH_X32" not in self.architectures:
                return None
            return TABLES["SCMP_ARCH_X32"].get(number, "")
        abi = {X86_64: "SCMP_ARCH_X86_64", I386: "SCMP_ARCH_X86"}.get(architecture)
        if abi not in self.architectures:
            return None
        return TABLES[abi].get(number, "")

    def expect(self, architecture, number, args):
        name = self.name_of(architecture, number)
        if name is None:
            return KILL_PROCESS
        matching = [rule for rule in self.about(name) if rule.matches(name, args)]
        strictest = min((r.action for r in matching if r.conditions), key=strictness, default=None)
        general = next((r.action for r in matching if not r.conditions), None)
        if general is None:
            return self.default if strictest is None else strictest
        if strictest is None or strictness(strictest) >= strictness(general):
            return general
        return strictest

    def expect_of_libseccomp(self, architecture, number, args):
        """What docker's and podman's runtimes make of it: the first rule without conditions wins."""
        name = self.name_of(architecture, number)
        if name is None:
            return KILL_PROCESS
        rules = [rule for rule in self.about(name) if rule.action != self.default]
        for rule in rules:
            if not rule.conditions:
                return rule.action
        return min((r.action for r in rules if r.matches(name, args)), key=strictness, default=self.default)

    def interesting(self, name):
        """Argument vectors at the edges of every condition about a call."""
        edges = {}
        for rule in self.about(name):
            for c in rule.conditions:
                near = edges.setdefault(c["index"], {0, 1, 2**32, 2**64 - 1})
                value, two = c["value"], c.get("valueTwo") or 0
                near |= {value, value - 1, value + 1, value ^ 2**32, value | 2**32, two, two | 2**32,
                         ~value, value | two, (two ^ value), value >> 1}
        columns = [sorted({value % 2**64 for value in edges.get(index, {0})}) for index in range(6)]
        if len(edges) <= 2:
            return [list(vector) for vector in itertools.product(*columns)]
        chance = random.Random(name)
        return [[chance.choice(column) for column in columns] for _ in range(2000)]


class Program:
    """Classic BPF on struct seccomp_data, as seccomp(2) runs it."""

    def __init__(self, code):
        assert code and len(code) % 8 == 0, "not a program"
        self.code = list(struct.iter_unpack("<HBBI", code))

    def run(self, architecture, number, args):
        data = struct.pack("<IIQ6Q", number, architecture, 0, *args)
        at, accumulator = 0, 0
        while True:
            code, yes, no, k = self.code[at]
            at += 1
            if code == 0x20:  # ld [k]
                accumulator = struct.unpack_from("<I", data, k)[0]
            elif code == 0x54:  # and k
                accumulator &= k
            elif code == 0x05:  # ja
                at += k
            elif code in (0x15, 0x25, 0x35):  # jeq, jgt, jge
                taken = {0x15: accumulator == k, 0x25: accumulator > k, 0x35: accumulator >= k}[code]
                at += yes if taken else no
            elif code == 0x06:  # ret
                return k
            else:
                raise AssertionError(f"instruction {code:#x} at {at - 1}")
