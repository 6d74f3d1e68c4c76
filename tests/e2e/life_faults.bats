#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# What can go wrong with a container that is kept: killed halfway, killed monitors, damaged files,
# pids of others, directories that are not there or somebody else's, full disks, slow readers.

load ../lib/common
load ../lib/life

# --- killed halfway -------------------------------------------------------------------------------

# killed_at SYSCALL N OPTION...: "run -d --name x" whose processes are killed at their Nth SYSCALL.
killed_at() {
	local call=$1 n=$2
	shift 2
	# with one id, since a helper has no privilege below strace
	CALLER_PREFIX="strace -f -qq -o /dev/null -e trace=$call -e inject=$call:signal=SIGKILL:when=$n" \
		run --separate-stderr timeout "$(slowly 20)" "$TEST_LIB/as-caller" "$CALLER" \
		"$NSRUN" run -d -q --newidmap none --name x "$@" rootfs probe wait
	[ "$status" -ne 124 ]
}

# whole: what is there is listed and can be removed, and then nothing is left.
whole() {
	local left
	expect 0 nsrun ps -a || return 1
	output_lacks 'Damaged' || return 1
	expect 0 nsrun rm -f -a || return 1
	DEADLINE=5 wait_for no_container_processes || return 1
	# a directory that was never named is swept by the next one that is made, when it is old
	find "$KEPT" -mindepth 1 -maxdepth 1 -name '.*' -exec touch -d '1 day ago' {} + 2>/dev/null || true
	expect 0 nsrun run -q --newidmap none --rm --name x rootfs true || return 1
	left=$(ls -A "$KEPT")
	is '' "$left" "in the state directory"
}

@test "R01 run -d killed at any of a sample of system calls: whole, or not there" {
	need strace strace -V
	local point
	for point in mkdirat:1 mkdirat:3 openat:4 openat:12 openat:20 renameat2:1 renameat:1 fsync:1 fsync:4 \
		clone3:1 setsid:1 bind:1 listen:1 recvmsg:1 sendmsg:1 sendmsg:2 unlinkat:1 \
		mount_setattr:1 pivot_root:1 prctl:3 execve:2; do
		killed_at "${point%:*}" "${point#*:}" || {
			complain "hangs when killed at $point"
			return 1
		}
		whole || {
			echo "killed at $point"
			return 1
		}
	done
}

# --- the monitor ----------------------------------------------------------------------------------

@test "R03 a killed monitor: the container is listed, entered, stopped, removed; its name is free" {
	keep x
	init=$(init_of x)
	kill -KILL "$(monitor_of x)"
	wait_for shows x '^Up .*\(unmonitored\)$'
	kill -0 "$init"
	expect 0 nsrun exec x echo inside
	output_is inside
	expect 125 nsrun start x
	expect 125 nsrun rm x
	refuses "no monitor any more" attach x
	start wait x
	expect 0 nsrun stop x
	finish 0
	is 255 "$(cat "$T/stdout")" # nobody saw the status
	gone "$init"
	shows x '^Exited'
	expect 0 nsrun start x
	kill -KILL "$(monitor_of x)"
	expect 0 nsrun rm -f x
	keep x
}

@test "R03 a killed monitor of a foreground run: nsrun says so and does not hang" {
	start run --name x rootfs "${READY[@]}"
	wait_for said ready
	kill -KILL "$(monitor_of x)"
	finish 125
	grep -q "the monitor of the container 'x' is gone" "$T/stderr"
	expect 0 nsrun rm -f x
}

@test "R03 monitor and container both killed: it has ended, as nobody knows how" {
	keep x --restart=always
	kill -KILL "$(monitor_of x)" "$(init_of x)"
	wait_for shows x '^Exited \(\?\)'
	expect 0 nsrun wait x
	output_is 255
	expect 0 nsrun start x
	runs x
}

@test "R02 a command that ends at once: its status, again and again" {
	for _ in 1 2 3 4 5 6 7 8 9 10; do
		expect 7 nsrun run --rm --name x rootfs sh -c 'exit 7'
		expect 0 nsrun run -d --name y --replace rootfs true
		expect 0 nsrun wait y
		output_is 0
	done
}

# --- another boot, another process ----------------------------------------------------------------

# pretend NAME PID: the state says that NAME is this process.
pretend() {
	local start
	start=$(sed -E 's/.*\) //' "/proc/$2/stat" | cut -d' ' -f20)
	sed -i -E "s/\"pid\": [0-9]+/\"pid\": $2/; s/\"startTime\": [0-9]+/\"startTime\": $start/
		s/\"pidNamespace\": [0-9]+/\"pidNamespace\": $(stat -Lc %i "/proc/$2/ns/pid")/" "$KEPT/$1/state.json"
}

@test "R04 a state of another boot: it has ended, and whoever has its pid now is left alone" {
	keep x
	kill -KILL "$(monitor_of x)" "$(init_of x)"
	wait_for shows x '^Exited'
	exec_in_background "$TEST_LIB/as-caller" "$CALLER" sleep 600
	innocent=$PID
	wait_for grep -q sleep "/proc/$innocent/comm"
	pretend x "$innocent"
	runs x # the forgery is good enough for this boot
	host_file /proc/sys/kernel/random/boot_id 01234567-89ab-cdef-0123-456789abcdef
	shows x '^Exited'
	expect 125 nsrun exec x true
	stderr_has 'does not run'
	expect 0 nsrun stop x
	expect 125 nsrun kill x
	expect 0 nsrun start x
	expect 0 nsrun exec x echo inside
	output_is inside
	expect 0 nsrun rm -f x
	kill -0 "$innocent"
}

@test "R05 the pid, another start time: not the container" {
	keep x
	kill -KILL "$(monitor_of x)" "$(init_of x)"
	exec_in_background "$TEST_LIB/as-caller" "$CALLER" sleep 600
	innocent=$PID
	sed -i -E "s/\"pid\": [0-9]+/\"pid\": $innocent/" "$KEPT/x/state.json"
	shows x '^Exited'
	expect 0 nsrun stop -t 0 x
	expect 125 nsrun kill x
	expect 125 nsrun exec x true
	expect 0 nsrun rm -f x
	kill -0 "$innocent"
}

@test "R05 a pid that is used again: the process that got it survives stop, kill, exec and rm" {
	# in a pid namespace of the test's own, where the next pid can be chosen
	cat >reuse <<-'SCRIPT'
		set -eu
		as() { "$TEST_LIB/as-caller" "$CALLER" "$@"; }
		value() { sed -nE "s/^  \"$1\": ([0-9]+),?\$/\1/p" "$KEPT/x/state.json"; }
		for round in 1 2 3 4 5; do
			as "$NSRUN" run -d --name x rootfs probe wait >/dev/null
			pid=$(value pid)
			monitor=$(sed -nE 's/^PPid:[[:space:]]*//p' "/proc/$pid/status")
			kill -KILL "$monitor" "$pid"
			# pid 1 is a shell that reaps what it inherits when it waits
			while [ -e "/proc/$pid" ]; do wait; sleep 0.01; done
			got=''
			for try in 1 2 3 4 5 6 7 8 9 10; do
				echo $((pid - 1)) >/proc/sys/kernel/ns_last_pid
				sleep 60 3>&- 4>&- &
				got=$!
				[ "$got" -ne "$pid" ] || break
				kill -KILL "$got"
			done
			[ "$got" -eq "$pid" ] || { echo "pid $pid was not to be had"; exit 1; }
			as "$NSRUN" ps | grep -q ' x$' && { echo "the sleep is taken for the container"; exit 1; }
			as "$NSRUN" stop -t 0 x >/dev/null
			as "$NSRUN" kill x 2>/dev/null && exit 1
			as "$NSRUN" exec x true 2>/dev/null && exit 1
			as "$NSRUN" rm -f x >/dev/null
			case $(sed -n 's/^State:[[:space:]]*//p' "/proc/$got/status") in
			S*) ;;
			*) echo "the innocent process is dead"; exit 1 ;;
			esac
			kill -KILL "$got"
			echo "survived"
		done
	SCRIPT
	export KEPT
	run --separate-stderr timeout "$(slowly 40)" unshare --pid --fork --kill-child --mount-proc bash reuse 3>&- 4>&-
	is 5 "$(grep -c '^survived$' <<<"$output")" "$output $stderr"
}

# --- damaged files --------------------------------------------------------------------------------

# damaged: the container "bad" is told of as damaged, hides no other, and can be removed.
damaged() {
	expect 0 timeout "$(slowly 10)" "$TEST_LIB/as-caller" "$CALLER" "$NSRUN" ps -a || return 1
	output_has ' good$' || return 1
	output_has 'Damaged: .* bad$' || return 1
	expect 0 nsrun exec good true || return 1
	expect 125 nsrun exec bad true || return 1
	expect 125 nsrun start bad || return 1
	stderr_has "'bad' is damaged" || return 1
	expect 125 nsrun stop bad || return 1
	stderr_has "'bad' is damaged" || return 1
	expect 0 nsrun ps -a -q || return 1
	is 2 "${#lines[@]}" || return 1
	expect 0 nsrun rm -f bad || return 1
	is good "$(ls -A "$KEPT")"
}

@test "R07 damaged files: told, no other is hidden, and it can be removed" {
	keep good
	for file in config.json state.json; do
		for damage in empty truncated garbage list text deep huge missing directory link fifo foreign; do
			expect 0 nsrun create --name bad rootfs true
			path=$KEPT/bad/$file
			as_caller cp "$path" "$T/copy"
			[ "$damage" = truncated ] || [ "$damage" = garbage ] || rm "$path"
			case $damage in
			empty) as_caller touch "$path" ;;
			truncated) truncate -s 40 "$path" ;;
			garbage) head -c 3000 /dev/urandom >"$path" ;;
			list) as_caller tee "$path" <<<'[]' >/dev/null ;;
			text) as_caller tee "$path" <<<'"{}"' >/dev/null ;;
			deep) head -c 900000 /dev/zero | tr '\0' '[' | as_caller tee "$path" >/dev/null ;;
			huge) as_caller truncate -s 8G "$path" ;;
			missing) ;;
			directory) as_caller mkdir "$path" ;;
			link) as_caller ln -s "$T/copy" "$path" ;;
			fifo) as_caller mkfifo "$path" ;;
			foreign) install -m 0600 copy "$path" ;;
			esac
			damaged || {
				echo "$file: $damage"
				return 1
			}
		done
	done
}

@test "R07 something else in the place of a container's directory" {
	keep good
	for damage in file link empty closed; do
		case $damage in
		file) as_caller touch "$KEPT/bad" ;;
		link) as_caller ln -s "$KEPT/good" "$KEPT/bad" ;;
		empty) as_caller mkdir "$KEPT/bad" ;;
		closed) as_caller mkdir -m 0 "$KEPT/bad" ;;
		esac
		damaged || {
			echo "$damage"
			return 1
		}
	done
	runs good
}

@test "R07 a name that is none, in the state directory: seen by nobody as a container's" {
	keep good
	as_caller mkdir "$KEPT/-rf" "$KEPT/a b" "$KEPT/.hidden"
	expect 0 nsrun ps -a
	output_has ' good$'
	expect 0 nsrun exec good true
	rmdir "$KEPT/-rf" "$KEPT/a b" "$KEPT/.hidden" 2>/dev/null || true
}

@test "R07 a damaged one that runs: rm -f ends it" {
	for file in config.json state.json; do
		keep bad
		init=$(init_of bad)
		truncate -s 10 "$KEPT/bad/$file"
		expect 0 nsrun ps
		output_has 'Damaged'
		expect 125 nsrun rm bad
		kill -0 "$init"
		expect 0 nsrun rm -f bad
		wait_for gone "$init"
	done
}

@test "R27 a state of a newer version, with members that nobody knows: read as far as it is known" {
	keep x
	for file in config state; do
		sed -i -E 's/"version": 1,/"version": 2, "unheardOf": { "a": [ 1, 2, { "b": null } ] },/' "$KEPT/x/$file.json"
	done
	runs x
	expect 0 nsrun exec x echo inside
	output_is inside
	expect 0 nsrun stop x
	shows x '^Exited \(143\)'
	expect 0 nsrun start x
	expect 0 nsrun rm -f x
}

@test "R27 nsrun is replaced while containers run" {
	install -o "$CALLER" -m 0755 "$NSRUN" own
	expect 0 as_caller "$T/own" run -d -q --newidmap none --name x rootfs probe wait
	rm own
	expect 0 nsrun exec x echo inside
	output_is inside
	expect 0 nsrun restart x
	expect 0 nsrun stop x
	expect 0 nsrun rm x
}

# --- where containers are kept --------------------------------------------------------------------

# own_tmp: the caller's /tmp is an empty directory of the test's.
own_tmp() {
	mkdir -m 1777 "$T/tmp"
	CALLER_BINDS=$T/tmp:/tmp
	# nor has he a directory of logind's
	[ ! -d "/run/user/$CALLER_UID" ] || skip "the caller is logged in"
}

# state_in DIRECTORY: a container is kept below it and works.
state_in() {
	expect 0 nsrun run -d --name x rootfs "${READY[@]}" || return 1
	is 700 "$(stat -c %a "$1")" || return 1
	is "$CALLER" "$(stat -c %U "$1")" || return 1
	[ -d "$1/containers/x" ] || return 1
	expect 0 nsrun exec x true || return 1
	expect 0 nsrun rm -f x
}

@test "R18 XDG_RUNTIME_DIR unset, not there, relative, everybody's or somebody else's: /tmp" {
	own_tmp
	mkdir -m 0755 foreign
	as_caller mkdir -m 0777 open
	as_caller chmod 0777 open
	for directory in '' "$T/nowhere" state "$T/foreign" "$T/open"; do
		CALLER_ENV=${directory:+XDG_RUNTIME_DIR=$directory}
		state_in "$T/tmp/nsrun-$CALLER_UID" || {
			echo "XDG_RUNTIME_DIR=$directory"
			return 1
		}
		rm -rf "$T/tmp/nsrun-$CALLER_UID"
	done
	is '' "$(find foreign open state -mindepth 1)"
}

@test "R18 the variable changes: what runs below /tmp is found with it, too" {
	own_tmp
	CALLER_ENV=''
	keep_in_tmp=$T/tmp/nsrun-$CALLER_UID/containers
	expect 0 nsrun run -d --name x rootfs "${READY[@]}"
	[ -d "$keep_in_tmp/x" ]
	caller_env "XDG_RUNTIME_DIR=$STATE"
	expect 0 nsrun exec x true
	refuses "in use" run -d --name x rootfs "${MARK[@]}"
	expect 0 nsrun run -d --name y rootfs "${READY[@]}"
	[ -d "$KEPT/y" ]
	expect 0 nsrun ps -q
	is 2 "${#lines[@]}"
	expect 0 nsrun rm -f -a
}

@test "R18 a state directory that is closed is not taken for an empty one" {
	local next_place=/tmp/nsrun-$CALLER_UID is_new=
	[ -e "$next_place" ] || is_new=yes
	keep x
	as_caller chmod 0 "$STATE/nsrun/containers"
	refuses "cannot look into '$STATE/nsrun'" ps -a
	refuses "cannot look into '$STATE/nsrun'" rm -f x
	refuses "cannot look into '$STATE/nsrun'" run --userns=auto rootfs "${MARK[@]}"
	# where it would have been kept
	[ -z "$is_new" ] || as_caller rm -r "$next_place"
	as_caller chmod 0700 "$STATE/nsrun/containers"
	as_caller chmod 0 "$STATE/nsrun"
	refuses "cannot look into '$STATE/nsrun'" ps -a
	refuses "cannot look into '$STATE/nsrun'" network ls
	as_caller chmod 0700 "$STATE/nsrun"
	# 0, 1, 2 and no more but one: enough to load a library, and too few to look anywhere
	run --separate-stderr as_caller sh -c 'exec 3>&- 4>&-; ulimit -n 4; exec "$0" ps -a' "$NSRUN"
	[ "$status" -eq 125 ]
	stderr_has 'Too many open files'
	expect 0 nsrun ps -a
	output_has ' x$'
}

@test "R18 the state directory is removed while a container runs: it goes on, and nothing spins" {
	keep x
	init=$(init_of x)
	monitor=$(monitor_of x)
	rm -rf "$STATE/nsrun"
	kill -0 "$init"
	expect 0 nsrun ps -a -q
	output_is ''
	# the name is free, and the old one is not in the way
	keep x
	expect 0 nsrun rm -f x
	before=$(cut -d' ' -f14,15 "/proc/$monitor/stat")
	kill -0 "$init"
	is "$before" "$(cut -d' ' -f14,15 "/proc/$monitor/stat")"
	kill -KILL "$init"
	wait_for gone "$monitor"
}

@test "SA4 /tmp/nsrun-UID made by somebody else, a link, open to others, a file: refused" {
	own_tmp
	place=$T/tmp/nsrun-$CALLER_UID
	CALLER_ENV=''
	mkdir -p "$T/trap"
	for trap in foreign link dangling open file foreignlink; do
		case $trap in
		foreign) install -d -o nsrun-bob -m 0700 "$place" ;;
		link) as_caller mkdir -m 0700 "$T/mine" && as_caller ln -s "$T/mine" "$place" ;;
		dangling) as_caller ln -s "$T/none" "$place" ;;
		foreignlink) ln -s "$T/trap" "$place" && chown -h nsrun-bob "$place" ;;
		open) as_caller mkdir "$place" && as_caller chmod 0770 "$place" ;;
		file) as_caller touch "$place" ;;
		esac
		refuses "'/tmp/nsrun-$CALLER_UID' is not a directory that belongs to you alone" \
			run -d --name x rootfs "${MARK[@]}" || {
			echo "$trap"
			return 1
		}
		rm -rf "$place"
	done
	is '' "$(find trap mine -mindepth 1)"
	[ ! -e none ]
}

# --- output: slow readers, full disks -------------------------------------------------------------

own_memory() {
	sed -nE 's/^RssAnon:[[:space:]]*([0-9]+) kB/\1/p' "/proc/$1/status"
}

rotated() {
	local now
	now=$(stat -c %i "$KEPT/x/log.1" 2>/dev/null) || return 1
	[ "$now" = "${ROTATION:-}" ] || {
		ROTATION=$now
		ROTATIONS=$((ROTATIONS + 1))
	}
	[ "$ROTATIONS" -ge "$1" ]
}

@test "R25 output without end and an attached reader that sleeps: neither blocks nor grows anything" {
	expect 0 nsrun run -d --name x --log-opt max-size=512k rootfs yes 'a line of some length, so that there is something to write'
	monitor=$(monitor_of x)
	ROTATIONS=0
	wait_for rotated 2
	before=$(own_memory "$monitor")
	start attach x
	wait_for [ -s "$T/stdout" ]
	kill -STOP "$PID"
	wait_for rotated 8
	fds=$(open_files "$monitor")
	wait_for rotated 12
	# one more for the moment of a rotation
	wait_for has_files "$monitor" -le "$fds"
	after=$(own_memory "$monitor")
	[ "$after" -le $((before + 256)) ] || {
		echo "the monitor has grown from $before to $after KiB"
		return 1
	}
	[ "$(du -sk "$KEPT/x" | cut -f1)" -le 1100 ]
	kill -CONT "$PID"
	expect 0 nsrun stop -t 0 x
	wait_for ended
	# what it did not get is told
	grep -qE '[0-9]+ bytes' "$T/stderr"
}

@test "R25 readers that come and go leave nothing in the monitor" {
	expect 0 nsrun run -d -i --name x rootfs cat
	monitor=$(monitor_of x)
	fds=$(open_files "$monitor")
	before=$(own_memory "$monitor")
	for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
		start attach --sig-proxy=false x
		wait_for has_files "$monitor" -gt "$fds"
		kill -KILL "$PID"
		wait "$PID" || true
	done
	wait_for has_files "$monitor" -le "$fds"
	[ "$(own_memory "$monitor")" -le $((before + 256)) ]
	expect 0 nsrun stop x
}

# small_disk SIZE: the state directory lies on a file system of its own.
small_disk() {
	mount -t tmpfs -o "size=$1,mode=0700,uid=$CALLER_UID,gid=$CALLER_GID" nsrun-test "$STATE"
}

teardown_disk() {
	nsrun rm -f -a >/dev/null || true
	umount "$STATE"
}

@test "R08 a full disk: the container goes on; what was lost is told when there is room again" {
	small_disk 256k
	expect 0 nsrun run -d --name x rootfs sh -c 'i=0
		while [ ! -e /enough ]; do i=$((i + 1)); echo "line $i of many lines that fill the disk in the end"; done
		echo ready; exec probe wait'
	wait_for disk_is_full
	runs x
	expect 0 nsrun exec x true
	# nothing new can be made, and nothing of it is left
	expect 125 nsrun run -d --name y rootfs true
	stderr_has "cannot"
	is x "$(ls -A "$KEPT")"
	mount -o remount,size=4m "$STATE"
	as_caller touch rootfs/enough
	wait_for logged x '^ready$'
	logged x '\[nsrun: [0-9]+ bytes of output could not be logged\]'
	# no entry is torn
	is 0 "$(grep -cvE '^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}\.[0-9]{9}Z (stdout|stderr) [FP] ' "$KEPT/x/log")"
	expect 0 nsrun stop x
	teardown_disk
}

disk_is_full() {
	[ "$(stat -f -c %a "$STATE")" -eq 0 ]
}

@test "R08 a full disk at the end of a container: the old state stays whole, and it can be removed" {
	small_disk 256k
	keep x
	as_caller sh -c "cat /dev/zero >'$STATE/filler'" 2>/dev/null || true
	disk_is_full
	start wait x
	wait_for waits_for_end x
	expect 0 nsrun stop x
	finish 0
	is 143 "$(cat "$T/stdout")" # who waits is told, though it could not be written down
	shows x '^Exited'
	expect 0 nsrun rm x
	is '' "$(ls -A "$KEPT")"
	teardown_disk
}

waits_for_end() {
	[ "$(find "/proc/$(monitor_of "$1")/fd" -lname 'socket:*' | wc -l)" -eq 2 ]
}

# --- R19, R21: what the caller hands over ---------------------------------------------------------

@test "R19 run -d, exec and start with standard descriptors closed" {
	expect 0 as_caller bash -c "'$NSRUN' run -d --name x rootfs probe fds <&-"
	expect 0 nsrun wait x
	is $'0\n1\n2' "$(log_of x)"
	as_caller bash -c "'$NSRUN' run -d --name y rootfs probe wait <&- >&- 2>&-"
	runs y
	expect 0 as_caller bash -c "'$NSRUN' exec y sh -c 'echo inside' <&- 2>&-"
	output_is inside
	as_caller bash -c "'$NSRUN' restart y <&- >&- 2>&-"
	runs y
}

@test "R19 attach and a foreground run with input from nowhere do not spin" {
	expect 0 nsrun run -d -i --name x rootfs "${READY[@]}"
	STDIN=/dev/null start attach x
	wait_for waits_for_end x
	monitor=$(monitor_of x)
	ticks=$(awk '{ print $14 + $15 }' "/proc/$monitor/stat" "/proc/$PID/stat" | paste -sd+ | bc)
	expect 0 nsrun exec x true
	expect 0 nsrun exec x true
	now=$(awk '{ print $14 + $15 }' "/proc/$monitor/stat" "/proc/$PID/stat" | paste -sd+ | bc)
	[ $((now - ticks)) -le 2 ]
	expect 0 nsrun stop x
	wait_for ended
}

@test "R21 long arguments, many variables and large labels come back as they were" {
	long=$(head -c 100000 /dev/zero | tr '\0' a)
	for i in {1..300}; do
		variables+=(-e "V$i=value $i of many")
	done
	expect 0 nsrun create --name x --label "note=$long" "${variables[@]}" rootfs sh -c 'echo ${#1} $V300; echo "$2"' sh "$long" $'with "quotes", \\ and\na line end \x01'
	expect 0 nsrun start -a x
	output_is "100000 value 300 of many"$'\nwith "quotes", \\ and\na line end \x01'
	expect 0 nsrun ps -q -a --filter "label=note=$long"
	is 1 "${#lines[@]}"
}

@test "R21 bytes that are no UTF-8 come back as they were" {
	expect 0 nsrun create --name x rootfs printf '%s' $'\xff\xfe caf\xe9'
	expect 0 as_caller sh -c "'$NSRUN' start -a x | od -An -tx1"
	is "ff fe 20 63 61 66 e9" "$(squeeze <<<"$output")"
}

@test "R21 as much as execve takes is kept; more than a state file may hold is refused, not damaged" {
	long=$(head -c 120000 /dev/zero | tr '\0' a)
	expect 0 nsrun create --name x rootfs sh -c 'echo $#' "$long" "$long" "$long" "$long" "$long" "$long" "$long" "$long" "$long" "$long"
	expect 0 nsrun start -a x
	output_is 9
	expect 0 nsrun rm x
	# a byte that JSON writes with six, and the largest argument vector there is
	expect 125 as_caller bash -c "ulimit -s unlimited
		a=\$(head -c 130000 /dev/zero | tr '\\0' '\\1')
		exec '$NSRUN' create --name x rootfs echo"' "$a" "$a" "$a" "$a" "$a" "$a" "$a" "$a" "$a" "$a" \
			"$a" "$a" "$a" "$a" "$a" "$a" "$a" "$a" "$a" "$a" "$a" "$a" "$a" "$a" "$a" "$a" "$a" "$a"'
	stderr_has 'too l(arge|ong)'
	is '' "$(ls -A "$KEPT")"
}
