/* SPDX-License-Identifier: Apache-2.0 */
/* What the user reads: errors with what to type, notices, help. */
#ifndef NSRUN_CMD_REPORT_H
#define NSRUN_CMD_REPORT_H

#include "options.h"

/** report_error() - One line that says what failed, and one that says what to type. */
void report_error(const struct error *error);

/** report_notice() - An nsrun_notice: one line about a weaker way; @arg is the spec. */
void report_notice(const struct error *notice, void *arg);

/** report_output() - A text to standard output; on a terminal without what could steer it. */
int report_output(const char *text);

/** report_help() - The options of a subcommand. */
void report_help(enum option_scope scope, const char *usage);

#endif
