// SPDX-License-Identifier: Apache-2.0
/* The option parser: how words are cut into options and arguments, and where options end. */
#include "cmd/options.h"

#include "tests/unit/check.h"

static struct arena arena = { .on_exhausted = check_exhausted };

#define ARGV(...) ((const char *const[]){ __VA_ARGS__, NULL })

struct parsed {
	struct spec spec;
	struct request request;
	struct error err;
	size_t used;
	int result;
};

static struct parsed *parse_as(enum option_scope scope, const char *const *argv)
{
	struct parsed *parsed = arena_alloc(&arena, sizeof(*parsed));

	spec_init(&parsed->spec, &arena, scope == SCOPE_UNSHARE ? ACTION_UNSHARE : ACTION_RUN);
	parsed->request.spec = &parsed->spec;
	parsed->used = 4711;
	parsed->result = options_parse(&parsed->request, scope, argv, &parsed->used, &parsed->err);
	return parsed;
}

#define PARSE(...) parse_as(SCOPE_RUN, ARGV(__VA_ARGS__))

static void check_used(struct parsed *parsed, size_t used, const char *name)
{
	CHECK_CASE(name);
	if (CHECK_OK(parsed->result, &parsed->err))
		CHECK_UINT(parsed->used, used);
}

static void check_refused(struct parsed *parsed, const char *part)
{
	CHECK_CASE(part);
	if (CHECK_FAILS(parsed->result, &parsed->err, "usage"))
		check_that(strstr(parsed->err.text, part) != NULL, __FILE__, __LINE__, "'%s'",
			   parsed->err.text);
}

static void test_end_of_options(void)
{
	static const char *const none[] = { NULL };

	check_used(parse_as(SCOPE_RUN, none), 0, "nothing");
	check_used(PARSE("rootfs", "-t"), 0, "the first operand ends the options");
	check_used(PARSE("-t", "rootfs", "--no-such"), 1, "what follows is the command's");
	check_used(PARSE("--", "-t"), 1, "--");
	check_used(PARSE("-t", "--", "--", "x"), 2, "only one -- is the parser's");
	check_used(PARSE("-", "x"), 0, "a dash alone is an operand");
	check_used(PARSE("", "-t"), 0, "an empty word is an operand");
	check_used(PARSE("-e", "--", "x"), 2, "an argument may be --");
}

static void test_long(void)
{
	struct parsed *p = PARSE("--workdir", "/a", "--umask=077", "r");

	check_used(p, 3, "--NAME VALUE, --NAME=VALUE");
	CHECK_STR(p->spec.workdir, "/a");
	CHECK_UINT(p->spec.umask, 077);
	p = PARSE("--env=A=b=c", "--env", "-x", "r");
	check_used(p, 3, "more '=' and a dash belong to the value");
	CHECK_STR(p->spec.env.v[0].value, "b=c");
	CHECK_STR(p->spec.env.v[1].name, "-x");
	p = PARSE("--entrypoint=", "r");
	check_used(p, 1, "an empty value");
	CHECK_UINT(p->spec.entrypoint.n, 0);
	p = PARSE("--entrypoint", "", "r");
	check_used(p, 2, "an empty value as a word");
	check_refused(PARSE("--no-such", "r"), "--no-such");
	check_refused(PARSE("--no-such=1", "r"), "--no-such=1");
	check_refused(PARSE("--workdi", "/a"), "--workdi");
	check_refused(PARSE("--workdirs", "/a"), "--workdirs");
	check_refused(PARSE("--=x"), "--=x");
	check_refused(PARSE("---"), "---");
	check_refused(PARSE("-workdir", "/a"), "orkdir"); /* -w with the argument "orkdir" */
	check_refused(PARSE("--workdir"), "needs an argument");
	check_refused(PARSE("--env="), "not ''");
}

static void test_switches(void)
{
	struct parsed *p = PARSE("--read-only", "--sig-proxy=false", "--init=1", "--strict=0", "r");

	check_used(p, 4, "switches");
	CHECK(p->spec.read_only && !p->spec.sig_proxy && p->spec.init && !p->spec.strict);
	p = PARSE("--read-only", "false");
	check_used(p, 1, "a switch takes no word");
	CHECK(p->spec.read_only);
	p = PARSE("--strict", "--strict=false");
	check_used(p, 2, "the last one counts");
	CHECK(!p->spec.strict);
	p = PARSE("--tty=false");
	check_used(p, 1, "--tty=false");
	CHECK_INT(p->spec.tty, NO);
	p = PARSE("-t");
	check_used(p, 1, "-t");
	CHECK_INT(p->spec.tty, YES);
	p = PARSE("--read-only", "--read-only-tmpfs=false");
	check_used(p, 2, "--read-only-tmpfs=false");
	CHECK(p->spec.read_only && !p->spec.read_only_tmpfs);
	check_used(PARSE("--rm"), 1, "--rm is accepted");
	check_refused(PARSE("--strict=maybe"), "maybe");
	check_refused(PARSE("--strict="), "not ''");
	check_refused(PARSE("--strict=TRUE"), "TRUE");
}

static void test_letters(void)
{
	struct parsed *p = PARSE("-it", "r");

	check_used(p, 1, "-it");
	CHECK(p->spec.interactive && p->spec.tty == YES);
	p = PARSE("-tiq", "r");
	check_used(p, 1, "-tiq");
	CHECK(p->spec.quiet);
	p = PARSE("-it=false", "r");
	check_used(p, 1, "a value belongs to the last letter");
	CHECK(p->spec.interactive && p->spec.tty == NO);
	p = PARSE("-v/a:/b", "r");
	check_used(p, 1, "-vVALUE");
	CHECK_STR(p->spec.mounts.v[0].source, "/a");
	p = PARSE("-v", "/a:/b", "r");
	check_used(p, 2, "-v VALUE");
	p = PARSE("-v=/a:/b", "r");
	check_used(p, 1, "-v=VALUE");
	CHECK_STR(p->spec.mounts.v[0].source, "/a");
	p = PARSE("-itw/a", "r");
	check_used(p, 1, "a bundle with a value");
	CHECK_STR(p->spec.workdir, "/a");
	p = PARSE("-itw", "/a", "r");
	check_used(p, 2, "a bundle with a word");
	p = PARSE("-wit", "r");
	CHECK_CASE("after an option with argument no letter follows");
	CHECK_INT(p->result, -1);
	p = PARSE("-eA=b", "-e", "C=d", "-eE", "r");
	check_used(p, 4, "-e");
	CHECK(p->spec.env.n == 3);
	CHECK_STR(p->spec.env.v[0].name, "A");
	CHECK_STR(p->spec.env.v[0].value, "b");
	CHECK_INT(p->spec.env.v[2].action, ENV_IMPORT);
	p = PARSE("-h", "web", "-u", "1:2", "r");
	check_used(p, 4, "-h is the host name");
	CHECK_STR(p->spec.hostname, "web");
	CHECK_UINT(p->spec.user.gid, 2);
	check_refused(PARSE("-x", "r"), "-x");
	check_refused(PARSE("-tx", "r"), "-tx");
	check_refused(PARSE("-w"), "-w needs an argument");
	check_refused(PARSE("-tw"), "-w needs an argument");
	check_refused(PARSE("-t=maybe"), "maybe");
	check_refused(PARSE("-t="), "not ''");
	check_refused(PARSE("-\xc3\xa4"), "there is no option");
	check_refused(PARSE("-="), "there is no option");
	check_refused(PARSE("-?"), "there is no option");
}

static void test_scope(void)
{
	struct parsed *p = parse_as(SCOPE_PLAN, ARGV("--format", "json", "r"));

	check_used(p, 2, "--format json");
	CHECK_INT(p->request.format, PLAN_JSON);
	p = parse_as(SCOPE_PLAN, ARGV("--format=oci"));
	check_used(p, 1, "--format=oci");
	CHECK_INT(p->request.format, PLAN_OCI);
	check_refused(parse_as(SCOPE_PLAN, ARGV("--format=xml")), "xml");
	check_refused(parse_as(SCOPE_RUN, ARGV("--format=json")), "--format");
	check_refused(parse_as(SCOPE_UNSHARE, ARGV("-v", "/a:/b")), "-v");
	check_refused(parse_as(SCOPE_UNSHARE, ARGV("--volume=/a:/b")), "--volume");
	check_refused(parse_as(SCOPE_UNSHARE, ARGV("-t")), "-t");
	check_used(parse_as(SCOPE_UNSHARE, ARGV("--uidmap", "0:1:1", "-e", "A=1", "id")), 4,
		   "unshare");
}

static void test_filters(void)
{
	const char *words[2 * (FILTERS_MAX + 1) + 1] = { NULL };
	const size_t most = 2 * (size_t)FILTERS_MAX;

	for (size_t i = 0; i < most; i++)
		words[i] = i % 2 ? "label=a" : "--filter";
	check_used(parse_as(SCOPE_PS, words), most, "as many as there may be");
	words[most] = "--filter";
	words[most + 1] = "label=a";
	check_refused(parse_as(SCOPE_PS, words), "more than");
	check_refused(parse_as(SCOPE_PS, ARGV("--filter", "label")), "KEY=VALUE");
}

static void test_help(void)
{
	struct parsed *p = PARSE("-t", "--help", "--no-such");

	check_used(p, 2, "--help ends the reading");
	CHECK(p->request.help);
	p = PARSE("rootfs", "--help");
	check_used(p, 0, "the command's own --help");
	CHECK(!p->request.help);
	p = PARSE("--help=false", "r");
	check_used(p, 1, "--help=false");
	CHECK(!p->request.help);
}

/* what help, manual and completion are made of */
static void test_table(void)
{
	for (const struct option *a = options_table(); a->name; a++) {
		CHECK_CASE(a->name);
		CHECK(a->name[0] && !strpbrk(a->name, "= \t"));
		CHECK(a->help && *a->help && a->group && *a->group && a->set && a->scope);
		CHECK(!a->argument || *a->argument);
		for (const struct option *b = options_table(); b != a; b++) {
			if (!(a->scope & b->scope))
				continue; /* no subcommand has both */
			CHECK(strcmp(a->name, b->name) != 0);
			CHECK(!a->letter || a->letter != b->letter);
		}
	}
}

/* every option takes its argument in both ways, or says why not, and never runs past the end */
static void test_all_options(void)
{
	for (const struct option *option = options_table(); option->name; option++) {
		enum option_scope scope = (enum option_scope)(option->scope & -option->scope);
		char alone[64], joined[64];
		struct parsed *p;

		snprintf(alone, sizeof(alone), "--%s", option->name);
		snprintf(joined, sizeof(joined), "--%s=\x01", option->name);
		CHECK_CASE(option->name);
		p = parse_as(scope, ARGV(alone));
		if (option->argument)
			CHECK_FAILS(p->result, &p->err, "usage");
		else
			CHECK_OK(p->result, &p->err);
		p = parse_as(scope, ARGV(joined));
		CHECK(p->result == -1 || option->argument);
		CHECK(p->result == -1 || p->used == 1);
	}
}

int main(void)
{
	test_end_of_options();
	test_long();
	test_switches();
	test_letters();
	test_scope();
	test_filters();
	test_help();
	test_table();
	test_all_options();
	arena_free_all(&arena);
	return check_end();
}
