#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# A root file system that attacks whoever prepares it: links, magic links, odd files, races.

load security

# --- S10: what nsrun itself mounts or makes ---

# The default places of /dev in a link, in every form.
attack_places() {
	local place target
	attack rootfs /bin/true
	for place in dev dev/pts dev/shm dev/mqueue proc sys etc run tmp; do
		while read -r target; do
			replace "$place" "$target"
			attack rootfs /bin/true
			[ "$RUNTIME" = nsrun ] || return 0
		done < <(links_to "$W" | if [ "$place" = dev ]; then cat; else head -n 3; fi)
		rm "rootfs/$place"
		mkdir "rootfs/$place"
		own "rootfs/$place"
	done
}

attack_chain() {
	local i
	replace dev c0
	for ((i = 0; i < 38; i++)); do
		replace "c$i" "c$((i + 1))"
	done
	replace c38 "$W"
	attack rootfs /bin/true
	replace dev dangling
	replace dangling "$W/not-there"
	attack rootfs /bin/true
	replace dev dev
	attack rootfs /bin/true
	replace dev "$W"
	attack -t rootfs /bin/true
	attack --read-only rootfs /bin/true
	attack rootfs:O /bin/true
	attack --tmpfs /dev/new -v "$T/rootfs/etc:/dev/inner" rootfs /bin/true
}

@test "S10 dev, proc, sys and the like are links to a directory of the host" {
	attack_s10() {
		attack_places
		[ "$RUNTIME" != nsrun ] || attack_chain
	}
	each_mode attack_s10
}

# --- S11: destinations of the user's mounts ---

@test "S11 a mount point is made below a link to the host" {
	attack_s11() {
		local target
		as_caller mkdir source
		as_caller sh -c 'echo data >source/file'
		while read -r target; do
			replace link "$target"
			attack -v "$T/source:/link/pwned" rootfs /bin/true
			attack -v "$T/source:/link/x/y/z" rootfs /bin/true
			attack -v "$T/source/file:/link/new-file" rootfs /bin/true
			[ "$RUNTIME" = nsrun ] || continue
			attack --tmpfs /link/tmpfs rootfs /bin/true
			attack --mount "type=tmpfs,dst=/link/hosts" rootfs /bin/true
			attack -v "$T/source/file:/link/hosts" rootfs /bin/true
			attack --device /dev/null:/link/null rootfs /bin/true
			replace etc/hosts "$target/hosts"
			replace etc/new "$target/new"
			attack -v "$T/source/file:/etc/new" rootfs /bin/true
		done < <(links_to "$W" | head -n 5)
	}
	each_mode attack_s11
}

@test "S11 destinations keep working where /var/run is a link (Debian, Alpine, Fedora)" {
	work_s11() {
		local link
		as_caller mkdir source
		as_caller sh -c 'echo data >source/sock'
		for link in /run ../run; do
			replace var/run "$link"
			inside -v "$T/source/sock:/var/run/foo.sock" rootfs cat /run/foo.sock
			output_is data
			inside -v "$T/source:/var/run/dir/deep" rootfs cat /run/dir/deep/sock
			output_is data
		done
	}
	each_mode work_s11
}

# --- S12, S17: the same while another process changes the tree ---

# Whether a race goes on: for so many rounds, and not longer than a few seconds.
ROUNDS=${ROUNDS:-100} RACE_SECONDS=${RACE_SECONDS:-$(slowly 2)}

race_begins() {
	wait_for said ready
	i=0
	RACE_END=$((SECONDS + RACE_SECONDS))
}

race_goes_on() {
	i=$((i + 1))
	[ "$i" -le "$ROUNDS" ] && [ "$SECONDS" -lt "$RACE_END" ]
}

@test "S12 a directory of a shared volume is swapped for a link while it is mounted on" {
	attack_s12() {
		local i
		as_caller mkdir -p source vol/dir/mp
		as_caller ln -s "$W" vol/link
		race "$E2E_WORK/bin/attack" exchange "$T/vol/dir" "$T/vol/link"
		race_begins
		while race_goes_on; do
			try -v "$T/vol:/vol" -v "$T/source:/vol/dir/mp" rootfs \
				cat /proc/self/mountinfo
			if [ "$status" -eq 0 ]; then
				# it is mounted once, wherever the link leads inside
				is 1 "$(awk -v source="/${T##*/}/source" '$4 ~ source"$"' <<<"$output" | wc -l)" "mounts of it"
			else
				is 125 "$status"
			fi
		done
		kill_races
		unharmed "the race"
	}
	each_mode attack_s12
}

@test "S17 a missing mount point is made while a directory is swapped for a link" {
	attack_s17() {
		local i
		as_caller mkdir -p source vol/dir
		as_caller ln -s "$W" vol/link
		race "$E2E_WORK/bin/attack" exchange "$T/vol/dir" "$T/vol/link"
		race_begins
		while race_goes_on; do
			try -v "$T/vol:/vol" -v "$T/source:/vol/dir/new$i/deep" \
				-v "$E2E_WORK/bin/attack:/vol/dir/file$i" --tmpfs "/vol/dir/tmp$i" rootfs /bin/true
		done
		kill_races
		unharmed "the race"
		# the same inside the root file system, while it is prepared
		as_caller rm -rf vol
		mkdir rootfs/dir
		replace link "$W"
		own rootfs/dir
		race "$E2E_WORK/bin/attack" exchange "$T/rootfs/dir" "$T/rootfs/link"
		[ "$MODE" != root ] || race setpriv "--reuid=$ROOT_FIRST" "--regid=$ROOT_FIRST" --clear-groups \
			"$E2E_WORK/bin/attack" exchange "$T/rootfs/dir" "$T/rootfs/link"
		race_begins
		while race_goes_on; do
			try -v "$T/source:/dir/new$i/deep" \
				-v "$E2E_WORK/bin/attack:/dir/file$i" --tmpfs "/dir/tmp$i" rootfs /bin/true
		done
		kill_races
		unharmed "the race in the root file system"
	}
	each_mode attack_s17
}

# --- S13: a procfs that is none ---

@test "S13 proc is a link or covered by a volume" {
	attack_s13() {
		local target destination
		as_caller mkdir -p fake/self/attr fake/sys/net/ipv4
		as_caller sh -c 'for f in fake/self/attr/exec fake/sys/net/ipv4/ip_forward fake/self/setgroups; do
			echo decoy >$f; done'
		for target in etc ../.. /etc sys "$W"; do
			replace proc "$target"
			attack rootfs /bin/true
			is 125 "$status" "with proc -> $target"
		done
		rm rootfs/proc
		mkdir rootfs/proc
		own rootfs/proc
		for target in proc ../proc "$W"; do
			replace sys "$target"
			attack rootfs /bin/true
			is 125 "$status" "with sys -> $target"
		done
		rm rootfs/sys
		mkdir rootfs/sys
		own rootfs/sys
		for destination in /proc /proc/self /proc/self/attr /proc/../proc/sys /proc/sys \
			/proc/sys/kernel /proc/self/fd /proc/1 /proc/thread-self/attr; do
			attack -v "$T/fake:$destination" rootfs touch /mark
			is 125 "$status" "with a volume on $destination"
			[ ! -e rootfs/mark ]
		done
		is decoy "$(cat fake/self/attr/exec)"
	}
	each_mode attack_s13
}

# --- S14: writes to /proc that end elsewhere ---

@test "S14 what nsrun writes to /proc cannot be diverted by mounts" {
	attack_s14() {
		as_caller mkdir decoys
		as_caller sh -c 'for f in ip_forward max_user_namespaces setgroups; do echo decoy >decoys/$f; done'
		local destination
		for destination in /proc/sys/net/ipv4/ip_forward /proc/sys/user/max_user_namespaces \
			/proc/self/setgroups /proc/self/oom_score_adj /proc/sysrq-trigger; do
			attack -v "$T/decoys/ip_forward:$destination" --sysctl net.ipv4.ip_forward=1 \
				--oom-score-adj 500 rootfs cat /proc/self/oom_score_adj
			is decoy "$(cat decoys/ip_forward)" "the decoy over $destination"
		done
		# the real files got it
		inside --sysctl net.ipv4.ip_forward=1 rootfs cat /proc/sys/net/ipv4/ip_forward \
			/proc/sys/user/max_user_namespaces
		output_is $'1\n0'
		# a link in the place of what is written
		replace proc/sys "$W"
		attack --sysctl net.ipv4.ip_forward=1 rootfs /bin/true
	}
	each_mode attack_s14
}

# --- S15: masks ---

@test "S15 dev/null is a link: masks do not come from it" {
	attack_s15() {
		local target path
		for target in /proc/sys/kernel/core_pattern "$W/core_pattern" /etc/passwd /proc/self/mem; do
			mkdir -p rootfs/dev
			replace dev/null "$target"
			inside rootfs sh -c 'cat /proc/kcore /proc/timer_list /proc/kallsyms /proc/keys 2>/dev/null | head -c 100'
			output_is ''
			inside rootfs cat /proc/self/mountinfo
			for path in /proc/kcore /proc/timer_list /proc/kallsyms /proc/keys; do
				[ -e "$path" ] || continue
				is tmpfs "$(mount_type "$path")" "what lies on $path"
				has_flags "$path" ro nosuid nodev noexec
				is /mask-file "$(awk -v at="$path" '$5 == at { print $4 }' <<<"$output")"
			done
		done
	}
	each_mode attack_s15
}

# --- S16: the console ---

@test "S16 a made-up /dev/pts does not become the console" {
	attack_s16() {
		mkdir -p rootfs/dev
		replace dev/pts "$W/pts"
		replace dev/console "$W/core_pattern"
		replace dev/ptmx "$W/ptmx"
		mkdir -p fake
		ln -s "$W/core_pattern" fake/0
		ln -s "$W/ptmx" fake/ptmx
		own fake
		OPTIONS_LINE="${OPTIONS[*]}" terminal <<-'PYTHON'
			import os
			options = os.environ["OPTIONS_LINE"].split()
			shell = Terminal(["nsrun", "run"] + options + ["-t", "rootfs", "sh", "-c",
			    "tty; stat -f -c fs-%T /dev/pts; test -c /dev/console && echo device; echo x >/dev/console"])
			shell.expect(r"^/dev/(pts/0|console)$")
			shell.expect(r"^fs-(devpts|UNKNOWN)")
			shell.expect(r"^device$")
			assert shell.wait() == 0
			shell = Terminal(["nsrun", "run"] + options + ["-t", "-v", os.environ["T"] + "/fake:/dev/pts",
			    "rootfs", "sh", "-c", "echo x >/dev/console"])
			shell.wait()
		PYTHON
		unharmed
	}
	each_mode attack_s16
}

# --- S18: the working directory ---

@test "S18 a missing working directory is not made through a link" {
	attack_s18() {
		local target
		while read -r target; do
			replace link "$target"
			attack -w /link/newdir rootfs /bin/pwd
			attack -w /link/a/b/c rootfs /bin/pwd
			[ "$RUNTIME" = nsrun ] || return 0
			attack -w /link rootfs cat secret
		done < <(links_to "$W")
		replace link link2
		replace link2 "$W/none"
		attack -w /link/newdir rootfs /bin/pwd
		attack -w /proc/1/cwd/../../../../.."$W" rootfs cat secret
		attack -w /proc/self/root/.."$W" rootfs cat secret
	}
	each_mode attack_s18
}

# --- S19: files that nsrun reads or writes itself ---

@test "S19 well-known files of /etc are links, FIFOs, endless, huge" {
	attack_s19() {
		local name began
		for name in hosts hostname resolv.conf passwd group mtab timezone localtime; do
			for kind in link zero fifo directory sparse lines; do
				rm -rf "rootfs/etc/$name"
				case $kind in
				link) ln -s "$W/$name" "rootfs/etc/$name" ;;
				zero) ln -s /dev/zero "rootfs/etc/$name" ;;
				fifo) mkfifo "rootfs/etc/$name" ;;
				directory) mkdir "rootfs/etc/$name" ;;
				sparse) truncate -s 2G "rootfs/etc/$name" ;;
				lines) yes 'a:x:1:1::/:' 2>/dev/null | head -n 50000 >"rootfs/etc/$name" || true ;;
				esac
				own "rootfs/etc/$name"
				began=${EPOCHREALTIME/./}
				attack -u daemon rootfs /bin/true
				[ "$((${EPOCHREALTIME/./} - began))" -lt "$(slowly 2000000)" ] || {
					complain "etc/$name as $kind: more than two seconds"
					return 1
				}
			done
			rm -rf "rootfs/etc/$name"
			cp -a "$E2E_WORK/rootfs-$CALLER/etc/$name" rootfs/etc/ 2>/dev/null || true
			own rootfs/etc
		done
		mkdir -p rootfs/run
		replace run/secrets "$W"
		attack rootfs /bin/true
	}
	each_mode attack_s19
}

@test "S19 a huge passwd costs no memory" {
	memory_s19() {
		local peak
		yes 'a:x:1:1::/:' 2>/dev/null | head -n 1000000 >rootfs/etc/passwd || true
		own rootfs/etc/passwd
		peak=$(as_caller python3 - "$NSRUN" "${OPTIONS[@]}" rootfs \
			/bin/true <<-'PYTHON'
				import resource, subprocess, sys
				subprocess.run(sys.argv[1:], stderr=subprocess.DEVNULL)
				print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
			PYTHON
		)
		[ "$peak" -lt 65536 ] || {
			echo "peak memory: $peak KiB"
			return 1
		}
	}
	each_mode memory_s19
}

# --- S20: sources and volumes that a container has prepared ---

@test "S20 a volume's tree is swapped for a link while it is given away" {
	attack_s20() {
		local i
		as_caller mkdir -p vol/dir vol/keep
		as_caller sh -c 'for i in 1 2 3 4 5 6 7 8; do mkdir -p vol/dir/$i/sub; echo x >vol/dir/$i/file; done'
		as_caller ln -s "$W" vol/link
		as_caller ln -s "$W/secret" vol/dir/secret
		own vol/keep
		race "$E2E_WORK/bin/attack" exchange "$T/vol/dir" "$T/vol/link"
		race_begins
		while race_goes_on; do
			try -u 1 -v "$T/vol:/vol:U" rootfs /bin/true
			try -v "$T/vol:/vol" rootfs cat /vol/dir/secret
			reveals_nothing "the volume"
		done
		kill_races
		unharmed "the race"
	}
	each_mode attack_s20
}

@test "S20 the flags of a mount hold for whatever the source is at that moment" {
	attack_s20_source() {
		local i
		as_caller mkdir -p vol/dir
		as_caller ln -s "$W" vol/link
		race "$E2E_WORK/bin/attack" exchange "$T/vol/dir" "$T/vol/link"
		race_begins
		while race_goes_on; do
			try -v "$T/vol/dir:/d:ro" rootfs \
				sh -c 'echo pwned >/d/secret; echo pwned >/d/new; rm -rf /d/sub'
		done
		kill_races
		unharmed "a read-only source"
	}
	each_mode attack_s20_source
}

# --- S21: no weaker way ---

@test "S21 without openat2 nsrun refuses, instead of resolving names itself" {
	attack_s21() {
		# a setuid helper cannot work below a filter that an ordinary user has set
		[ "$MODE" != subids ] || OPTIONS+=(--newidmap=none)
		CALLER_PREFIX="$E2E_WORK/bin/attack without 437"
		attack rootfs /bin/true
		is 125 "$status" "the status without openat2"
		replace dev "$W"
		attack -v "$T:/link/x" rootfs /bin/true
		is 125 "$status" "the status without openat2"
	}
	each_mode attack_s21
}

# --- S22: what is left of the host's root ---

@test "S22 nothing of the host's root is left: mounts, descriptors, directories" {
	attack_s22() {
		local host
		inside rootfs cat /proc/self/mountinfo
		is 1 "$(awk '$5 == "/"' <<<"$output" | wc -l)" "mounts on /"
		output_lacks "$W"
		host=$(stat -c '%d:%i' /)
		inside --init rootfs sh -c 'for f in /proc/[0-9]*/root /proc/[0-9]*/cwd /proc/[0-9]*/fd/* / /.. /../..; do
			stat -L -c "%d:%i" "$f" 2>/dev/null; done; true'
		is '' "$(grep -x "$host" <<<"$output" || true)" "the host's root by its inode"
		attack rootfs sh -c "cat /..$W/secret /../..$W/secret /proc/1/root/..$W/secret \
			/proc/1/cwd/..$W/secret /proc/self/cwd/../../../../../..$W/secret"
		attack --init rootfs sh -c "for f in /proc/1/fd/* /proc/self/fd/*; do cat \$f$W/secret \$f/../../../../../../..$W/secret; done"
		attack --cap-add ALL rootfs sh -c "cd /; chroot . cat /..$W/secret"
	}
	each_mode attack_s22
}
