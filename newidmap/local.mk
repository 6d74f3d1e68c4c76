# The id helper: one source, three programs, each with its role fixed here.
# Included by the top Makefile.am. They are static and position independent: no loader, no library
# of somebody else's, and nothing that the environment could steer.

pkglibexec_PROGRAMS += \
	newidmap/nsrun-newidmap \
	newidmap/newuidmap \
	newidmap/newgidmap

newidmap_sources = \
	newidmap/arguments.c newidmap/arguments.h \
	newidmap/database.c newidmap/database.h \
	newidmap/image.c newidmap/image.h \
	newidmap/main.c \
	newidmap/pidfd_info.h \
	newidmap/policy.c newidmap/policy.h \
	newidmap/privilege.c newidmap/privilege.h \
	newidmap/records.c newidmap/records.h \
	newidmap/refusal.h \
	newidmap/report.c newidmap/report.h \
	newidmap/sandbox.c newidmap/sandbox.h \
	newidmap/target.c newidmap/target.h \
	src/base/parse.c src/base/parse.h \
	src/sys/subid.c src/sys/subid.h

# MUSL_*: configure.ac
newidmap_cppflags = $(MUSL_CPPFLAGS) $(AM_CPPFLAGS)
newidmap_cflags = $(AM_CFLAGS) $(HELPER_CFLAGS) -fPIE
newidmap_ldflags = $(MUSL_LDFLAGS) -static-pie -Wl,-z,relro -Wl,-z,now -Wl,-z,noexecstack

newidmap_nsrun_newidmap_SOURCES = $(newidmap_sources)
newidmap_nsrun_newidmap_CPPFLAGS = $(newidmap_cppflags) -DNEWIDMAP_ROLE=ROLE_BOTH
newidmap_nsrun_newidmap_CFLAGS = $(newidmap_cflags)
newidmap_nsrun_newidmap_LDFLAGS = $(newidmap_ldflags)
newidmap_nsrun_newidmap_LDADD = $(MUSL_LIBS)

newidmap_newuidmap_SOURCES = $(newidmap_sources)
newidmap_newuidmap_CPPFLAGS = $(newidmap_cppflags) -DNEWIDMAP_ROLE=ROLE_UID
newidmap_newuidmap_CFLAGS = $(newidmap_cflags)
newidmap_newuidmap_LDFLAGS = $(newidmap_ldflags)
newidmap_newuidmap_LDADD = $(MUSL_LIBS)

newidmap_newgidmap_SOURCES = $(newidmap_sources)
newidmap_newgidmap_CPPFLAGS = $(newidmap_cppflags) -DNEWIDMAP_ROLE=ROLE_GID
newidmap_newgidmap_CFLAGS = $(newidmap_cflags)
newidmap_newgidmap_LDFLAGS = $(newidmap_ldflags)
newidmap_newgidmap_LDADD = $(MUSL_LIBS)

dist_man_MANS += docs/man/nsrun-newidmap.1
EXTRA_DIST += docs/newidmap.md newidmap/grant-privilege

# Privilege is given to nsrun-newidmap alone; docs/newidmap.md tells how to give it to the others,
# and how to take it away. With DESTDIR the packaging decides.
install-exec-hook: newidmap-install-privilege
.PHONY: newidmap-install-privilege
newidmap-install-privilege:
	@if test -n "$(DESTDIR)"; then \
		echo "nsrun-newidmap: DESTDIR is set, so no privilege is given"; \
	else \
		$(SHELL) $(srcdir)/newidmap/grant-privilege "$(DESTDIR)$(pkglibexecdir)/nsrun-newidmap"; \
	fi

distclean-local:
	rm -rf newidmap/kernel
