/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Capability sets as bit masks, bit n for capability n (capabilities(7)). Runs in: supervisor
 * (names) and init (dropping); nothing here allocates when it drops.
 */
#ifndef NSRUN_SYS_CAPABILITY_H
#define NSRUN_SYS_CAPABILITY_H

#include "nsrun/error.h"

#include <stdbool.h>
#include <stdint.h>

/** struct capability_sets - What a process is to have; inheritable is always empty */
struct capability_sets {
	uint64_t bounding;
	uint64_t permitted;
	uint64_t effective;
	uint64_t ambient;
};

/** CAPABILITIES_DEFAULT - podman's eleven. */
extern const uint64_t CAPABILITIES_DEFAULT;

/** capability_last() - Highest capability that the running kernel knows. */
int capability_last(void);

/** capability_all() - Every capability that the running kernel knows. */
uint64_t capability_all(void);

/** capability_name() - "CAP_CHOWN" for 0, written into @buffer of 32 bytes. */
const char *capability_name(int capability, char buffer[32]);

/** capability_parse() - The bit of "CHOWN", "cap_chown" or "CAP_CHOWN"; every one for "ALL"; 0 for
 *  no capability. */
uint64_t capability_parse(const char *name);

/** capability_have() - Whether the calling thread has all of @mask in its effective set. */
bool capability_have(uint64_t mask);

/** CAPABILITY - The bit of a CAP_* number. */
#define CAPABILITY(n) ((uint64_t)1 << (n))

/**
 * capability_drop_bounding() - Leave only @keep in the bounding set, nothing ambient or inheritable
 *
 * Runs in: init. Needs: CAP_SETPCAP.
 * Return:  0, or -1 with @err (id "capabilities").
 */
int capability_drop_bounding(uint64_t keep, struct error *err);

/**
 * capability_set() - Set permitted, effective and ambient; inheritable only as ambient needs it
 *
 * Runs in: init, after the last change of ids.
 * Return:  0, or -1 with @err (id "capabilities").
 */
int capability_set(const struct capability_sets *sets, struct error *err);

#endif
