// SPDX-License-Identifier: Apache-2.0
/* Resource limits. Runs in: supervisor (names, own limits) and init (setting). */
#include "sys/limit.h"

#include "base/parse.h"

#include <sys/resource.h>

static const struct {
	const char *name;
	int resource;
} names[] = {
	{ "as", RLIMIT_AS },
	{ "core", RLIMIT_CORE },
	{ "cpu", RLIMIT_CPU },
	{ "data", RLIMIT_DATA },
	{ "fsize", RLIMIT_FSIZE },
	{ "locks", RLIMIT_LOCKS },
	{ "memlock", RLIMIT_MEMLOCK },
	{ "msgqueue", RLIMIT_MSGQUEUE },
	{ "nice", RLIMIT_NICE },
	{ "nofile", RLIMIT_NOFILE },
	{ "nproc", RLIMIT_NPROC },
	{ "rss", RLIMIT_RSS },
	{ "rtprio", RLIMIT_RTPRIO },
	{ "rttime", RLIMIT_RTTIME },
	{ "sigpending", RLIMIT_SIGPENDING },
	{ "stack", RLIMIT_STACK },
};

#define NAMES (sizeof(names) / sizeof(names[0]))

int limit_resource(const char *name, size_t length)
{
	for (size_t i = 0; i < NAMES; i++)
		if (field_equals(name, length, names[i].name))
			return names[i].resource;
	return -1;
}

const char *limit_name(int resource)
{
	for (size_t i = 0; i < NAMES; i++)
		if (names[i].resource == resource)
			return names[i].name;
	return NULL;
}

int limit_get(int resource, struct limit *ret_limit)
{
	struct rlimit current;

	if (getrlimit((__rlimit_resource_t)resource, &current) < 0)
		return -1;
	*ret_limit = (struct limit){ resource, current.rlim_cur, current.rlim_max };
	return 0;
}

int limit_set(const struct limit *limit)
{
	struct rlimit wanted = { limit->soft, limit->hard };

	return setrlimit((__rlimit_resource_t)limit->resource, &wanted);
}
