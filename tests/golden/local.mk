# SPDX-License-Identifier: Apache-2.0
# Plans of command lines on made-up machines. `make golden-update` rewrites the expected texts:
# read the difference before you commit it.

golden_tests = tests/golden/golden
check_PROGRAMS += $(golden_tests)
TESTS += $(golden_tests)
tests_golden_golden_SOURCES = tests/golden/golden.c
tests_golden_golden_CPPFLAGS = $(test_cppflags)
tests_golden_golden_CFLAGS = $(test_cflags)
tests_golden_golden_LDFLAGS = $(test_ldflags)
tests_golden_golden_LDADD = $(test_ldadd)

.PHONY: golden-update
golden-update: tests/golden/golden$(EXEEXT)
	srcdir=$(srcdir) tests/golden/golden$(EXEEXT) --update

golden_expected = \
	tests/golden/adjacent.txt \
	tests/golden/command.txt \
	tests/golden/default.txt \
	tests/golden/default-json.txt \
	tests/golden/default-oci.txt \
	tests/golden/device.txt \
	tests/golden/device-file.txt \
	tests/golden/entrypoint.txt \
	tests/golden/env-host.txt \
	tests/golden/environment.txt \
	tests/golden/environment-json.txt \
	tests/golden/gidmap-alone.txt \
	tests/golden/group-add.txt \
	tests/golden/group-add-single.txt \
	tests/golden/keep-groups-single.txt \
	tests/golden/keep-id.txt \
	tests/golden/keep-id-as-root.txt \
	tests/golden/keep-id-no-subids.txt \
	tests/golden/keep-id-numbers.txt \
	tests/golden/keep-id-own-id-line.txt \
	tests/golden/keep-id-two-ranges.txt \
	tests/golden/limits.txt \
	tests/golden/linger.txt \
	tests/golden/linger-foreground.txt \
	tests/golden/linger-strict.txt \
	tests/golden/limits-json.txt \
	tests/golden/limits-root.txt \
	tests/golden/limits-too-high.txt \
	tests/golden/many-ranges-strict.txt \
	tests/golden/mounts.txt \
	tests/golden/names.txt \
	tests/golden/names-network-host.txt \
	tests/golden/names-none.txt \
	tests/golden/namespaces-host.txt \
	tests/golden/namespaces-join.txt \
	tests/golden/namespaces-join-maps.txt \
	tests/golden/namespaces-join-root.txt \
	tests/golden/nested-root.txt \
	tests/golden/nested-root-keep-id.txt \
	tests/golden/nested-root-uidmap.txt \
	tests/golden/nested-root-uidmap-foreign.txt \
	tests/golden/nested-user.txt \
	tests/golden/network-crowded-pasta.txt \
	tests/golden/network-dns.txt \
	tests/golden/network-ipv6-only.txt \
	tests/golden/network-joined.txt \
	tests/golden/network-json.txt \
	tests/golden/network-ladder.txt \
	tests/golden/network-new-pasta.txt \
	tests/golden/network-new-pasta-options.txt \
	tests/golden/network-no-helper.txt \
	tests/golden/network-no-helper-named.txt \
	tests/golden/network-no-helper-strict.txt \
	tests/golden/network-no-tun.txt \
	tests/golden/network-no-tun-publish.txt \
	tests/golden/network-offline.txt \
	tests/golden/network-offline-private.txt \
	tests/golden/network-old-pasta.txt \
	tests/golden/network-pasta-address.txt \
	tests/golden/network-pasta-options.txt \
	tests/golden/network-bridge.txt \
	tests/golden/network-bridge-no-helper.txt \
	tests/golden/network-bridge-own-hosts.txt \
	tests/golden/network-bridge-publish.txt \
	tests/golden/network-root.txt \
	tests/golden/network-root-userns-host.txt \
	tests/golden/network-slirp.txt \
	tests/golden/network-slirp-not-root.txt \
	tests/golden/network-slirp-options.txt \
	tests/golden/no-helper.txt \
	tests/golden/no-helper-strict.txt \
	tests/golden/no-subgids.txt \
	tests/golden/no-subids.txt \
	tests/golden/no-subids-no-helper.txt \
	tests/golden/no-subids-strict.txt \
	tests/golden/nomap.txt \
	tests/golden/nomap-no-subids.txt \
	tests/golden/numbers.txt \
	tests/golden/oom-score-lower.txt \
	tests/golden/oom-score-lower-strict.txt \
	tests/golden/other-group.txt \
	tests/golden/overlapping.txt \
	tests/golden/overlay.txt \
	tests/golden/overlay-kept.txt \
	tests/golden/own-helper.txt \
	tests/golden/own-id-inside.txt \
	tests/golden/own-id-line.txt \
	tests/golden/publish.txt \
	tests/golden/publish-all.txt \
	tests/golden/publish-exposed.txt \
	tests/golden/publish-any.txt \
	tests/golden/publish-busy.txt \
	tests/golden/publish-host.txt \
	tests/golden/publish-no-helper.txt \
	tests/golden/publish-none.txt \
	tests/golden/publish-privileged.txt \
	tests/golden/publish-twice.txt \
	tests/golden/read-only.txt \
	tests/golden/read-only-nothing.txt \
	tests/golden/read-only-run.txt \
	tests/golden/reference-root.txt \
	tests/golden/reference-user.txt \
	tests/golden/reference-user-denied.txt \
	tests/golden/root-default.txt \
	tests/golden/root-keep-id.txt \
	tests/golden/root-no-subids.txt \
	tests/golden/root-nomap.txt \
	tests/golden/rootfs-missing.txt \
	tests/golden/shm-size.txt \
	tests/golden/sysctls.txt \
	tests/golden/sysctls-oci.txt \
	tests/golden/terminal.txt \
	tests/golden/terminal-off.txt \
	tests/golden/terminal-on.txt \
	tests/golden/tmpfs.txt \
	tests/golden/two-ranges.txt \
	tests/golden/uidmap-at.txt \
	tests/golden/uidmap-before.txt \
	tests/golden/uidmap-gidmap.txt \
	tests/golden/uidmap-last.txt \
	tests/golden/uidmap-no-helper.txt \
	tests/golden/uidmap-not-from-zero.txt \
	tests/golden/uidmap-other-group.txt \
	tests/golden/uidmap-overlap.txt \
	tests/golden/uidmap-own-and-next.txt \
	tests/golden/uidmap-own-and-range.txt \
	tests/golden/uidmap-past-last.txt \
	tests/golden/uidmap-podman.txt \
	tests/golden/uidmap-range.txt \
	tests/golden/uidmap-root-host-root.txt \
	tests/golden/uidmap-single.txt \
	tests/golden/uidmap-single-no-helper.txt \
	tests/golden/uidmap-spans-adjacent.txt \
	tests/golden/uidmap-spans-gap.txt \
	tests/golden/uidmap-straddle.txt \
	tests/golden/uidmap-zero.txt \
	tests/golden/unsetenv-all.txt \
	tests/golden/unshare.txt \
	tests/golden/unshare-keep-id.txt \
	tests/golden/unreadable-subids.txt \
	tests/golden/unshare-no-subids.txt \
	tests/golden/unshare-root.txt \
	tests/golden/unshare-shell.txt \
	tests/golden/user-group-not-mapped.txt \
	tests/golden/user-name.txt \
	tests/golden/user-not-mapped.txt \
	tests/golden/user-number.txt \
	tests/golden/user-single.txt \
	tests/golden/userns-host-root.txt \
	tests/golden/userns-host-root-strict.txt \
	tests/golden/userns-host-user.txt \
	tests/golden/userns-join.txt \
	tests/golden/volume-closed.txt \
	tests/golden/volume-dev-shm.txt \
	tests/golden/volume-etc.txt \
	tests/golden/volume-hosts.txt \
	tests/golden/volume-missing.txt \
	tests/golden/volume-over-dev.txt \
	tests/golden/volume-proc.txt \
	tests/golden/volumes.txt
EXTRA_DIST += tests/golden/cases.list $(golden_expected)
