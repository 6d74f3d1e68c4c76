// SPDX-License-Identifier: Apache-2.0
/*
 * Reduces the process to the caller plus one or two sleeping capabilities. Runs in: id helper,
 * before anything that the caller chose is looked at. The bounding set is left alone: it matters
 * to execve() only, which no_new_privs disarms and the filter (sandbox.c) forbids, and a process
 * with file capabilities may not change it.
 */
#include "newidmap/privilege.h"

#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#define BIT(capability) (UINT32_C(1) << (capability))

_Static_assert(CAP_SETGID < 32 && CAP_SETUID < 32 && CAP_SETFCAP < 32, "the low word holds them");

/* The high words and the inheritable set become empty, and with that the ambient set too. */
static bool set_capabilities(uint32_t permitted, uint32_t effective)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = {
		{ .permitted = permitted, .effective = effective },
	};

	return syscall(SYS_capset, &header, data) == 0;
}

static uint32_t permitted_capabilities(void)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = { { .permitted = 0 } };

	if (syscall(SYS_capget, &header, data) < 0)
		return 0;
	return data[0].permitted;
}

static uint32_t capabilities_of_kind(enum id_kind kind)
{
	return kind == ID_UID ? BIT(CAP_SETUID) | BIT(CAP_SETFCAP) : BIT(CAP_SETGID);
}

static uint32_t needed_capabilities(enum role role)
{
	switch (role) {
	case ROLE_BOTH:
		return BIT(CAP_SETUID) | BIT(CAP_SETGID);
	case ROLE_UID:
		return BIT(CAP_SETUID);
	case ROLE_GID:
		return BIT(CAP_SETGID);
	}
	return 0;
}

/*
 * The kernel asks who opens the map file, too: it must be the owner of the namespace, so the
 * effective uid must be the caller's. A setuid root program gets there with its capabilities kept.
 */
static bool become_caller(const struct id_caller *caller)
{
	return prctl(PR_SET_KEEPCAPS, 1L, 0L, 0L, 0L) == 0 &&
	       setresgid(caller->gid, caller->gid, caller->gid) == 0 &&
	       setresuid(caller->uid, caller->uid, caller->uid) == 0 &&
	       prctl(PR_SET_KEEPCAPS, 0L, 0L, 0L, 0L) == 0;
}

/* A change of ids sets dumpable to fs.suid_dumpable, which may be 1: so this comes after it. */
static bool harden(void)
{
	const struct rlimit none = { .rlim_cur = 0, .rlim_max = 0 };

	return prctl(PR_SET_DUMPABLE, 0L, 0L, 0L, 0L) == 0 &&
	       prctl(PR_SET_NO_NEW_PRIVS, 1L, 0L, 0L, 0L) == 0 &&
	       setrlimit(RLIMIT_CORE, &none) == 0;
}

enum refusal privilege_reduce(enum role role, const struct id_caller *caller,
			      struct privilege *ret_privilege)
{
	bool was_bound = prctl(PR_GET_NO_NEW_PRIVS, 0L, 0L, 0L, 0L) == 1;
	uint32_t needed = needed_capabilities(role);
	uint32_t wanted = needed;

	if (caller->uid == 0 && role != ROLE_GID)
		wanted |= BIT(CAP_SETFCAP);
	ret_privilege->permitted = permitted_capabilities() & wanted;
	if (!become_caller(caller) || !set_capabilities(ret_privilege->permitted, 0) || !harden()) {
		set_capabilities(0, 0);
		ret_privilege->permitted = 0;
		return REFUSAL_NO_PRIVILEGE;
	}
	if ((ret_privilege->permitted & needed) == needed)
		return REFUSAL_NONE;
	return was_bound ? REFUSAL_NO_NEW_PRIVS : REFUSAL_NO_PRIVILEGE;
}

bool privilege_wake(const struct privilege *privilege, enum id_kind kind)
{
	return set_capabilities(privilege->permitted,
				privilege->permitted & capabilities_of_kind(kind));
}

bool privilege_drop(struct privilege *privilege, enum id_kind kind)
{
	privilege->permitted &= ~capabilities_of_kind(kind);
	return set_capabilities(privilege->permitted, 0);
}
