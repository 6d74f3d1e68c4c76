// SPDX-License-Identifier: Apache-2.0
/* What --format makes of Go's templates. */
#include "config/json_template.h"

#include "tests/unit/check.h"

static struct arena arena = { .on_exhausted = check_exhausted };

static const char document[] =
	"{\"Id\":\"abc\",\"State\":{\"Status\":\"running\",\"Pid\":42,\"Paused\":false},"
	"\"Names\":[\"a\",\"b\"],\"Labels\":{\"k\":\"v w\",\"x-y\":\"\"},\"Nothing\":null,"
	"\"id\":\"small\",\"Text\":\"a\\\"b\\u001b\"}";

static const struct json_value *read_document(void)
{
	const struct json_value *map = NULL;
	struct error err;

	CHECK_OK(json_read(&arena, document, strlen(document), &map, &err), &err);
	return map;
}

static void test_filled(const struct json_value *map)
{
	static const struct {
		const char *template;
		const char *text;
	} rows[] = {
		{ "", "" },
		{ "plain", "plain" },
		{ "{{.Id}}", "abc" },
		{ "{{ .Id }}", "abc" },
		{ "{{.ID}}", "abc" },
		{ "{{.id}}", "small" },
		{ "{{.State.Status}} {{.State.Pid}}", "running 42" },
		{ "{{.State.Paused}}", "false" },
		{ "{{.Names}}", "[a b]" },
		{ "{{.Labels}}", "map[k:v w x-y:]" },
		{ "{{.Labels.k}}", "v w" },
		{ "{{.Labels.x-y}}", "" },
		{ "{{.Nothing}}", "<nil>" },
		{ "{{json .State}}", "{\"Status\":\"running\",\"Pid\":42,\"Paused\":false}" },
		{ "{{json .Text}}", "\"a\\\"b\\u001B\"" },
		{ "{{json  .Names}}", "[\"a\",\"b\"]" },
		{ "a\\tb\\n{{.Id}}\\x", "a\tb\nabc\\x" },
		{ "{.Id}", "{.Id}" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const char *text = NULL;
		struct error err;

		CHECK_CASE(rows[i].template);
		CHECK_OK(json_template(&arena, rows[i].template, map, &text, &err), &err);
		CHECK_STR(text, rows[i].text);
	}
}

static void test_refused(const struct json_value *map)
{
	static const char *const wrong[] = {
		"{{.Id",	  "{{}}",	"{{Id}}",     "{{.No}}",	  "{{.Id.No}}",
		"{{.State.No}}",  "{{..Id}}",	"{{.Id.}}",   "{{range .Names}}", "{{.Id | upper}}",
		"{{index .A 0}}", "{{json}}",	"{{json Id}}", "{{\"x\"}}",	  "{{.State.}}",
		"{{.Names.a}}",	  "{{.I}}",	"{{.Idx}}",
	};
	const char *text = NULL;
	struct error err;

	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		CHECK_CASE(wrong[i]);
		CHECK_FAILS(json_template(&arena, wrong[i], map, &text, &err), &err, "template");
	}
}

static void test_titles(void)
{
	const char *text = NULL;
	struct error err;

	CHECK_CASE("titles");
	CHECK_OK(json_template_titles(&arena, "{{.Names}}\\t{{.State.Pid}} x", &text, &err), &err);
	CHECK_STR(text, "NAMES\tPID x");
	CHECK_FAILS(json_template_titles(&arena, "{{range}}", &text, &err), &err, "template");
}

int main(void)
{
	const struct json_value *map = read_document();

	test_filled(map);
	test_refused(map);
	test_titles();
	arena_free_all(&arena);
	return check_end();
}
