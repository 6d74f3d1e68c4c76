# The tests of the id helper. Most need root, so "make check" does not run them by itself:
#   make check-newidmap        everything, with 8,000 random pairs
#   make check-newidmap-long   everything, with 200,000 random pairs
#   make check-newidmap-sanitize, coverage-newidmap, fuzz-newidmap
# "make check" runs the replays of the fuzz corpora, which need nobody.

newidmap_replays = \
	tests/newidmap/replay_policy \
	tests/newidmap/replay_subid \
	tests/newidmap/replay_arguments \
	tests/newidmap/replay_records

check_PROGRAMS += $(newidmap_replays)

newidmap_replay_sources = \
	tests/newidmap/replay.c \
	newidmap/arguments.c newidmap/policy.c newidmap/records.c \
	src/base/parse.c src/sys/subid.c

tests_newidmap_replay_policy_SOURCES = tests/fuzz/fuzz_newidmap_policy.c $(newidmap_replay_sources)
tests_newidmap_replay_policy_CPPFLAGS = $(AM_CPPFLAGS)
tests_newidmap_replay_policy_LDADD =
tests_newidmap_replay_subid_SOURCES = tests/fuzz/fuzz_newidmap_subid.c $(newidmap_replay_sources)
tests_newidmap_replay_subid_CPPFLAGS = $(AM_CPPFLAGS)
tests_newidmap_replay_subid_LDADD =
tests_newidmap_replay_arguments_SOURCES = \
	tests/fuzz/fuzz_newidmap_arguments.c $(newidmap_replay_sources)
tests_newidmap_replay_arguments_CPPFLAGS = $(AM_CPPFLAGS)
tests_newidmap_replay_arguments_LDADD =
tests_newidmap_replay_records_SOURCES = tests/fuzz/fuzz_newidmap_records.c $(newidmap_replay_sources)
tests_newidmap_replay_records_CPPFLAGS = $(AM_CPPFLAGS)
tests_newidmap_replay_records_LDADD =

EXTRA_DIST += \
	tests/newidmap/build \
	tests/newidmap/corpus \
	tests/newidmap/coverage \
	docs/coverage-newidmap.md \
	tests/newidmap/coverage-page \
	tests/newidmap/harness.c \
	tests/newidmap/harness.h \
	tests/newidmap/inject.c \
	tests/newidmap/opens.golden \
	tests/newidmap/random.c \
	tests/newidmap/rows.c \
	tests/newidmap/run \
	tests/newidmap/sanitizer_options.c \
	tests/newidmap/symbols.golden

.PHONY: check-newidmap check-newidmap-long check-newidmap-sanitize check-newidmap-replay
.PHONY: coverage-newidmap fuzz-newidmap

check-local: check-newidmap-replay
check-newidmap-replay: $(newidmap_replays)
	for target in policy subid arguments records; do \
		tests/newidmap/replay_$$target 300 $(srcdir)/tests/newidmap/corpus/$$target || exit 1; \
	done

check-newidmap: all
	BUILDDIR=$(abs_builddir) $(srcdir)/tests/newidmap/run

check-newidmap-long: all
	BUILDDIR=$(abs_builddir) $(srcdir)/tests/newidmap/run --long

check-newidmap-sanitize:
	$(srcdir)/tests/newidmap/run --sanitize

coverage-newidmap:
	$(srcdir)/tests/lib/setup packages coverage
	$(srcdir)/tests/newidmap/coverage 95

fuzz-newidmap:
	$(srcdir)/tests/newidmap/build fuzz tests/fuzz
	for target in policy subid arguments records; do \
		tests/fuzz/fuzz_newidmap_$$target -max_total_time=60 -max_len=4096 \
			$(srcdir)/tests/newidmap/corpus/$$target || exit 1; \
	done
