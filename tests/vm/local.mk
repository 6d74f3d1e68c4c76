# SPDX-License-Identifier: Apache-2.0
# Debian's kernel in an emulated machine. Not part of any other check: it takes an hour or two.
#   make check-vm                                 all
#   make check-vm VM_COMMAND="PARTS smoke"
EXTRA_DIST += tests/vm/cgroups.bats tests/vm/guest tests/vm/initramfs tests/vm/run tests/vm/settings tests/vm/suites

.PHONY: check-vm
check-vm: all
	$(srcdir)/tests/vm/run $(abs_builddir) $(VM_COMMAND)
