#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Many containers, and many commands at once about the same one.

load ../lib/common
load ../lib/life

# at_once COUNT WORDS: nsrun COUNT times at once, with "%" for the number; what it said is in out.N
# and err.N, its exit status in status.N.
at_once() {
	local count=$1
	shift
	cat >at_once.sh <<-'SCRIPT'
		number=$1
		shift
		"$@" >"out.$number" 2>"err.$number"
		echo $? >"status.$number"
	SCRIPT
	rm -f out.* err.* status.*
	seq "$count" | as_caller xargs -P "$count" -I % bash at_once.sh % timeout "$(slowly 60)" "$NSRUN" "$@"
	is "$count" "$(find . -maxdepth 1 -name 'status.*' | wc -l)"
}

# ended_with STATUS: how many of them.
ended_with() {
	cat status.* | grep -cxF "$1" || true
}

@test "50 at once under one name: one wins, and 49 say that the name is in use" {
	at_once 50 run -d --name x rootfs "${READY[@]}"
	is 1 "$(ended_with 0)"
	is 49 "$(ended_with 125)"
	is 49 "$(grep -lE "the name 'x' is in use" err.* | wc -l)"
	is x "$(ls "$KEPT")"
	# the winner is the one that runs
	is "$(cat out.*)" "$(sed -nE 's/^  "id": "([0-9a-f]+).*/\1/p' "$KEPT/x/config.json")"
	runs x
}

@test "100 different ones at once: all run, all are listed, all are stopped, nothing stays" {
	at_once 100 run -d --name c% rootfs "${READY[@]}"
	is 100 "$(ended_with 0)"
	expect 0 nsrun ps -q
	is 100 "$(wc -w <<<"$output")"
	at_once 100 exec c% sh -c 'echo $((6 * 7))'
	is 100 "$(cat out.* | grep -cx 42)"
	at_once 100 stop c%
	is 100 "$(ended_with 0)"
	expect 0 nsrun ps -q
	output_is ''
	at_once 100 rm c%
	is 100 "$(ended_with 0)"
	is '' "$(ls -A "$KEPT")"
	wait_for no_container_processes
}

@test "20 at once with --replace: the last one runs, and only that" {
	at_once 20 run -d --replace --name x rootfs "${READY[@]}"
	[ "$(ended_with 0)" -ge 1 ]
	is 20 $(($(ended_with 0) + $(ended_with 125)))
	runs x
	is x "$(ls -A "$KEPT")" "$(cat err.*)"
	expect 0 nsrun exec x true
	expect 0 nsrun rm -f x
	wait_for no_container_processes
}

@test "20 at once start one: it is started once" {
	expect 0 nsrun create --name x rootfs sh -c 'echo life; exec probe wait'
	at_once 20 start x
	is 1 "$(ended_with 0)"
	is 19 "$(grep -l "the container 'x' runs" err.* | wc -l)"
	wait_for logged x life
	is 1 "$(log_of x | grep -cx life)"
}

@test "20 at once stop, wait for and remove one: each tells the truth, none hangs" {
	keep x
	at_once 20 stop x
	is 20 "$(ended_with 0)"
	expect 0 nsrun start x
	at_once 20 rm -f x
	is '' "$(ls -A "$KEPT")"
	[ "$(ended_with 0)" -ge 1 ]
	is '' "$(cat err.* | grep -vE "there is no container 'x'|'x' is gone|^  try:" || true)"
}

@test "while containers come and go, ps sees no damage and no half-made one" {
	cat >churn.sh <<-'SCRIPT'
		for i in 1 2 3 4 5 6 7 8; do
			"$1" run -d --rm --name "churn-$2-$i" rootfs probe wait >/dev/null || exit 1
			"$1" stop "churn-$2-$i" >/dev/null || exit 1
		done
	SCRIPT
	exec_in_background "$TEST_LIB/as-caller" "$CALLER" \
		sh -c 'seq 4 | xargs -P 4 -I % bash churn.sh "$0" %' "$NSRUN"
	until ended; do
		expect 0 nsrun ps -a
		output_lacks 'Damaged|\.new|\.gone'
		stderr_is_empty
	done
	finish 0
	is '' "$(ls -A "$KEPT")"
}
