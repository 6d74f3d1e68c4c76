# SPDX-License-Identifier: Apache-2.0
# Fuzz targets. "make check" gives each the inputs of its corpus; "make fuzz" builds them with
# libFuzzer and the sanitizers and gives each FUZZ_SECONDS (60).

fuzz_targets = account attach bridge channel copy envfile idmap json mount options path record subid
fuzz_replays = \
	tests/fuzz/replay_account \
	tests/fuzz/replay_attach \
	tests/fuzz/replay_bridge \
	tests/fuzz/replay_channel \
	tests/fuzz/replay_copy \
	tests/fuzz/replay_envfile \
	tests/fuzz/replay_idmap \
	tests/fuzz/replay_json \
	tests/fuzz/replay_mount \
	tests/fuzz/replay_options \
	tests/fuzz/replay_path \
	tests/fuzz/replay_record \
	tests/fuzz/replay_subid
check_PROGRAMS += $(fuzz_replays)
TESTS += $(fuzz_replays)

tests_fuzz_replay_account_SOURCES = tests/fuzz/fuzz_account.c tests/fuzz/replay.c tests/fuzz/fuzz.h
tests_fuzz_replay_account_CPPFLAGS = $(test_cppflags) -DFUZZ_TARGET='"account"'
tests_fuzz_replay_account_CFLAGS = $(test_cflags)
tests_fuzz_replay_account_LDFLAGS = $(test_ldflags)
tests_fuzz_replay_account_LDADD = $(test_ldadd)
tests_fuzz_replay_attach_SOURCES = tests/fuzz/fuzz_attach.c tests/fuzz/replay.c tests/fuzz/datagram.h tests/fuzz/fuzz.h
tests_fuzz_replay_attach_CPPFLAGS = $(test_cppflags) -DFUZZ_TARGET='"attach"'
tests_fuzz_replay_attach_CFLAGS = $(test_cflags)
tests_fuzz_replay_attach_LDFLAGS = $(test_ldflags)
tests_fuzz_replay_attach_LDADD = $(test_ldadd)
tests_fuzz_replay_channel_SOURCES = tests/fuzz/fuzz_channel.c tests/fuzz/replay.c tests/fuzz/datagram.h tests/fuzz/fuzz.h
tests_fuzz_replay_channel_CPPFLAGS = $(test_cppflags) -DFUZZ_TARGET='"channel"'
tests_fuzz_replay_channel_CFLAGS = $(test_cflags)
tests_fuzz_replay_channel_LDFLAGS = $(test_ldflags)
tests_fuzz_replay_channel_LDADD = $(test_ldadd)
tests_fuzz_replay_bridge_SOURCES = tests/fuzz/fuzz_bridge.c tests/fuzz/replay.c tests/fuzz/datagram.h tests/fuzz/fuzz.h
tests_fuzz_replay_bridge_CPPFLAGS = $(test_cppflags) -DFUZZ_TARGET='"bridge"'
tests_fuzz_replay_bridge_CFLAGS = $(test_cflags)
tests_fuzz_replay_bridge_LDFLAGS = $(test_ldflags)
tests_fuzz_replay_bridge_LDADD = $(test_ldadd)
tests_fuzz_replay_copy_SOURCES = tests/fuzz/fuzz_copy.c tests/fuzz/replay.c tests/fuzz/datagram.h tests/fuzz/fuzz.h
tests_fuzz_replay_copy_CPPFLAGS = $(test_cppflags) -DFUZZ_TARGET='"copy"'
tests_fuzz_replay_copy_CFLAGS = $(test_cflags)
tests_fuzz_replay_copy_LDFLAGS = $(test_ldflags)
tests_fuzz_replay_copy_LDADD = $(test_ldadd)
tests_fuzz_replay_idmap_SOURCES = tests/fuzz/fuzz_idmap.c tests/fuzz/replay.c tests/fuzz/fuzz.h
tests_fuzz_replay_idmap_CPPFLAGS = $(test_cppflags) -DFUZZ_TARGET='"idmap"'
tests_fuzz_replay_idmap_CFLAGS = $(test_cflags)
tests_fuzz_replay_idmap_LDFLAGS = $(test_ldflags)
tests_fuzz_replay_idmap_LDADD = $(test_ldadd)
tests_fuzz_replay_mount_SOURCES = tests/fuzz/fuzz_mount.c tests/fuzz/replay.c tests/fuzz/fuzz.h
tests_fuzz_replay_mount_CPPFLAGS = $(test_cppflags) -DFUZZ_TARGET='"mount"'
tests_fuzz_replay_mount_CFLAGS = $(test_cflags)
tests_fuzz_replay_mount_LDFLAGS = $(test_ldflags)
tests_fuzz_replay_mount_LDADD = $(test_ldadd)
tests_fuzz_replay_options_SOURCES = tests/fuzz/fuzz_options.c tests/fuzz/replay.c tests/fuzz/fuzz.h
tests_fuzz_replay_options_CPPFLAGS = $(test_cppflags) -DFUZZ_TARGET='"options"'
tests_fuzz_replay_options_CFLAGS = $(test_cflags)
tests_fuzz_replay_options_LDFLAGS = $(test_ldflags)
tests_fuzz_replay_options_LDADD = $(test_ldadd)
tests_fuzz_replay_record_SOURCES = tests/fuzz/fuzz_record.c tests/fuzz/replay.c tests/fuzz/fuzz.h
tests_fuzz_replay_record_CPPFLAGS = $(test_cppflags) -DFUZZ_TARGET='"record"'
tests_fuzz_replay_record_CFLAGS = $(test_cflags)
tests_fuzz_replay_record_LDFLAGS = $(test_ldflags)
tests_fuzz_replay_record_LDADD = $(test_ldadd)
tests_fuzz_replay_subid_SOURCES = tests/fuzz/fuzz_subid.c tests/fuzz/replay.c tests/fuzz/fuzz.h
tests_fuzz_replay_subid_CPPFLAGS = $(test_cppflags) -DFUZZ_TARGET='"subid"'
tests_fuzz_replay_subid_CFLAGS = $(test_cflags)
tests_fuzz_replay_subid_LDFLAGS = $(test_ldflags)
tests_fuzz_replay_subid_LDADD = $(test_ldadd)
tests_fuzz_replay_envfile_SOURCES = tests/fuzz/fuzz_envfile.c tests/fuzz/replay.c tests/fuzz/fuzz.h
tests_fuzz_replay_envfile_CPPFLAGS = $(test_cppflags) -DFUZZ_TARGET='"envfile"'
tests_fuzz_replay_envfile_CFLAGS = $(test_cflags)
tests_fuzz_replay_envfile_LDFLAGS = $(test_ldflags)
tests_fuzz_replay_envfile_LDADD = $(test_ldadd)
tests_fuzz_replay_json_SOURCES = tests/fuzz/fuzz_json.c tests/fuzz/replay.c tests/fuzz/fuzz.h
tests_fuzz_replay_json_CPPFLAGS = $(test_cppflags) -DFUZZ_TARGET='"json"'
tests_fuzz_replay_json_CFLAGS = $(test_cflags)
tests_fuzz_replay_json_LDFLAGS = $(test_ldflags)
tests_fuzz_replay_json_LDADD = $(test_ldadd)
tests_fuzz_replay_path_SOURCES = tests/fuzz/fuzz_path.c tests/fuzz/replay.c tests/fuzz/fuzz.h
tests_fuzz_replay_path_CPPFLAGS = $(test_cppflags) -DFUZZ_TARGET='"path"'
tests_fuzz_replay_path_CFLAGS = $(test_cflags)
tests_fuzz_replay_path_LDFLAGS = $(test_ldflags)
tests_fuzz_replay_path_LDADD = $(test_ldadd)

EXTRA_DIST += tests/fuzz/corpus tests/fuzz/msan tests/fuzz/run

.PHONY: fuzz
fuzz:
	FUZZ_SECONDS=$(or $(FUZZ_SECONDS),60) $(srcdir)/tests/fuzz/run tests/fuzz/build $(fuzz_targets)

.PHONY: check-msan
check-msan:
	$(srcdir)/tests/fuzz/msan tests/fuzz/msan-build $(fuzz_targets) -- policy subid arguments records

# What tests/fuzz/run builds, where the compiler knows libFuzzer: a replay without its main.
fuzz_libraries = tests/unit/libtest.a libnsrun.a
fuzz_link = $(AM_V_CCLD)$(CC) $(test_cflags) $(CFLAGS) -fsanitize=fuzzer $(LDFLAGS) -o $@

fuzz_account_objects = $(filter-out %replay.$(OBJEXT),$(tests_fuzz_replay_account_OBJECTS))
tests/fuzz/fuzz_account: $(fuzz_account_objects) $(fuzz_libraries)
	$(fuzz_link) $(fuzz_account_objects) $(test_ldadd)
fuzz_attach_objects = $(filter-out %replay.$(OBJEXT),$(tests_fuzz_replay_attach_OBJECTS))
tests/fuzz/fuzz_attach: $(fuzz_attach_objects) $(fuzz_libraries)
	$(fuzz_link) $(fuzz_attach_objects) $(test_ldadd)
fuzz_channel_objects = $(filter-out %replay.$(OBJEXT),$(tests_fuzz_replay_channel_OBJECTS))
tests/fuzz/fuzz_channel: $(fuzz_channel_objects) $(fuzz_libraries)
	$(fuzz_link) $(fuzz_channel_objects) $(test_ldadd)
fuzz_bridge_objects = $(filter-out %replay.$(OBJEXT),$(tests_fuzz_replay_bridge_OBJECTS))
tests/fuzz/fuzz_bridge: $(fuzz_bridge_objects) $(fuzz_libraries)
	$(fuzz_link) $(fuzz_bridge_objects) $(test_ldadd)
fuzz_copy_objects = $(filter-out %replay.$(OBJEXT),$(tests_fuzz_replay_copy_OBJECTS))
tests/fuzz/fuzz_copy: $(fuzz_copy_objects) $(fuzz_libraries)
	$(fuzz_link) $(fuzz_copy_objects) $(test_ldadd)
fuzz_idmap_objects = $(filter-out %replay.$(OBJEXT),$(tests_fuzz_replay_idmap_OBJECTS))
tests/fuzz/fuzz_idmap: $(fuzz_idmap_objects) $(fuzz_libraries)
	$(fuzz_link) $(fuzz_idmap_objects) $(test_ldadd)
fuzz_mount_objects = $(filter-out %replay.$(OBJEXT),$(tests_fuzz_replay_mount_OBJECTS))
tests/fuzz/fuzz_mount: $(fuzz_mount_objects) $(fuzz_libraries)
	$(fuzz_link) $(fuzz_mount_objects) $(test_ldadd)
fuzz_options_objects = $(filter-out %replay.$(OBJEXT),$(tests_fuzz_replay_options_OBJECTS))
tests/fuzz/fuzz_options: $(fuzz_options_objects) $(fuzz_libraries)
	$(fuzz_link) $(fuzz_options_objects) $(test_ldadd)
fuzz_record_objects = $(filter-out %replay.$(OBJEXT),$(tests_fuzz_replay_record_OBJECTS))
tests/fuzz/fuzz_record: $(fuzz_record_objects) $(fuzz_libraries)
	$(fuzz_link) $(fuzz_record_objects) $(test_ldadd)
fuzz_subid_objects = $(filter-out %replay.$(OBJEXT),$(tests_fuzz_replay_subid_OBJECTS))
tests/fuzz/fuzz_subid: $(fuzz_subid_objects) $(fuzz_libraries)
	$(fuzz_link) $(fuzz_subid_objects) $(test_ldadd)
fuzz_envfile_objects = $(filter-out %replay.$(OBJEXT),$(tests_fuzz_replay_envfile_OBJECTS))
tests/fuzz/fuzz_envfile: $(fuzz_envfile_objects) $(fuzz_libraries)
	$(fuzz_link) $(fuzz_envfile_objects) $(test_ldadd)
fuzz_json_objects = $(filter-out %replay.$(OBJEXT),$(tests_fuzz_replay_json_OBJECTS))
tests/fuzz/fuzz_json: $(fuzz_json_objects) $(fuzz_libraries)
	$(fuzz_link) $(fuzz_json_objects) $(test_ldadd)
fuzz_path_objects = $(filter-out %replay.$(OBJEXT),$(tests_fuzz_replay_path_OBJECTS))
tests/fuzz/fuzz_path: $(fuzz_path_objects) $(fuzz_libraries)
	$(fuzz_link) $(fuzz_path_objects) $(test_ldadd)
