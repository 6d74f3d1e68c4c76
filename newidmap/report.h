/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Saying why not. Runs in: id helper, with its privilege asleep or gone. Must never repeat what
 * the caller gave, nor say anything that is not in refusal.h: there is nothing to inject into a
 * terminal or a log, and nothing to learn about others.
 */
#ifndef NSRUN_NEWIDMAP_REPORT_H
#define NSRUN_NEWIDMAP_REPORT_H

#include "newidmap/arguments.h"

/**
 * report_refusal() - One sentence to stderr, and one line to the report descriptor
 * @report_fd: NO_FD, or gets "uid-range-not-owned 1\n": the identifier and, where it is about one
 *             triple, which one of its map, counted from 0
 *
 * What cannot be written is lost: the exit status says enough.
 */
void report_refusal(enum role role, const struct verdict *verdict, int report_fd);

#endif
