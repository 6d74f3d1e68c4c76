# SPDX-License-Identifier: Apache-2.0
# The attacks need root, as the end-to-end tests do, and are not run by "make check". The programs
# of check-images take minutes and some hundred megabytes.
EXTRA_DIST += tests/security/.shellcheckrc tests/security/attack.c tests/security/check-rows \
	tests/security/compare tests/security/identity.bats tests/security/images \
	tests/security/kernel.bats tests/security/life.bats tests/security/mounts.bats tests/security/network.bats \
	tests/security/resources.bats \
	tests/security/rootfs.bats tests/security/rows.tsv tests/security/run \
	tests/security/runner.bats tests/security/runtime tests/security/security.bash \
	tests/security/terminal.bats

.PHONY: check-security check-images compare-security
check-security: nsrun$(EXEEXT)
	NSRUN=$(abs_builddir)/nsrun$(EXEEXT) $(srcdir)/tests/security/run
check-images: nsrun$(EXEEXT)
	NSRUN=$(abs_builddir)/nsrun$(EXEEXT) $(srcdir)/tests/security/images
compare-security: nsrun$(EXEEXT)
	NSRUN=$(abs_builddir)/nsrun$(EXEEXT) $(srcdir)/tests/security/compare
