/* SPDX-License-Identifier: Apache-2.0 */
/* The subcommands: each takes its own arguments (without its name) and returns an exit status. */
#ifndef NSRUN_CMD_COMMAND_H
#define NSRUN_CMD_COMMAND_H

#include "options.h"

/** struct command - A row of the table of subcommands */
struct command {
	const char *name;
	enum option_scope scope;
	const char *usage;
	const char *help;
	int (*run)(const struct command *command, const char *const *argv, struct arena *arena);
};

/** command_parse() - Fill a request from argv, print the help if asked for
 *
 * Return: -1 to go on, else the exit status to end with.
 */
int command_parse(const struct command *command, struct request *request,
		  const char *const *argv);

/** command_launch() - Tell notices, launch, report a failure; returns the exit status. */
int command_launch(const struct spec *spec);

int command_run(const struct command *command, const char *const *argv, struct arena *arena);
int command_plan(const struct command *command, const char *const *argv, struct arena *arena);
int command_unshare(const struct command *command, const char *const *argv, struct arena *arena);

#endif
