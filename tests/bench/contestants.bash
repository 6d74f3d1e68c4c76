# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2154
#
# Who takes part in the benchmark, and how. Part of tests/bench/run, whose variables it uses.

have() {
	command -v "$1" >/dev/null 2>&1
}

has_nsrun() {
	[ -x "$work/bin/nsrun" ]
}

has_helper() {
	[ -x "$work/bin/nsrun-newidmap" ]
}

# takes_part NAME: whether there is a row of that name here
takes_part() {
	case $1 in
	'nsrun own'*) has_nsrun && has_helper ;;
	'nsrun '*) has_nsrun ;;
	'floor own confined' | 'floor own unkept') has_helper && [ -x "$work/bin/floor-confined" ] ;;
	'floor own'*) has_helper ;;
	floor*) true ;;
	bubblewrap) have bwrap ;;
	'crun full') have crun && [ -s "$work/oci/full/config.json" ] ;;
	*) have "${1%% *}" ;;
	esac
}

# against BASE...: those that take part, as the second field of a row; a base is "NAME" or "NAME <= LIMIT"
against() {
	local base joined=
	for base in "$@"; do
		takes_part "${base%% <=*}" && joined=${joined:+$joined, }$base
	done
	printf '%s' "${joined:--}"
}

# row NAME BASES NOTE COMMAND...
row() {
	aside_row "$1" "$2" "$3" - - "${@:4}"
}

# aside_row NAME BASES NOTE BEFORE AFTER COMMAND...
aside_row() {
	local name=$1 bases=$2 note=$3 before=$4 after=$5
	shift 5
	takes_part "$name" || return 0
	printf '%s | %s | %s | %s | %s | %s\n' "$name" "$bases" "$note" "$before" "$after" "$*"
}

# ---- a start ----

# nsrun_row NAME BASES NOTE HELPER OPTIONS ROOTFS COMMAND...
nsrun_row() {
	local name=$1 bases=$2 note=$3 helper=$4 options=$5
	shift 5
	row "$name" "$bases" "$note" "$work/bin/nsrun -q --newidmap=$helper $options $*"
}

# own_rows LIMIT COMMAND...: LIMIT is what nsrun with its own helper may take of the floor's time
own_rows() {
	local limit=$1 floor=$work/bin/floor helper=$work/bin/nsrun-newidmap root=$work/rootfs
	shift
	row 'floor shadow' - "the kernel's work; newuidmap and newgidmap in parallel" "$floor $root shadow $*"
	nsrun_row 'nsrun shadow' "$(against 'floor shadow')" 'and a filter, masked paths, a keyring' system --network=none "$root" "$@"
	row 'floor one clone' 'floor shadow' 'as floor shadow, but all namespaces by one clone3' \
		"$floor-one-clone $root shadow $*"
	row 'floor single' - 'the same with one id, without a helper' "$floor $root single $*"
	nsrun_row 'nsrun single' "$(against 'floor single' 'bubblewrap')" 'and a filter, masked paths, a keyring' none --network=none "$root" "$@"
	row 'floor own' "$(against 'floor single' 'floor shadow')" "the same with nsrun's own helper" "$floor $root helper=$helper $*"
	row 'floor own one clone' 'floor own' 'as floor own, but all namespaces by one clone3' \
		"$floor-one-clone $root helper=$helper $*"
	row 'floor own confined' 'floor own' "and with nsrun's filter, masks, sysctls, session, keyring and keeper: the kernel's work for what nsrun makes" \
		"$floor-confined $root helper=$helper $*"
	row 'floor own unkept' 'floor own confined' 'as floor own confined, without the keeper' \
		"$floor-unkept $root helper=$helper $*"
	nsrun_row 'nsrun own' \
		"$(against "floor own confined <= $limit" 'floor own unkept' 'floor own one clone' 'floor own' 'bubblewrap <= 1' 'crun full <= 0.35' 'podman <= 0.05' 'nsrun shadow')" \
		'and a filter, masked paths, a keyring' "$helper" --network=none "$root" "$@"
	nsrun_row 'nsrun own plain' "$(against 'floor own' 'nsrun own')" 'the same as the floor: no filter, nothing masked' \
		"$helper" '--network=none --security-opt=seccomp=unconfined --security-opt=unmask=ALL' "$root" "$@"
	nsrun_row 'nsrun own overlay' "$(against 'nsrun own')" 'and changes go into a tmpfs' "$helper" --network=none "$root:O" "$@"
	! has_private_network || nsrun_row 'nsrun own net' "$(against 'nsrun own')" 'and the default network' \
		"$helper" --network=private "$root" "$@"
}

# what its helper calls and reads depends on the machine: nothing to hold against a recorded count
has_private_network() {
	[ "$mode" = measure ] && has_nsrun && as_user "$work/bin/nsrun" plan -q --network=private "$work/rootfs" /bin/true >/dev/null 2>&1
}

# oci_row NAME MODE NOTE RUNNER...: MODE is a bundle, see write_bundles()
oci_row() {
	local name=$1 mode=$2 note=$3
	shift 3
	row "$name" "$(against 'floor shadow')" "$note" "$* run --bundle=$work/oci/$mode %n"
}

other_rows() {
	local root=$work/rootfs
	row unshare "$(against 'floor single')" "the namespaces, one id and /proc; no root of its own, nothing dropped" \
		"$(command -v unshare) -Urmpinu -C -f --mount-proc $root$*"
	row bubblewrap "$(against 'floor single')" \
		'one id; no /sys, cgroup2, mqueue nor files in /etc; read-write /proc/sys; no filter, nothing masked; keeps no capability' \
		"$(command -v bwrap) --unshare-all --unshare-user --die-with-parent --hostname floor --uid 0 --gid 0 --bind $root / --proc /proc --dev /dev --tmpfs /dev/shm $*"
	oci_row crun shadow 'as the floor, from a config.json; no cgroup2 mount' \
		"$(command -v crun) --root=$work/runtime/crun --cgroup-manager=disabled"
	oci_row 'crun full' full 'as nsrun, from its plan as config.json, and its filter' \
		"$(command -v crun) --root=$work/runtime/crun --cgroup-manager=disabled"
	oci_row runc shadow 'as the floor, from a config.json; no cgroup2 mount' \
		"$(command -v runc) --root=$work/runtime/runc --rootless=true"
}

podman_row() {
	row podman "$(against 'floor shadow')" \
		'as nsrun, with its own filter; a database and a monitor process' \
		"$(command -v podman) --log-level=error run --rm --network=none --cgroups=disabled --rootfs $work/rootfs $*"
}

# ---- a life ----

crun_command() {
	printf '%s --root=%s/runtime/crun' "$(command -v crun)" "$work"
}

runc_command() {
	printf '%s --root=%s/runtime/runc --rootless=true' "$(command -v runc)" "$work"
}

podman_command() {
	printf '%s --log-level=error' "$(command -v podman)"
}

# life RUNNER VERB: the words that do it, for before, after and life itself
life() {
	printf '%s/bin/life %s %s %s %%n' "$work" "$work" "$1" "$2"
}

# A container called "bench-exec" of each runs; PID is that of nsrun's.
exec_rows() {
	local pid=$1
	[ -z "$pid" ] || row nsenter - 'joins the namespaces of the nsrun container; keeps all capabilities, no filter' \
		"$(command -v nsenter) --target=$pid --user --preserve-credentials --mount --net --ipc --uts --cgroup --pid /bin/true"
	row 'nsrun exec' "$(against ${pid:+nsenter} crun runc podman)" 'capabilities, filter and limits of the container' \
		"$work/bin/nsrun exec bench-exec /bin/true"
	row crun - 'the same' "$(crun_command) exec bench-exec /bin/true"
	row runc - 'the same' "$(runc_command) exec bench-exec /bin/true"
	row podman - 'the same, and a monitor process' "$(podman_command) exec bench-exec /bin/true"
}

cycle_rows() {
	row 'nsrun cycle' "$(against crun runc podman)" 'with a monitor, which keeps output and exit status' "$(life nsrun cycle)"
	row crun - 'no monitor, no log' "$(life crun cycle)"
	row runc - 'no monitor, no log' "$(life runc cycle)"
	row podman - 'with a monitor, and a database' "$(life podman cycle)"
}

stop_rows() {
	aside_row 'nsrun stop' "$(against podman)" 'SIGTERM to a shell that ends at once' \
		"$(life nsrun serve)" "$(life nsrun down)" "$work/bin/nsrun stop -t 5 %n"
	aside_row podman - 'the same' "$(life podman serve)" "$(life podman down)" "$(podman_command) stop -t 5 %n"
}

remove_rows() {
	aside_row 'nsrun rm -f' "$(against crun runc podman)" 'of one that runs: SIGKILL, then its directory' \
		"$(life nsrun up)" - "$work/bin/nsrun rm -f -t 0 %n"
	aside_row crun - 'the same' "$(life crun up)" - "$(crun_command) delete -f %n"
	aside_row runc - 'the same' "$(life runc up)" - "$(runc_command) delete -f %n"
	aside_row podman - 'the same' "$(life podman up)" - "$(podman_command) rm -f -t 0 %n"
}

# list_rows COUNT OF_PODMAN
list_rows() {
	row 'nsrun ps' "$(against crun runc podman)" "$1 containers" "$work/bin/nsrun ps"
	row crun - "$1 containers" "$(crun_command) list"
	row runc - "$1 containers" "$(runc_command) list"
	row podman - "$2 containers only: it takes long to start more" "$(podman_command) ps"
}
