# SPDX-License-Identifier: Apache-2.0
# The tests of the system call filter. Included by the top Makefile.am, behind tests/unit/local.mk.
# "make check" compares the programs with tests/security/seccomp/oracle.py, which needs python3 and
# nobody's rights; "make check-seccomp" does it with more random profiles.

seccomp_tests = \
	tests/unit/test_seccomp_cache \
	tests/unit/test_seccomp_default \
	tests/unit/test_seccomp_json \
	tests/unit/test_seccomp_profile
check_PROGRAMS += $(seccomp_tests) tests/security/seccomp/probe
TESTS += $(seccomp_tests) tests/security/seccomp/table

tests_unit_test_seccomp_cache_SOURCES = tests/unit/test_seccomp_cache.c
tests_unit_test_seccomp_cache_CPPFLAGS = $(test_cppflags)
tests_unit_test_seccomp_cache_CFLAGS = $(test_cflags)
tests_unit_test_seccomp_cache_LDFLAGS = $(test_ldflags)
tests_unit_test_seccomp_cache_LDADD = $(test_ldadd)
tests_unit_test_seccomp_default_SOURCES = tests/unit/test_seccomp_default.c
tests_unit_test_seccomp_default_CPPFLAGS = $(test_cppflags)
tests_unit_test_seccomp_default_CFLAGS = $(test_cflags)
tests_unit_test_seccomp_default_LDFLAGS = $(test_ldflags)
tests_unit_test_seccomp_default_LDADD = $(test_ldadd)
tests_unit_test_seccomp_json_SOURCES = tests/unit/test_seccomp_json.c
tests_unit_test_seccomp_json_CPPFLAGS = $(test_cppflags)
tests_unit_test_seccomp_json_CFLAGS = $(test_cflags)
tests_unit_test_seccomp_json_LDFLAGS = $(test_ldflags)
tests_unit_test_seccomp_json_LDADD = $(test_ldadd)
tests_unit_test_seccomp_profile_SOURCES = tests/unit/test_seccomp_profile.c
tests_unit_test_seccomp_profile_CPPFLAGS = $(test_cppflags)
tests_unit_test_seccomp_profile_CFLAGS = $(test_cflags)
tests_unit_test_seccomp_profile_LDFLAGS = $(test_ldflags)
tests_unit_test_seccomp_profile_LDADD = $(test_ldadd)
tests_security_seccomp_probe_SOURCES = tests/security/seccomp/probe.c
tests_security_seccomp_probe_CPPFLAGS = $(test_cppflags)
tests_security_seccomp_probe_CFLAGS = $(test_cflags)
tests_security_seccomp_probe_LDFLAGS = $(test_ldflags)
tests_security_seccomp_probe_LDADD = $(NSRUN_LIBS)

# as the targets of tests/fuzz/local.mk, which comes before
fuzz_targets += seccomp
check_PROGRAMS += tests/fuzz/replay_seccomp
TESTS += tests/fuzz/replay_seccomp
tests_fuzz_replay_seccomp_SOURCES = tests/fuzz/fuzz_seccomp.c tests/fuzz/replay.c tests/fuzz/fuzz.h
tests_fuzz_replay_seccomp_CPPFLAGS = $(test_cppflags) -DFUZZ_TARGET='"seccomp"'
tests_fuzz_replay_seccomp_CFLAGS = $(test_cflags)
tests_fuzz_replay_seccomp_LDFLAGS = $(test_ldflags)
tests_fuzz_replay_seccomp_LDADD = $(test_ldadd)
fuzz_seccomp_objects = $(filter-out %replay.$(OBJEXT),$(tests_fuzz_replay_seccomp_OBJECTS))
tests/fuzz/fuzz_seccomp: $(fuzz_seccomp_objects) $(fuzz_libraries)
	$(fuzz_link) $(fuzz_seccomp_objects) $(test_ldadd)

EXTRA_DIST += \
	tests/security/seccomp/oracle.py \
	tests/security/seccomp/table \
	tests/security/seccomp/profiles/conflicts.json \
	tests/security/seccomp/profiles/gates.json \
	tests/security/seccomp/profiles/operators.json

.PHONY: check-seccomp
check-seccomp: tests/security/seccomp/probe$(EXEEXT)
	$(srcdir)/tests/security/seccomp/table --long
