# SPDX-License-Identifier: Apache-2.0
# Pure code, tested without any privilege. Included by the top Makefile.am.

unit_tests = \
	tests/unit/test_account \
	tests/unit/test_arena \
	tests/unit/test_bridge_roster \
	tests/unit/test_channel \
	tests/unit/test_cgroup \
	tests/unit/test_copy \
	tests/unit/test_file \
	tests/unit/test_host_network \
	tests/unit/test_idmap \
	tests/unit/test_life \
	tests/unit/test_json_template \
	tests/unit/test_limit \
	tests/unit/test_options \
	tests/unit/test_parse \
	tests/unit/test_path \
	tests/unit/test_plan \
	tests/unit/test_ranges \
	tests/unit/test_process_facts \
	tests/unit/test_relay \
	tests/unit/test_rootfs \
	tests/unit/test_spec_check \
	tests/unit/test_spec_identity \
	tests/unit/test_spec_mount \
	tests/unit/test_spec_names \
	tests/unit/test_spec_network \
	tests/unit/test_spec_process \
	tests/unit/test_spec_security \
	tests/unit/test_subid \
	tests/unit/test_when
check_PROGRAMS += $(unit_tests)
TESTS += $(unit_tests)
EXTRA_DIST += tests/unit/check.h

# the options with their path as seen from the top, for tests of src/ and cmd/ together
check_LIBRARIES = tests/unit/libtest.a
tests_unit_libtest_a_SOURCES = $(options_sources) tests/unit/plan_fixture.c tests/unit/plan_fixture.h
tests_unit_libtest_a_CPPFLAGS = $(test_cppflags)
tests_unit_libtest_a_CFLAGS = $(test_cflags)

test_cppflags = $(AM_CPPFLAGS) -iquote $(top_srcdir)/cmd
test_cflags = $(AM_CFLAGS) $(HARDEN_CFLAGS) $(LINK_CFLAGS)
test_ldflags = $(HARDEN_LDFLAGS) $(LINK_LDFLAGS)
test_ldadd = tests/unit/libtest.a $(NSRUN_LIBS)

tests_unit_test_account_SOURCES = tests/unit/test_account.c
tests_unit_test_account_CPPFLAGS = $(test_cppflags)
tests_unit_test_account_CFLAGS = $(test_cflags)
tests_unit_test_account_LDFLAGS = $(test_ldflags)
tests_unit_test_account_LDADD = $(test_ldadd)
tests_unit_test_arena_SOURCES = tests/unit/test_arena.c
tests_unit_test_arena_CPPFLAGS = $(test_cppflags)
tests_unit_test_arena_CFLAGS = $(test_cflags)
tests_unit_test_arena_LDFLAGS = $(test_ldflags)
tests_unit_test_arena_LDADD = $(test_ldadd)
tests_unit_test_bridge_roster_SOURCES = tests/unit/test_bridge_roster.c
tests_unit_test_bridge_roster_CPPFLAGS = $(test_cppflags)
tests_unit_test_bridge_roster_CFLAGS = $(test_cflags)
tests_unit_test_bridge_roster_LDFLAGS = $(test_ldflags)
tests_unit_test_bridge_roster_LDADD = $(test_ldadd)
tests_unit_test_channel_SOURCES = tests/unit/test_channel.c
tests_unit_test_channel_CPPFLAGS = $(test_cppflags)
tests_unit_test_channel_CFLAGS = $(test_cflags)
tests_unit_test_channel_LDFLAGS = $(test_ldflags)
tests_unit_test_channel_LDADD = $(test_ldadd)
tests_unit_test_cgroup_SOURCES = tests/unit/test_cgroup.c
tests_unit_test_cgroup_CPPFLAGS = $(test_cppflags)
tests_unit_test_cgroup_CFLAGS = $(test_cflags)
tests_unit_test_cgroup_LDFLAGS = $(test_ldflags)
tests_unit_test_cgroup_LDADD = $(test_ldadd)
tests_unit_test_copy_SOURCES = tests/unit/test_copy.c
tests_unit_test_copy_CPPFLAGS = $(test_cppflags)
tests_unit_test_copy_CFLAGS = $(test_cflags)
tests_unit_test_copy_LDFLAGS = $(test_ldflags)
tests_unit_test_copy_LDADD = $(test_ldadd)
tests_unit_test_host_network_SOURCES = tests/unit/test_host_network.c
tests_unit_test_host_network_CPPFLAGS = $(test_cppflags)
tests_unit_test_host_network_CFLAGS = $(test_cflags)
tests_unit_test_host_network_LDFLAGS = $(test_ldflags)
tests_unit_test_host_network_LDADD = $(test_ldadd)
tests_unit_test_file_SOURCES = tests/unit/test_file.c
tests_unit_test_file_CPPFLAGS = $(test_cppflags)
tests_unit_test_file_CFLAGS = $(test_cflags)
tests_unit_test_file_LDFLAGS = $(test_ldflags)
tests_unit_test_file_LDADD = $(test_ldadd)
tests_unit_test_idmap_SOURCES = tests/unit/test_idmap.c
tests_unit_test_idmap_CPPFLAGS = $(test_cppflags)
tests_unit_test_idmap_CFLAGS = $(test_cflags)
tests_unit_test_idmap_LDFLAGS = $(test_ldflags)
tests_unit_test_idmap_LDADD = $(test_ldadd)
tests_unit_test_life_SOURCES = tests/unit/test_life.c
tests_unit_test_life_CPPFLAGS = $(test_cppflags)
tests_unit_test_life_CFLAGS = $(test_cflags)
tests_unit_test_life_LDFLAGS = $(test_ldflags)
tests_unit_test_life_LDADD = $(test_ldadd)
tests_unit_test_limit_SOURCES = tests/unit/test_limit.c
tests_unit_test_limit_CPPFLAGS = $(test_cppflags)
tests_unit_test_limit_CFLAGS = $(test_cflags)
tests_unit_test_limit_LDFLAGS = $(test_ldflags)
tests_unit_test_limit_LDADD = $(test_ldadd)
tests_unit_test_options_SOURCES = tests/unit/test_options.c
tests_unit_test_options_CPPFLAGS = $(test_cppflags)
tests_unit_test_options_CFLAGS = $(test_cflags)
tests_unit_test_options_LDFLAGS = $(test_ldflags)
tests_unit_test_options_LDADD = $(test_ldadd)
tests_unit_test_parse_SOURCES = tests/unit/test_parse.c
tests_unit_test_parse_CPPFLAGS = $(test_cppflags)
tests_unit_test_parse_CFLAGS = $(test_cflags)
tests_unit_test_parse_LDFLAGS = $(test_ldflags)
tests_unit_test_parse_LDADD = $(test_ldadd)
tests_unit_test_path_SOURCES = tests/unit/test_path.c
tests_unit_test_path_CPPFLAGS = $(test_cppflags)
tests_unit_test_path_CFLAGS = $(test_cflags)
tests_unit_test_path_LDFLAGS = $(test_ldflags)
tests_unit_test_path_LDADD = $(test_ldadd)
tests_unit_test_ranges_SOURCES = tests/unit/test_ranges.c
tests_unit_test_ranges_CPPFLAGS = $(test_cppflags)
tests_unit_test_ranges_CFLAGS = $(test_cflags)
tests_unit_test_ranges_LDFLAGS = $(test_ldflags)
tests_unit_test_ranges_LDADD = $(test_ldadd)
tests_unit_test_relay_SOURCES = tests/unit/test_relay.c
tests_unit_test_relay_CPPFLAGS = $(test_cppflags)
tests_unit_test_relay_CFLAGS = $(test_cflags)
tests_unit_test_relay_LDFLAGS = $(test_ldflags)
tests_unit_test_relay_LDADD = $(test_ldadd)
tests_unit_test_spec_check_SOURCES = tests/unit/test_spec_check.c
tests_unit_test_spec_check_CPPFLAGS = $(test_cppflags)
tests_unit_test_spec_check_CFLAGS = $(test_cflags)
tests_unit_test_spec_check_LDFLAGS = $(test_ldflags)
tests_unit_test_spec_check_LDADD = $(test_ldadd)
tests_unit_test_spec_identity_SOURCES = tests/unit/test_spec_identity.c
tests_unit_test_spec_identity_CPPFLAGS = $(test_cppflags)
tests_unit_test_spec_identity_CFLAGS = $(test_cflags)
tests_unit_test_spec_identity_LDFLAGS = $(test_ldflags)
tests_unit_test_spec_identity_LDADD = $(test_ldadd)
tests_unit_test_spec_mount_SOURCES = tests/unit/test_spec_mount.c
tests_unit_test_spec_mount_CPPFLAGS = $(test_cppflags)
tests_unit_test_spec_mount_CFLAGS = $(test_cflags)
tests_unit_test_spec_mount_LDFLAGS = $(test_ldflags)
tests_unit_test_spec_mount_LDADD = $(test_ldadd)
tests_unit_test_spec_names_SOURCES = tests/unit/test_spec_names.c
tests_unit_test_spec_names_CPPFLAGS = $(test_cppflags)
tests_unit_test_spec_names_CFLAGS = $(test_cflags)
tests_unit_test_spec_names_LDFLAGS = $(test_ldflags)
tests_unit_test_spec_names_LDADD = $(test_ldadd)
tests_unit_test_spec_network_SOURCES = tests/unit/test_spec_network.c
tests_unit_test_spec_network_CPPFLAGS = $(test_cppflags)
tests_unit_test_spec_network_CFLAGS = $(test_cflags)
tests_unit_test_spec_network_LDFLAGS = $(test_ldflags)
tests_unit_test_spec_network_LDADD = $(test_ldadd)
tests_unit_test_spec_process_SOURCES = tests/unit/test_spec_process.c
tests_unit_test_spec_process_CPPFLAGS = $(test_cppflags)
tests_unit_test_spec_process_CFLAGS = $(test_cflags)
tests_unit_test_spec_process_LDFLAGS = $(test_ldflags)
tests_unit_test_spec_process_LDADD = $(test_ldadd)
tests_unit_test_spec_security_SOURCES = tests/unit/test_spec_security.c
tests_unit_test_spec_security_CPPFLAGS = $(test_cppflags)
tests_unit_test_spec_security_CFLAGS = $(test_cflags)
tests_unit_test_spec_security_LDFLAGS = $(test_ldflags)
tests_unit_test_spec_security_LDADD = $(test_ldadd)
tests_unit_test_subid_SOURCES = tests/unit/test_subid.c
tests_unit_test_subid_CPPFLAGS = $(test_cppflags)
tests_unit_test_subid_CFLAGS = $(test_cflags)
tests_unit_test_subid_LDFLAGS = $(test_ldflags)
tests_unit_test_subid_LDADD = $(test_ldadd)
tests_unit_test_plan_SOURCES = tests/unit/test_plan.c
tests_unit_test_plan_CPPFLAGS = $(test_cppflags)
tests_unit_test_plan_CFLAGS = $(test_cflags)
tests_unit_test_plan_LDFLAGS = $(test_ldflags)
tests_unit_test_plan_LDADD = $(test_ldadd)
tests_unit_test_rootfs_SOURCES = tests/unit/test_rootfs.c
tests_unit_test_rootfs_CPPFLAGS = $(test_cppflags)
tests_unit_test_rootfs_CFLAGS = $(test_cflags)
tests_unit_test_rootfs_LDFLAGS = $(test_ldflags)
tests_unit_test_rootfs_LDADD = $(test_ldadd)
tests_unit_test_json_template_SOURCES = tests/unit/test_json_template.c
tests_unit_test_json_template_CPPFLAGS = $(test_cppflags)
tests_unit_test_json_template_CFLAGS = $(test_cflags)
tests_unit_test_json_template_LDFLAGS = $(test_ldflags)
tests_unit_test_json_template_LDADD = $(test_ldadd)
tests_unit_test_process_facts_SOURCES = tests/unit/test_process_facts.c cmd/escape.c cmd/escape.h
tests_unit_test_process_facts_CPPFLAGS = $(test_cppflags)
tests_unit_test_process_facts_CFLAGS = $(test_cflags)
tests_unit_test_process_facts_LDFLAGS = $(test_ldflags)
tests_unit_test_process_facts_LDADD = $(test_ldadd)
tests_unit_test_when_SOURCES = tests/unit/test_when.c
tests_unit_test_when_CPPFLAGS = $(test_cppflags)
tests_unit_test_when_CFLAGS = $(test_cflags)
tests_unit_test_when_LDFLAGS = $(test_ldflags)
tests_unit_test_when_LDADD = $(test_ldadd)

include tests/golden/local.mk
include tests/fuzz/local.mk
include tests/lint/local.mk
