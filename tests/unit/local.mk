# SPDX-License-Identifier: Apache-2.0
# Pure code, tested without any privilege. Included by the top Makefile.am.
