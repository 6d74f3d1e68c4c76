#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Who one is inside and outside: id maps from /etc/subuid and /etc/subgid, and from options.

load ../lib/common

@test "a user with one range is root inside, and his range follows from 1 on" {
	local start count
	read -r start count < <(range subuid 1)
	is "0 $CALLER_UID 1"$'\n'"1 $start $count" "$(map_inside uid)"
	read -r start count < <(range subgid 1)
	is "0 $CALLER_GID 1"$'\n'"1 $start $count" "$(map_inside gid)"
	expect 0 nsrun rootfs id -u
	output_is 0
	expect 0 nsrun rootfs id -g
	output_is 0
}

@test "a user with two ranges gets both, in the order of the file" {
	use_caller nsrun-bob
	local start1 count1 start2 count2
	read -r start1 count1 < <(range subuid 1)
	read -r start2 count2 < <(range subuid 2)
	is "0 $CALLER_UID 1"$'\n'"1 $start1 $count1"$'\n'"$((count1 + 1)) $start2 $count2" \
		"$(map_inside uid)"
	is "$(map_inside uid | tail -n +2)" "$(map_inside gid | tail -n +2)"
}

@test "the order is the file's, not the numbers'" {
	subids "$CALLER:400000:100" "$CALLER:300000:50"
	is "0 $CALLER_UID 1"$'\n'"1 400000 100"$'\n'"101 300000 50" "$(map_inside uid)"
}

@test "the user's own id in his lines is not mapped twice" {
	subids "$CALLER:$CALLER_UID:1" "$CALLER:100000:65535"
	is "0 $CALLER_UID 1"$'\n'"1 100000 65535" "$(map_inside uid)"
	is "0 $CALLER_GID 1"$'\n'"1 100000 65535" "$(map_inside gid)"
}

@test "the user's own id in the middle of a range splits it" {
	subids "$CALLER:$((CALLER_UID - 2)):10"
	is "0 $CALLER_UID 1"$'\n'"1 $((CALLER_UID - 2)) 2"$'\n'"3 $((CALLER_UID + 1)) 7" "$(map_inside uid)"
}

@test "two lines that overlap give each id once" {
	subids "$CALLER:300000:100" "$CALLER:300050:100"
	expect 0 nsrun rootfs cat /proc/self/uid_map
	is 151 "$(awk '{ n += $3 } END { print n }' <<<"$output")" "ids in all"
}

@test "lines match by number as well as by name" {
	subids "$CALLER_UID:300000:100" "$CALLER:400000:100"
	is "0 $CALLER_UID 1"$'\n'"1 300000 100"$'\n'"101 400000 100" "$(map_inside uid)"
}

@test "lines of others, comments and nonsense in the files are passed over" {
	subids '# a comment' '' "${CALLER}x:300000:100" "x$CALLER:300000:100" "$CALLER:x:100" \
		"$CALLER:300000" "$CALLER:300000:0" "$CALLER:4294967290:100" "${CALLER_UID}0:300000:100" \
		"$CALLER:500000:100"
	is "0 $CALLER_UID 1"$'\n'"1 500000 100" "$(map_inside uid)"
}

@test "a range in one file only: that map has it, the other is the single id" {
	host_file /etc/subuid "$CALLER:300000:100"
	host_file /etc/subgid '# nothing'
	run --separate-stderr nsrun rootfs cat /proc/self/uid_map /proc/self/gid_map
	# Whatever is decided, nobody may get an id that is not his.
	if [ "$status" -eq 0 ]; then
		is "0 $CALLER_GID 1" "$(squeeze <<<"$output" | tail -n 1)"
		[ -n "$stderr" ]
	else
		is 125 "$status"
		stderr_has 'subgid'
	fi
}

@test "a user without ranges gets himself as root, and is told in one line" {
	use_caller nsrun-carol
	expect 0 nsrun rootfs sh -c 'cat /proc/self/uid_map /proc/self/gid_map; id -u'
	is "0 $CALLER_UID 1"$'\n'"0 $CALLER_GID 1"$'\n'0 "$(squeeze <<<"$output")"
	is 1 "$(grep -c . <<<"$stderr")" "lines on stderr"
	stderr_has '^nsrun: '
	stderr_has 'subuid|subordinate'
}

@test "with a single id, setgroups is denied" {
	use_caller nsrun-carol
	expect 0 nsrun rootfs cat /proc/self/setgroups
	output_is deny
	expect 0 nsrun rootfs probe setgroups
	output_is EPERM
}

@test "with ranges, setgroups is allowed" {
	expect 0 nsrun rootfs cat /proc/self/setgroups
	output_is allow
	expect 0 nsrun rootfs probe setgroups
	output_is ok
}

@test "the single id needs no helper" {
	use_caller nsrun-carol
	cp /bin/false "$E2E_WORK/over.$BATS_SUITE_TEST_NUMBER.helper"
	CALLER_BINDS="$E2E_WORK/over.$BATS_SUITE_TEST_NUMBER.helper:/usr/bin/newuidmap
$E2E_WORK/over.$BATS_SUITE_TEST_NUMBER.helper:/usr/bin/newgidmap"
	expect 0 nsrun rootfs echo hello
	output_is hello
}

@test "--quiet leaves the announcement out" {
	use_caller nsrun-carol
	expect 0 nsrun -q rootfs true
	stderr_is_empty
	expect 0 nsrun --quiet rootfs true
	stderr_is_empty
}

@test "--strict turns the single id into an error that says what to ask for" {
	use_caller nsrun-carol
	refuses 'usermod --add-subuids [0-9]+-[0-9]+' --strict rootfs "${MARK[@]}"
	stderr_has '/etc/subuid'
	stderr_has "$CALLER"
}

@test "the range that is proposed to the administrator is free" {
	use_caller nsrun-carol
	subids 'one:100000:65536' 'two:200000:400000'
	expect 125 nsrun --strict rootfs true
	local first
	first=$(sed -nE 's/.*--add-subuids ([0-9]+)-.*/\1/p' <<<"$stderr" | head -n 1)
	[ -n "$first" ]
	[ "$first" -ge 600000 ] || { [ "$first" -ge 165536 ] && [ "$first" -lt 200000 ]; }
}

# helper_is PROGRAM MODE: shadow's id helpers are this program, and nsrun's own is not there.
helper_is() {
	local helper own
	: >"$E2E_WORK/over.$BATS_SUITE_TEST_NUMBER.own"
	for own in "$(grep -aoE '/[^[:cntrl:]]*/nsrun-newidmap' "$NSRUN" | head -n 1)" "${NSRUN%/*}/nsrun-newidmap"; do
		[ ! -e "$own" ] ||
			CALLER_BINDS+=${CALLER_BINDS:+$'\n'}$E2E_WORK/over.$BATS_SUITE_TEST_NUMBER.own:$own
	done
	for helper in newuidmap newgidmap; do
		cp "$1" "$E2E_WORK/over.$BATS_SUITE_TEST_NUMBER.$helper"
		chmod "$2" "$E2E_WORK/over.$BATS_SUITE_TEST_NUMBER.$helper"
		CALLER_BINDS+=${CALLER_BINDS:+$'\n'}$E2E_WORK/over.$BATS_SUITE_TEST_NUMBER.$helper:/usr/bin/$helper
	done
}

# single_id_announced: what must happen without a usable helper.
single_id_announced() {
	expect 0 nsrun rootfs cat /proc/self/uid_map
	is "0 $CALLER_UID 1" "$(squeeze <<<"$output")"
	stderr_has 'newuidmap'
	is 1 "$(grep -c . <<<"$stderr")" "lines on stderr"
	refuses 'newuidmap' --strict rootfs "${MARK[@]}"
}

@test "an id helper that is not executable: the single id, announced; an error when strict" {
	helper_is /usr/bin/newuidmap 0644
	single_id_announced
}

@test "an id helper without privilege: the single id, announced; an error when strict" {
	helper_is /usr/bin/newuidmap 0755
	single_id_announced
}

@test "an id helper that refuses is never taken for one that worked" {
	helper_is /bin/false 4755
	run --separate-stderr nsrun rootfs cat /proc/self/uid_map
	if [ "$status" -eq 0 ]; then
		is "0 $CALLER_UID 1" "$(squeeze <<<"$output")"
	else
		is 125 "$status"
	fi
	stderr_has 'newuidmap'
}

@test "an id helper that lies (writes nothing, exits 0) is an error" {
	helper_is /bin/true 4755
	refuses 'nsrun' rootfs "${MARK[@]}"
}

@test "--uidmap alone serves for the groups too" {
	local start
	read -r start _ < <(range subuid 1)
	is "0 $start 10" "$(map_inside uid --uidmap "0:$start:10")"
	is "0 $start 10" "$(map_inside gid --uidmap "0:$start:10")"
	is "0 $start 10" "$(map_inside uid --gidmap "0:$start:10")"
}

@test "--uidmap and --gidmap, each its own, each repeated" {
	local start
	read -r start _ < <(range subuid 1)
	local options=(--uidmap "0:$start:10" --uidmap "100:$((start + 100)):5"
		--gidmap "0:$CALLER_GID:1" --gidmap "1:$((start + 7)):3")
	is "0 $start 10"$'\n'"100 $((start + 100)) 5" "$(map_inside uid "${options[@]}")"
	is "0 $CALLER_GID 1"$'\n'"1 $((start + 7)) 3" "$(map_inside gid "${options[@]}")"
}

@test "an @ before the outer id is accepted, as podman writes it" {
	local start
	read -r start _ < <(range subuid 1)
	is "0 $start 10" "$(map_inside uid --uidmap "0:@$start:10")"
	is "0 $CALLER_UID 1" "$(map_inside uid --uidmap "0:@$CALLER_UID:1")"
}

@test "hundreds of extents fit" {
	local start i
	local -a options=()
	read -r start _ < <(range subuid 1)
	for ((i = 0; i < 300; i++)); do
		options+=(--uidmap "$((i * 2)):$((start + i * 2)):1")
	done
	is 300 "$(map_inside uid "${options[@]}" | wc -l)"
}

@test "a range that is not his is refused: the range, the file and the line to ask for are named" {
	refuses '500000' --uidmap 0:500000:1000 rootfs "${MARK[@]}"
	stderr_has '/etc/subuid'
	stderr_has "usermod --add-subuids 500000-500999 .*$CALLER"
	refuses '500000' --uidmap "0:$CALLER_UID:1" --gidmap 0:500000:1000 rootfs "${MARK[@]}"
	stderr_has '/etc/subgid'
	stderr_has "usermod --add-subgids 500000-500999 .*$CALLER"
}

@test "a range that is his but for one id is refused" {
	local start count
	read -r start count < <(range subuid 1)
	refuses "$start" --uidmap "0:$start:$((count + 1))" rootfs "${MARK[@]}"
	refuses "$((start - 1))" --uidmap "0:$((start - 1)):2" rootfs "${MARK[@]}"
}

@test "host root is refused to a user" {
	refuses '0' --uidmap 0:0:1 rootfs "${MARK[@]}"
	refuses '0' --uidmap "0:$CALLER_UID:1" --gidmap 0:0:1 rootfs "${MARK[@]}"
}

@test "extents that overlap, inside or outside, are refused" {
	local start
	read -r start _ < <(range subuid 1)
	refuses 'overlap|twice' --uidmap "0:$start:10" --uidmap "9:$((start + 20)):10" rootfs "${MARK[@]}"
	refuses 'overlap|twice' --uidmap "0:$start:10" --uidmap "20:$((start + 9)):10" rootfs "${MARK[@]}"
	refuses 'overlap|twice' --uidmap "0:$start:10" --uidmap "0:$start:10" rootfs "${MARK[@]}"
}

@test "a count of 0, numbers out of range and texts that are no map are refused" {
	local map
	for map in 0:100000:0 0:4294967295:1 4294967295:100000:1 0:4294967290:10 4294967290:100000:10 \
		0:100000:4294967296 4294967296:100000:1 0:18446744073709551616:1 -1:100000:1 0:-1:1 0:100000:-1 \
		0:100000:+1 0:0x10:1 0:1e3:1 ' 0:100000:1' '0:100000:1 ' 0:100000:1:1 :100000:1 0::1 0:100000: \
		'' x @0:100000:1; do
		refuses "map" --uidmap "$map" rootfs "${MARK[@]}"
		refuses "map" --gidmap "$map" rootfs "${MARK[@]}"
	done
}

@test "podman's idiom 0:0:65536 is explained, with the line that is meant" {
	local start
	read -r start _ < <(range subuid 1)
	refuses 'host' --uidmap 0:0:65536 rootfs "${MARK[@]}"
	stderr_has "1:$start:6553[56]"
}

@test "--userns=keep-id: the user keeps his own numbers" {
	local start count
	read -r start count < <(range subuid 1)
	expect 0 nsrun --userns=keep-id rootfs id -u
	output_is "$CALLER_UID"
	expect 0 nsrun --userns=keep-id rootfs id -g
	output_is "$CALLER_GID"
	is "0 $start $CALLER_UID
$CALLER_UID $CALLER_UID 1
$((CALLER_UID + 1)) $((start + CALLER_UID)) $((count - CALLER_UID))" \
		"$(map_inside uid --userns=keep-id | sort -n)"
}

@test "--userns=keep-id:uid=,gid=: the user gets these numbers" {
	local start count
	read -r start count < <(range subuid 1)
	expect 0 nsrun --userns=keep-id:uid=200,gid=210 rootfs sh -c 'id -u; id -g'
	output_is $'200\n210'
	is "0 $start 200"$'\n'"200 $CALLER_UID 1"$'\n'"201 $((start + 200)) $((count - 200))" \
		"$(map_inside uid --userns=keep-id:uid=200,gid=210 | sort -n)"
	is "0 $start 210"$'\n'"210 $CALLER_GID 1"$'\n'"211 $((start + 210)) $((count - 210))" \
		"$(map_inside gid --userns=keep-id:uid=200,gid=210 | sort -n)"
	refuses 'keep-id' --userns=keep-id:size=3 rootfs "${MARK[@]}"
	refuses 'keep-id' --userns=keep-id:uid=x rootfs "${MARK[@]}"
}

@test "keep-id: files written in a volume are the user's on the host" {
	as_caller mkdir data
	expect 0 nsrun --userns=keep-id -v "$T/data:/data" rootfs touch /data/file
	is "$CALLER_UID:$CALLER_GID" "$(stat -c %u:%g data/file)"
}

@test "keep-id: root inside is another, with -u 0" {
	local start
	read -r start _ < <(range subuid 1)
	start_ready --userns=keep-id -u 0 rootfs "${READY[@]}"
	is "$start" "$(stat -c %u "/proc/$INIT")"
}

@test "keep-id works without ranges" {
	use_caller nsrun-carol
	expect 0 nsrun -q --userns=keep-id rootfs id -u
	output_is "$CALLER_UID"
	is "$CALLER_UID $CALLER_UID 1" "$(map_inside uid -q --userns=keep-id)"
}

@test "--userns=nomap: the user himself is not in the map" {
	local start count
	read -r start count < <(range subuid 1)
	is "0 $start $count" "$(map_inside uid --userns=nomap)"
	is "0 $start $count" "$(map_inside gid --userns=nomap)"
	start_ready --userns=nomap rootfs "${READY[@]}"
	is "$start" "$(stat -c %u "/proc/$INIT")"
}

@test "--userns=nomap without ranges is an error" {
	use_caller nsrun-carol
	refuses 'subuid|subordinate' --userns=nomap rootfs "${MARK[@]}"
}

@test "--userns=host is for root only" {
	refuses 'root' --userns=host rootfs "${MARK[@]}"
}

@test "--userns refuses what it does not know, and maps beside a mode" {
	refuses 'userns' --userns=magic rootfs "${MARK[@]}"
	refuses 'userns|uidmap' --userns=keep-id --uidmap "0:$CALLER_UID:1" rootfs "${MARK[@]}"
}

@test "--subuidname takes the lines of that name, if they are the caller's" {
	local start count
	read -r start count < <(range subuid 1)
	expect 0 nsrun --subuidname "$CALLER" rootfs cat /proc/self/uid_map
	squeeze <<<"$output" | grep -E " $start [0-9]+$"
	refuses 'nsrun-bob|somebody else' --subuidname nsrun-bob rootfs "${MARK[@]}"
	refuses 'no-such-name|somebody else' --subuidname no-such-name rootfs "${MARK[@]}"
}

@test "the reference example, as a user to whom 2000 to 2999 belong" {
	subids "$CALLER:2000:1000"
	expect 0 nsrun --uidmap 0:2000:1000 -v /etc:/mnt rootfs id -u
	output_is 0
	expect 1 nsrun --uidmap 0:2000:1000 -v /etc:/mnt rootfs sh -c 'echo hello >> /mnt/shadow'
	stderr_has 'permission denied'
	start_ready --uidmap 0:2000:1000 -v /etc:/mnt rootfs "${READY[@]}"
	is 2000 "$(ps -o uid= -p "$INIT" | tr -d ' ')" "uid in the host's ps"
	is 2000 "$(ps -o gid= -p "$INIT" | tr -d ' ')" "gid in the host's ps"
}

@test "nobody's ids of the host are lent: group files of the caller stay closed under other maps" {
	local start
	read -r start _ < <(range subuid 1)
	as_caller sh -c 'echo secret >private && chmod 0600 private'
	expect 1 nsrun --userns=nomap -v "$T/private:/private" rootfs cat /private
	stderr_has 'permission denied'
}

@test "files of subordinate ids can be made, changed and deleted" {
	expect 0 nsrun rootfs sh -c 'touch /file && chown 33:44 /file && stat -c %u:%g /file'
	output_is 33:44
	local start
	read -r start _ < <(range subuid 1)
	is "$((start + 32)):$((start + 43))" "$(stat -c %u:%g rootfs/file)"
	expect 0 nsrun rootfs rm /file
}

@test "unshare: the same ids, the host's files" {
	local start count
	read -r start count < <(range subuid 1)
	expect 0 nsrun unshare cat /proc/self/uid_map
	is "0 $CALLER_UID 1"$'\n'"1 $start $count" "$(squeeze <<<"$output")"
	as_caller mkdir d
	expect 0 nsrun unshare sh -c 'touch d/f && chown -R 33:33 d && id -u'
	output_is 0
	is "$((start + 32))" "$(stat -c %u d/f)"
	expect 1 as_caller rm -r d
	expect 0 nsrun unshare rm -r d
	[ ! -e d ]
}

@test "unshare unpacks an archive with its owners" {
	tar --numeric-owner --owner=33 --group=44 -cf archive.tar -C rootfs etc
	as_caller mkdir new
	expect 0 nsrun unshare tar -xpf archive.tar -C new
	expect 0 nsrun unshare stat -c %u:%g new/etc/passwd
	output_is 33:44
}

@test "unshare: exit status, maps and the shell when no command is given" {
	expect 42 nsrun unshare sh -c 'exit 42'
	expect 127 nsrun unshare no-such-command
	local start
	read -r start _ < <(range subuid 1)
	expect 0 nsrun unshare --uidmap "0:$start:10" cat /proc/self/uid_map
	is "0 $start 10" "$(squeeze <<<"$output")"
	run --separate-stderr nsrun unshare <<<'id -u'
	output_is 0
}

@test "unshare keeps the environment and the working directory" {
	caller_env WORD=value
	expect 0 nsrun unshare sh -c 'echo "$WORD $PWD"'
	output_is "value $T"
}

@test "a kernel that gives no user namespaces: the message names the sysctl" {
	use_caller nsrun-carol
	cat >without-namespaces <<-'SCRIPT'
		#!/bin/sh
		echo 0 >/proc/sys/user/max_user_namespaces && exec "$@"
	SCRIPT
	chmod 0755 without-namespaces
	CALLER_PREFIX="unshare --user --map-current-user --keep-caps $T/without-namespaces"
	# the limit is the outer user namespace's here, as in a container
	refuses 'user\.max_user_namespaces|container that forbids' rootfs "${MARK[@]}"
}
