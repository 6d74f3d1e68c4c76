/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The one error type of nsrun: a plain value, owned by the caller, small enough to cross the
 * channel between init and the supervisor in one datagram.
 */
#ifndef NSRUN_ERROR_H
#define NSRUN_ERROR_H

/** Exit statuses that nsrun itself gives, as docker and podman do. */
enum nsrun_exit {
	NSRUN_EXIT_FAILED = 125,         /* nsrun itself failed */
	NSRUN_EXIT_NOT_EXECUTABLE = 126, /* the command was found and cannot be executed */
	NSRUN_EXIT_NOT_FOUND = 127,      /* the command was not found */
};

/**
 * struct error - What failed, on which object, and why
 * @errnum: errno at the failure, or 0 when there is none
 * @status: exit status that this failure asks for (enum nsrun_exit)
 * @id:     stable identifier such as "idmap-no-subids"; advice is looked up by it
 * @arg:    what the advice for @id needs (a range, a path), or ""
 * @text:   one sentence without a final full stop; names the object in quotes
 */
struct error {
	int errnum;
	int status;
	char id[40];
	char arg[160];
	char text[512];
};

/**
 * error_set() - Fill an error and say so in the return value
 * @err:    the error to fill
 * @id:     stable identifier (kebab-case)
 * @errnum: errno value, or 0
 *
 * Runs in: any process. Does not allocate; safe after clone3.
 * Return:  always -1, so that a function can "return error_set(...)".
 */
int error_set(struct error *err, const char *id, int errnum, const char *format, ...)
	__attribute__((format(printf, 4, 5), cold));

/** error_end_texts() - End every text where it must: what comes from another process may not. */
void error_end_texts(struct error *err);

/** error_set_arg() - Add what the advice needs; returns -1 like error_set(). */
int error_set_arg(struct error *err, const char *format, ...)
	__attribute__((format(printf, 2, 3), cold));

/** error_set_status() - Ask for another exit status than 125; returns -1 like error_set(). */
int error_set_status(struct error *err, int status);

#endif
