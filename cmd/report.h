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
void report_help(unsigned scope, const char *usage);

/** report_line() - One line on standard output, at once. */
void report_line(const char *text);

/** report_lost() - Output of a container that this nsrun was too slow for. */
void report_lost(uint64_t bytes);

/** report_escape() - A copy in which nothing can steer a terminal; NULL when memory is short. */
char *report_escape(const char *text);

#endif
