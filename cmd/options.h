/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The one table of options. The parser, --help, the man pages' lists and the bash completion all
 * come from it.
 */
#ifndef NSRUN_CMD_OPTIONS_H
#define NSRUN_CMD_OPTIONS_H

#include "nsrun/container.h"

/** Which subcommands an option belongs to. */
enum option_scope {
	SCOPE_RUN = 1 << 0,
	SCOPE_PLAN = 1 << 1,
	SCOPE_UNSHARE = 1 << 2,
	SCOPE_CREATE = 1 << 3,
	SCOPE_START = 1 << 4,
	SCOPE_EXEC = 1 << 5,
	SCOPE_ATTACH = 1 << 6,
	SCOPE_PS = 1 << 7,
	SCOPE_STOP = 1 << 8, /* and restart */
	SCOPE_KILL = 1 << 9,
	SCOPE_RM = 1 << 10,
	SCOPE_WAIT = 1 << 11,
	SCOPE_RENAME = 1 << 12,
	SCOPE_CP = 1 << 13,
	SCOPE_PAUSE = 1 << 14, /* and unpause */
	SCOPE_NETWORK = 1 << 15,
	SCOPE_BOX = 1 << 16,
	SCOPE_LOGS = 1 << 17,
	SCOPE_INSPECT = 1 << 18,
	SCOPE_TOP = 1 << 19,
	SCOPE_STATS = 1 << 20,
	SCOPE_PORT = 1 << 21,
	SCOPE_PRUNE = 1 << 22,
};

#define FILTERS_MAX 32

enum list_format {
	LIST_TABLE,
	LIST_JSON,
	LIST_LINES, /* one for each, from a template */
};

#define STATS_INTERVAL_DEFAULT_S 5

/** struct verb - What the subcommands about containers that exist take beside names */
struct verb {
	bool all;
	bool force;
	bool attach;
	bool no_input;
	bool ignore;
	bool no_trunc;
	bool list;
	bool remove;
	bool follow;
	bool timestamps;
	bool no_stream;
	bool internal;
	bool ipv6; /* which every network has */
	enum list_format format;
	const char *template; /* NULL: none */
	uint64_t tail;	      /* lines; UINT64_MAX: all */
	uint64_t since_ns;
	uint64_t until_ns; /* UINT64_MAX: no end */
	uint32_t interval_s;
	uint32_t timeout_s; /* UINT32_MAX: the container's own */
	const char *signal;
	const char *subnet;
	const char *filters[FILTERS_MAX];
	size_t n_filters;
};

/** struct request - What a command line asks for: a spec, and what is about the printing only */
struct request {
	struct spec *spec;
	struct verb verb;
	enum plan_format format;
	bool help;
	bool restored; /* words of another day: files that were read then are not read again */
	bool names_unprinted; /* what a subcommand prints is something else */
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

/** struct scope_name - A subcommand's name and its options' scope */
struct scope_name {
	const char *name;
	enum option_scope scope;
};

/** options_scopes() - The subcommands that have options; ends with a NULL name. */
const struct scope_name *options_scopes(void);

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
