#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Who the payload is and what it has inherited: capabilities, groups, names, environment, keys.

load security

status() {
	inside "$@" rootfs cat /proc/self/status
}

DEFAULT_CAPABILITIES=00000000800405fb

# has_users: whether there is any other id than root in this mode
has_users() {
	[ "$MODE" != single ]
}

@test "S70 no capability is inheritable or ambient" {
	attack_s70() {
		local option
		for option in -q --init --cap-add=NET_ADMIN --cap-drop=ALL --cap-add=ALL --privileged \
			--security-opt=no-new-privileges=false; do
			status "$option"
			is 0000000000000000 "$(status_field CapInh)" "CapInh with $option"
			is 0000000000000000 "$(status_field CapAmb)" "CapAmb with $option"
		done
		status
		is "$DEFAULT_CAPABILITIES" "$(status_field CapPrm)" CapPrm
		is "$DEFAULT_CAPABILITIES" "$(status_field CapEff)" CapEff
		is "$DEFAULT_CAPABILITIES" "$(status_field CapBnd)" CapBnd
		has_users || return 0
		status -u 1000
		is 0000000000000000 "$(status_field CapInh)" "CapInh of a user"
		# file capabilities of the image give nothing that is not in the bounding set
		status --cap-drop ALL
		is 0000000000000000 "$(status_field CapBnd)" "CapBnd without any"
	}
	each_mode attack_s70
}

@test "S71 a user who is not root has no capability unless it was asked for" {
	attack_s71() {
		has_users || return 0
		local user
		for user in 1000 app 1000:0 0:0; do
			status -u "$user"
			[ "$user" != 0:0 ] || continue
			is 0000000000000000 "$(status_field CapPrm)" "CapPrm of $user"
			is 0000000000000000 "$(status_field CapEff)" "CapEff of $user"
			is 0000000000000000 "$(status_field CapAmb)" "CapAmb of $user"
		done
		status -u 1000 --cap-add NET_BIND_SERVICE
		is 0000000000000400 "$(status_field CapEff)" "CapEff with one that was asked for"
	}
	each_mode attack_s71
}

@test "S72 the primary group is among the groups, the host's are not" {
	attack_s72() {
		local groups group
		inside rootfs sh -c 'id -G; grep ^Groups: /proc/self/status'
		output_has '^0( |$)'
		if [ "$MODE" != single ]; then
			is 0 "$(status_field Groups | squeeze)" "groups of root"
			inside -u app rootfs id -G
			is '101 44 46' "$(tr ' ' '\n' <<<"$output" | sort -n | tr '\n' ' ' | sed 's/ $//;s/44 46 101/101 44 46/')"
			# a file that everybody but the group may read (negative access)
			echo closed >rootfs/negative
			own rootfs/negative
			inside rootfs sh -c 'chown 0:101 /negative && chmod 0604 /negative'
			try -u 1000:101 rootfs cat /negative
			[ "$status" -ne 0 ]
			try -u app rootfs cat /negative
			[ "$status" -ne 0 ]
			inside -u 1000:1000 rootfs cat /negative
		else
			# groups that cannot be dropped are not somebody's inside, and nsrun says so
			groups=$(id -G "$CALLER")
			for group in $groups; do
				[ "$group" -eq "$CALLER_GID" ] || ! grep -qw "$group" <<<"$(status_field Groups)" || {
					escaped "the host's group $group is named inside"
					return 1
				}
			done
		fi
	}
	each_mode attack_s72
}

@test "S73 with a single id groups cannot be dropped" {
	attack_s73() {
		cp "$E2E_WORK/bin/probe" rootfs/probe
		own rootfs/probe
		inside rootfs sh -c 'cat /proc/self/setgroups; /probe setgroups'
		case $MODE in
		single) output_is $'deny\nEPERM' ;;
		*) output_is $'allow\nok' ;;
		esac
	}
	each_mode attack_s73
}

# The table of user specifications: what "id -u" says inside, or "refused".
users_table() {
	local user wanted
	while read -r user wanted; do
		user=${user//_/ }
		[ "$user" != '""' ] || user=
		try -u "$user" rootfs id -u
		if [ "$wanted" = refused ]; then
			[ "$status" -ne 0 ] || { complain "-u '$user' was taken"; return 1; }
		elif has_users || [ "$wanted" -eq 0 ]; then
			is "$wanted" "$output" "the user of -u '$user' ($stderr)"
		else
			is 125 "$status" "-u '$user' with a single id"
		fi
	done
}

@test "S74 what -u means is one table" {
	attack_s74() {
		users_table <<-'TABLE'
			0 0
			1 1
			1000 1000
			1:2 1
			app 100
			app:media 100
			1:media 1
			_1 refused
			+1 refused
			-1 refused
			0x1 refused
			1e3 refused
			1,0 refused
			1;id refused
			4294967294 refused
			4294967295 refused
			4294967296 refused
			4294967297 refused
			18446744073709551616 refused
			18446744073709551617 refused
			1000:1000:1 refused
			nobody-here refused
			noid refused
			app:nogroup-here refused
			../root refused
		TABLE
		# spellings of which each may be refused, and none may end as root
		local user
		for user in 01 001 1: 1_ :5 '' ' ' $'1\n0' '1 0'; do
			try -u "$user" rootfs id -u
			case $user in
			:5 | '' | ' ') ;;
			*) [ "$status" -ne 0 ] || ! has_users || is 1 "$output" "-u '$user'" ;;
			esac
		done
	}
	each_mode attack_s74
}

@test "S75 a number is a number, whatever names the image has" {
	attack_s75() {
		{
			echo 'root:x:0:0::/:/bin/sh'
			local name
			for name in 4294967296 4294967295 4294967297 18446744073709551616 00 1000 -1 +1 0x1 99999999999999999999; do
				echo "$name:x:0:0::/:/bin/sh"
			done
		} >rootfs/etc/passwd
		own rootfs/etc/passwd
		local user
		for user in 4294967296 4294967295 4294967297 18446744073709551616 99999999999999999999 -1 +1 0x1; do
			try -u "$user" rootfs id -u
			if [ "$status" -eq 0 ] && [ "$user" != 0x1 ]; then
				escaped "-u $user became user $output"
				return 1
			fi
		done
		try -u 1000 rootfs id -u
		if has_users; then
			is 1000 "$output"
		else
			is 125 "$status"
		fi
	}
	each_mode attack_s75
}

@test "S76 no value of the environment gets into the image's files" {
	attack_s76() {
		local before
		before=$(cd rootfs/etc && sha256sum passwd group)
		try -e HOME=$'/x\nroot2::0:0::/:/bin/sh' -e USER=$'a\nb' rootfs cat /etc/passwd
		output_lacks root2
		try -h $'a\nroot2::0:0::/:/bin/sh' rootfs cat /etc/hosts /etc/hostname
		output_lacks root2
		try --add-host $'a\nb:127.0.0.1' rootfs cat /etc/hosts
		is 125 "$status"
		try --dns $'192.0.2.1\nnameserver 192.0.2.2' rootfs cat /etc/resolv.conf
		is 125 "$status"
		try --dns-search $'a\nnameserver 192.0.2.2' rootfs cat /etc/resolv.conf
		output_lacks '192.0.2.2'
		try --dns-option $'a\nnameserver 192.0.2.2' rootfs cat /etc/resolv.conf
		output_lacks '192.0.2.2'
		is "$before" "$(cd rootfs/etc && sha256sum passwd group)"
	}
	each_mode attack_s76
}

@test "S77 the caller's environment stays outside" {
	attack_s77() {
		caller_env SECRET=1 NOTIFY_SOCKET=/run/x LISTEN_FDS=3 LD_PRELOAD=/evil.so XDG_RUNTIME_DIR=/run/x \
			_LIBCONTAINER_X=1 SSH_AUTH_SOCK=/x KRB5CCNAME=x DBUS_SESSION_BUS_ADDRESS=x 'S*=1'
		inside rootfs env
		is 'HOME HOSTNAME PATH container' \
			"$(sed -n 's/=.*//p' <<<"$output" | grep -vxE 'container_.*' | sort | tr '\n' ' ' | sed 's/ $//')"
		# by name only what was named
		inside -e SECRET rootfs env
		output_has '^SECRET=1$'
		output_lacks 'NOTIFY|LISTEN|LD_|XDG'
		try -e 'S*' rootfs env
		output_lacks '^SECRET'
		try -e '=x' rootfs env
		is 125 "$status"
	}
	each_mode attack_s77
}

@test "S78 the caller's keys stay outside, also where no new keyring can be made" {
	attack_s78() {
		local serial option
		need "keyctl" command -v keyctl
		with_attack
		# readable for whoever has the same uid: only the filter can keep it away
		cat >with-key <<-SCRIPT
			#!/bin/sh
			serial=\$(keyctl add user secret-key 'the secret of the host' @s) || exit 3
			keyctl setperm "\$serial" "\$1"
			shift
			"$NSRUN" run "\$@" rootfs /attack read-key "\$serial"
		SCRIPT
		chmod 0755 with-key
		expect 0 as_caller keyctl session - ./with-key 0x3f3f3f3f "${OPTIONS[@]}"
		reveals_nothing "keyctl"
		# readable for who has it in his session: nobody inside, even without a filter
		expect 0 as_caller keyctl session - ./with-key 0x3f000000 "${OPTIONS[@]}" \
			--security-opt seccomp=unconfined
		reveals_nothing "keyctl without a filter"
		expect 0 as_caller keyctl session - "$NSRUN" run "${OPTIONS[@]}" rootfs cat /proc/keys
		output_is ''
	}
	each_mode attack_s78
}

@test "S78 more containers than the quota of keyrings" {
	work_s78() {
		local i
		[ "$MODE" = subids ] || return 0
		for ((i = 0; i < 220; i++)); do
			race "$NSRUN" run -q rootfs sleep 1000
		done
		DEADLINE=40 wait_for all_run
		kill_races
	}
	all_run() {
		[ "$(container_processes | grep -cw sleep)" -ge 220 ]
	}
	each_mode work_s78
}

@test "S79 the state of the caller's process stays outside" {
	attack_s79() {
		CALLER_PREFIX="$E2E_WORK/bin/attack ignore"
		inside rootfs sh -c 'cat /proc/self/status; umask; cat /proc/self/personality; cat /proc/self/limits'
		is 0000000000000000 "$(status_field SigBlk)" SigBlk
		is 0000000000000000 "$(status_field SigIgn)" SigIgn
		output_has '^0022$'
		output_has '^00000000$'
		output_has '^Max core file size +[01] +[01] '
		is "$(nproc --all)" "$(status_field Cpus_allowed_list | awk -F- '{ print $2 - $1 + 1 }')" "processors"
	}
	each_mode attack_s79
}

@test "S7A a setuid program of the image gives nothing" {
	attack_s7a() {
		has_users || return 0
		with_attack
		cp "$E2E_WORK/bin/attack" rootfs/suid
		own rootfs/suid
		chmod 4755 rootfs/suid
		status
		is 1 "$(status_field NoNewPrivs)" NoNewPrivs
		inside -u 1000 rootfs /suid ids
		output_is 'ruid 1000 euid 1000'
		inside -u 1000 --security-opt no-new-privileges=false rootfs /suid ids
		output_is 'ruid 1000 euid 0'
		inside -u 1000 --security-opt no-new-privileges=false -v "$T/rootfs:/other" rootfs /other/suid ids
		output_is 'ruid 1000 euid 1000'
	}
	each_mode attack_s7a
}
