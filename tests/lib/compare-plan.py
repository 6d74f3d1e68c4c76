# SPDX-License-Identifier: Apache-2.0
"""Compare "nsrun plan --format json" with what /proc shows of the running container.

usage: compare-plan.py PLAN.json PID      PID: the container's first process, on the host
"""

import json
import os
import re
import sys

# per-mount options as mountinfo shows them; "relatime" and "rw" are what a mount has anyway
PER_MOUNT = {"ro", "nosuid", "nodev", "noexec", "noatime", "nodiratime", "nosymfollow"}

CAPABILITIES = """CHOWN DAC_OVERRIDE DAC_READ_SEARCH FOWNER FSETID KILL SETGID SETUID SETPCAP
LINUX_IMMUTABLE NET_BIND_SERVICE NET_BROADCAST NET_ADMIN NET_RAW IPC_LOCK IPC_OWNER SYS_MODULE
SYS_RAWIO SYS_CHROOT SYS_PTRACE SYS_PACCT SYS_ADMIN SYS_BOOT SYS_NICE SYS_RESOURCE SYS_TIME
SYS_TTY_CONFIG MKNOD LEASE AUDIT_WRITE AUDIT_CONTROL SETFCAP MAC_OVERRIDE MAC_ADMIN SYSLOG
WAKE_ALARM BLOCK_SUSPEND AUDIT_READ PERFMON BPF CHECKPOINT_RESTORE""".split()

LIMITS = {
    "cpu": "Max cpu time", "fsize": "Max file size", "data": "Max data size",
    "stack": "Max stack size", "core": "Max core file size", "rss": "Max resident set",
    "nproc": "Max processes", "nofile": "Max open files", "memlock": "Max locked memory",
    "as": "Max address space", "locks": "Max file locks", "sigpending": "Max pending signals",
    "msgqueue": "Max msgqueue size", "nice": "Max nice priority",
    "rtprio": "Max realtime priority", "rttime": "Max realtime timeout",
}

problems = []


def read(pid, name):
    with open(f"/proc/{pid}/{name}", encoding="utf-8") as file:
        return file.read()


def same(what, planned, found):
    if planned != found:
        problems.append(f"{what}:\n  plan:  {planned}\n  /proc: {found}")


def unescape(path):
    return re.sub(r"\\([0-7]{3})", lambda match: chr(int(match.group(1), 8)), path)


def maps(plan, pid):
    for name in "uid_map", "gid_map":
        found = [[int(word) for word in line.split()] for line in read(pid, name).splitlines()]
        planned = [[part["inside"], part["outside"], part["count"]] for part in plan[name]]
        same(name, planned, found)


def mountinfo(pid):
    mounts = []
    for line in read(pid, "mountinfo").splitlines():
        words = line.split()
        separator = words.index("-")
        mounts.append({
            "destination": unescape(words[4]),
            "flags": sorted(PER_MOUNT & set(words[5].split(","))),
            "type": words[separator + 1],
        })
    return mounts


def guarded(plan, pid, found):
    """Each path that is to be hidden or read-only is so, if it exists; takes it out of found."""
    for kind in "masked", "readonly":
        for path in plan.get(kind, []):
            there = [mount for mount in found if mount["destination"] == path]
            for mount in there:
                found.remove(mount)
            if not there and os.path.lexists(f"/proc/{pid}/root{path}"):
                problems.append(f"{path} is there and not {kind}")
            if kind == "readonly" and there and "ro" not in there[-1]["flags"]:
                problems.append(f"{path} is not read-only: {there[-1]['flags']}")


def mounts(plan, pid):
    """Each planned mount is there with exactly these flags, and there is no other."""
    found = mountinfo(pid)
    planned = [{"destination": "/", "type": "bind", "flags": sorted(plan["root"]["flags"])}]
    for mount in plan["mounts"]:
        planned.append({
            "destination": mount["destination"],
            "flags": sorted(PER_MOUNT & set(mount["flags"])),
            "type": mount["type"],
        })

    def key(mount):
        return mount["destination"]

    # a recursive bind brings its submounts along: they get its flags and keep their own
    for mount in plan["mounts"]:
        if mount["type"] == "bind" and mount["recursive"]:
            guards = plan.get("masked", []) + plan.get("readonly", [])
            for other in list(found):
                if other["destination"].startswith(key(mount) + "/") and \
                        key(other) not in guards and key(other) not in map(key, planned):
                    lost = PER_MOUNT & set(mount["flags"]) - set(other["flags"])
                    same(f"flags that {key(other)} lost", set(), lost)
                    found.remove(other)
                # one that a planned mount covers
                twins = [twin for twin in found if key(twin) == key(other)]
                if key(other).startswith(key(mount) + "/") and len(twins) > 1:
                    found.remove(twins[0])

    guarded(plan, pid, found)
    same("mount points", sorted(map(key, planned)), sorted(map(key, found)))
    for mount in planned:
        candidates = [other for other in found if key(other) == key(mount)]
        if not candidates:
            continue
        same(f"flags of {key(mount)}", mount["flags"], candidates[-1]["flags"])
        # a bind mount shows the type of what it binds
        if mount["type"] not in ("bind", "file", "generated"):
            same(f"type of {key(mount)}", mount["type"], candidates[-1]["type"])


def status_field(pid, name):
    return re.search(rf"^{name}:\s*(.*)$", read(pid, "status"), re.MULTILINE).group(1)


def capabilities(plan, pid):
    fields = {"inheritable": "CapInh", "permitted": "CapPrm", "effective": "CapEff",
              "bounding": "CapBnd", "ambient": "CapAmb"}
    for name, field in fields.items():
        mask = int(status_field(pid, field), 16)
        found = sorted("CAP_" + cap for bit, cap in enumerate(CAPABILITIES) if mask >> bit & 1)
        same(f"{name} capabilities", sorted(plan["capabilities"].get(name, [])), found)


def limits(plan, pid):
    table = read(pid, "limits")
    for limit in plan["limits"]:
        title = LIMITS[limit["name"].lower().removeprefix("rlimit_")]
        soft, hard = re.search(rf"^{title}\s+(\S+)\s+(\S+)", table, re.MULTILINE).groups()

        def number(text):
            return text if text == "unlimited" else int(text)

        same(f"limit {limit['name']}", [limit["soft"], limit["hard"]], [number(soft), number(hard)])


def namespaces(plan, pid):
    links = {"user": "user", "mount": "mnt", "pid": "pid", "network": "net", "ipc": "ipc",
             "uts": "uts", "cgroup": "cgroup"}
    for name, planned in plan["namespaces"].items():
        link = links[name]
        shared = os.readlink(f"/proc/{pid}/ns/{link}") == os.readlink(f"/proc/self/ns/{link}")
        if planned == "host":
            same(f"{name} namespace", "host", "host" if shared else "another")
        elif planned == "private":
            same(f"{name} namespace", "private", "host" if shared else "private")


def environment(assignments):
    return sorted(word for word in assignments if not word.startswith(("HOSTNAME=", "HOME=")))


def process(plan, pid):
    body = plan.get("process", plan)
    if "args" in body:
        same("arguments", body["args"], read(pid, "cmdline").split("\0")[:-1])
    if "env" in body:
        # by default the host's name is made up for each container, and HOME is the rootfs's word
        same("environment", environment(body["env"]),
             environment(read(pid, "environ").split("\0")[:-1]))
    if "umask" in body:
        same("umask", int(str(body["umask"]), 8), int(status_field(pid, "Umask"), 8))
    if "no_new_privs" in body:
        same("no_new_privs", int(body["no_new_privs"]), int(status_field(pid, "NoNewPrivs")))
    if "oom_score_adj" in body and body["oom_score_adj"] is not None:
        same("oom_score_adj", body["oom_score_adj"], int(read(pid, "oom_score_adj")))


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        plan = json.load(file)
    pid = int(sys.argv[2])
    for check in maps, mounts, capabilities, limits, namespaces, process:
        check(plan, pid)
    for problem in problems:
        print(problem)
    return 1 if problems else 0


sys.exit(main())
