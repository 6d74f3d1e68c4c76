// SPDX-License-Identifier: Apache-2.0
/* The programs in the binary are those that the built-in profiles make today. */
#include "base/arena.h"
#include "config/seccomp_data.h"
#include "config/seccomp_default.h"
#include "sys/capability.h"

#include "tests/unit/check.h"

#include <linux/filter.h>

static struct arena arena = CHECK_ARENA;

static bool same_program(const struct filter_program *a, const struct filter_program *b)
{
	return a->count == b->count && a->flags == b->flags &&
	       memcmp(a->bytes, b->bytes, a->count * sizeof(struct sock_filter)) == 0;
}

static void test_fresh(void)
{
	const struct seccomp_data *data = seccomp_data();
	struct seccomp_profile *profile;
	struct error err;

	CHECK_CASE("what was made at build time is what is made now");
	if (!CHECK_OK(seccomp_profile_parse(&arena, data->profile, strlen(data->profile), &profile,
					    &err),
		      &err))
		return;
	CHECK_UINT(data->capabilities, seccomp_profile_capabilities(profile));
	for (size_t i = 0; i < data->n_variants; i++) {
		const struct seccomp_variant *variant = &data->variants[i];
		struct filter_program fresh;

		if (CHECK_OK(seccomp_compile_default(&arena, profile, variant->capabilities,
						     &variant->options, &fresh, &err),
			     &err))
			CHECK(same_program(&fresh, &variant->program));
	}
}

static void test_lookup(void)
{
	const struct filter_options none = { 0 }, nested = { .nested = true };
	struct filter_program program, other;
	struct error err;

	CHECK_CASE("the default capabilities");
	CHECK_OK(seccomp_default_compile(&arena, CAPABILITIES_DEFAULT, &none, &program, &err),
		 &err);
	CHECK(program.bytes == seccomp_default_program()->bytes);
	CHECK_CASE("a capability on which no rule depends");
	CHECK_OK(seccomp_default_compile(&arena, CAPABILITIES_DEFAULT & ~UINT64_C(1), &none,
					 &program, &err),
		 &err);
	CHECK(program.bytes == seccomp_default_program()->bytes);
	CHECK_CASE("other rules");
	CHECK_OK(seccomp_default_compile(&arena, capability_all(), &none, &program, &err), &err);
	CHECK(!same_program(&program, seccomp_default_program()));
	CHECK_OK(seccomp_default_compile(&arena, CAPABILITIES_DEFAULT, &nested, &program, &err),
		 &err);
	CHECK(!same_program(&program, seccomp_default_program()));
	CHECK_CASE("the same again");
	CHECK_OK(seccomp_default_compile(&arena, capability_all(), &nested, &program, &err), &err);
	CHECK_OK(seccomp_default_compile(&arena, capability_all(), &nested, &other, &err), &err);
	CHECK(same_program(&program, &other));
}

int main(void)
{
	test_fresh();
	test_lookup();
	arena_free_all(&arena);
	return check_end();
}
