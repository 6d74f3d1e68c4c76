// SPDX-License-Identifier: Apache-2.0
/* Looking up the default profile's program. Runs in: supervisor; pure, but for the compiler. */
#include "config/seccomp_default.h"

#include "config/seccomp_data.h"

#include <string.h>

const struct filter_program *seccomp_default_program(void)
{
	return &seccomp_data()->variants[0].program;
}

static bool same_options(const struct filter_options *a, const struct filter_options *b)
{
	return a->nested == b->nested && a->fakeroot == b->fakeroot && a->compat32 == b->compat32;
}

int seccomp_default_compile(struct arena *arena, uint64_t capabilities,
			    const struct filter_options *options, struct filter_program *ret,
			    struct error *err)
{
	const struct seccomp_data *data = seccomp_data();
	struct seccomp_profile *profile;

	for (size_t i = 0; i < data->n_variants; i++) {
		const struct seccomp_variant *variant = &data->variants[i];

		if (variant->capabilities == (capabilities & data->capabilities) &&
		    same_options(&variant->options, options)) {
			*ret = variant->program;
			return 0;
		}
	}
	if (seccomp_profile_parse(arena, data->profile, strlen(data->profile), &profile, err) < 0)
		return -1;
	return seccomp_compile_default(arena, profile, capabilities, options, ret, err);
}
