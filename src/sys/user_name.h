/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the host calls a user and a group: /etc/passwd and /etc/group, and what is not there is
 * asked of getent(1), which knows LDAP and SSSD, so that no NSS library is loaded into nsrun.
 * Runs in: supervisor.
 */
#ifndef NSRUN_SYS_USER_NAME_H
#define NSRUN_SYS_USER_NAME_H

#include "sys/account.h"

#include <stddef.h>
#include <stdint.h>

/** user_account_of() - The account of a uid; 0, or -1 when it has none. */
int user_account_of(uint32_t uid, struct account *ret_account);

/** user_name_of() - Login name of a uid; 0, or -1 when it has none. */
int user_name_of(uint32_t uid, char *ret_name, size_t size);

/** group_name_of() - Name of a gid; 0, or -1 when it has none. */
int group_name_of(uint32_t gid, char *ret_name, size_t size);

#endif
