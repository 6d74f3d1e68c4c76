// SPDX-License-Identifier: Apache-2.0
/* --cap-add, --cap-drop and --security-opt: what they accept, and what they refuse. */
#include "nsrun/spec.h"

#include "tests/unit/check.h"

#include <linux/capability.h>

static struct arena arena = { .on_exhausted = check_exhausted };

static struct spec new_spec(void)
{
	struct spec spec;

	spec_init(&spec, &arena, ACTION_RUN);
	return spec;
}

static struct spec accepted(const char *text)
{
	struct spec spec = new_spec();
	struct error err;

	CHECK_CASE(text);
	CHECK_OK(spec_add_security_opt(&spec, text, &err), &err);
	return spec;
}

static void test_capabilities(void)
{
	static const char *const unknown[] = { "NET_ADMIN,", "FLY", "NET_ADMIN,FLY" };
	struct spec spec = new_spec();
	struct error err;

	CHECK_OK(spec_add_capability(&spec, "net_admin,CAP_SYS_TIME", &err), &err);
	CHECK_UINT(spec.cap_add, 1ULL << CAP_NET_ADMIN | 1ULL << CAP_SYS_TIME);
	CHECK_OK(spec_drop_capability(&spec, "CHOWN", &err), &err);
	CHECK_UINT(spec.cap_drop, 1ULL << CAP_CHOWN);
	CHECK_FAILS(spec_add_capability(&spec, "", &err), &err, "usage");
	CHECK_FAILS(spec_drop_capability(&spec, "NET_ADMIN,,CHOWN", &err), &err, "usage");
	CHECK_STR(err.text, "--cap-drop takes the name of a capability");
	CHECK_FAILS(spec_add_capability(&spec, unknown[0], &err), &err, "usage");
	for (size_t i = 1; i < ARRAY_SIZE(unknown); i++) {
		CHECK_CASE(unknown[i]);
		CHECK_FAILS(spec_add_capability(&spec, unknown[i], &err), &err,
			    "capability-unknown");
	}
}

static void test_good(void)
{
	CHECK(accepted("no-new-privileges").no_new_privs);
	CHECK(accepted("no-new-privileges:true").no_new_privs);
	CHECK(!accepted("no-new-privileges=false").no_new_privs);
	CHECK_INT(accepted("seccomp=unconfined").seccomp, SECCOMP_UNCONFINED);
	CHECK_STR(accepted("seccomp=/etc/profile.json").seccomp_file, "/etc/profile.json");
	CHECK_STR(accepted("mask=/a/../b").masks.v[0], "/b");
	CHECK_STR(accepted("mask=/a:/b").masks.v[1], "/b");
	CHECK_STR(accepted("unmask=ALL").unmasks.v[0], "ALL");
	CHECK_STR(accepted("apparmor=profile").apparmor, "profile");
	accepted("label=disable");
	accepted("label:nested");
	CHECK(accepted("nested").nested);
	CHECK(!accepted("nested=false").nested);

	struct spec spec = accepted("landlock=ro:/etc/../usr,rw:/tmp");

	CHECK_UINT(spec.landlock.n, 2);
	CHECK_STR(spec.landlock.v[0].path, "/usr");
	CHECK(!spec.landlock.v[0].writable);
	CHECK(spec.landlock.v[1].writable);
}

static void test_bad(void)
{
	static const struct {
		const char *text, *id;
	} cases[] = {
		{ "", "usage" },
		{ "privileged", "usage" },
		{ "no-new-privileges=maybe", "usage" },
		{ "seccomp", "usage" },
		{ "seccomp=", "usage" },
		{ "mask", "usage" },
		{ "unmask=", "usage" },
		{ "mask=ALL", "usage" },
		{ "mask=proc/kcore", "usage" },
		{ "unmask=/proc/kcore:", "usage" },
		{ "apparmor", "usage" },
		{ "apparmor=", "usage" },
		{ "apparmor=a\nb", "usage" },
		{ "label", "selinux" },
		{ "label=type:spc_t", "selinux" },
		{ "nested=perhaps", "usage" },
		{ "landlock", "usage" },
		{ "landlock=", "usage" },
		{ "landlock=/usr", "usage" },
		{ "landlock=ro:usr", "usage" },
		{ "landlock=rx:/usr", "usage" },
		{ "landlock=ro:/usr,", "usage" },
	};
	struct error err;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct spec spec = new_spec();

		CHECK_CASE(cases[i].text);
		CHECK_FAILS(spec_add_security_opt(&spec, cases[i].text, &err), &err, cases[i].id);
	}
}

int main(void)
{
	test_capabilities();
	test_good();
	test_bad();
	arena_free_all(&arena);
	return check_end();
}
