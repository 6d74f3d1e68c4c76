// SPDX-License-Identifier: Apache-2.0
/* --user, --group-add, --uidmap, --userns and their like: what each text means. */
#include "nsrun/spec.h"

#include "tests/unit/check.h"

static struct arena arena = { .on_exhausted = check_exhausted };

static struct spec new_spec(void)
{
	struct spec spec;

	spec_init(&spec, &arena, ACTION_RUN);
	return spec;
}

/* the golden table of S74 and S75: a number that went wrong must never become root */
static void test_user(void)
{
	static const struct {
		const char *text;
		const char *want; /* uid or name, and gid or group; NULL: refused */
	} rows[] = {
		{ "1", "1 -" },
		{ "0", "0 -" },
		{ "01", "1 -" },
		{ "1000", "1000 -" },
		{ "1:2", "1 2" },
		{ "0:0", "0 0" },
		{ "4294967294", "4294967294 -" },
		{ "4294967294:4294967294", "4294967294 4294967294" },
		{ "redis", "'redis' -" },
		{ "redis:redis", "'redis' 'redis'" },
		{ "redis:1", "'redis' 1" },
		{ "1:redis", "1 'redis'" },
		{ "name:grp", "'name' 'grp'" },
		{ "_apt", "'_apt' -" },
		{ "a-b.c_d$", "'a-b.c_d$' -" },
		{ "user1", "'user1' -" },
		{ ":5", NULL },
		{ "1:", NULL },
		{ "", NULL },
		{ ":", NULL },
		{ " 1", NULL },
		{ "1 ", NULL },
		{ "+1", NULL },
		{ "-1", NULL },
		{ "0x1", NULL },
		{ "1e3", NULL },
		{ "1.0", NULL },
		{ "1,2", NULL },
		{ "4294967295", NULL },
		{ "4294967296", NULL },
		{ "4294967297", NULL },
		{ "18446744073709551616", NULL },
		{ "99999999999999999999999999", NULL },
		{ "000000000000000000001", NULL },
		{ "1000:1000:1", NULL },
		{ "1000:1000:", NULL },
		{ "a:b:c", NULL },
		{ "1:4294967295", NULL },
		{ "1:4294967296", NULL },
		{ "root:4294967296", NULL },
		{ "1:-1", NULL },
		{ "1: 1", NULL },
		{ "-root", NULL },
		{ "1root", NULL },
		{ "ro ot", NULL },
		{ "root\n", NULL },
		{ "root\nx", NULL },
		{ "root\t", NULL },
		{ "ro\x01ot", NULL },
		{ "/etc", NULL },
		{ "a/b", NULL },
		{ "+name", NULL },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct spec spec = new_spec();
		const struct user_choice *user = &spec.user;
		struct error err;
		struct text seen = { .arena = &arena };

		CHECK_CASE(rows[i].text);
		if (!rows[i].want) {
			CHECK_FAILS(spec_set_user(&spec, rows[i].text, &err), &err, "user-syntax");
			CHECK(!spec.has_user && user->uid == ID_NONE && !user->name);
			continue;
		}
		if (!CHECK_OK(spec_set_user(&spec, rows[i].text, &err), &err))
			continue;
		text_add(&seen, user->name ? "'%s' " : "%s", user->name ? user->name : "");
		if (!user->name)
			text_add(&seen, "%u ", user->uid);
		if (user->group)
			text_add(&seen, "'%s'", user->group);
		else if (user->gid == ID_NONE)
			text_add(&seen, "-");
		else
			text_add(&seen, "%u", user->gid);
		CHECK_STR(text_string(&seen), rows[i].want);
		CHECK(spec.has_user);
		/* one or the other, never both */
		CHECK((user->name != NULL) == (user->uid == ID_NONE));
		CHECK(!user->group || user->gid == ID_NONE);
	}
	struct spec spec = new_spec();
	struct error err;

	CHECK_CASE("the last --user counts, whole");
	CHECK_OK(spec_set_user(&spec, "redis:redis", &err), &err);
	CHECK_OK(spec_set_user(&spec, "5", &err), &err);
	CHECK(spec.user.uid == 5 && !spec.user.name && !spec.user.group);
	CHECK_CASE("a refused one changes nothing");
	CHECK_FAILS(spec_set_user(&spec, "6:", &err), &err, "user-syntax");
	CHECK_UINT(spec.user.uid, 5);
}

static void test_group_add(void)
{
	static const char *const wrong[] = { "", "4294967295", "-1", "a:b", "a,b", "1x" };
	struct spec spec = new_spec();
	struct error err;

	CHECK_CASE("--group-add");
	CHECK_OK(spec_add_group(&spec, "audio", &err), &err);
	CHECK_OK(spec_add_group(&spec, "29", &err), &err);
	CHECK_UINT(spec.group_add.n, 2);
	CHECK_STR(spec.group_add.v[0].group, "audio");
	CHECK_UINT(spec.group_add.v[0].gid, ID_NONE);
	CHECK_STR(spec.group_add.v[1].group, NULL);
	CHECK_UINT(spec.group_add.v[1].gid, 29);
	CHECK(!spec.keep_groups);
	CHECK_OK(spec_add_group(&spec, "keep-groups", &err), &err);
	CHECK(spec.keep_groups && spec.group_add.n == 2);
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		CHECK_CASE(wrong[i]);
		CHECK_FAILS(spec_add_group(&spec, wrong[i], &err), &err, "usage");
	}
	CHECK_UINT(spec.group_add.n, 2);
}

static void test_idmaps(void)
{
	static const struct {
		const char *text;
		const char *id; /* of the error; NULL: accepted */
		struct idmap map;
	} rows[] = {
		{ "0:2000:1000", NULL, { 0, 2000, 1000 } },
		{ "0:@2000:1000", NULL, { 0, 2000, 1000 } },
		{ "1:100000:65536", NULL, { 1, 100000, 65536 } },
		{ "4294967294:4294967294:1", NULL, { 4294967294, 4294967294, 1 } },
		{ "0:0:4294967295", NULL, { 0, 0, 4294967295 } },
		{ "00:01:002", NULL, { 0, 1, 2 } },
		{ "0:1:0", "idmap-range", { 0 } },
		{ "4294967295:1:1", "idmap-range", { 0 } },
		{ "1:4294967295:1", "idmap-range", { 0 } },
		{ "4294967294:1:2", "idmap-range", { 0 } },
		{ "0:4294967294:2", "idmap-range", { 0 } },
		{ "1:0:4294967295", "idmap-range", { 0 } },
		{ "0:1:4294967296", "idmap-syntax", { 0 } },
		{ "4294967296:1:1", "idmap-syntax", { 0 } },
		{ "0:4295067296:1", "idmap-syntax", { 0 } },
		{ "0:18446744073709551616:1", "idmap-syntax", { 0 } },
		{ "", "idmap-syntax", { 0 } },
		{ "0", "idmap-syntax", { 0 } },
		{ "0:1", "idmap-syntax", { 0 } },
		{ "0:1:", "idmap-syntax", { 0 } },
		{ "0::1", "idmap-syntax", { 0 } },
		{ ":1:1", "idmap-syntax", { 0 } },
		{ "0:1:1:1", "idmap-syntax", { 0 } },
		{ "0:1:1:", "idmap-syntax", { 0 } },
		{ "@0:1:1", "idmap-syntax", { 0 } },
		{ "0:@@1:1", "idmap-syntax", { 0 } },
		{ "0:@:1", "idmap-syntax", { 0 } },
		{ "0:1:@1", "idmap-syntax", { 0 } },
		{ "-1:1:1", "idmap-syntax", { 0 } },
		{ "+0:1:1", "idmap-syntax", { 0 } },
		{ " 0:1:1", "idmap-syntax", { 0 } },
		{ "0x0:1:1", "idmap-syntax", { 0 } },
		{ "0:1e3:1", "idmap-syntax", { 0 } },
		{ "0,1,1", "idmap-syntax", { 0 } },
		{ "0:1:1\n", "idmap-syntax", { 0 } },
	};
	static int (*const setters[])(struct spec *, const char *,
				      struct error *) = { spec_add_uidmap, spec_add_gidmap };

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		for (size_t s = 0; s < 2; s++) {
			struct spec spec = new_spec();
			const nsrun_idmaps *maps = s == 0 ? &spec.uid_maps : &spec.gid_maps;
			struct error err;

			CHECK_CASE(rows[i].text);
			if (rows[i].id) {
				CHECK_FAILS(setters[s](&spec, rows[i].text, &err), &err,
					    rows[i].id);
				CHECK(strstr(err.text, rows[i].text) != NULL);
				CHECK(strstr(err.text, s == 0 ? "--uidmap" : "--gidmap") != NULL);
			} else {
				CHECK_OK(setters[s](&spec, rows[i].text, &err), &err);
				CHECK(maps->n == 1 &&
				      memcmp(&maps->v[0], &rows[i].map, sizeof(rows[i].map)) == 0);
			}
			CHECK_UINT(spec.uid_maps.n + spec.gid_maps.n, rows[i].id ? 0 : 1);
		}
	}
}

static void test_userns(void)
{
	static const struct {
		const char *text;
		enum userns_mode mode;
		uint32_t uid;
		uint32_t gid;
	} rows[] = {
		{ "", USERNS_DEFAULT, ID_NONE, ID_NONE },
		{ "private", USERNS_DEFAULT, ID_NONE, ID_NONE },
		{ "keep-id", USERNS_KEEP_ID, ID_NONE, ID_NONE },
		{ "keep-id:uid=5", USERNS_KEEP_ID, 5, ID_NONE },
		{ "keep-id:gid=6", USERNS_KEEP_ID, ID_NONE, 6 },
		{ "keep-id:uid=5,gid=6", USERNS_KEEP_ID, 5, 6 },
		{ "keep-id:gid=6,uid=4294967294", USERNS_KEEP_ID, 4294967294, 6 },
		{ "keep-id:uid=0,gid=0", USERNS_KEEP_ID, 0, 0 },
		{ "nomap", USERNS_NOMAP, ID_NONE, ID_NONE },
		{ "host", USERNS_HOST, ID_NONE, ID_NONE },
	};
	static const char *const wrong[] = {
		"auto:",
		"auto:size=",
		"auto:size=0",
		"auto:size=-1",
		"auto:size=4294967296",
		"auto:uidmapping=0:0:1",
		"autosize=5",
		"container:",
		"keep-id:",
		"keep-id:uid=",
		"keep-id:uid=-1",
		"keep-id:uid=4294967295",
		"keep-id:uid=4294967296",
		"keep-id:size=5",
		"keep-id:uid=5,",
		"keep-id:uid=5,,gid=6",
		"keep-id,uid=5",
		"keep-idx",
		"Host",
		"ns",
		"ns:",
		"nomap:",
		" host",
		"keep-id:uid=1e3",
		"keep-id:uid=0x1",
	};
	struct spec spec = new_spec();
	struct error err;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		CHECK_CASE(rows[i].text);
		CHECK_OK(spec_set_userns(&spec, rows[i].text, &err), &err);
		CHECK_INT(spec.userns, rows[i].mode);
		CHECK_UINT(spec.keep_id_uid, rows[i].uid);
		CHECK_UINT(spec.keep_id_gid, rows[i].gid);
	}
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		CHECK_CASE(wrong[i]);
		CHECK_FAILS(spec_set_userns(&spec, wrong[i], &err), &err, "usage");
	}
	CHECK_CASE("ns:PATH");
	CHECK_OK(spec_set_userns(&spec, "ns:/proc/1/ns/user", &err), &err);
	CHECK_INT(spec.userns, USERNS_JOIN);
	CHECK_STR(spec.ns[NS_USER].path, "/proc/1/ns/user");
	CHECK_CASE("container:NAME");
	CHECK_OK(spec_set_userns(&spec, "container:other", &err), &err);
	CHECK_INT(spec.userns, USERNS_JOIN);
	CHECK_STR(spec.ns[NS_USER].container, "other");
	CHECK_CASE("auto, which is the last one and counts");
	CHECK_OK(spec_set_userns(&spec, "auto", &err), &err);
	CHECK_INT(spec.userns, USERNS_AUTO);
	CHECK(!spec.ns[NS_USER].container);
	CHECK_UINT(spec.auto_ids.count, 1024);
	CHECK_UINT(spec.auto_ids.uid, ID_NONE);
	CHECK_OK(spec_set_userns(&spec, "auto:size=70000", &err), &err);
	CHECK_UINT(spec.auto_ids.count, 70000);
}

static void test_names(void)
{
	struct spec spec = new_spec();
	struct error err;

	CHECK_CASE("--subuidname");
	CHECK_OK(spec_set_subuidname(&spec, "alice", &err), &err);
	CHECK_STR(spec.subuid_name, "alice");
	CHECK_FAILS(spec_set_subuidname(&spec, "", &err), &err, "usage");
	CHECK_FAILS(spec_set_subuidname(&spec, "a:b", &err), &err, "usage");
	CHECK_FAILS(spec_set_subuidname(&spec, "a\nb", &err), &err, "usage");
	CHECK_STR(spec.subuid_name, "alice");
	CHECK_CASE("--subgidname");
	CHECK_OK(spec_set_subgidname(&spec, "1001", &err), &err);
	CHECK_STR(spec.subgid_name, "1001");
	CHECK_FAILS(spec_set_subgidname(&spec, "", &err), &err, "usage");
	CHECK_CASE("--newidmap");
	CHECK_STR(spec.newidmap, NULL);
	CHECK_OK(spec_set_newidmap(&spec, "system", &err), &err);
	CHECK_OK(spec_set_newidmap(&spec, "none", &err), &err);
	CHECK_OK(spec_set_newidmap(&spec, "/usr/libexec/x", &err), &err);
	CHECK_STR(spec.newidmap, "/usr/libexec/x");
	CHECK_FAILS(spec_set_newidmap(&spec, "newuidmap", &err), &err, "usage");
	CHECK_FAILS(spec_set_newidmap(&spec, "", &err), &err, "usage");
	CHECK_FAILS(spec_set_newidmap(&spec, "./x", &err), &err, "usage");
}

int main(void)
{
	test_user();
	test_group_add();
	test_idmaps();
	test_userns();
	test_names();
	arena_free_all(&arena);
	return check_end();
}
