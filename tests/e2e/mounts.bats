#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Mounts that the user asks for: volumes, tmpfs, --mount, devices, overlays.

load ../lib/common

# mountinfo [OPTION...]: what is mounted in a container, in $output.
mountinfo() {
	expect 0 nsrun "$@" rootfs cat /proc/self/mountinfo
}

data() {
	as_caller sh -c 'mkdir -p data/sub && echo content >data/file && echo deep >data/sub/file'
}

@test "-v: a directory, read and written" {
	data
	expect 0 nsrun -v "$T/data:/mnt" rootfs sh -c 'cat /mnt/file && echo new >/mnt/new'
	output_is content
	is new "$(cat data/new)"
	is "$CALLER_UID" "$(stat -c %u data/new)"
}

@test "-v: a single file" {
	data
	expect 0 nsrun -v "$T/data/file:/etc/one-file" rootfs cat /etc/one-file
	output_is content
	expect 0 nsrun --volume="$T/data/file:/etc/passwd:ro" rootfs cat /etc/passwd
	output_is content
}

@test "-v: several, the later over the earlier" {
	data
	expect 0 nsrun -v "$T/data:/mnt" -v "$T/data/sub:/mnt/sub2" -v "$T/data/file:/mnt/sub/file" rootfs \
		cat /mnt/sub2/file /mnt/sub/file
	output_is $'deep\ncontent'
}

@test "-v: a relative source is one from the working directory" {
	data
	expect 0 nsrun -v ./data:/mnt rootfs cat /mnt/file
	output_is content
}

@test "-v: a missing destination is made, with its parents" {
	data
	expect 0 nsrun -v "$T/data:/new/deep/dir" -v "$T/data/file:/other/new/file" rootfs \
		cat /new/deep/dir/file /other/new/file
	output_is $'content\ncontent'
}

@test "-v: a missing destination is made under every map" {
	data
	chmod 0755 data
	local start option number=0
	read -r start _ < <(range subuid 1)
	for option in --userns=keep-id --userns=nomap "--uidmap=0:$start:1000"; do
		number=$((number + 1))
		expect 0 nsrun "$option" -v "$T/data:/new$number/dir" rootfs cat "/new$number/dir/file"
		output_is content
	done
}

@test "-v: a missing destination in a root file system that is read-only" {
	data
	run --separate-stderr nsrun --read-only -v "$T/data:/new/dir" rootfs cat /new/dir/file
	# The rootfs is written before it is sealed.
	is 0 "$status"
	output_is content
}

@test "-v: a missing source is an error that names it" {
	refuses "$T/no-such" -v "$T/no-such:/mnt" rootfs "${MARK[@]}"
	[ ! -e no-such ]
}

@test "-v: a source that the user may not reach is an error that names it" {
	refuses '/root/x' -v /root/x:/mnt rootfs "${MARK[@]}"
}

@test "-v: texts that are no volume are refused" {
	data
	local volume
	for volume in '' : :/mnt "$T/data" "$T/data:" "$T/data:relative" "$T/data:/mnt:magic" "$T/data:/mnt:ro,rw" \
		"$T/data:/mnt:ro:rw" "$T/data:/"; do
		refuses 'volume|mount|destination|option|path' -v "$volume" rootfs "${MARK[@]}"
	done
}

@test "-v :ro" {
	data
	expect 1 nsrun -v "$T/data:/mnt:ro" rootfs touch /mnt/new
	stderr_has 'read-only'
	mountinfo -v "$T/data:/mnt:ro"
	has_flags /mnt ro
	mountinfo -v "$T/data:/mnt:rw"
	has_flags /mnt rw
}

@test "-v :nosuid,nodev,noexec" {
	data
	executable_in_rootfs program <<<'#!/bin/sh'
	as_caller cp rootfs/program data/program
	mountinfo -v "$T/data:/mnt:nosuid,nodev,noexec"
	has_flags /mnt nosuid nodev noexec rw
	expect 126 nsrun -v "$T/data:/mnt:noexec" rootfs /mnt/program
	expect 0 nsrun -v "$T/data:/mnt" rootfs /mnt/program
}

# The caller's "host" has a mount below the source of a volume.
with_submount() {
	data
	cat >with-submount <<-SCRIPT
		#!/bin/sh
		set -e
		mount -t tmpfs -o nosuid,nodev,noexec,mode=0777 tmpfs '$T/data/sub'
		echo submount >'$T/data/sub/file'
		exec "\$@"
	SCRIPT
	chmod 0755 with-submount
}

# nsrun_submount ARG...: nsrun on that host.
nsrun_submount() {
	unshare --mount --propagation private "$T/with-submount" "$TEST_LIB/as-caller" "$CALLER" "$NSRUN" "$@"
}

@test "-v: submounts come along, and bind alone leaves them out or is refused" {
	with_submount
	expect 0 nsrun_submount -v "$T/data:/mnt" rootfs cat /mnt/sub/file
	output_is submount
	expect 0 nsrun_submount -v "$T/data:/mnt:rbind" rootfs cat /mnt/sub/file
	output_is submount
	# What lies below a mount that a user namespace has inherited is locked away: the kernel refuses
	# to uncover it. Either way the payload does not see it.
	run --separate-stderr nsrun_submount -v "$T/data:/mnt:bind" rootfs cat /mnt/sub/file
	output_lacks deep
}

@test "-v :ro covers the submounts" {
	with_submount
	expect 1 nsrun_submount -v "$T/data:/mnt:ro" rootfs touch /mnt/sub/new
	stderr_has 'read-only'
	expect 0 nsrun_submount -v "$T/data:/mnt:ro" rootfs cat /proc/self/mountinfo
	has_flags /mnt ro
	has_flags /mnt/sub ro
}

@test "flags that the source has locked are kept" {
	with_submount
	expect 0 nsrun_submount -v "$T/data/sub:/mnt" rootfs cat /proc/self/mountinfo
	has_flags /mnt nosuid nodev noexec
	expect 0 nsrun_submount -v "$T/data/sub:/mnt:ro" rootfs cat /proc/self/mountinfo
	has_flags /mnt ro nosuid nodev noexec
	expect 0 nsrun_submount -v "$T/data:/mnt" rootfs cat /proc/self/mountinfo
	has_flags /mnt/sub nosuid nodev noexec
}

@test "a read-only mount of the host cannot be made writable" {
	with_submount
	sed -i 's/mode=0777/mode=0777,ro/; s/^echo.*$//' with-submount
	run --separate-stderr nsrun_submount -v "$T/data/sub:/mnt:rw" rootfs cat /proc/self/mountinfo
	if [ "$status" -eq 0 ]; then
		has_flags /mnt ro
	else
		is 125 "$status"
	fi
}

@test "-v :rslave and :rprivate set the propagation" {
	data
	mountinfo -v "$T/data:/mnt:rprivate"
	local line
	line=$(awk '$5 == "/mnt"' <<<"$output")
	[[ $line != *master:* ]]
	[[ $line != *shared:* ]]
	# What happens on the host after the start arrives with rslave only.
	cat >shared-host <<-SCRIPT
		#!/bin/bash
		set -e
		mount --bind '$T/data' '$T/data'
		mount --make-shared '$T/data'
		: >'$T/out'
		"$TEST_LIB/as-caller" "$CALLER" "$NSRUN" -v "$T/data:/mnt:\$1" rootfs \
			sh -c 'echo ready; read -r line; cat /mnt/sub/file' < <(
				until grep -q ready '$T/out'; do sleep 0.02; done
				mount -t tmpfs tmpfs '$T/data/sub'
				echo late >'$T/data/sub/file'
				echo go
			) >'$T/out'
	SCRIPT
	chmod 0755 shared-host
	expect 0 unshare --mount --propagation private "$T/shared-host" rslave
	is $'ready\nlate' "$(cat out)"
	expect 0 unshare --mount --propagation private "$T/shared-host" rprivate
	is $'ready\ndeep' "$(cat out)"
}

@test "-v :O throws the changes away" {
	data
	expect 0 nsrun -v "$T/data:/mnt:O" rootfs sh -c 'echo changed >/mnt/file && rm /mnt/sub/file && cat /mnt/file'
	output_is changed
	if tmpfs_has_attributes; then
		stderr_is_empty
		expect 0 nsrun -v "$T/data:/mnt:O" rootfs sh -c 'rm -r /mnt/sub && ! ls /mnt/sub'
	else
		stderr_has '^nsrun: note: no directory that was there before can be removed from an overlay'
		refuses 'Linux 6.6' --strict -v "$T/data:/mnt:O" rootfs "${MARK[@]}"
	fi
	is content "$(cat data/file)"
	is deep "$(cat data/sub/file)"
}

@test "-v :U gives the source to the container's user" {
	data
	as_caller ln -s /etc/passwd data/link
	expect 0 nsrun -u 33:44 -v "$T/data:/mnt:U" rootfs sh -c 'stat -c %u:%g /mnt /mnt/sub/file && touch /mnt/new'
	output_is $'33:44\n33:44'
	local start
	read -r start _ < <(range subuid 1)
	is "$((start + 32)):$((start + 43))" "$(stat -c %u:%g data/sub/file)"
	is 0:0 "$(stat -c %u:%g /etc/passwd)"
}

@test "sources below a home of mode 0700 work under every map" {
	data
	is 700 "$(stat -c %a "$CALLER_HOME")"
	chmod 0755 data
	local start option
	read -r start _ < <(range subuid 1)
	for option in --userns= --userns=keep-id --userns=nomap "--uidmap=0:$start:1000" \
		"--uidmap=5:$CALLER_UID:1"; do
		[ "$option" != --userns= ] || option=-q
		run --separate-stderr nsrun "$option" -v "$T/data:/mnt" -v "$T/data/file:/file" rootfs \
			cat /mnt/file /file
		[ "$status" -eq 0 ] || complain "with $option: status $status"
		output_is $'content\ncontent'
	done
}

@test "a destination that is a link leads inside the root file system" {
	data
	as_caller ln -s /etc rootfs/link
	as_caller ln -s ../../../../../../../etc/new rootfs/climb
	expect 0 nsrun -v "$T/data:/link/dir" rootfs cat /etc/dir/file
	output_is content
	# a dangling link: what it names is made inside, or refused
	run --separate-stderr nsrun -v "$T/data:/climb" rootfs cat /climb/file
	[ "$status" -eq 125 ] || output_is content
	[ ! -e /etc/dir ]
	[ ! -e /etc/new ]
}

@test "a destination with .. is normalised" {
	data
	expect 0 nsrun -v "$T/data:/mnt/../opt/./x/" rootfs cat /opt/x/file
	output_is content
	run --separate-stderr nsrun -v "$T/data:/../../../mnt" rootfs cat /mnt/file
	[ "$status" -eq 125 ] || output_is content
}

@test "var/run -> /run in a root file system keeps working" {
	data
	rm rootfs/var/run
	as_caller ln -s /run rootfs/var/run
	expect 0 nsrun -v "$T/data/file:/var/run/thing/file" rootfs cat /run/thing/file
	output_is content
}

@test "--mount type=bind, with all spellings of its keys" {
	data
	expect 0 nsrun --mount "type=bind,src=$T/data,dst=/mnt" rootfs cat /mnt/file
	expect 0 nsrun --mount "type=bind,source=$T/data,destination=/mnt" rootfs cat /mnt/file
	expect 0 nsrun --mount "type=bind,source=$T/data,target=/mnt" rootfs cat /mnt/file
	output_is content
	local read_only
	for read_only in ro readonly ro=true readonly=true; do
		mountinfo --mount "type=bind,src=$T/data,dst=/mnt,$read_only"
		has_flags /mnt ro
	done
	refuses 'no-such' --mount "type=bind,src=$T/no-such,dst=/mnt" rootfs "${MARK[@]}"
}

@test "--mount type=tmpfs with size and mode" {
	mountinfo --mount type=tmpfs,dst=/mnt,tmpfs-size=1M,tmpfs-mode=0700
	is tmpfs "$(mount_type /mnt)"
	output_has ' /mnt .*size=1024k'
	expect 0 nsrun --mount type=tmpfs,dst=/mnt,tmpfs-mode=0700 rootfs stat -c %a /mnt
	output_is 700
}

@test "--mount type=overlay: the source below, changes thrown away" {
	data
	expect 0 nsrun --mount "type=overlay,src=$T/data,dst=/mnt" rootfs \
		sh -c 'echo changed >/mnt/file; cat /mnt/file'
	output_is changed
	is content "$(cat data/file)"
}

@test "--mount type=proc, sysfs, devpts and mqueue" {
	mountinfo --mount type=proc,dst=/x/proc --mount type=sysfs,dst=/x/sys \
		--mount type=devpts,dst=/x/pts --mount type=mqueue,dst=/x/mqueue
	is proc "$(mount_type /x/proc)"
	is sysfs "$(mount_type /x/sys)"
	is devpts "$(mount_type /x/pts)"
	is mqueue "$(mount_type /x/mqueue)"
}

@test "--mount: what it does not know is refused and named" {
	data
	refuses 'magic' --mount type=magic,dst=/mnt rootfs "${MARK[@]}"
	refuses 'magic' --mount "type=bind,src=$T/data,dst=/mnt,magic" rootfs "${MARK[@]}"
	refuses 'dst|destination|target' --mount "type=bind,src=$T/data" rootfs "${MARK[@]}"
	refuses 'src|source' --mount type=bind,dst=/mnt rootfs "${MARK[@]}"
}

@test "--tmpfs, with podman's options" {
	mountinfo --tmpfs /mnt
	is tmpfs "$(mount_type /mnt)"
	has_flags /mnt nosuid nodev
	mountinfo --tmpfs /mnt:size=64k,mode=0711,noexec,ro
	has_flags /mnt ro noexec
	output_has ' /mnt .*size=64k'
	expect 0 nsrun --tmpfs /mnt:mode=0711 rootfs stat -c %a /mnt
	output_is 711
	refuses 'magic' --tmpfs /mnt:magic=1 rootfs "${MARK[@]}"
}

@test "--read-only: the root file system and nothing else" {
	data
	expect 1 nsrun --read-only rootfs touch /new
	stderr_has 'read-only'
	expect 0 nsrun --read-only -v "$T/data:/mnt" rootfs sh -c 'touch /mnt/new /tmp/new /run/new /dev/shm/new'
	mountinfo --read-only
	has_flags / ro
	[ ! -e rootfs/tmp/new ]
}

@test "--read-only --read-only-tmpfs=false: /tmp and /run are the root file system's" {
	expect 1 nsrun --read-only --read-only-tmpfs=false rootfs touch /tmp/new
	stderr_has 'read-only'
}

@test "--shm-size" {
	mountinfo --shm-size 1m
	output_has ' /dev/shm .*size=1024k'
	mountinfo
	output_has ' /dev/shm .*size=(64000|65536)k'
	refuses 'shm-size' --shm-size lots rootfs "${MARK[@]}"
}

@test "--device: a device of the host, and nothing that is no device" {
	expect 0 nsrun --device /dev/fuse rootfs test -c /dev/fuse
	expect 0 nsrun --device /dev/zero:/dev/nothing rootfs sh -c 'head -c 3 /dev/nothing | wc -c'
	output_is 3
	expect 0 nsrun --device /dev/zero:/dev/nothing:rw rootfs test -c /dev/nothing
	expect 0 nsrun --device /dev/zero:/dev/nothing:rwm rootfs test -c /dev/nothing
	data
	refuses 'device' --device "$T/data/file:/dev/x" rootfs "${MARK[@]}"
	refuses '/dev/no-such' --device /dev/no-such rootfs "${MARK[@]}"
}

@test "ROOTFS:O throws all changes away" {
	expect 0 nsrun rootfs:O sh -c 'echo changed >/etc/hostname.new; rm /etc/group; ls /etc'
	output_has 'hostname.new'
	output_lacks '^group$'
	[ -e rootfs/etc/group ]
	[ ! -e rootfs/etc/hostname.new ]
	expect 0 nsrun rootfs:O ls /etc
	output_has '^group$'
}

@test "ROOTFS:O: many at the same time" {
	local -a pids=()
	local i pid
	for i in 1 2 3 4 5 6 7 8; do
		nsrun rootfs:O sh -c "echo $i >/mine; cat /mine" >"out.$i" 3>&- &
		pids+=($!)
	done
	for pid in "${pids[@]}"; do
		wait "$pid"
	done
	for i in 1 2 3 4 5 6 7 8; do
		is "$i" "$(cat "out.$i")"
	done
	[ ! -e rootfs/mine ]
}

@test "--rootfs-overlay DIR keeps the changes, outside of the root file system" {
	as_caller mkdir changes
	expect 0 nsrun --rootfs-overlay "$T/changes" rootfs sh -c 'echo kept >/file && rm /etc/group && chown 33 /file'
	[ ! -e rootfs/file ]
	[ -e rootfs/etc/group ]
	expect 0 nsrun --rootfs-overlay "$T/changes" rootfs sh -c 'cat /file; stat -c %u /file; ls /etc'
	output_has '^kept$'
	output_has '^33$'
	output_lacks '^group$'
	nsrun unshare sh -c "rm -rf '$T'/changes/*"
}

@test "overlays of directories with commas, colons, backslashes and blanks in their names" {
	local name='odd, name: with\ everything'
	as_caller mv rootfs "$name"
	as_caller mkdir "changes, $name"
	expect 0 nsrun --rootfs-overlay "$T/changes, $name" "$name" sh -c 'echo kept >/file'
	expect 0 nsrun --rootfs-overlay "$T/changes, $name" "$name" cat /file
	output_is kept
	[ ! -e "$name/file" ]
	nsrun unshare sh -c "rm -rf '$T/changes, $name'"
	expect 0 nsrun "$name:O" sh -c 'touch /new && echo finished'
	output_is finished
	[ ! -e "$name/new" ]
}

@test "twenty volumes, and one of a thousand characters" {
	data
	local i long=/
	local -a options=()
	for ((i = 0; i < 20; i++)); do
		options+=(-v "$T/data:/mnt/$i")
	done
	for ((i = 0; i < 100; i++)); do
		long+=directory/
	done
	expect 0 nsrun "${options[@]}" -v "$T/data:$long" rootfs sh -c "cat /mnt/19/file $long/file"
	output_is $'content\ncontent'
}

@test "mounts of the container are not seen on the host" {
	data
	start_ready -v "$T/data:/mnt" --tmpfs /x rootfs "${READY[@]}"
	is '' "$(grep "$T" /proc/self/mountinfo || true)"
	kill -KILL "$PID"
	finish 137
}
