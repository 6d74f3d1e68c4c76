# SPDX-License-Identifier: Apache-2.0
# Static analysis: gcc -fanalyzer, clang-tidy, scan-build, cppcheck. Minutes; not part of "make check".
EXTRA_DIST += .clang-tidy tests/analyze/run tests/analyze/valgrind

.PHONY: analyze check-valgrind
analyze:
	$(srcdir)/tests/analyze/run $(abs_builddir)/tests/analyze/build $(ANALYZE)
check-valgrind:
	$(srcdir)/tests/analyze/valgrind $(abs_builddir)/tests/analyze/valgrind-build
