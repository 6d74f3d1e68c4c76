/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the administrator wrote down: who the caller is and which ids he owns. Reads /etc/passwd,
 * /etc/nsswitch.conf, /etc/subuid and /etc/subgid and no other file. Runs in: id helper, with its
 * privilege asleep. Must never load code to answer (NSS) nor trust a file that others can write.
 */
#ifndef NSRUN_NEWIDMAP_DATABASE_H
#define NSRUN_NEWIDMAP_DATABASE_H

#include "newidmap/policy.h"
#include "newidmap/records.h"

/**
 * database_find_account() - The caller's entry of /etc/passwd
 *
 * As shadow does, refuses a caller without an entry, and one whose real gid is not the entry's:
 * who changed his group may have done so to lose rights that his own group has.
 */
struct verdict database_find_account(const struct id_caller *caller, struct account *ret_account);

/** database_check_sources() - Refuse when nsswitch.conf takes subid from elsewhere than files. */
struct verdict database_check_sources(void);

/** database_read_ranges() - The account's ranges from /etc/subuid or /etc/subgid. */
struct verdict database_read_ranges(enum id_kind kind, const struct account *account,
				    struct id_ranges *ret_ranges);

#endif
