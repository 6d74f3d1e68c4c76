# SPDX-License-Identifier: Apache-2.0
lint_tests = tests/lint/layers tests/lint/forbidden tests/lint/self-test
TESTS += $(lint_tests)
EXTRA_DIST += $(lint_tests) tests/lint/csource.py tests/lint/forbidden.allow
