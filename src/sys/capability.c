// SPDX-License-Identifier: Apache-2.0
/* Capability sets. The only file that knows libcap. Runs in: supervisor and init. */
#include "sys/capability.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <linux/capability.h>
#include <sys/capability.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

const uint64_t CAPABILITIES_DEFAULT =
	CAPABILITY(CAP_CHOWN) | CAPABILITY(CAP_DAC_OVERRIDE) | CAPABILITY(CAP_FOWNER) |
	CAPABILITY(CAP_FSETID) | CAPABILITY(CAP_KILL) | CAPABILITY(CAP_NET_BIND_SERVICE) |
	CAPABILITY(CAP_SETFCAP) | CAPABILITY(CAP_SETGID) | CAPABILITY(CAP_SETPCAP) |
	CAPABILITY(CAP_SETUID) | CAPABILITY(CAP_SYS_CHROOT);

int capability_last(void)
{
	static int last = -1;

	/* one prctl(2) per probe instead of a file: Linux has 40 and more since 5.9. EINVAL alone
	 * means that there is no such capability; any other error must not make one look absent */
	if (last < 0)
		for (last = CAP_LAST_CAP; last < 63; last++)
			if (prctl(PR_CAPBSET_READ, last + 1, 0, 0, 0) < 0 && errno == EINVAL)
				break;
	while (last > 0 && prctl(PR_CAPBSET_READ, last, 0, 0, 0) < 0 && errno == EINVAL)
		last--;
	return last;
}

uint64_t capability_all(void)
{
	return (CAPABILITY(capability_last()) << 1) - 1;
}

const char *capability_name(int capability, char buffer[32])
{
	char *name = cap_to_name(capability); /* allocates: supervisor only */

	snprintf(buffer, 32, "CAP_%d", capability);
	if (name && strncmp(name, "cap_", 4) == 0) {
		snprintf(buffer, 32, "%s", name);
		for (char *at = buffer; *at; at++)
			if (*at >= 'a' && *at <= 'z')
				*at = (char)(*at - 0x20);
	}
	cap_free(name);
	return buffer;
}

uint64_t capability_parse(const char *name)
{
	char full[40];
	cap_value_t value;

	if (strcasecmp(name, "ALL") == 0)
		return ~(uint64_t)0;
	if (snprintf(full, sizeof(full), "%s%s", strncasecmp(name, "cap_", 4) == 0 ? "" : "cap_",
		     name) >= (int)sizeof(full) ||
	    cap_from_name(full, &value) < 0 || value > 63)
		return 0;
	return CAPABILITY(value);
}

static int get_sets(struct __user_cap_data_struct data[2])
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };

	return (int)syscall(SYS_capget, &header, data);
}

bool capability_have(uint64_t mask)
{
	struct __user_cap_data_struct data[2] = { 0 };

	if (get_sets(data) < 0)
		return false;
	return (((uint64_t)data[1].effective << 32 | data[0].effective) & mask) == mask;
}

int capability_drop_bounding(uint64_t keep, struct error *err)
{
	int last = capability_last();

	if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) < 0)
		return error_set(err, "capabilities", errno, "cannot clear the ambient set");
	for (int i = 0; i <= last; i++)
		if (!(keep & CAPABILITY(i)) && prctl(PR_CAPBSET_DROP, i, 0, 0, 0) < 0)
			return error_set(err, "capabilities", errno,
					 "cannot drop capability %d from the bounding set", i);
	return 0;
}

int capability_set(const struct capability_sets *sets, struct error *err)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2];

	for (int i = 0; i < 2; i++)
		data[i] = (struct __user_cap_data_struct){
			.effective = (uint32_t)(sets->effective >> (32 * i)),
			.permitted = (uint32_t)(sets->permitted >> (32 * i)),
			.inheritable = (uint32_t)(sets->ambient >> (32 * i)),
		};
	if (syscall(SYS_capset, &header, data) < 0)
		return error_set(err, "capabilities", errno, "cannot set the capabilities");
	for (int i = 0; sets->ambient >> i; i++)
		if (sets->ambient & CAPABILITY(i) &&
		    prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, i, 0, 0) < 0)
			return error_set(err, "capabilities", errno,
					 "cannot make capability %d ambient", i);
	return 0;
}
