/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The one table of options. The parser, --help, the man pages' lists and the bash completion all
 * come from it.
 */
#ifndef NSRUN_CMD_OPTIONS_H
#define NSRUN_CMD_OPTIONS_H

#include "nsrun/nsrun.h"

/** Which subcommands an option belongs to. */
enum option_scope {
	SCOPE_RUN = 1,
	SCOPE_PLAN = 2,
	SCOPE_UNSHARE = 4,
};

/** struct request - What a command line asks for: a spec, and what is about the printing only */
struct request {
	struct spec *spec;
	enum plan_format format;
	bool help;
};

/**
 * struct option - A row of the table
 * @name:     long name without the dashes
 * @letter:   short name, or 0
 * @argument: how the help calls the argument; NULL for a switch, which takes "=true|false"
 * @scope:    or-ed option_scope
 * @group:    heading of the help
 * @help:     one line
 * @set:      takes the argument's text ("true" or "false" for a switch)
 */
struct option {
	const char *name;
	char letter;
	const char *argument;
	unsigned scope;
	const char *group;
	const char *help;
	int (*set)(struct request *request, const char *text, struct error *err);
};

/** options_table() - All rows, in the order of the help; ends with a NULL name. */
const struct option *options_table(void);

/**
 * options_parse() - Read the options in front of the first operand
 * @argv:  arguments; [0] is the first one to read
 * @ret_used: how many were options
 *
 * Return: 0, or -1 with @err (id "usage").
 */
int options_parse(struct request *request, enum option_scope scope, const char *const *argv,
		  size_t *ret_used, struct error *err);

#endif
