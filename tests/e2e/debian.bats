#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# A real distribution: Debian, unpacked by the user himself, with its package manager, its users,
# a server, and bash at a terminal.

load ../lib/common

WITHOUT_ROOTFS=yes

setup_file() {
	local archive
	export CALLER=nsrun-alice CALLER_ENV='' CALLER_BINDS='' CALLER_PREFIX=''
	archive=$("$TEST_LIB/debian-tar")
	export DEBIAN=$E2E_WORK/debian
	install -d -o "$CALLER" -g "$CALLER" "$DEBIAN"
	"$TEST_LIB/as-caller" "$CALLER" "$NSRUN" unshare tar -xpf "$archive" -C "$DEBIAN"
	make_package "$DEBIAN/tmp/nsrun-test.deb"
}

teardown_file() {
	rm -rf "${DEBIAN:?}"
}

# make_package FILE: a package that makes a user, owns files by several ids and has a configuration.
make_package() {
	local tree=$E2E_WORK/package
	mkdir -p "$tree/DEBIAN" "$tree/etc" "$tree/usr/bin"
	cat >"$tree/DEBIAN/control" <<-'CONTROL'
		Package: nsrun-test
		Version: 1.0
		Architecture: all
		Maintainer: nobody <nobody@example.org>
		Depends: adduser
		Description: a package for the tests of nsrun
	CONTROL
	echo /etc/nsrun-test.conf >"$tree/DEBIAN/conffiles"
	cat >"$tree/DEBIAN/postinst" <<-'POSTINST'
		#!/bin/sh
		set -e
		adduser --system --group --quiet --no-create-home --home /nonexistent nsrun-pkg
		chown nsrun-pkg:nsrun-pkg /etc/nsrun-test.conf
		chown www-data:adm /usr/bin/nsrun-test
		chmod 2755 /usr/bin/nsrun-test
	POSTINST
	chmod 0755 "$tree/DEBIAN/postinst"
	echo 'key=value' >"$tree/etc/nsrun-test.conf"
	printf '#!/bin/sh\necho it works\n' >"$tree/usr/bin/nsrun-test"
	chmod 0755 "$tree/usr/bin/nsrun-test"
	dpkg-deb --root-owner-group --build "$tree" "$1" >/dev/null
	rm -rf "$tree"
	chmod 0644 "$1"
}

@test "the archive was unpacked with its owners and modes" {
	expect 0 nsrun "$DEBIAN" sh -c 'stat -c "%u:%g %a" /etc/shadow /tmp /usr/bin/passwd /var/mail /var/lib/redis'
	is "0:42 640
0:0 1777
0:0 4755
0:8 2775
$(nsrun "$DEBIAN" sh -c 'echo $(id -u redis):$(id -g redis)') 750" "$output"
}

@test "apt-get update, from a package mirror, over the default network" {
	local mirror=http://deb.debian.org/debian
	curl -sf -m 10 -o /dev/null "$mirror/dists/bookworm/InRelease" ||
		skip "no package mirror can be reached from this machine"
	expect 0 nsrun "$DEBIAN:O" sh -c "echo 'deb $mirror bookworm main' >/etc/apt/sources.list
		apt-get update && apt-cache policy redis-server"
	output_has "$mirror bookworm"
	output_has "500 $mirror bookworm/main"
}

@test "apt-get install of a local package: users, owners, configuration" {
	expect 0 nsrun "$DEBIAN:O" sh -c 'apt-get install -y /tmp/nsrun-test.deb >/tmp/log 2>&1 || { cat /tmp/log; exit 1; }
		nsrun-test
		stat -c "%U:%G" /etc/nsrun-test.conf
		stat -c "%U:%G %a" /usr/bin/nsrun-test
		dpkg-query -W -f "\${Status}\n" nsrun-test
		apt-get purge -y nsrun-test >/dev/null 2>&1 && test ! -e /etc/nsrun-test.conf && echo purged'
	output_is "it works
nsrun-pkg:nsrun-pkg
www-data:adm 2755
install ok installed
purged"
}

@test "dpkg --unpack and dpkg --configure, in two containers" {
	expect 0 nsrun "$DEBIAN" dpkg --unpack /tmp/nsrun-test.deb
	expect 0 nsrun "$DEBIAN" dpkg-query -W -f '${Status}' nsrun-test
	output_is 'install ok unpacked'
	expect 0 nsrun "$DEBIAN" dpkg --configure -a
	expect 0 nsrun "$DEBIAN" sh -c 'dpkg-query -W -f "\${Status}\n" nsrun-test; stat -c %U /etc/nsrun-test.conf'
	output_is $'install ok installed\nnsrun-pkg'
	expect 0 nsrun "$DEBIAN" dpkg --purge nsrun-test
}

@test "useradd, su and chown to several ids" {
	expect 0 nsrun "$DEBIAN:O" sh -c 'set -e
		useradd --create-home --uid 1234 --shell /bin/bash somebody
		groupadd --gid 4321 crowd
		usermod --append --groups crowd somebody
		su somebody -c "id; touch /tmp/mine; cd; pwd"
		stat -c %u:%g /tmp/mine
		for id in 1 33 1234 4321 65534; do touch /tmp/f$id; chown $id:$id /tmp/f$id; stat -c %u:%g /tmp/f$id; done
		userdel --remove somebody
		id somebody 2>/dev/null || echo gone'
	output_is "uid=1234(somebody) gid=1234(somebody) groups=1234(somebody),4321(crowd)
/home/somebody
1234:1234
1:1
33:33
1234:1234
4321:4321
65534:65534
gone"
}

@test "setpriv, runuser, gosu and chroot" {
	expect 0 nsrun "$DEBIAN" sh -c 'gosu www-data id; setpriv --reuid=33 --regid=33 --clear-groups id -u
		runuser -u www-data -- id -un; chroot / id -u'
	output_has '^uid=33\(www-data\) gid=33\(www-data\) groups=33\(www-data\)$'
	output_has '^33$'
	output_has '^www-data$'
	output_has '^0$'
}

# An entrypoint as the redis image of docker has it.
redis_entrypoint() {
	cat >entrypoint <<-'ENTRYPOINT'
		#!/bin/sh
		set -e
		if [ "$1" = redis-server ] && [ "$(id -u)" = 0 ]; then
			mkdir -p /tmp/data
			chown redis:redis /tmp/data
			exec gosu redis "$0" "$@"
		fi
		cd /tmp/data
		exec "$@"
	ENTRYPOINT
	chmod 0755 entrypoint
}

REDIS=(redis-server --port 6379 --bind 127.0.0.1 --dir /tmp/data --loglevel notice)

@test "redis through an entrypoint and gosu: pid 1 under its own uid, a clean end by SIGTERM" {
	redis_entrypoint
	start -v "$T/entrypoint:/entrypoint" "$DEBIAN:O" /entrypoint "${REDIS[@]}"
	wait_for said 'Ready to accept connections'
	INIT=$(container_init "$PID")
	is redis-server "$(cat "/proc/$INIT/comm")"
	local redis_uid start
	redis_uid=$(awk -F: '$1 == "redis" { print $3 }' "$DEBIAN/etc/passwd")
	read -r start _ < <(range subuid 1)
	is "$((start + redis_uid - 1))" "$(stat -c %u "/proc/$INIT")" "redis's uid on the host"
	kill -TERM "$PID"
	finish 0
	said 'Redis is now ready to exit'
}

@test "redis answers, and saves at its end" {
	redis_entrypoint
	expect 0 nsrun -v "$T/entrypoint:/entrypoint" "$DEBIAN:O" sh -c '
		/entrypoint redis-server --port 6379 --dir /tmp/data --save 60 1 >/tmp/redis.log &
		until redis-cli ping 2>/dev/null | grep -q PONG; do :; done
		redis-cli set key value
		redis-cli get key
		redis-cli shutdown save
		wait
		ls -n /tmp/data | grep -c dump.rdb'
	output_is $'OK\nvalue\n1'
}

@test "SIGKILL of nsrun leaves no redis" {
	redis_entrypoint
	start -v "$T/entrypoint:/entrypoint" "$DEBIAN:O" /entrypoint "${REDIS[@]}"
	wait_for said 'Ready to accept connections'
	kill -KILL "$PID"
	finish 137
	nothing_left
}

@test "SIGKILL of nsrun leaves nothing of su, setpriv and gosu" {
	local become
	for become in 'exec gosu www-data sh -c "echo ready; exec sleep 1000"' \
		'exec setpriv --reuid=33 --regid=33 --clear-groups sh -c "echo ready; exec sleep 1000"' \
		'exec su -s /bin/sh www-data -c "echo ready; exec sleep 1000"' \
		'su -s /bin/sh www-data -c "echo ready; exec sleep 1000"; true'; do
		start "$DEBIAN" sh -c "$become"
		wait_for said '^ready'
		kill -KILL "$PID"
		finish 137
		nothing_left
	done
}

@test "interactive bash: prompt, job control, Ctrl-C, Ctrl-Z, fg, resize, exit" {
	terminal <<-'PYTHON'
		debian = os.environ["DEBIAN"]
		shell = Terminal(["nsrun", debian, "bash", "--norc"], rows=30, cols=100)
		shell.expect(r"bash-[0-9.]+# ")
		shell.send("stty size; tty\n")
		shell.expect(r"^30 100$")
		shell.expect(r"^/dev/(pts/0|console)$")
		shell.expect(r"bash-[0-9.]+# ")
		shell.send("sleep 1000\n")
		shell.expect("sleep 1000\n")
		shell.type_until("\x1a", r"\[1\]\+ +Stopped +sleep 1000")
		shell.expect(r"bash-[0-9.]+# ")
		shell.send("jobs\n")
		shell.expect(r"\[1\]\+ +Stopped +sleep 1000")
		shell.expect(r"bash-[0-9.]+# ")
		shell.send("fg\n")
		shell.expect(r"^sleep 1000$")
		shell.type_until("\x03", r"bash-[0-9.]+# ")
		shell.send("echo status $?\n")
		shell.expect(r"^status 130$")
		shell.send("sleep 1000 | cat &\n")
		shell.expect(r"\[1\] [0-9]+")
		# not "Terminated", which bash does not say of a job that ended before it came to "wait"
		shell.send("kill %1; wait %1; echo ended $?\n")
		shell.expect(r"^ended 143$")
		shell.resize(40, 120)
		shell.send("\n")
		shell.expect(r"bash-[0-9.]+# ")
		shell.send("echo $LINES $COLUMNS; stty size\n")
		shell.expect(r"^40 120$")
		shell.send("exit 9\n")
		assert shell.wait() == 9
		assert "no job control" not in shell.transcript
		assert "cannot set terminal" not in shell.transcript
		assert shell.modes() == shell.modes_before
	PYTHON
}

@test "interactive bash as another user" {
	terminal <<-'PYTHON'
		debian = os.environ["DEBIAN"]
		shell = Terminal(["nsrun", "-u", "www-data", debian, "bash", "--norc"])
		shell.expect(r"bash-[0-9.]+\$ ")
		shell.send("whoami; echo written >/dev/tty; echo x >/dev/stderr && echo could\n")
		shell.expect(r"^www-data$")
		shell.expect(r"^written$")
		shell.expect(r"^could$")
		shell.send("exit\n")
		assert shell.wait() == 0
		assert "no job control" not in shell.transcript
	PYTHON
}

@test "the files of subordinate ids can be deleted again" {
	expect 0 nsrun unshare sh -c "cp -a '$DEBIAN/var/lib' '$T/copy'"
	expect 0 nsrun unshare rm -r "$T/copy"
	[ ! -e copy ]
}
