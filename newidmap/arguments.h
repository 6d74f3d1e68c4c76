/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The argument vector of the id helper. Pure: looks at no descriptor and no process. Runs in: id
 * helper. Must never accept a number that another reader could understand differently.
 */
#ifndef NSRUN_NEWIDMAP_ARGUMENTS_H
#define NSRUN_NEWIDMAP_ARGUMENTS_H

#include "newidmap/policy.h"

#define NO_FD (-1)

/** enum role - Which of the three programs this is; fixed when it is built, never by argv[0] */
enum role {
	ROLE_BOTH, /* nsrun-newidmap [--report-fd=N] TARGET -u IN OUT COUNT... -g IN OUT COUNT... */
	ROLE_UID,  /* newuidmap TARGET IN OUT COUNT... */
	ROLE_GID,  /* newgidmap TARGET IN OUT COUNT... */
};

/** enum target_form - How the caller names the process whose namespace gets the maps */
enum target_form {
	TARGET_PID,   /* "1234" */
	TARGET_FD,    /* "fd:4": a descriptor of /proc/PID */
	TARGET_PIDFD, /* "pidfd:4": a descriptor from pidfd_open() or clone3() */
};

/** struct target_name - The target as it was written; @number is a pid or a descriptor */
struct target_name {
	enum target_form form;
	int number;
};

/**
 * struct arguments - The argument vector, understood
 * @report_fd: where the stable identifier of a refusal goes, or NO_FD; valid even after a failure
 * @target:    see struct target_name
 * @map:       by enum id_kind; one that the role does not write has no triples
 */
struct arguments {
	int report_fd;
	struct target_name target;
	struct id_map map[ID_KINDS];
};

/**
 * arguments_parse() - Understand an argument vector
 * @role: which grammar
 * @argc: as main() got it, at least 1
 *
 * Return: VERDICT_YES, or the refusal (usage, target-invalid, uid-number-invalid, ...).
 */
struct verdict arguments_parse(enum role role, int argc, char *const argv[],
			       struct arguments *ret_arguments);

#endif
