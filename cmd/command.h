/* SPDX-License-Identifier: Apache-2.0 */
/* The subcommands: each takes its own arguments (without its name) and returns an exit status. */
#ifndef NSRUN_CMD_COMMAND_H
#define NSRUN_CMD_COMMAND_H

#include "nsrun/box.h"
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
int command_parse(const struct command *command, struct request *request, const char *const *argv);

/**
 * command_parse_names() - The same where operands are names, and options may follow them
 * @request:   its spec need not be initialised
 * @ret_names: receives the operands and a NULL
 */
int command_parse_names(const struct command *command, struct request *request,
			const char *const *argv, struct arena *arena, const char ***ret_names);

/** command_parse_one() - The same where one container is needed, which is found, too. */
int command_parse_one(const struct command *command, struct request *request,
		      const char *const *argv, struct arena *arena, struct container **ret);

/** command_misused() - Say that a command line makes no sense; returns the exit status. */
int command_misused(const struct command *command, const char *why);

/** command_array() - Zeroed room that stays. */
void *command_array(size_t n, size_t size);

/** command_names() - Room for the operands among these arguments. */
const char **command_names(const char *const *argv);

/** command_fail() - Report an error; returns its exit status. */
int command_fail(const struct error *err);

/** command_launch() - Tell notices, launch, report a failure; returns the exit status. */
int command_launch(struct spec *spec);

/**
 * command_restore_spec() - The spec of a container that is kept, from the words it was made with
 *
 * Stays in the directory in which it was made, for paths that are relative to it.
 * Return: 0, or -1 with @err.
 */
int command_restore_spec(struct container *container, struct request *request, struct error *err);

/**
 * command_plan_again() - Plan a container that is kept, from the words it was made with
 * @spec:  initialised; what is not in these words may be set before
 * @adapt: changes the spec before it is planned; or NULL
 *
 * Stays in the directory in which it was made, too.
 * Return: 0 with @ret, or -1 with @err.
 */
int command_plan_again(struct container *container, struct spec *spec,
		       void (*adapt)(struct spec *spec), struct plan **ret, struct error *err);

/** command_go_back() - To a directory that was open; @result, or -1 with @err where that fails. */
int command_go_back(int take_directory, int result, struct error *err);

/** command_attach() - Attach, and tell how it went; returns the exit status. */
int command_attach(struct container *container, int attached, const struct attach_options *options);

/** command_pager_reads() - Whether a pager behind standard output wants the terminal's keys. */
bool command_pager_reads(void);

/**
 * command_for_each() - Do something to containers that were named, or to all
 * @names: ends in NULL
 * @apply: returns 0, or -1 with @err; what it did is printed as the name that was given
 *
 * Goes on after a failure. Return: exit status: 0, or 125 when one failed.
 */
int command_for_each(const struct command *command, const struct request *request,
		     const char *const *names, struct arena *arena,
		     int (*apply)(const struct request *request, struct container *container,
				  struct error *err));

/** command_apply() - The whole of a subcommand that does one thing to each: parse, then for each.
 */
int command_apply(const struct command *command, const char *const *argv, struct arena *arena,
		  int (*apply)(const struct request *request, struct container *container,
			       struct error *err));

int command_run(const struct command *command, const char *const *argv, struct arena *arena);
int command_plan(const struct command *command, const char *const *argv, struct arena *arena);
int command_unshare(const struct command *command, const char *const *argv, struct arena *arena);
int command_create(const struct command *command, const char *const *argv, struct arena *arena);
int command_start(const struct command *command, const char *const *argv, struct arena *arena);
int command_restart(const struct command *command, const char *const *argv, struct arena *arena);
int command_exec(const struct command *command, const char *const *argv, struct arena *arena);
int command_attach_to(const struct command *command, const char *const *argv, struct arena *arena);
int command_ps(const struct command *command, const char *const *argv, struct arena *arena);
int command_stop(const struct command *command, const char *const *argv, struct arena *arena);
int command_kill(const struct command *command, const char *const *argv, struct arena *arena);
int command_rm(const struct command *command, const char *const *argv, struct arena *arena);
int command_wait(const struct command *command, const char *const *argv, struct arena *arena);
int command_pause(const struct command *command, const char *const *argv, struct arena *arena);
int command_unpause(const struct command *command, const char *const *argv, struct arena *arena);
int command_cp(const struct command *command, const char *const *argv, struct arena *arena);
int command_box(const struct command *command, const char *const *argv, struct arena *arena);
int command_logs(const struct command *command, const char *const *argv, struct arena *arena);
int command_inspect(const struct command *command, const char *const *argv, struct arena *arena);
int command_top(const struct command *command, const char *const *argv, struct arena *arena);
int command_stats(const struct command *command, const char *const *argv, struct arena *arena);
int command_port(const struct command *command, const char *const *argv, struct arena *arena);
int command_prune(const struct command *command, const char *const *argv, struct arena *arena);
int command_network(const struct command *command, const char *const *argv, struct arena *arena);
int command_rename(const struct command *command, const char *const *argv, struct arena *arena);

#endif
