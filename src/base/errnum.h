/* SPDX-License-Identifier: Apache-2.0 */
/* What an errno says. Runs in every process. */
#ifndef NSRUN_BASE_ERRNUM_H
#define NSRUN_BASE_ERRNUM_H

#include <errno.h>
#include <stdbool.h>

/**
 * errnum_is_shortage() - Whether something ran out or broke, rather than being absent or forbidden
 *
 * What is optional may be left out where it does not exist or is not allowed, since that is how
 * this machine is. What fails for want of memory, descriptors or a working disk would be there on
 * the next try: going on without it would be a weaker container by chance.
 */
static inline bool errnum_is_shortage(int errnum)
{
	switch (errnum) {
	case ENOMEM:
	case ENFILE:
	case EMFILE:
	case ENOSPC:
	case EDQUOT:
	case EIO:
	case EINTR:
	case EAGAIN:
		return true;
	default:
		return false;
	}
}

#endif
