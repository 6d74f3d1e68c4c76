# SPDX-License-Identifier: Apache-2.0
# System call filters. Included by the top Makefile.am, behind noinst_PROGRAMS. The default profile is
# compiled while nsrun is built, by a program that is made of the same files.

seccomp_sources = \
	src/sys/filter.c src/sys/filter.h \
	src/config/seccomp_compile.c src/config/seccomp_compile.h \
	src/config/seccomp_data.h \
	src/config/seccomp_profile.c src/config/seccomp_profile.h

seccomp_profiles = \
	src/config/seccomp_default.json \
	src/config/seccomp_nested.json \
	src/config/seccomp_fakeroot.json

libnsrun_a_SOURCES += $(seccomp_sources) \
	src/config/seccomp_cache.c src/config/seccomp_cache.h \
	src/config/seccomp_default.c src/config/seccomp_default.h
nodist_libnsrun_a_SOURCES = src/config/seccomp_data.c

noinst_PROGRAMS += src/config/seccomp_generate
src_config_seccomp_generate_SOURCES = $(seccomp_sources) \
	src/config/seccomp_generate.c \
	src/base/arena.c src/base/error.c src/base/fd.c src/base/file.c src/base/parse.c src/base/utf8.c \
	src/config/json.c src/config/json.h \
	src/sys/capability.c src/sys/capability.h
src_config_seccomp_generate_CPPFLAGS = $(AM_CPPFLAGS) $(LIBSECCOMP_CFLAGS) $(YAJL_CFLAGS)
src_config_seccomp_generate_CFLAGS = $(AM_CFLAGS) $(HARDEN_CFLAGS) $(LINK_CFLAGS)
src_config_seccomp_generate_LDFLAGS = $(HARDEN_LDFLAGS) $(LINK_LDFLAGS)
src_config_seccomp_generate_LDADD = $(LIBCAP_LIBS) $(LIBSECCOMP_LIBS) $(YAJL_LIBS)

CLEANFILES += src/config/seccomp_data.c
EXTRA_DIST += $(seccomp_profiles)

src/config/seccomp_data.c: src/config/seccomp_generate$(EXEEXT) $(seccomp_profiles)
	$(AM_V_GEN)$(MKDIR_P) src/config && src/config/seccomp_generate$(EXEEXT) \
		$(srcdir)/src/config/seccomp_default.json $(srcdir)/src/config/seccomp_nested.json \
		$(srcdir)/src/config/seccomp_fakeroot.json >$@.tmp && mv $@.tmp $@
