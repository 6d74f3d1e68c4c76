# SPDX-License-Identifier: Apache-2.0
#
# The benchmark. Included by the top Makefile.am, which declares EXTRA_PROGRAMS and EXTRA_DIST. Not
# built by default: `make bench` builds the floor and the stopwatch and runs tests/bench/run.
# BENCH_FLAGS are its options, such as `make bench BENCH_FLAGS="--report --install"`.

EXTRA_PROGRAMS += tests/bench/floor tests/bench/bench

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

EXTRA_DIST += tests/bench/oci-config tests/bench/run tests/bench/baseline docs/performance.md \
	docs/performance.svg
CLEANFILES += $(EXTRA_PROGRAMS)

.PHONY: bench
bench: nsrun$(EXEEXT) newidmap/nsrun-newidmap$(EXEEXT) $(EXTRA_PROGRAMS)
	NSRUN=$(abs_builddir)/nsrun$(EXEEXT) \
	NEWIDMAP=$(abs_builddir)/newidmap/nsrun-newidmap$(EXEEXT) \
	FLOOR=$(abs_builddir)/tests/bench/floor$(EXEEXT) \
	BENCH=$(abs_builddir)/tests/bench/bench$(EXEEXT) \
	$(srcdir)/tests/bench/run $(BENCH_FLAGS)
