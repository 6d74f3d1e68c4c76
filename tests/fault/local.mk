# SPDX-License-Identifier: Apache-2.0
# The fault sweep needs root, for users of its own and to trace programs with privilege; it is not
# part of "make check".
#   make check-faults                       every point; minutes
#   make check-faults FAULT_PART=3/10       the third tenth of them
#   make check-faults FAULT_FLAGS="--scenario reaper --point init:close_range:.*"

EXTRA_DIST += tests/fault/inject.c tests/fault/sweep tests/fault/tell.c tests/fault/tell.h tests/fault/witness.c

.PHONY: check-faults
check-faults: all
	$(srcdir)/tests/fault/sweep $(abs_builddir) $(if $(FAULT_PART),--part $(FAULT_PART)) $(FAULT_FLAGS)

# Each system call that docs/kernels.md names is missing once.
.PHONY: check-kernels
check-kernels: all
	$(srcdir)/tests/fault/sweep $(abs_builddir) --kernels $(srcdir)/docs/kernels.md
