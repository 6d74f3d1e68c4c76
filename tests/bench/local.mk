# SPDX-License-Identifier: Apache-2.0
#
# The benchmark. Included by the top Makefile.am, which declares EXTRA_PROGRAMS and EXTRA_DIST. Not
# built by default: `make bench` builds the floor and the stopwatch and runs tests/bench/run.
# BENCH_FLAGS are its options, such as `make bench BENCH_FLAGS="--report --install"`.

EXTRA_PROGRAMS += tests/bench/floor tests/bench/bench tests/bench/steps

# Static, as the runner is: what a loader costs is none of the kernel's work.
tests_bench_floor_SOURCES = tests/bench/floor.c
tests_bench_floor_CPPFLAGS =
tests_bench_floor_CFLAGS = $(WARNING_CFLAGS)
tests_bench_floor_LDFLAGS = -static
tests_bench_floor_LDADD =

# Static, too: its memory is what wait4() reports at least for each contestant.
tests_bench_bench_SOURCES = \
	tests/bench/bench.c \
	tests/bench/bench.h \
	tests/bench/measure.c \
	tests/bench/output.c \
	tests/bench/rows.c \
	tests/bench/statistics.c
tests_bench_bench_CPPFLAGS = -D_GNU_SOURCE
tests_bench_bench_CFLAGS = $(WARNING_CFLAGS)
tests_bench_bench_LDFLAGS = -static
tests_bench_bench_LDADD = -lm

tests_bench_steps_SOURCES = tests/bench/steps.c
tests_bench_steps_CPPFLAGS = -D_GNU_SOURCE
tests_bench_steps_CFLAGS = $(WARNING_CFLAGS)
tests_bench_steps_LDFLAGS = -static
tests_bench_steps_LDADD =

EXTRA_DIST += docs/performance-network.md tests/bench/contestants.bash tests/bench/instructions tests/bench/life tests/bench/network \
	tests/bench/oci-config tests/bench/oci-full tests/bench/run tests/bench/baseline docs/performance.md \
	docs/performance.svg
CLEANFILES += $(EXTRA_PROGRAMS) tests/bench/symbols

# whose instructions count: what is compiled from this source
tests/bench/symbols: nsrun$(EXEEXT)
	$(AM_V_GEN)nm libnsrun.a $(nsrun_OBJECTS) >$@.tmp 2>/dev/null && mv $@.tmp $@

count_environment = NSRUN=$(abs_builddir)/nsrun$(EXEEXT) \
	STEPS=$(abs_builddir)/tests/bench/steps$(EXEEXT) SYMBOLS=$(abs_builddir)/tests/bench/symbols \
	COMPILER="$(CC)" FLAGS="$(CFLAGS)"
count_needs = nsrun$(EXEEXT) tests/bench/steps$(EXEEXT) tests/bench/symbols

# 77: nothing to compare with, which it says
.PHONY: check-instructions record-instructions bench
check-instructions: $(count_needs)
	$(count_environment) $(srcdir)/tests/bench/instructions || test $$? -eq 77
record-instructions: $(count_needs)
	$(count_environment) $(srcdir)/tests/bench/instructions --record

# what crosses a network; as root, with iperf3
.PHONY: bench-network
bench-network: nsrun$(EXEEXT)
	NSRUN=$(abs_builddir)/nsrun$(EXEEXT) ROOTFS=$(abs_top_srcdir)/tests/lib/busybox-rootfs \
		$(srcdir)/tests/bench/network $(BENCH_NETWORK_FLAGS)

bench_environment = $(count_environment) \
	NEWIDMAP=$(abs_builddir)/newidmap/nsrun-newidmap$(EXEEXT) \
	FLOOR=$(abs_builddir)/tests/bench/floor$(EXEEXT) \
	BENCH=$(abs_builddir)/tests/bench/bench$(EXEEXT)
bench_needs = newidmap/nsrun-newidmap$(EXEEXT) $(count_needs) $(EXTRA_PROGRAMS)

bench: $(bench_needs)
	$(bench_environment) $(srcdir)/tests/bench/run $(BENCH_FLAGS)

# system calls and bytes read by each kind of start; as root, for the helper's privilege
.PHONY: check-counts record-counts
check-counts: $(bench_needs)
	$(bench_environment) $(srcdir)/tests/bench/run --check
record-counts: $(bench_needs)
	$(bench_environment) $(srcdir)/tests/bench/run --record
