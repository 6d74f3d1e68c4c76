# SPDX-License-Identifier: Apache-2.0
# What the tests execute, and which errors they do not provoke: writes docs/coverage.md. Needs root.
EXTRA_DIST += docs/coverage.md tests/coverage/counters.c tests/coverage/report tests/coverage/run

.PHONY: coverage
coverage:
	$(srcdir)/tests/lib/setup packages coverage
	$(srcdir)/tests/coverage/run $(COVERAGE_FLAGS) $(abs_builddir)/tests/coverage/build \
		$(srcdir)/docs/coverage.md
