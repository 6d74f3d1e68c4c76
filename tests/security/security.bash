# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154 # variables of bats and of the tests
#
# What every security test has: three kinds of callers, a witness directory of the host that must
# stay as it is, and one way to start whatever runtime is attacked. The rest is tests/lib/common.bash.
#
#   RUNTIME   what is attacked: nsrun, or a positive control: runc, bwrap, podman, shell
#   MODES     the kinds of callers: subids single root

load ../lib/common

MODES=${MODES:-subids single root}
RUNTIME=${RUNTIME:-nsrun}

# Ids of the host that are root's containers': nobody else's.
ROOT_FIRST=$SECURITY_ROOT_FIRST

# common.bash's, which expects one caller per test: here each_mode chooses them.
setup() {
	STARTED=()
	MODE=''
	export CALLER_ENV='' CALLER_BINDS='' CALLER_PREFIX=''
	FILES_BEFORE=$(foreign_files)
	use_mode "${MODES%% *}"
}

# use_mode MODE: the rest of the test is called by this kind of user. $OPTIONS are what he has to
# say to nsrun each time.
use_mode() {
	leave_mode
	MODE=$1
	CALLER_ENV='' CALLER_BINDS='' CALLER_PREFIX=''
	OPTIONS=(-q)
	case $MODE in
	subids) use_caller "$SUBIDS_CALLER" ;;
	single) use_caller "$SINGLE_CALLER" ;;
	root)
		use_caller root
		OPTIONS+=(--uidmap "0:$ROOT_FIRST:65536")
		# the container's root may do what it likes with its own root file system
		chown -hR "$ROOT_FIRST:$ROOT_FIRST" rootfs
		;;
	esac
	W=$T/W
	witness
}

leave_mode() {
	[ -n "$MODE" ] || return 0
	kill_races
	cd /
	rm -rf "$T"
}

# each_mode FUNCTION: the attack, once per kind of caller. The first that succeeds ends the test;
# its name is in what is printed.
each_mode() {
	local mode
	for mode in $MODES; do
		echo "mode: $mode"
		[ "$mode" = "$MODE" ] || use_mode "$mode"
		# what follows proves nothing where not even this runs
		[ "$RUNTIME" != nsrun ] || launch rootfs /bin/true
		"$1"
		MODE=$mode
	done
}

# --- the witness ----------------------------------------------------------------------------------

# witness: a directory of the host, $W, that everybody may write: whoever gets there leaves a trace.
witness() {
	mkdir -p "$W"/{sub,pts,shm,mqueue,mp,data}
	local file
	for file in ptmx null hosts hostname resolv.conf passwd group core_pattern sub/file data/file; do
		echo "marker" >"$W/$file"
	done
	echo "the secret of the host" >"$W/secret"
	ln -s hosts "$W/link"
	chown -hR "$CALLER:$CALLER" "$W"
	chmod -R a+rwX "$W"
	stamp
}

snapshot() {
	(
		cd "$W" || exit
		find . -printf '%p %y ino=%i links=%n mode=%m owner=%U:%G size=%s mtime=%T@ ctime=%C@ %l\n' | sort
		find . -type f -print0 | sort -z | xargs -0 sha256sum
	)
}

# stamp: from now on nothing in $W may change.
stamp() {
	snapshot >"$E2E_WORK/witness"
	touch "$E2E_WORK/stamp"
}

# unharmed [WHAT]: fails, with "escaped", when anything in $W is new, changed or gone, or when a
# mount of the host is.
unharmed() {
	local newer
	if ! snapshot | diff -u "$E2E_WORK/witness" - >"$E2E_WORK/difference"; then
		escaped "${1:-} changed the host's '$W':" "$(grep '^[-+]' "$E2E_WORK/difference")"
		return 1
	fi
	newer=$(find "$W" -newer "$E2E_WORK/stamp")
	if [ -n "$newer" ]; then
		escaped "${1:-} touched $newer"
		return 1
	fi
	if [ -n "$(our_mounts)" ] || grep -q " $T/" /proc/self/mountinfo; then
		escaped "${1:-} left mounts on the host: $(our_mounts)"
		return 1
	fi
}

escaped() {
	printf 'escaped (%s, %s): %s\n' "$RUNTIME" "$MODE" "$1"
	shift
	[ $# -eq 0 ] || printf '%s\n' "$@"
	complain
	return 1
}

# reveals_nothing: the host's secret was not printed.
reveals_nothing() {
	if grep -q 'the secret of the host' <<<"$output$stderr"; then
		escaped "$1 could read the host's secret"
		return 1
	fi
}

# --- attacking ------------------------------------------------------------------------------------

# What network an attack has that names none: a helper that most have nothing to do with would make each
# start three times as long. tests/security/network.bats has the default.
NETWORK=(--network=none)

# launch OPTION... ROOTFS COMMAND...: start a container, with nsrun's spelling of the options.
launch() {
	case $RUNTIME in
	nsrun) nsrun run "${NETWORK[@]}" "${OPTIONS[@]}" "$@" ;;
	*) as_caller "$E2E_WORK/bin/runtime" "$RUNTIME" "$@" ;;
	esac
}

# try ARG...: start a container whether that works or not; $status is 126 also where it is 127, which
# bats takes for a mistake in the test.
try() {
	run --separate-stderr launch_and_map "$@"
}

launch_and_map() {
	local result=0
	launch "$@" || result=$?
	[ "$result" -ne 127 ] || result=126
	return "$result"
}

# attack ARG...: start a container whether that works or not; nothing of the host may change, and
# no secret may come out.
attack() {
	try "$@"
	unharmed "'$*'" || return 1
	reveals_nothing "'$*'"
}

# inside ARG...: what must work does; the output is judged by the test.
inside() {
	expect 0 launch "$@" || return 1
	unharmed "'$*'"
}

# begin_life: containers are kept in a directory of this test. end_life: none is there any more.
begin_life() {
	as_caller mkdir -m 0700 "$T/state"
	CALLER_ENV=XDG_RUNTIME_DIR=$T/state
}

end_life() {
	CALLER_PREFIX=''
	expect 0 nsrun rm -f -a
}

# with_attack: put the static program of the attacks into the root file system.
with_attack() {
	cp "$E2E_WORK/bin/attack" rootfs/attack
	chmod 0755 rootfs/attack
}

# replace NAME TARGET: NAME of the root file system becomes a link.
replace() {
	rm -rf "rootfs/$1"
	mkdir -p "$(dirname "rootfs/$1")"
	ln -s "$2" "rootfs/$1"
	chown -h --reference=rootfs/bin "rootfs/$1"
}

# own PATH...: what a test made as root belongs to the container's root.
own() {
	chown -hR --reference=rootfs/bin "$@"
}

# links_to PATH: every way to name a place of the host in a link.
links_to() {
	printf '%s\n' "$1" "../../../../../../../../../../../../../../..$1" \
		"/proc/1/root$1" "/proc/self/root$1" "/oldroot$1" "/proc/self/cwd/../$1" \
		"/proc/self/fd/3" "/proc/thread-self/root/..$1"
}

# race COMMAND...: a process of the caller's that goes on until the test ends.
race() {
	exec_in_background "$TEST_LIB/as-caller" "$CALLER" "$@"
}

kill_races() {
	[ ${#STARTED[@]} -eq 0 ] || {
		kill -KILL "${STARTED[@]}"
		wait "${STARTED[@]}"
	} 2>/dev/null || true
	STARTED=()
}

# status_of FIELD: a field of a /proc/PID/status in $output.
status_field() {
	sed -nE "s/^$1:[[:space:]]*//p" <<<"$output"
}
