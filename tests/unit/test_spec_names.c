// SPDX-License-Identifier: Apache-2.0
/* The root file system, namespaces, host names and addresses: every option's text. */
#include "config/spec_text.h"

#include "tests/unit/check.h"

static struct arena arena = { .on_exhausted = check_exhausted };

typedef int (*setter)(struct spec *, const char *, struct error *);

static struct spec new_spec(void)
{
	struct spec spec;

	spec_init(&spec, &arena, ACTION_RUN);
	return spec;
}

static void check_texts(setter set, const char *const *texts, size_t n, bool good)
{
	for (size_t i = 0; i < n; i++) {
		struct spec spec = new_spec();
		struct error err;

		CHECK_CASE(texts[i]);
		if (good)
			CHECK_OK(set(&spec, texts[i], &err), &err);
		else
			CHECK_FAILS(set(&spec, texts[i], &err), &err, "usage");
	}
}

#define GOOD(set, texts) check_texts(set, texts, ARRAY_SIZE(texts), true)
#define BAD(set, texts)	 check_texts(set, texts, ARRAY_SIZE(texts), false)

static void test_defaults(void)
{
	struct spec spec = new_spec();

	CHECK_CASE("defaults");
	CHECK(!spec.rootfs && !spec.has_user && spec.tty == UNDECIDED && !spec.strict);
	CHECK(spec.read_only_tmpfs && !spec.read_only && spec.sig_proxy);
	CHECK(spec.userns == USERNS_DEFAULT && !spec.env_host && !spec.hostname);
	for (int kind = 0; kind < NS_KINDS; kind++)
		CHECK_INT(spec.ns[kind].mode, NS_PRIVATE);
}

static void test_rootfs(void)
{
	static const struct {
		const char *text;
		const char *rootfs;
		bool overlay;
	} rows[] = {
		{ "rootfs", "rootfs", false },	{ "/a/b", "/a/b", false },
		{ "rootfs:O", "rootfs", true }, { "./run", "./run", false },
		{ "a:o", "a:o", false },	{ "a:O:O", "a:O", true },
		{ "a:Ox", "a:Ox", false },	{ ":O", ":O", false },
		{ "a:", "a:", false },
	};
	static const char *const bad[] = { "" };

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct spec spec = new_spec();
		struct error err;

		CHECK_CASE(rows[i].text);
		CHECK_OK(spec_set_rootfs(&spec, rows[i].text, &err), &err);
		CHECK_STR(spec.rootfs, rows[i].rootfs);
		CHECK(spec.rootfs_overlay == rows[i].overlay);
	}
	BAD(spec_set_rootfs, bad);
	BAD(spec_set_rootfs_overlay, bad);
}

static void test_namespaces(void)
{
	static const struct {
		setter set;
		enum ns_kind kind;
	} kinds[] = {
		{ spec_set_pid, NS_PID },	  { spec_set_ipc, NS_IPC },
		{ spec_set_uts, NS_UTS },	  { spec_set_cgroupns, NS_CGROUP },
		{ spec_set_network, NS_NETWORK },
	};
	static const char *const bad[] = { "",		"ns",	      "ns:",	 "container",
					   "container:", "container:a/b", "host ", "/proc/1/ns/net" };
	static const char *const no_word[] = { "Host", "auto", "bridge", "privat" };

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		struct spec spec = new_spec();
		const struct ns_choice *choice = &spec.ns[kinds[i].kind];
		bool network = kinds[i].kind == NS_NETWORK;
		struct error err;

		CHECK_CASE("host, ns:PATH, private");
		CHECK_OK(kinds[i].set(&spec, "host", &err), &err);
		CHECK(choice->mode == NS_HOST && !choice->path);
		CHECK_OK(kinds[i].set(&spec, "ns:/proc/1/ns/x", &err), &err);
		CHECK_INT(choice->mode, NS_JOIN);
		CHECK_STR(choice->path, "/proc/1/ns/x");
		CHECK_OK(kinds[i].set(&spec, network ? "none" : "private", &err), &err);
		CHECK(choice->mode == NS_PRIVATE && !choice->path);
		BAD(kinds[i].set, bad);
		if (!network) /* there it is a name */
			BAD(kinds[i].set, no_word);
	}
}

static void test_hostname(void)
{
	static const char *const good[] = {
		"a",
		"web-1",
		"A.b.C",
		"under_score",
		"1",
		"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", /* 64 */
	};
	static const char *const bad[] = {
		"",
		"-a",
		".a",
		"a b",
		"a\n",
		"a\nb",
		"a:b",
		"a/b",
		"\xc3\xa4",
		"a\x1b[31m",
		"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", /* 65 */
	};

	GOOD(spec_set_hostname, good);
	BAD(spec_set_hostname, bad);
}

/* what ends in /etc/hosts and /etc/resolv.conf must not be able to add a line of its own */
static void test_add_host(void)
{
	static const char *const good[] = { "db:10.0.0.1", "db.local:::1", "db:fe80::1",
					    "db:2001:db8::1" };
	static const char *const bad[] = {
		"",
		"db",
		"db:",
		":10.0.0.1",
		"db:10.0.0",
		"db:10.0.0.1\n1.2.3.4 evil",
		"db\nx:1.2.3.4",
		"db:10.0.0.256",
		"db:fe80::1%eth0",
		"d b:1.2.3.4",
		"db:1.2.3.4 ",
		"db: 1.2.3.4",
		"db:host-name",
	};
	struct spec spec = new_spec();
	struct error err;

	GOOD(spec_add_host, good);
	BAD(spec_add_host, bad);
	CHECK_CASE("the parts");
	CHECK_OK(spec_add_host(&spec, "db:::1", &err), &err);
	CHECK(spec.add_hosts.n == 1);
	CHECK_STR(spec.add_hosts.v[0].name, "db");
	CHECK_STR(spec.add_hosts.v[0].address, "::1");
}

static void test_dns(void)
{
	static const char *const addresses[] = { "1.1.1.1", "::1", "2606:4700:4700::1111" };
	static const char *const no_addresses[] = { "",		 "one.one",	      "1.1.1",
						    "1.1.1.1\n", "1.1.1.1 options x", "none" };
	static const char *const domains[] = { "example.org", ".", "a" };
	static const char *const no_domains[] = { "", "a b", "a\nb", "..", "-x" };
	static const char *const options[] = { "ndots:2", "rotate", "edns0" };
	static const char *const no_options[] = { "", "a b", "a\nb", "a\tb", "#x", ";x" };

	GOOD(spec_add_dns, addresses);
	BAD(spec_add_dns, no_addresses);
	GOOD(spec_add_dns_search, domains);
	BAD(spec_add_dns_search, no_domains);
	GOOD(spec_add_dns_option, options);
	BAD(spec_add_dns_option, no_options);
}

static void test_timezone(void)
{
	static const char *const good[] = { "local", "UTC", "Europe/Paris", "Etc/GMT+1" };
	static const char *const bad[] = { "", "/etc/shadow", "../../../etc/shadow",
					   "Europe/../../x", ".." };

	GOOD(spec_set_timezone, good);
	BAD(spec_set_timezone, bad);
}

static void test_texts(void)
{
	char name[300];

	memset(name, 'a', sizeof(name));
	CHECK_CASE("253 bytes of a name");
	name[253] = '\0';
	CHECK(text_is_host_name(name));
	name[253] = 'a';
	name[254] = '\0';
	CHECK(!text_is_host_name(name));
	CHECK_CASE("variables");
	CHECK(text_is_variable("A") && text_is_variable("a b"));
	CHECK(!text_is_variable("") && !text_is_variable("A=") && !text_is_variable("="));
}

int main(void)
{
	test_defaults();
	test_rootfs();
	test_namespaces();
	test_hostname();
	test_add_host();
	test_dns();
	test_timezone();
	test_texts();
	arena_free_all(&arena);
	return check_end();
}
