/* SPDX-License-Identifier: Apache-2.0 */
/*
 * System call filters (seccomp(2)): rules by name become a program for the kernel, and the program
 * is loaded. Making one runs in the supervisor, or when nsrun is built; loading one runs in init.
 *
 * Of a call's rules without conditions the first decides, as in every runtime that takes docker's
 * profiles. A rule with conditions overrules it where it matches and is stricter, which makes a
 * difference to those runtimes, where it is silently lost. Of several such rules the strictest
 * decides, then the first. Where no rule matches, the default action does.
 */
#ifndef NSRUN_SYS_FILTER_H
#define NSRUN_SYS_FILTER_H

#include "nsrun/error.h"
#include "nsrun/types.h"

enum filter_operator {
	FILTER_NE,
	FILTER_LT,
	FILTER_LE,
	FILTER_EQ,
	FILTER_GE,
	FILTER_GT,
	FILTER_MASKED_EQ,
};

/**
 * struct filter_condition - A comparison of one argument, all 64 bits of it
 * @index:     which argument, from 0 to 5
 * @value:     what it is compared with; MASKED_EQ: the mask
 * @value_two: MASKED_EQ: what is left when the mask is applied; bits outside the mask do not count
 */
struct filter_condition {
	uint32_t index;
	enum filter_operator op;
	uint64_t value;
	uint64_t value_two;
};

/**
 * struct filter_rule - What happens to a system call when all conditions hold
 * @name:       of the call; a name that an architecture does not have is no rule there
 * @action:     SECCOMP_RET_*, with the errno
 * @conditions: borrowed from whoever made the rule
 */
struct filter_rule {
	const char *name;
	uint32_t action;
	const struct filter_condition *conditions;
	size_t n_conditions;
};

/**
 * struct filter_source - What a program is made from
 * @default_action: for calls that no rule matches
 * @architectures:  ABIs beside the native one ("SCMP_ARCH_X86"); one that this machine's native
 *                  architecture cannot run is left out
 *
 * A call of any other ABI kills the process.
 */
struct filter_source {
	uint32_t default_action;
	nsrun_strings architectures;
	NSRUN_ARRAY(struct filter_rule) rules;
};

/**
 * struct filter_program - What the kernel takes
 * @bytes: struct sock_filter[]
 * @count: how many
 * @flags: SECCOMP_FILTER_FLAG_*
 */
struct filter_program {
	const void *bytes;
	size_t count;
	uint32_t flags;
};

/** filter_architecture() - The native architecture as "SCMP_ARCH_X86_64". */
const char *filter_architecture(void);

/** filter_go_architecture() - The same in the words of docker's conditions: "amd64". */
const char *filter_go_architecture(void);

/** filter_compat_architecture() - The native architecture's 32-bit ABI, or NULL. */
const char *filter_compat_architecture(void);

/** filter_library_version() - libseccomp's, which decides which names are known. */
const char *filter_library_version(void);

/** filter_knows_syscall() - Whether a name is that of a system call on any architecture. */
bool filter_knows_syscall(const char *name);

/** filter_strictness() - How strict an action is: smaller is stricter, as the kernel has it. */
int32_t filter_strictness(uint32_t action);

/**
 * filter_compile() - Make a program
 *
 * Return: 0 and the program in @arena, or -1 with @err (id "seccomp-too-large").
 */
int filter_compile(struct arena *arena, const struct filter_source *source,
		   struct filter_program *ret, struct error *err);

/**
 * filter_load() - Filter the calling thread and all that it starts, for ever
 *
 * Runs in:  init, last before execve. Does not allocate.
 * Needs:    no_new_privs, or CAP_SYS_ADMIN in the user namespace.
 * Must not: be followed by anything that the program refuses.
 * Return:   0, or -1 with @err (id "seccomp-load").
 */
int filter_load(const struct filter_program *program, struct error *err);

#endif
