// SPDX-License-Identifier: Apache-2.0
/*
 * Reading seccomp profiles: what is refused, and with which words. What an accepted one means is
 * checked by tests/security/seccomp/table, against an interpreter of its own.
 */
#include "base/arena.h"
#include "config/seccomp_compile.h"

#include "tests/unit/check.h"

#include <linux/seccomp.h>

static struct arena arena = CHECK_ARENA;

#define RULE(rest) "{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"syscalls\":[{" rest "}]}"
#define READ	   "\"names\":[\"read\"]"
#define DENY	   "\"action\":\"SCMP_ACT_ERRNO\""

static int parse(const char *json, struct seccomp_profile **ret, struct error *err)
{
	CHECK_CASE(json);
	return seccomp_profile_parse(&arena, json, strlen(json), ret, err);
}

static void test_refusals(void)
{
	static const struct {
		const char *json;
		const char *id;
		const char *word; /* that the sentence names */
	} wrong[] = {
		{ "", "seccomp-profile", "line 1" },
		{ "[]", "seccomp-profile", "map" },
		{ "{}", "seccomp-profile", "defaultAction" },
		{ "{\"defaultAction\":\"ALLOW\"}", "seccomp-profile", "ALLOW" },
		{ "{\"defaultAction\":7}", "seccomp-profile", "defaultAction" },
		{ "{\"defaultAction\":\"SCMP_ACT_NOTIFY\"}", "seccomp-notify", "SCMP_ACT_NOTIFY" },
		{ "{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"listenerPath\":\"/x\"}",
		  "seccomp-notify", "listenerPath" },
		{ "{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"syscalls\":{}}", "seccomp-profile",
		  "syscalls" },
		{ "{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"flags\":[\"NEW\"]}", "seccomp-profile",
		  "NEW" },
		{ "{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"architectures\":[\"SCMP_ARCH_X86\"],"
		  "\"archMap\":[]}",
		  "seccomp-profile", "archMap" },
		{ "{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"defaultErrno\":\"ENOTHING\"}",
		  "seccomp-profile", "ENOTHING" },
		{ RULE("\"action\":\"SCMP_ACT_NOTIFY\"," READ), "seccomp-notify",
		  "SCMP_ACT_NOTIFY" },
		{ RULE(READ), "seccomp-profile", "action" },
		{ RULE(DENY), "seccomp-profile", "names" },
		{ RULE(DENY ",\"names\":[]"), "seccomp-profile", "names" },
		{ RULE(DENY ",\"names\":[1]"), "seccomp-profile", "names" },
		{ RULE(DENY ",\"names\":\"read\""), "seccomp-profile", "names" },
		{ RULE(DENY ",\"name\":\"read\"," READ), "seccomp-profile", "names" },
		{ RULE(DENY "," READ ",\"exclude\":{}"), "seccomp-profile", "exclude" },
		{ RULE(DENY "," READ ",\"excludes\":[]"), "seccomp-profile", "excludes" },
		{ RULE(DENY "," READ ",\"includes\":{\"cap\":[]}"), "seccomp-profile", "cap" },
		{ RULE(DENY "," READ ",\"includes\":{\"minKernel\":\"4\"}"), "seccomp-profile",
		  "4" },
		{ RULE(DENY "," READ ",\"includes\":{\"minKernel\":\"4.8.1\"}"), "seccomp-profile",
		  "4.8.1" },
		{ RULE(DENY "," READ ",\"errnoRet\":4096"), "seccomp-profile", "errnoRet" },
		{ RULE(DENY "," READ ",\"errnoRet\":-1"), "seccomp-profile", "errnoRet" },
		{ RULE(DENY "," READ ",\"errno\":\"4096\""), "seccomp-profile", "4096" },
		{ RULE(DENY "," READ ",\"args\":{}"), "seccomp-profile", "args" },
		{ RULE(DENY "," READ ",\"args\":[1]"), "seccomp-profile", "args" },
		{ RULE(DENY "," READ ",\"args\":[{\"index\":0,\"value\":0}]"), "seccomp-profile",
		  "comparison" },
		{ RULE(DENY "," READ ",\"args\":[{\"index\":6,\"value\":0,"
			    "\"op\":\"SCMP_CMP_EQ\"}]"),
		  "seccomp-profile", "index" },
		{ RULE(DENY "," READ ",\"args\":[{\"index\":0,\"value\":18446744073709551616,"
			    "\"op\":\"SCMP_CMP_EQ\"}]"),
		  "seccomp-profile", "value" },
		{ RULE(DENY "," READ ",\"args\":[{\"index\":0,\"valeu\":0,"
			    "\"op\":\"SCMP_CMP_EQ\"}]"),
		  "seccomp-profile", "valeu" },
	};
	struct seccomp_profile *profile;
	struct error err;

	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		if (CHECK_FAILS(parse(wrong[i].json, &profile, &err), &err, wrong[i].id))
			CHECK(strstr(err.text, wrong[i].word));
	}
}

static uint32_t action_of(const char *json)
{
	struct seccomp_profile *profile;
	struct error err;

	if (!CHECK_OK(parse(json, &profile, &err), &err))
		return 0;
	return profile->rules.v[0].action;
}

static void test_errnos(void)
{
	CHECK_UINT(action_of(RULE(DENY "," READ)), SECCOMP_RET_ERRNO | EPERM);
	CHECK_UINT(action_of(RULE(DENY "," READ ",\"errnoRet\":0")), SECCOMP_RET_ERRNO);
	CHECK_UINT(action_of(RULE(DENY "," READ ",\"errnoRet\":null")), SECCOMP_RET_ERRNO | EPERM);
	CHECK_UINT(action_of(RULE(DENY "," READ ",\"errno\":\"EXDEV\",\"errnoRet\":5")),
		   SECCOMP_RET_ERRNO | EXDEV);
	CHECK_UINT(action_of(RULE(DENY "," READ ",\"errno\":\"\",\"errnoRet\":5")),
		   SECCOMP_RET_ERRNO | 5);
	CHECK_UINT(action_of(RULE(DENY "," READ ",\"errno\":\"ENOTSUP\"")),
		   SECCOMP_RET_ERRNO | EOPNOTSUPP);
	CHECK_UINT(action_of(RULE("\"action\":\"SCMP_ACT_KILL\"," READ ",\"errnoRet\":5")),
		   SECCOMP_RET_KILL_THREAD);
	CHECK_UINT(action_of(RULE("\"action\":\"SCMP_ACT_TRACE\"," READ ",\"errnoRet\":5")),
		   SECCOMP_RET_TRACE | 5);
}

static int compile(const char *json, struct error *err)
{
	const struct filter_options options = { 0 };
	struct filter_program program;
	struct seccomp_profile *profile;

	CHECK_CASE(json);
	if (seccomp_profile_parse(&arena, json, strlen(json), &profile, err) < 0)
		return -1;
	return seccomp_compile(&arena, profile, 0, &options, &program, err);
}

/* A call to come may be left out of what is allowed, but not of what is denied. */
static void test_unknown_names(void)
{
	struct error err;

	CHECK_OK(compile("{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"syscalls\":[{\"names\":[\"new\"],"
			 "\"action\":\"SCMP_ACT_ALLOW\"}]}",
			 &err),
		 &err);
	CHECK_OK(compile("{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"syscalls\":[{\"names\":[\"new\"],"
			 "\"action\":\"SCMP_ACT_ERRNO\",\"errnoRet\":5}]}",
			 &err),
		 &err);
	CHECK_FAILS(compile("{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"syscalls\":[{\"names\":"
			    "[\"new\"],\"action\":\"SCMP_ACT_KILL\"}]}",
			    &err),
		    &err, "seccomp-unknown-syscall");
	CHECK_FAILS(compile(RULE(DENY ",\"names\":[\"raed\"]"), &err), &err,
		    "seccomp-unknown-syscall");
	CHECK_STR(err.arg, "raed");
	CHECK_OK(
		compile(RULE(DENY ",\"names\":[\"s390_runtime_instr\",\"mmap2\",\"mseal\"]"), &err),
		&err);
}

/* More rules than the kernel takes instructions. */
static void test_too_large(void)
{
	struct text text = { .arena = &arena };
	struct error err;

	text_add(&text, "{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"syscalls\":[");
	for (int i = 0; i < 2000; i++)
		text_add(&text,
			 "%s{\"names\":[\"read\"],\"action\":\"SCMP_ACT_ERRNO\",\"errnoRet\":%d,"
			 "\"args\":[{\"index\":0,\"value\":%d,\"op\":\"SCMP_CMP_GT\"}]}",
			 i ? "," : "", i, i);
	text_add(&text, "]}");
	CHECK_FAILS(compile(text.s, &err), &err, "seccomp-too-large");
}

int main(void)
{
	test_refusals();
	test_errnos();
	test_unknown_names();
	test_too_large();
	arena_free_all(&arena);
	return check_end();
}
