// SPDX-License-Identifier: Apache-2.0
/* The names of resource limits, there and back. */
#include "sys/limit.h"

#include "tests/unit/check.h"

#include <sys/resource.h>

int main(void)
{
	static const struct {
		const char *name;
		int resource;
	} names[] = {
		{ "as", RLIMIT_AS },	       { "core", RLIMIT_CORE },
		{ "cpu", RLIMIT_CPU },	       { "data", RLIMIT_DATA },
		{ "fsize", RLIMIT_FSIZE },     { "locks", RLIMIT_LOCKS },
		{ "memlock", RLIMIT_MEMLOCK }, { "msgqueue", RLIMIT_MSGQUEUE },
		{ "nice", RLIMIT_NICE },       { "nofile", RLIMIT_NOFILE },
		{ "nproc", RLIMIT_NPROC },     { "rss", RLIMIT_RSS },
		{ "rtprio", RLIMIT_RTPRIO },   { "rttime", RLIMIT_RTTIME },
		{ "stack", RLIMIT_STACK },     { "sigpending", RLIMIT_SIGPENDING },
	};
	static const char *const wrong[] = {
		"", "NOFILE", "nofil", "nofiles", "RLIMIT_NOFILE", "7"
	};
	bool seen[RLIM_NLIMITS] = { false };
	struct limit limit;

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		CHECK_CASE(names[i].name);
		CHECK_INT(limit_resource(names[i].name, strlen(names[i].name)), names[i].resource);
		CHECK_STR(limit_name(names[i].resource), names[i].name);
		seen[names[i].resource] = true;
	}
	CHECK_CASE("every limit of the kernel has a name");
	for (int i = 0; i < RLIM_NLIMITS; i++)
		CHECK(seen[i]);
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		CHECK_CASE(wrong[i]);
		CHECK_INT(limit_resource(wrong[i], strlen(wrong[i])), -1);
	}
	CHECK_CASE("no such limit");
	CHECK_STR(limit_name(-1), NULL);
	CHECK_STR(limit_name(RLIM_NLIMITS), NULL);
	CHECK_INT(limit_get(RLIM_NLIMITS, &limit), -1);
	CHECK_CASE("the own limit");
	CHECK_INT(limit_get(RLIMIT_NOFILE, &limit), 0);
	CHECK(limit.resource == RLIMIT_NOFILE && limit.soft <= limit.hard);
	CHECK_INT(limit_set(&limit), 0);
	return check_end();
}
