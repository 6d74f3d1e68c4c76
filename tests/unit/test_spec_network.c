// SPDX-License-Identifier: Apache-2.0
/* --network and --publish as texts. */
#include "base/arena.h"
#include "nsrun/spec.h"
#include "tests/unit/check.h"

static struct arena arena = { .on_exhausted = check_exhausted };

static struct spec new_spec(void)
{
	struct spec spec;

	spec_init(&spec, &arena, ACTION_RUN);
	return spec;
}

static void test_networks(void)
{
	static const struct {
		const char *text;
		enum network_mode mode;
		enum ns_mode ns;
	} cases[] = {
		{ "private", NETWORK_PRIVATE, NS_PRIVATE },
		{ "none", NETWORK_NONE, NS_PRIVATE },
		{ "host", NETWORK_OTHER, NS_HOST },
		{ "ns:/x", NETWORK_OTHER, NS_JOIN },
		{ "pasta", NETWORK_PASTA, NS_PRIVATE },
		{ "pasta:-m,1500", NETWORK_PASTA, NS_PRIVATE },
		{ "slirp4netns", NETWORK_SLIRP, NS_PRIVATE },
		{ "slirp4netns:mtu=1500", NETWORK_SLIRP, NS_PRIVATE },
		{ "web", NETWORK_BRIDGE, NS_PRIVATE },
		{ "pasta2:ip=10.1.2.3", NETWORK_BRIDGE, NS_PRIVATE },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct spec spec = new_spec();
		struct error err;

		CHECK_CASE(cases[i].text);
		CHECK_INT(spec.network, NETWORK_DEFAULT);
		CHECK_OK(spec_set_network(&spec, cases[i].text, &err), &err);
		CHECK_INT(spec.network, cases[i].mode);
		CHECK_INT(spec.ns[NS_NETWORK].mode, cases[i].ns);
	}
}

static void test_helper_options(void)
{
	struct spec spec = new_spec();
	struct error err;

	CHECK_CASE("the last --network counts, with its options only");
	CHECK_OK(spec_set_network(&spec, "pasta:-T,5000", &err), &err);
	CHECK_UINT(spec.pasta_options.n, 2);
	CHECK_STR(spec.pasta_options.v[1], "5000");
	CHECK_OK(spec_set_network(&spec,
				  "slirp4netns:mtu=9000,cidr=10.1.0.0/16,enable_ipv6=true,"
				  "allow_host_loopback=1,outbound_addr=192.0.2.1",
				  &err),
		 &err);
	CHECK_UINT(spec.pasta_options.n, 0);
	CHECK_INT(spec.slirp.mtu, 9000);
	CHECK_STR(spec.slirp.cidr, "10.1.0.0/16");
	CHECK_STR(spec.slirp.outbound_addr, "192.0.2.1");
	CHECK(spec.slirp.ipv6 && spec.slirp.host_loopback);
	CHECK_OK(spec_set_network(&spec, "slirp4netns", &err), &err);
	CHECK(spec.slirp.mtu == 0 && !spec.slirp.cidr && !spec.slirp.host_loopback);
}

static void test_bridge(void)
{
	struct spec spec = new_spec();
	struct error err;

	CHECK_CASE("a network by its name, with an address or without");
	CHECK_OK(spec_set_network(&spec, "a.b-c:ip=10.1.2.3", &err), &err);
	CHECK_STR(spec.bridge_name, "a.b-c");
	CHECK_UINT(spec.bridge_address, 0x0a010203);
	CHECK_OK(spec_set_network(&spec, "web", &err), &err);
	CHECK_STR(spec.bridge_name, "web");
	CHECK_UINT(spec.bridge_address, 0);
}

static void test_bad_networks(void)
{
	static const char *const bad[] = { "",
					   "container",
					   "default",
					   "default:ip=10.1.2.3",
					   "-x",
					   "a/b",
					   "web:",
					   "web:10.1.2.3",
					   "web:ip=",
					   "web:ip=0.0.0.0",
					   "web:ip=10.1.2",
					   "web:ip=fd00::1",
					   "web:ip=10.1.2.3,mtu=1500",
					   "pasta:",
					   "pasta:-m,,1500",
					   "slirp4netns:",
					   "slirp4netns:mtu",
					   "slirp4netns:mtu=0",
					   "slirp4netns:mtu=65522",
					   "slirp4netns:cidr=10.0.2.0",
					   "slirp4netns:cidr=10.0.2.0/26",
					   "slirp4netns:cidr=10.0.2.256/24",
					   "slirp4netns:cidr=10.0.2.0/24x",
					   "slirp4netns:outbound_addr=eth0",
					   "slirp4netns:enable_ipv6=maybe",
					   "slirp4netns:port_handler=x",
					   "none:x",
					   "ns:" };

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		struct spec spec = new_spec();
		struct error err;

		CHECK_CASE(bad[i]);
		CHECK_INT(spec_set_network(&spec, bad[i], &err), -1);
		CHECK_STR(err.id, "usage");
	}
}

static void test_ports(void)
{
	static const struct {
		const char *text;
		struct published want;
	} cases[] = {
		{ "8080:80", { NULL, 8080, 80, 1, false } },
		{ "80", { NULL, 0, 80, 1, false } },
		{ ":80", { NULL, 0, 80, 1, false } },
		{ "8080:80/tcp", { NULL, 8080, 80, 1, false } },
		{ "53:53/udp", { NULL, 53, 53, 1, true } },
		{ "127.0.0.1:8080:80", { "127.0.0.1", 8080, 80, 1, false } },
		{ "127.0.0.1::80", { "127.0.0.1", 0, 80, 1, false } },
		{ "[::1]:8080:80", { "::1", 8080, 80, 1, false } },
		{ "8000-8009:80-89", { NULL, 8000, 80, 10, false } },
		{ "65535:1", { NULL, 65535, 1, 1, false } },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct published *want = &cases[i].want, *found;
		struct spec spec = new_spec();
		struct error err;

		CHECK_CASE(cases[i].text);
		CHECK_OK(spec_add_published(&spec, cases[i].text, &err), &err);
		found = &spec.published.v[0];
		CHECK_STR(found->address ? found->address : "", want->address ? want->address : "");
		CHECK_INT(found->host, want->host);
		CHECK_INT(found->inside, want->inside);
		CHECK_INT(found->count, want->count);
		CHECK_INT(found->udp, want->udp);
	}
}

static void test_bad_ports(void)
{
	static const char *const bad[] = { "",	       "0",	    "8080:0",	   "65536:80",
					   "8080:65536", "8080:80/sctp", "8080:80/",	   "80-70:80-70",
					   "80-89:80-88", "80-89",	 "-1:80",	   "a:80",
					   "8080:",	 "host:80:80",	 "[::1:8080:80",   "1:2:3:4",
					   "1-65535:1-65535", "8080:80 ", "+8080:80", "300.0.0.1:80:80" };

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		struct spec spec = new_spec();
		struct error err;

		CHECK_CASE(bad[i]);
		CHECK_INT(spec_add_published(&spec, bad[i], &err), -1);
		CHECK_STR(err.id, "usage");
	}
}

int main(void)
{
	test_networks();
	test_helper_options();
	test_bridge();
	test_bad_networks();
	test_ports();
	test_bad_ports();
	arena_free_all(&arena);
	return check_end();
}
