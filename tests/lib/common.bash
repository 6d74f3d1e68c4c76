# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034 # many variables are for the tests
#
# What every end-to-end test has: a caller, a directory of his own with a root file system in it,
# words to run nsrun and to judge what it did, and a look around afterwards whether anything is left.
#
# bats runs as root, so that a test can look at the host's side of a container; nsrun itself runs as
# CALLER. Variables given by tests/e2e/run: NSRUN, TEST_LIB, E2E_WORK, E2E_IDS.

bats_require_minimum_version 1.8.0

# --- the caller -----------------------------------------------------------------------------------

# A file with more to prepare has a setup of its own, which begins with begin_test.
setup() {
	begin_test
}

begin_test() {
	STARTED=()
	export CALLER_ENV='' CALLER_BINDS='' CALLER_PREFIX=''
	[ -z "${E2E_PASTA:-}" ] || use_pasta "$E2E_PASTA"
	use_caller "${FILE_CALLER:-nsrun-alice}"
	FILES_BEFORE=$(foreign_files)
}

# use_caller NAME: the rest of the test calls nsrun as NAME, in a directory $T of his, in which
# "rootfs" is a busybox root file system that belongs to him.
use_caller() {
	local name
	export CALLER=$1
	while IFS=: read -r name _ CALLER_UID CALLER_GID _ CALLER_HOME _; do
		[ "$name" != "$CALLER" ] || break
	done </etc/passwd
	T=$(home_of "$CALLER")
	export T=$T/${BATS_TEST_FILENAME##*/}.$BATS_TEST_NUMBER
	rm -rf "$T"
	mkdir -p "$T"
	chown "$CALLER:$CALLER" "$T" "${T%/*}"
	if [ "${WITHOUT_ROOTFS:-}" != yes ]; then
		copy_rootfs "$CALLER" "$T/rootfs"
	fi
	cd "$T" || return 1
}

# copy_rootfs USER DIRECTORY: his root file system, on the file system of his tests. Not with -a, which asks
# for extended attributes; and some hundred links take the time of ten when they are names of the same ones.
copy_rootfs() {
	cp -dR --preserve=mode,ownership,timestamps "$E2E_WORK/rootfs-$1" "$2"
	cp -Pl "$(home_of "$1")"/applets/* "$2/bin"
}

# as_caller COMMAND...: run a command as the caller, with his environment, in $T.
as_caller() {
	"$TEST_LIB/as-caller" "$CALLER" "$@"
}

# nsrun ARG...: as the caller.
nsrun() {
	as_caller "$NSRUN" "$@"
}

# caller_env NAME=VALUE...: more of the caller's environment.
caller_env() {
	local assignment
	for assignment in "$@"; do
		CALLER_ENV+=${CALLER_ENV:+$'\n'}$assignment
	done
}

# host_file TARGET LINE...: for this caller, TARGET on the host has these lines. Done with a bind
# mount in a mount namespace of his own, so that the host keeps its file.
host_file() {
	local target=$1 copy
	shift
	copy=$E2E_WORK/over.$BATS_SUITE_TEST_NUMBER.$(tr / _ <<<"$target")
	printf '%s\n' "$@" >"$copy"
	chmod 0644 "$copy"
	CALLER_BINDS+=${CALLER_BINDS:+$'\n'}$copy:$target
}

# use_pasta DIRECTORY: for this caller, that one is installed (see new-pasta).
use_pasta() {
	local program
	for program in passt passt.avx2; do
		[ ! -e "/usr/bin/$program" ] || CALLER_BINDS+=${CALLER_BINDS:+$'\n'}$1/$program:/usr/bin/$program
	done
}

# subids LINE...: these lines are the host's /etc/subuid and /etc/subgid.
subids() {
	host_file /etc/subuid "$@"
	host_file /etc/subgid "$@"
}

# range FILE N: start and count of the caller's Nth range in /etc/FILE.
range() {
	awk -F: -v name="$CALLER" -v n="$2" '
		$1 == name && ++seen == n { print $2, $3 }' "/etc/$1"
}

# in_rootfs PATH: make a file from standard input in the rootfs, which belongs to the caller.
in_rootfs() {
	as_caller mkdir -p "$T/rootfs/$(dirname "$1")"
	as_caller tee "$T/rootfs/$1" >/dev/null
}

# executable_in_rootfs PATH: the same, for a script.
executable_in_rootfs() {
	in_rootfs "$1"
	chmod 0755 "$T/rootfs/$1"
}

# --- running and judging --------------------------------------------------------------------------

# expect STATUS COMMAND...: run it; what it printed is in $output and $stderr, by line in $lines.
expect() {
	local wanted=$1
	local -a flags=(--separate-stderr)
	shift
	# bats takes 127 for a typing error, unless it is announced
	[ "$wanted" -ne 127 ] || flags+=(-127)
	run "${flags[@]}" "$@"
	# shellcheck disable=SC2154 # set by run
	if [ "$status" -ne "$wanted" ]; then
		complain "exit status $status, expected $wanted" "$*"
		return 1
	fi
}

complain() {
	local line
	for line in "$@"; do
		printf '%s\n' "$line"
	done
	# shellcheck disable=SC2154 # set by run
	printf -- '-- stdout:\n%s\n-- stderr:\n%s\n--\n' "${output-}" "${stderr-}"
}

# never COMMAND...: it fails.
never() {
	if "$@"; then
		complain "succeeded: $*"
		return 1
	fi
}

# entries DIRECTORY: the names in it, in one line.
entries() {
	find "$1" -mindepth 1 -maxdepth 1 -printf '%f\n' | sort | xargs
}

# output_is TEXT: standard output is exactly this (but for trailing newlines).
output_is() {
	if [ "$output" != "$1" ]; then
		complain "expected stdout:" "$1"
		return 1
	fi
}

# output_has REGEX: some line of standard output matches; output_lacks: none does.
output_has() {
	if ! grep -qE -e "$1" <<<"$output"; then
		complain "no line of stdout matches: $1"
		return 1
	fi
}

output_lacks() {
	if grep -qE -e "$1" <<<"$output"; then
		complain "a line of stdout matches: $1"
		return 1
	fi
}

# stderr_has REGEX, stderr_lacks REGEX: the same for standard error, whatever the case of letters.
stderr_has() {
	if ! grep -qiE -e "$1" <<<"$stderr"; then
		complain "no line of stderr matches: $1"
		return 1
	fi
}

stderr_lacks() {
	if grep -qiE -e "$1" <<<"$stderr"; then
		complain "a line of stderr matches: $1"
		return 1
	fi
}

# tmpfs_has_attributes: from Linux 6.6 on; an overlay above one cannot remove a directory without.
tmpfs_has_attributes() {
	python3 -c 'import os, sys
sys.exit(tuple(int(n) for n in os.uname().release.split("-")[0].split(".")[:2]) < (6, 6))'
}

# pass_over_overlay_note: the one of a kernel without them
pass_over_overlay_note() {
	tmpfs_has_attributes || stderr=$(grep -v '^nsrun: note: no directory that was there before' <<<"$stderr") || true
}

stderr_is_empty() {
	if [ -n "$stderr" ]; then
		complain "something was said on stderr"
		return 1
	fi
}

# is WANTED FOUND [WHAT]
is() {
	if [ "$1" != "$2" ]; then
		printf 'expected%s:\n%s\nfound:\n%s\n' "${3:+ $3}" "$1" "$2"
		return 1
	fi
}

# refuses REGEX ARG...: nsrun with these arguments fails as nsrun (125), says why in words that
# match, and did not start anything: the command would have left a mark.
refuses() {
	local words=$1
	shift
	expect 125 nsrun "$@" || return 1
	stderr_has "$words" || return 1
	stderr_has '^nsrun: ' || return 1
	if [ -e "$T/rootfs/mark" ]; then
		complain "it was refused, and the command ran nevertheless"
		return 1
	fi
}

# The command that "refuses" looks for.
MARK=(touch /mark)

# squeeze: one blank between words, none at the edges.
squeeze() {
	sed -E 's/[[:space:]]+/ /g; s/^ //; s/ $//'
}

# map_inside uid|gid [OPTION...]: the map as the container sees it, "inside outside count" by line.
map_inside() {
	local kind=$1
	shift
	nsrun "$@" rootfs cat "/proc/self/${kind}_map" | squeeze
}

# mount_flags DEST: per-mount options of the topmost mount at DEST, from a mountinfo in $output.
mount_flags() {
	awk -v at="$1" '$5 == at { flags = $6 } END { print flags }' <<<"$output"
}

# mount_type DEST: its file system type.
mount_type() {
	awk -v at="$1" '$5 == at { for (i = 7; $i != "-"; i++) ; type = $(i + 1) } END { print type }' \
		<<<"$output"
}

# has_flags DEST FLAG... / lacks_flags DEST FLAG...: the mount at DEST has (not) these options.
has_flags() {
	local at=$1 flag flags
	shift
	flags=$(mount_flags "$at")
	if [ -z "$flags" ]; then
		complain "nothing is mounted at $at"
		return 1
	fi
	for flag in "$@"; do
		case ",$flags," in
		*",$flag,"*) ;;
		*)
			complain "the mount at $at lacks $flag: $flags"
			return 1
			;;
		esac
	done
}

lacks_flags() {
	local at=$1 flag flags
	shift
	flags=$(mount_flags "$at")
	for flag in "$@"; do
		case ",$flags," in
		*",$flag,"*)
			complain "the mount at $at has $flag: $flags"
			return 1
			;;
		esac
	done
}

# --- things that run at the same time -------------------------------------------------------------

# slowly SECONDS: as many as this machine needs for what an ordinary one does in so many. Every deadline
# of a test goes through here, so that an emulated machine (E2E_SLOWNESS) is not taken for a hang.
slowly() {
	echo $(($1 * ${E2E_SLOWNESS:-1}))
}

# wait_for COMMAND...: until it succeeds, at most DEADLINE seconds.
wait_for() {
	local deadline end
	deadline=$(slowly "${DEADLINE:-10}")
	end=$((SECONDS + deadline))
	until "$@" >/dev/null 2>&1; do
		if [ "$SECONDS" -ge "$end" ]; then
			echo "waited $deadline s for: $*"
			[ ! -s "$T/stdout" ] || sed 's/^/stdout: /' "$T/stdout"
			[ ! -s "$T/stderr" ] || sed 's/^/stderr: /' "$T/stderr"
			return 1
		fi
		sleep 0.02
	done
}

# start ARG...: nsrun in the background as the caller; PID is nsrun's. Its standard input is
# $STDIN or /dev/null; it prints to $T/stdout and $T/stderr.
start() {
	: >"$T/stdout"
	: >"$T/stderr"
	exec_in_background "$TEST_LIB/as-caller" "$CALLER" "$NSRUN" "$@"
}

exec_in_background() {
	# 3 and 4 are bats' own: a child that keeps them makes bats wait for it
	{ exec "$@" <"${STDIN:-/dev/null}" >>"$T/stdout" 2>>"$T/stderr" 3>&- 4>&-; } &
	PID=$!
	STARTED+=("$PID")
}

# said REGEX: what was started has printed a line that matches.
said() {
	grep -qE -e "$1" "$T/stdout"
}

# ended: what was started has ended (and was not waited for yet).
ended() {
	case $(sed -n 's/^State:[[:space:]]*//p' "/proc/$PID/status" 2>/dev/null) in
	"" | Z*) return 0 ;;
	*) return 1 ;;
	esac
}

# finish STATUS: wait until what was started has ended, and check how.
finish() {
	local found=0
	wait_for ended || return 1
	wait "$PID" || found=$?
	if [ "$found" -ne "$1" ]; then
		echo "exit status $found, expected $1"
		sed 's/^/stdout: /' "$T/stdout"
		sed 's/^/stderr: /' "$T/stderr"
		return 1
	fi
}

# container_init PID: the pid on the host of the container's pid 1.
container_init() {
	local child
	for child in $(all_below "$1"); do
		if grep -qsE '^NSpid:.*[[:space:]]1$' "/proc/$child/status"; then
			echo "$child"
			return 0
		fi
	done
	return 1
}

# all_below PID: its descendants.
all_below() {
	local child
	local -a children=()
	read -ra children 2>/dev/null <"/proc/$1/task/$1/children" || true
	for child in "${children[@]}"; do
		echo "$child"
		all_below "$child"
	done
}

# start_ready ARG...: start, and wait until the payload has printed "ready". INIT is the pid of the
# container's pid 1 on the host.
start_ready() {
	start "$@"
	wait_for said '^ready' || return 1
	INIT=$(container_init "$PID") || {
		echo "no pid 1 of a container below nsrun ($PID)"
		return 1
	}
}

# READY: a payload for start_ready that stays. No shell, since those handle some signals.
READY=(probe wait)

# terminal: run the Python program on standard input with the words of terminal.py.
terminal() {
	{
		echo 'from terminal import *'
		cat
	} >"$E2E_WORK/terminal-test.py"
	PYTHONPATH=$TEST_LIB PYTHONDONTWRITEBYTECODE=1 \
		python3 "$E2E_WORK/terminal-test.py" 3>&- 4>&- </dev/null
}

# --- what is there, and what is not ---------------------------------------------------------------

# need WHAT COMMAND...: skip, loudly, where the machine lacks something. Where CI=true, a lack is a
# failure, unless WHAT starts with "kernel:".
need() {
	local what=$1
	shift
	if "$@" >/dev/null 2>&1; then
		return 0
	fi
	if [ "${CI:-}" = true ] && [[ $what != kernel:* ]]; then
		echo "this machine lacks: $what"
		return 1
	fi
	skip "this machine lacks: $what"
}

# container_processes: all processes that run under an id of the test users, "pid name uid" by line.
container_processes() {
	# grep, since awk gives up when one of the processes ends meanwhile
	{ grep -shE '^(Name|State|Pid|Uid):' /proc/[0-9]*/status || true; } |
		awk -v ranges="$E2E_IDS" -v before="${E2E_PIDS_BEFORE:-}" '
			BEGIN {
				n = split(ranges, r, /[ -]/)
				split(before, b, " ")
				for (i in b) old[b[i]] = 1
			}
			/^Name:/ { name = $2 }
			/^State:/ { state = $2 }
			/^Pid:/ { pid = $2 }
			/^Uid:/ && state != "Z" && !(pid in old) {
				for (i = 1; i < n; i += 2)
					if (($2 >= r[i] && $2 <= r[i + 1]) || ($3 >= r[i] && $3 <= r[i + 1])) {
						print pid, name, $2
						break
					}
			}'
}

no_container_processes() {
	[ -z "$(container_processes)" ]
}

# foreign_files: files outside the test's directory that the test users' ids own.
foreign_files() {
	find /tmp /var/tmp /dev/shm /run /home -xdev -mindepth 1 -maxdepth 2 \
		-not -path "$E2E_WORK*" -printf '%U %p\n' 2>/dev/null | awk -v ranges="$E2E_IDS" '
		BEGIN { n = split(ranges, r, /[ -]/) }
		{
			for (i = 1; i < n; i += 2)
				if ($1 >= r[i] && $1 <= r[i + 1]) { print; break }
		}' | sort
}

# our_mounts: mounts of the host that have to do with the tests, and were not there before them.
our_mounts() {
	grep -E " ($E2E_WORK|/home/nsrun-|[^ ]*/nsrun)" /proc/self/mountinfo |
		grep -vxF "${E2E_MOUNTS_BEFORE:-}" || true
}

# nothing_left: no process, no mount, no file of a container is on the host. Says what is.
nothing_left() {
	local left files mounts
	if ! DEADLINE=${LEFT_DEADLINE:-3} wait_for no_container_processes >/dev/null; then
		echo "processes were left behind:"
		container_processes
		left=yes
	fi
	mounts=$(our_mounts)
	if [ -n "$mounts" ]; then
		echo "mounts were left behind:"
		echo "$mounts"
		left=yes
	fi
	files=$(foreign_files)
	if [ "$files" != "$FILES_BEFORE" ]; then
		echo "files were left behind or taken away:"
		diff <(echo "$FILES_BEFORE") <(echo "$files")
		left=yes
	fi
	[ -z "${left:-}" ]
}

teardown() {
	end_test
}

# end_test: end what was started, and look whether anything is left.
end_test() {
	local pid failed=0
	for pid in "${STARTED[@]}"; do
		kill -KILL "$pid" 2>/dev/null || true
		wait "$pid" 2>/dev/null || true
	done
	nothing_left || {
		failed=1
		container_processes | while read -r pid _; do
			kill -KILL "$pid" 2>/dev/null || true
		done
	}
	cd / || true
	rm -rf "$T" "$E2E_WORK"/over."$BATS_SUITE_TEST_NUMBER".* || failed=1
	return "$failed"
}

# --- for what runs the tests ---------------------------------------------------------------------

# home_of USER: where each of his tests has its directory
home_of() {
	if [ "$1" = root ]; then
		echo "$E2E_WORK/root"
	else
		eval "echo ~$1/e2e"
	fi
}

# make_rootfs USER [PROGRAM...]: what copy_rootfs copies, with these programs in it
make_rootfs() {
	local user=$1 rootfs=$E2E_WORK/rootfs-$1 home
	home=$(home_of "$1")
	shift
	"$TEST_LIB/busybox-rootfs" "$rootfs"
	[ $# -eq 0 ] || cp "$@" "$rootfs/bin"
	install -d -o "$user" -g "$user" "$home"
	rm -rf "$home/applets"
	mkdir "$home/applets"
	find "$rootfs/bin" -type l -exec mv -t "$home/applets" {} +
	chown -hR "$user:$user" "$rootfs" "$home/applets"
}

# processes_before: those that already run under an id of the tests: not ours to judge.
processes_before() {
	container_processes | awk '{ printf "%s ", $1 }'
}

# watch_over: what hangs must not hold up the rest: bats gives up on a test, and this on its processes.
watch_over() {
	local pid age
	while sleep 5; do
		container_processes | while read -r pid _; do
			age=$(ps -o etimes= -p "$pid" | tr -d ' ')
			[ "${age:-0}" -le $((BATS_TEST_TIMEOUT + 30)) ] || kill -KILL "$pid" 2>/dev/null || true
		done
	done
}
