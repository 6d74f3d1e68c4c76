#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# Mistakes that a user makes, and what each is told: the sentences of docs/coverage.md that can be
# provoked from outside and that no other file here has a reason to provoke.

load ../lib/common
load ../lib/life

# --- the command line -----------------------------------------------------------------------------

@test "too few names, or too many" {
	refuses 'port takes a container' port
	refuses 'port takes a container' port c 80 81
	refuses 'no container was named' stop
	refuses 'ps takes no names' ps c
}

@test "a plan that cannot be written" {
	# shellcheck disable=SC2016 # the caller's shell
	expect 125 as_caller sh -c '"$0" plan rootfs >/dev/full' "$NSRUN"
	stderr_has 'cannot write the plan to standard output: No space left'
}

@test "nsrun with privilege of its own refuses to run" {
	install -m 4755 "$NSRUN" setuid
	expect 125 as_caller ./setuid --version
	stderr_has 'installed setuid or with file capabilities, and refuses'
	install -m 0755 "$NSRUN" capable
	setcap cap_net_admin+ep capable
	expect 125 as_caller ./capable run rootfs "${MARK[@]}"
	stderr_has 'installed setuid or with file capabilities, and refuses'
	[ ! -e rootfs/mark ]
}

@test "the host's own root, a directory as a descriptor, and a pidfile that is none" {
	refuses "the host's own root cannot be" / "${MARK[@]}"
	# shellcheck disable=SC2016 # the caller's shell
	expect 125 as_caller sh -c '"$0" rootfs touch /mark </' "$NSRUN"
	stderr_has 'descriptor 0 is a directory of the host'
	refuses "the pidfile '/dev/null' is not a regular file" --pidfile /dev/null rootfs "${MARK[@]}"
	[ ! -e rootfs/mark ]
}

# --- the id helper --------------------------------------------------------------------------------

@test "under no_new_privs no helper has privilege, which is said" {
	CALLER_PREFIX='setpriv --no-new-privs'
	expect 0 nsrun rootfs echo one id
	output_is 'one id'
	stderr_has 'nsrun itself runs under no_new_privs'
	refuses 'no_new_privs' --strict rootfs "${MARK[@]}"
}

@test "a helper where setuid means nothing, and one whose name is too long" {
	mkdir nosuid
	# shellcheck disable=SC2016 # the shell's own
	expect 125 unshare --mount sh -c 'mount -t tmpfs -o nosuid,mode=755 none nosuid &&
		install -m 4755 /bin/true nosuid/helper && exec "$@"' sh \
		"$TEST_LIB/as-caller" "$CALLER" "$NSRUN" --strict --newidmap="$T/nosuid/helper" rootfs "${MARK[@]}"
	stderr_has "nosuid/helper' is on a file system that is mounted nosuid"
	refuses 'the path of the id helper is too long' --strict --newidmap="/$(printf 'long%.0s' {1..200})" rootfs "${MARK[@]}"
}

# --- users, mounts and other settings that only the start can judge -------------------------------

@test "a user of the rootfs whose group does not exist here" {
	echo 'away:x:5:70000:Away:/:/bin/sh' >>rootfs/etc/passwd
	refuses 'the group id 70000 does not exist in the container' -u away rootfs "${MARK[@]}"
	refuses 'the group id 70000 does not exist in the container' -u 5:70000 rootfs "${MARK[@]}"
	refuses 'the group id 70000 does not exist in the container' --group-add 70000 rootfs "${MARK[@]}"
	chown root:root rootfs/etc/passwd
	chmod 0600 rootfs/etc/passwd
	refuses "'/etc/passwd' of the root file system cannot be used" -u away rootfs "${MARK[@]}"
}

@test "what the kernel will not set" {
	refuses "cannot set the sysctl 'net/ipv4/ip_forward' to 'perhaps'" --sysctl net.ipv4.ip_forward=perhaps \
		rootfs "${MARK[@]}"
	refuses "cannot change to the AppArmor profile 'no-such'" --security-opt apparmor=no-such \
		rootfs "${MARK[@]}"
	# a kernel without Landlock says that instead
	refuses "cannot open '/nowhere' for its Landlock rule|Landlock is not here" \
		--security-opt landlock=ro:/nowhere rootfs "${MARK[@]}"
}

@test "mounts that cannot be made" {
	as_caller touch file
	as_caller ln -s /proc/self rootfs/link
	refuses 'leads into a procfs' -v "$T/file:/link/status" rootfs "${MARK[@]}"
	refuses 'only a directory can have an overlay' -v "$T/file:/file:O" rootfs "${MARK[@]}"
	refuses "cannot use the upper directory '$T/no/upper'" \
		--mount "type=overlay,src=$T/rootfs,dst=/mnt,upperdir=$T/no/upper,workdir=$T/no/work" rootfs "${MARK[@]}"
	refuses "'no-changes' is no directory that can be used" --rootfs-overlay no-changes rootfs "${MARK[@]}"
}

@test "changes of an overlay that were made under other id maps" {
	as_caller mkdir changes
	expect 0 nsrun --rootfs-overlay changes rootfs touch /etc/made
	expect 125 nsrun --rootfs-overlay changes --userns=nomap rootfs true
	stderr_has 'made under others'
}

@test "a rootfs whose own /etc/hosts is no file" {
	as_caller sh -c 'rm rootfs/etc/hosts; mkdir rootfs/etc/hosts'
	expect 0 nsrun rootfs echo works
	output_is works
	stderr_has "'/etc/hosts' is the root file system's own or missing"
	refuses "'/etc/hosts' is the root file system's own or missing" --strict rootfs "${MARK[@]}"
}

@test "the user namespace to join is one's own" {
	refuses 'is the one in which nsrun is already' --userns=ns:/proc/self/ns/user rootfs "${MARK[@]}"
}

# --- what is kept ---------------------------------------------------------------------------------

@test "pause, logs and cp of containers that cannot" {
	nsrun create --name new rootfs true >/dev/null
	refuses "the container 'new' does not run" pause new
	as_caller mkdir -m 0 "$KEPT/bad"
	refuses "the container 'bad' is damaged" logs bad
	as_caller rmdir "$KEPT/bad"
	as_caller mkdir volume
	keep c -v "$T/volume:/volume:ro"
	refuses "cannot write 'passwd' in the copy to" cp rootfs/etc/passwd c:/volume
	refuses "cannot write 'etc' in the copy to" cp rootfs/etc c:/volume
	is '' "$(entries volume)"
}

@test "exec without the filter that the container was given" {
	keep c
	as_caller rm "$KEPT/c/filter"
	refuses "cannot read the system call filter of the container 'c'" exec c "${MARK[@]}"
}

@test "a network that is damaged, and one for which there are no addresses" {
	nsrun network create --subnet 10.89.0.0/16 all >/dev/null
	refuses 'none of the networks from 10.89.0.0/24 .* is free: name another one' network create other
	echo nonsense >"$STATE/nsrun/networks/all/config.json"
	refuses "the network 'all' is damaged" --network=all rootfs "${MARK[@]}"
	nsrun network rm all >/dev/null
}

@test "a state directory in which nothing can be written" {
	nsrun create --name c rootfs true >/dev/null
	as_caller chmod 0500 "$KEPT"
	refuses "cannot make the container's directory" create --name other rootfs true
	refuses "cannot rename 'c' to 'other'" rename c other
	refuses "cannot remove 'c'" rm c
	as_caller chmod 0700 "$KEPT"
	expect 0 nsrun rm c
}

@test "a container's directory in which nothing can be written" {
	nsrun create --name new rootfs true >/dev/null
	as_caller chmod 0500 "$KEPT/new"
	refuses "cannot lock the container 'new'" start new
	as_caller chmod 0700 "$KEPT/new"
	keep c --restart=always
	as_caller chmod 0500 "$KEPT/c"
	refuses "cannot note that 'c' is paused" pause c
	refuses "cannot tell the monitor of the container 'c' to start it no more" stop c
	as_caller chmod 0700 "$KEPT/c"
	expect 0 nsrun exec c echo runs
	output_is runs
}

@test "a network whose addresses are all in use" {
	local i
	nsrun network create --subnet 10.77.1.0/29 tiny >/dev/null
	# six addresses, of which one is the network's own
	for i in 1 2 3 4 5; do
		expect 0 nsrun run -d -q --name "c$i" --network=tiny rootfs "${READY[@]}"
	done
	refuses "no address is free on the network 'tiny'" --network=tiny rootfs "${MARK[@]}"
	expect 0 nsrun rm -f -a
	wait_for nsrun network rm tiny
}

@test "networks where nothing can be written" {
	nsrun network create web >/dev/null
	as_caller chmod 0500 "$STATE/nsrun/networks"
	refuses "cannot write down the network 'other'" network create other
	refuses "cannot remove the network 'web'" network rm web
	as_caller chmod 0700 "$STATE/nsrun/networks"
	expect 0 nsrun network rm web
}
