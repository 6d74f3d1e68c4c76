#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# "nsrun plan" tells the truth: it is compared with what /proc shows of the running container.

load ../lib/common

# The payload of the comparisons: says that it runs, and stays what it is.
STAY=(sh -c 'echo ready; read -r line')

# agrees [OPTION...]: the plan of these options and the container that they make are the same.
agrees() {
	mkfifo "$T/stdin.$BATS_TEST_NUMBER" 2>/dev/null || true
	exec 8<>"$T/stdin.$BATS_TEST_NUMBER"
	expect 0 nsrun plan --format json "$@" rootfs "${STAY[@]}" || return 1
	printf '%s\n' "$output" >"$T/plan.json"
	STDIN=$T/stdin.$BATS_TEST_NUMBER start_ready "$@" rootfs "${STAY[@]}" || return 1
	python3 "$TEST_LIB/compare-plan.py" "$T/plan.json" "$INIT" || {
		echo "with the options: $*"
		return 1
	}
	kill -KILL "$INIT"
	finish 137
	exec 8>&-
}

@test "plan runs nothing and changes nothing" {
	local before
	before=$(find rootfs -printf '%p %y %m %U %s %T@\n' | sort)
	expect 0 nsrun plan -v "$T:/new/dir" --tmpfs /other rootfs touch /mark
	[ -n "$output" ]
	[ ! -e rootfs/mark ]
	is "$before" "$(find rootfs -printf '%p %y %m %U %s %T@\n' | sort)"
}

@test "plan fails where run would, with the same words" {
	local line words
	local -a options
	for line in "--uidmap 0:500000:10 rootfs" "-v $T/no-such:/mnt rootfs" "--userns=host rootfs" no-such-rootfs; do
		read -ra options <<<"$line"
		expect 125 nsrun plan "${options[@]}" true
		words=$stderr
		expect 125 nsrun "${options[@]}" true
		is "$words" "$stderr"
	done
}

@test "the text names maps, mounts, capabilities and the command" {
	expect 0 nsrun plan rootfs echo 'two words'
	output_has "$CALLER_UID"
	output_has '/proc'
	output_has 'nosuid'
	output_has '[Cc][Hh][Oo][Ww][Nn]'
	output_has 'two words'
	expect 0 nsrun plan --format text rootfs true
}

@test "--format json is JSON, whatever the names" {
	expect 0 nsrun plan --format json rootfs sh -c $'odd "quotes" \\ and \n newline \x01'
	python3 -c 'import json, sys; json.load(sys.stdin)' <<<"$output"
	as_caller mkdir $'odd "name\n'
	expect 0 nsrun plan --format json -v "$T/"$'odd "name\n:/mnt' rootfs true
	python3 -c 'import json, sys; json.load(sys.stdin)' <<<"$output"
}

@test "--format oci is a config.json of the OCI runtime specification" {
	expect 0 nsrun plan --format oci -u 100:101 -v "$T:/mnt:ro" --ulimit nofile=100:200 -w /tmp rootfs echo hello
	printf '%s' "$output" >config.json
	python3 - "$CALLER_UID" <<-'PYTHON'
		import json, sys
		with open("config.json") as file:
		    config = json.load(file)
		assert config["ociVersion"].startswith("1.")
		process = config["process"]
		assert process["args"] == ["echo", "hello"], process["args"]
		assert process["user"]["uid"] == 100 and process["user"]["gid"] == 101
		assert process["cwd"] == "/tmp"
		assert process["noNewPrivileges"] is True
		assert {"type": "RLIMIT_NOFILE", "soft": 100, "hard": 200} in process["rlimits"]
		assert "CAP_CHOWN" in process["capabilities"]["bounding"]
		assert config["root"]["path"]
		mount = [m for m in config["mounts"] if m["destination"] == "/mnt"][0]
		assert "ro" in mount["options"]
		linux = config["linux"]
		kinds = {namespace["type"] for namespace in linux["namespaces"]}
		assert kinds >= {"user", "mount", "pid", "network", "ipc", "uts"}, kinds
		first = linux["uidMappings"][0]
		assert first == {"containerID": 0, "hostID": int(sys.argv[1]), "size": 1}, first
	PYTHON
}

@test "a user by name is never written down as another one" {
	expect 0 nsrun plan --format json -u app rootfs true
	python3 -c 'import json, sys
def users(value):
    if isinstance(value, dict):
        for key, inner in value.items():
            if key in ("uid", "user") and inner == 0:
                sys.exit("the plan says user 0")
            users(inner)
users(json.load(sys.stdin))' <<<"$output"
	run --separate-stderr nsrun plan --format oci -u app rootfs true
	if [ "$status" -eq 0 ]; then
		is 100 "$(python3 -c 'import json, sys; print(json.load(sys.stdin)["process"]["user"]["uid"])' <<<"$output")"
	else
		is 125 "$status"
		stderr_has 'app'
	fi
}

@test "an unknown format is refused" {
	expect 125 nsrun plan --format xml rootfs true
	stderr_has 'xml'
}

@test "the plan is what runs: no option" {
	agrees
}

@test "the plan is what runs: every identity" {
	local start
	read -r start _ < <(range subuid 1)
	agrees --userns=keep-id
	agrees --userns=keep-id:uid=200,gid=210
	agrees --userns=nomap
	agrees --uidmap "0:$start:1000" --gidmap "0:$CALLER_GID:1" --gidmap "1:$start:50"
	agrees -u app
	agrees -u 7:8 --group-add 44
}

@test "the plan is what runs: without ranges" {
	use_caller nsrun-carol
	agrees -q
}

@test "the plan is what runs: two ranges" {
	use_caller nsrun-bob
	agrees
}

@test "the plan is what runs: mounts" {
	as_caller sh -c 'mkdir -p data/sub changes; echo content >data/file'
	agrees -v "$T/data:/mnt" -v "$T/data:/ro:ro" -v "$T/data:/x/y:nosuid,nodev,noexec" -v "$T/data/file:/etc/one"
	agrees --tmpfs /t --tmpfs /u:ro,noexec,size=64k --mount type=tmpfs,dst=/v
	agrees --mount "type=bind,src=$T/data,dst=/mnt,ro" --mount type=mqueue,dst=/m --mount type=devpts,dst=/p \
		--mount type=proc,dst=/q --mount type=sysfs,dst=/s
	agrees -v "$T/data:/mnt:O" --mount "type=overlay,src=$T/data,dst=/o"
	agrees --read-only
	agrees --read-only --read-only-tmpfs=false
	agrees --rootfs-overlay "$T/changes"
	agrees --device /dev/fuse --shm-size 1m
	agrees --no-hosts --no-hostname
	nsrun unshare rm -rf "$T/changes"
}

@test "the plan is what runs: a source with locked flags" {
	agrees -v /dev/shm:/mnt -v /proc/version:/version
}

@test "the plan is what runs: namespaces" {
	agrees --network=host
	agrees --ipc=host
	agrees --uts=host
	agrees --cgroupns=host
	agrees --hostname box
}

@test "the plan is what runs: the process" {
	agrees -e A=1 -e 'B=two words' -w /tmp --umask 027 --ulimit nofile=100:200 --ulimit core=0 --oom-score-adj 300
	agrees --sysctl net.ipv4.ip_forward=1 --tz UTC
}

@test "the plan is what runs: root with the reference example" {
	use_caller root
	agrees --uidmap 0:2000:1000 -v /etc:/mnt
	subids root:700000:65536
	agrees
}

@test "the plan is what runs: a plan made twice is the same" {
	expect 0 nsrun plan --hostname box rootfs true
	local first=$output
	expect 0 nsrun plan --hostname box rootfs true
	is "$first" "$output"
}
