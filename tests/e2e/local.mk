# SPDX-License-Identifier: Apache-2.0
# The end-to-end tests need root and are run by tests/e2e/run, not by "make check".
EXTRA_DIST += tests/e2e/run \
	tests/e2e/.shellcheckrc \
	tests/lib/as-caller.c \
	tests/lib/busybox-rootfs \
	tests/lib/common.bash \
	tests/lib/compare-plan.py \
	tests/lib/debian-tar \
	tests/lib/delegated.bash \
	tests/lib/life.bash \
	tests/lib/network.bash \
	tests/lib/new-pasta \
	tests/lib/outside.py \
	tests/lib/packages \
	tests/lib/probe.c \
	tests/lib/programs \
	tests/lib/setup \
	tests/lib/terminal.py \
	tests/e2e/box.bats \
	tests/e2e/bridge.bats \
	tests/e2e/cli.bats \
	tests/e2e/copy.bats \
	tests/e2e/debian.bats \
	tests/e2e/identity.bats \
	tests/e2e/life.bats \
	tests/e2e/life_faults.bats \
	tests/e2e/life_hostile.bats \
	tests/e2e/life_many.bats \
	tests/e2e/life_more.bats \
	tests/e2e/life_reading.bats \
	tests/e2e/life_review.bats \
	tests/e2e/mounts.bats \
	tests/e2e/namespaces.bats \
	tests/e2e/network.bats \
	tests/e2e/new_pasta.bats \
	tests/e2e/plan.bats \
	tests/e2e/process.bats \
	tests/e2e/refusals.bats \
	tests/e2e/root.bats \
	tests/e2e/rootfs.bats \
	tests/e2e/services.bats \
	tests/e2e/signals.bats \
	tests/e2e/terminal.bats \
	tests/e2e/user.bats

# An X server, and a Debian with an X program in it.
EXTRA_DIST += tests/x11/x11.bats
.PHONY: check-x11
check-x11: all
	$(srcdir)/tests/lib/setup packages x11
	NSRUN=$(abs_builddir)/nsrun $(srcdir)/tests/e2e/run $(srcdir)/tests/x11/x11.bats

# The whole suite with address and undefined behaviour sanitizers, and shadow's id helpers; CI runs a
# rotating eighth of it.
.PHONY: check-sanitizers
check-sanitizers:
	$(MKDIR_P) sanitizers
	cd sanitizers && { test -f Makefile || $(abs_srcdir)/configure -q --enable-sanitizers; } && $(MAKE)
	ASAN_OPTIONS=detect_leaks=0 UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1 \
		E2E_SKIP="debian services" E2E_HELPER=shadow NSRUN=$(abs_builddir)/sanitizers/nsrun $(srcdir)/tests/e2e/run

# The whole suite with each way to have id maps written; too long for every change.
.PHONY: check-e2e-helpers
check-e2e-helpers: all
	for helper in capabilities setuid shadow; do \
		echo "id helper: $$helper"; \
		NSRUN=$(abs_builddir)/nsrun E2E_HELPER=$$helper $(srcdir)/tests/e2e/run || exit 1; \
	done

# Networks with a pasta of today, downloaded from Debian; new_pasta.bats has the core of it.
.PHONY: check-new-pasta
check-new-pasta: all
	$(srcdir)/tests/lib/setup
	E2E_PASTA=$$($(srcdir)/tests/lib/new-pasta) NSRUN=$(abs_builddir)/nsrun \
		$(srcdir)/tests/e2e/run $(srcdir)/tests/e2e/network.bats $(srcdir)/tests/e2e/bridge.bats

# A thousand idle containers of one user, and what they cost.
EXTRA_DIST += tests/heavy/run
.PHONY: check-life-heavy
check-life-heavy: all
	NSRUN=$(abs_builddir)/nsrun $(srcdir)/tests/heavy/run
