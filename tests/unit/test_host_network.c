// SPDX-License-Identifier: Apache-2.0
/* What is read out of this machine's routes. */
#include "check.h"

#include "plan/host_network.h"

#define HEADER \
	"Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n"

/* as the kernel of this machine would print it: the address's bytes as a number in its order */
static const char *line(struct arena *arena, uint32_t destination, uint32_t mask)
{
	return arena_printf(arena, "veth-h\t%08X\t00000000\t0001\t0\t0\t0\t%08X\t0\t0\t0 \n",
			    __builtin_bswap32(destination), __builtin_bswap32(mask));
}

static void test_subnets(void)
{
	static const struct {
		const char *name;
		uint32_t destination, mask;
		bool overlaps;
	} cases[] = {
		{ "the same", 0x0a000200, 0xffffff00, true },
		{ "a larger one around it", 0x0a000000, 0xff000000, true },
		{ "a smaller one in it", 0x0a000280, 0xfffffff0, true },
		{ "one host in it", 0x0a0002ff, 0xffffffff, true },
		{ "its neighbour", 0x0a000300, 0xffffff00, false },
		{ "another", 0xc0a80000, 0xffff0000, false },
		{ "the default route leads everywhere", 0, 0, false },
	};
	struct arena arena = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const char *routes =
			arena_printf(&arena, HEADER "%s%s", line(&arena, 0, 0),
				     line(&arena, cases[i].destination, cases[i].mask));

		CHECK_CASE(cases[i].name);
		CHECK_INT(host_has_subnet(routes, 0x0a000200, OWN_SUBNET_MASK), cases[i].overlaps);
	}
	CHECK_CASE("no route at all");
	CHECK_INT(host_has_subnet("", 0x0a000200, OWN_SUBNET_MASK), false);
	CHECK_INT(host_has_subnet(HEADER, 0x0a000200, OWN_SUBNET_MASK), false);
	arena_free_all(&arena);
}

int main(void)
{
	test_subnets();
	return check_end();
}
