// SPDX-License-Identifier: Apache-2.0
/*
 * Linked into a build that counts what is executed (tests/coverage/run). Defining this variable
 * keeps clang's own start of its counters out: it would make its directories and its file wherever
 * it runs, and the pid 1 of --init is nsrun executed anew in a container. There nothing is counted.
 */
#include <unistd.h>

/* the names are clang's */
extern int __llvm_profile_runtime;    /* NOLINT(bugprone-reserved-identifier) */
void __llvm_profile_initialize(void); /* NOLINT(bugprone-reserved-identifier) */

int __llvm_profile_runtime;

__attribute__((constructor)) static void start_counting(void)
{
	if (access(COUNTS_DIRECTORY, W_OK) == 0)
		__llvm_profile_initialize();
}
