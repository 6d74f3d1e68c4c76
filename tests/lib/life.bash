# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154 # variables of bats and of the tests
#
# What every test of kept containers has beside tests/lib/common.bash: a state directory of its own,
# words to look into it, and an end that removes every container and sees that nothing stays.

setup() {
	begin_test
	KEEPERS=()
	keep_here
}

# keep_here: the caller's containers are kept in a directory of this test, $KEPT.
keep_here() {
	STATE=$T/state
	KEPT=$STATE/nsrun/containers
	as_caller mkdir -m 0700 "$STATE"
	caller_env "XDG_RUNTIME_DIR=$STATE"
	KEEPERS+=("$CALLER")
}

# use_keeper NAME: the rest of the test is called by NAME, who keeps containers of his own.
use_keeper() {
	CALLER_ENV=''
	use_caller "$1"
	keep_here
}

# back_to NAME: a keeper who was there before.
back_to() {
	CALLER=$1
	T=$(keeper_home "$1")
	STATE=$T/state
	KEPT=$STATE/nsrun/containers
	CALLER_ENV=XDG_RUNTIME_DIR=$STATE
	cd "$T" || return 1
}

keeper_home() {
	local home=$E2E_WORK/root
	[ "$1" = root ] || home=$(getent passwd "$1" | cut -d: -f6)/e2e
	echo "$home/${BATS_TEST_FILENAME##*/}.$BATS_TEST_NUMBER"
}

teardown() {
	local keeper failed=0
	export CALLER_BINDS='' CALLER_PREFIX=''
	for keeper in "${KEEPERS[@]}"; do
		back_to "$keeper"
		remove_all || failed=1
		# a test that failed may have left a file system of its own there
		! mountpoint -q "$STATE" || umount "$STATE" || failed=1
		[ "$keeper" = "${KEEPERS[-1]}" ] || rm -rf "${T:?}"
	done
	end_test || failed=1
	return "$failed"
}

# remove_all: every container of the caller's; nothing of them stays in his directory.
remove_all() {
	[ -d "$KEPT" ] || return 0
	nsrun rm -f -a >/dev/null || return 1
	if [ -n "$(ls -A "$KEPT")" ]; then
		echo "this was left in the state directory: $(ls -A "$KEPT")"
		return 1
	fi
}

# --- a container that is kept ---------------------------------------------------------------------

# keep NAME [OPTION...]: a container that stays and handles no signal.
keep() {
	local name=$1
	shift
	expect 0 nsrun run -d --name "$name" "$@" rootfs "${READY[@]}" || return 1
	wait_for logged "$name" ready
}

# logged NAME REGEX: its log has a line whose text matches.
logged() {
	cut -d' ' -f4- "$KEPT/$1/log" | grep -qE -e "$2"
}

# log_of NAME: what it has written, without stamps.
log_of() {
	cut -d' ' -f4- "$KEPT/$1/log"
}

# state_of NAME KEY: a plain value of its state.json.
state_of() {
	sed -nE "s/^  \"$2\": \"?([^\",]*)\"?,?\$/\1/p" "$KEPT/$1/state.json"
}

state_is() {
	[ "$(state_of "$1" "$2")" = "$3" ]
}

# init_of NAME, monitor_of NAME: pids on the host.
init_of() {
	state_of "$1" pid
}

monitor_of() {
	sed -nE 's/^PPid:[[:space:]]*//p' "/proc/$(init_of "$1")/status"
}

# shown NAME: its STATUS in "ps -a".
shown() {
	nsrun ps -a | awk -F '  +' -v name="$1" '$NF == name { print $5 }'
}

# shows NAME REGEX
shows() {
	shown "$1" | grep -qE -e "$2"
}

# runs NAME: ps lists it without -a.
runs() {
	nsrun ps | awk -F '  +' '{ print $NF }' | grep -qxF -e "$1"
}

# gone PID: nobody has this pid, or only a zombie.
gone() {
	case $(sed -n 's/^State:[[:space:]]*//p' "/proc/$1/status" 2>/dev/null) in
	"" | Z*) return 0 ;;
	*) return 1 ;;
	esac
}

# open_files PID: how many descriptors a process has.
open_files() {
	find "/proc/$1/fd" -mindepth 1 | wc -l
}

# has_files PID OPERATOR NUMBER: how that compares, for wait_for.
has_files() {
	test "$(open_files "$1")" "$2" "$3"
}
