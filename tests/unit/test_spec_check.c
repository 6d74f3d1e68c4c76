// SPDX-License-Identifier: Apache-2.0
/* Contradictions inside one command line, and the pairs that look like one and are none. */
#include "cmd/options.h"

#include "tests/unit/check.h"

static struct arena arena = { .on_exhausted = check_exhausted };

struct row {
	const char *line; /* options, separated by blanks */
	const char *id;	  /* of the error; NULL: none */
};

static void parse_line(struct spec *spec, const char *line)
{
	struct request request = { .spec = spec };
	nsrun_strings argv = { .n = 0 };
	struct error err;
	size_t used;

	while (*line) {
		size_t length = strcspn(line, " ");

		*array_push(&arena, &argv) = arena_strndup(&arena, line, length);
		line += length + (line[length] == ' ');
	}
	*array_push(&arena, &argv) = NULL;
	if (CHECK_OK(options_parse(&request, SCOPE_RUN, argv.v, &used, &err), &err))
		CHECK_UINT(used, argv.n - 1);
}

static void test_rows(void)
{
	static const struct row rows[] = {
		{ "", NULL },
		{ "--uidmap 0:2000:1000", NULL },
		{ "--uidmap 0:2000:10 --gidmap 0:3000:10", NULL },
		{ "--uidmap 0:1000:1 --uidmap 1:100000:10", NULL },
		{ "--uidmap 0:2000:10 --uidmap 5:3000:10", "idmap-overlap" },
		{ "--uidmap 0:2000:10 --uidmap 10:2009:10", "idmap-overlap" },
		{ "--gidmap 0:2000:10 --gidmap 10:2009:10", "idmap-overlap" },
		{ "--uidmap 0:2000:10 --gidmap 5:2005:10", NULL },
		{ "--uidmap 0:2000:10 --userns keep-id", "spec-conflict" },
		{ "--gidmap 0:2000:10 --userns nomap", "spec-conflict" },
		{ "--uidmap 0:2000:10 --userns host", "spec-conflict" },
		{ "--uidmap 0:2000:10 --userns ns:/x", "spec-conflict" },
		{ "--uidmap 0:2000:10 --userns private", NULL },
		{ "--userns keep-id --userns private --uidmap 0:2000:10", NULL },
		{ "--uidmap 0:2000:10 --subuidname bob", "spec-conflict" },
		{ "--gidmap 0:2000:10 --subgidname bob", "spec-conflict" },
		{ "--group-add audio", NULL },
		{ "--group-add keep-groups", NULL },
		{ "--group-add keep-groups --group-add audio", "spec-conflict" },
		{ "--rootfs-overlay /d", NULL },
		{ "--add-host a:1.2.3.4 --no-hosts", "spec-conflict" },
		{ "--add-host a:1.2.3.4 --no-hosts=false", NULL },
		{ "--hostname a --uts host", "spec-conflict" },
		{ "--hostname a --uts ns:/x", "spec-conflict" },
		{ "--hostname a --uts private", NULL },
		{ "--uts host", NULL },
		{ "--init --pid host", "spec-conflict" },
		{ "--init --pid private", NULL },
		{ "-v /a:/", "mount-destination" },
		{ "-v /a:/x/..", "mount-destination" },
		{ "--tmpfs /", "mount-destination" },
		{ "-v /a:/b -v /c:/b", "mount-duplicate" },
		{ "-v /a:/b -v /c:/b/", "mount-duplicate" },
		{ "-v /a:/b --tmpfs /x/../b", "mount-duplicate" },
		{ "-v /a:/b -v /a:/b/c -v /a:/bb", NULL },
		{ "-v /a:/proc", "mount-destination" },
		{ "-v /a:/proc/sys/kernel", "mount-destination" },
		{ "-v /a:/x/../proc/self", "mount-destination" },
		{ "--tmpfs /proc/scsi", "mount-destination" },
		{ "-v /a:/proc/cpuinfo", NULL },
		{ "-v /a:/proc/meminfo/x", "mount-destination" },
		{ "-v /a:/procfs", NULL },
		{ "--mount type=proc,dst=/proc", NULL },
		{ "--sysctl net.ipv4.ip_forward=1", NULL },
		{ "--sysctl net.ipv4.ip_forward=1 --network host", "spec-conflict" },
		{ "--sysctl kernel.shm_rmid_forced=1", NULL },
		{ "--sysctl kernel/shm_rmid_forced=1", NULL },
		{ "--sysctl kernel.shm_rmid_forced=1 --ipc host", "spec-conflict" },
		{ "--sysctl kernel.shm_rmid_forced=1 --network host", NULL },
		{ "--sysctl kernel.msgmax=1 --sysctl kernel.sem=1", NULL },
		{ "--sysctl fs.mqueue.msg_max=1", NULL },
		{ "--sysctl fs.mqueue.msg_max=1 --ipc host", "spec-conflict" },
		{ "--sysctl kernel.domainname=x", NULL },
		{ "--sysctl kernel.domainname=x --uts host", "spec-conflict" },
		{ "--sysctl kernel.core_pattern=x", "sysctl-not-namespaced" },
		{ "--sysctl kernel.shmmaxx=1", "sysctl-not-namespaced" },
		{ "--sysctl kernel.panic=1", "sysctl-not-namespaced" },
		{ "--sysctl vm.swappiness=1", "sysctl-not-namespaced" },
		{ "--sysctl fs.file-max=1", "sysctl-not-namespaced" },
		{ "--sysctl fs.mqueuex.a=1", "sysctl-not-namespaced" },
		{ "--sysctl user.max_user_namespaces=1", "sysctl-not-namespaced" },
		{ "--sysctl net=1", "sysctl-not-namespaced" },
		{ "--sysctl netx.a=1", "sysctl-not-namespaced" },
		{ "--sysctl kernel=1", "sysctl-not-namespaced" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct spec spec;
		struct error err;

		CHECK_CASE(rows[i].line);
		spec_init(&spec, &arena, ACTION_RUN);
		spec.rootfs = "rootfs";
		parse_line(&spec, rows[i].line);
		if (rows[i].id)
			CHECK_FAILS(spec_check(&spec, &err), &err, rows[i].id);
		else
			CHECK_OK(spec_check(&spec, &err), &err);
	}
}

static void test_rootfs(void)
{
	struct spec spec;
	struct error err;

	CHECK_CASE("a container needs a root");
	spec_init(&spec, &arena, ACTION_RUN);
	CHECK_FAILS(spec_check(&spec, &err), &err, "usage");
	spec_init(&spec, &arena, ACTION_UNSHARE);
	CHECK_OK(spec_check(&spec, &err), &err);
	CHECK_CASE("one overlay is enough");
	spec_init(&spec, &arena, ACTION_RUN);
	CHECK_OK(spec_set_rootfs(&spec, "rootfs:O", &err), &err);
	CHECK_OK(spec_check(&spec, &err), &err);
	CHECK_OK(spec_set_rootfs_overlay(&spec, "/d", &err), &err);
	CHECK_FAILS(spec_check(&spec, &err), &err, "spec-conflict");
}

static void test_many_maps(void)
{
	struct spec spec;
	struct error err;
	char text[64];

	CHECK_CASE("341 extents");
	spec_init(&spec, &arena, ACTION_RUN);
	spec.rootfs = "rootfs";
	for (int i = 0; i < 341; i++) {
		snprintf(text, sizeof(text), "%d:%d:1", i, 1000 + 2 * i);
		CHECK_OK(spec_add_uidmap(&spec, text, &err), &err);
		if (i == 339)
			CHECK_OK(spec_check(&spec, &err), &err);
	}
	CHECK_FAILS(spec_check(&spec, &err), &err, "idmap-too-many");
	CHECK_CASE("a text that one write cannot carry");
	spec_init(&spec, &arena, ACTION_RUN);
	spec.rootfs = "rootfs";
	for (int i = 0; i < 300; i++) {
		snprintf(text, sizeof(text), "%d:%d:10", 100000000 + 20 * i, 200000000 + 20 * i);
		CHECK_OK(spec_add_uidmap(&spec, text, &err), &err);
	}
	CHECK_TODO("the kernel refuses a map of 4096 bytes, and nobody says so before clone3");
	CHECK_INT(spec_check(&spec, &err), -1);
	CHECK_TODO(NULL);
}

int main(void)
{
	test_rows();
	test_rootfs();
	test_many_maps();
	arena_free_all(&arena);
	return check_end();
}
