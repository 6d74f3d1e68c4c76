/* SPDX-License-Identifier: Apache-2.0 */
/* The caller's login name, on the host. Runs in: supervisor. */
#ifndef NSRUN_SYS_USER_NAME_H
#define NSRUN_SYS_USER_NAME_H

#include <stddef.h>
#include <stdint.h>

/**
 * user_name_of() - Login name of a uid
 *
 * Reads /etc/passwd; a uid that is not there is asked of getent(1), which knows LDAP and SSSD, so
 * that no NSS library is loaded into nsrun.
 * Return: 0, or -1 when it has none.
 */
int user_name_of(uint32_t uid, char *ret_name, size_t size);

#endif
