// SPDX-License-Identifier: Apache-2.0
/*
 * Command lines on made-up machines and the plans that come out, compared with files of this
 * directory. "golden --update" rewrites the files: read the difference before you commit it, for
 * each id map must be what the user asked for. Needs no privilege and looks at no machine.
 *
 * cases.list has one case a line: NAME MACHINE SUBCOMMAND WORDS... A file has the id maps and what
 * differs from the plan of "nsrun rootfs" for alice, which the cases called default... have in
 * full: so that a case shows what it is about, and a new default changes few files.
 */
#include "base/file.h"
#include "tests/unit/check.h"
#include "tests/unit/plan_fixture.h"

#include <fcntl.h>

#define FILE_SIZE_MAX ((size_t)1 << 20)

static struct arena arena = { .on_exhausted = check_exhausted };

static char *read_whole(const char *path)
{
	char *text = arena_alloc(&arena, FILE_SIZE_MAX);

	return file_read(AT_FDCWD, path, text, FILE_SIZE_MAX) < 0 ? NULL : text;
}

static void write_whole(const char *path, const char *text)
{
	FILE *file = fopen(path, "we");

	if (!file || fputs(text, file) < 0 || fclose(file) != 0) {
		printf("not ok: cannot write '%s'\n", path);
		exit(1);
	}
}

static void add_error(struct text *text, const char *kind, const struct error *err)
{
	text_add(text, "%s [%s] %s", kind, err->id, err->text);
	if (err->errnum)
		text_add(text, ": %s", strerror(err->errnum));
	if (*err->arg)
		text_add(text, " (%s)", err->arg);
	text_add(text, "\n");
}

/* generated files are in no printed plan: their content is part of the golden file all the same */
static void add_files(struct text *text, const struct plan *plan)
{
	for (size_t i = 0; i < plan->mounts.n; i++)
		if (plan->mounts.v[i].content)
			text_add(text, "--- %s ---\n%s", plan->mounts.v[i].destination,
				 plan->mounts.v[i].content);
}

/* --- what differs --- */

static void split_lines(const char *text, nsrun_strings *ret_lines)
{
	while (*text) {
		size_t length = strcspn(text, "\n");

		*array_push(&arena, ret_lines) = arena_strndup(&arena, text, length);
		text += length + (text[length] == '\n');
	}
}

/* the longest common subsequence: plans have some hundred lines */
static void add_difference(struct text *text, const char *from, const char *to)
{
	nsrun_strings a = { .n = 0 }, b = { .n = 0 };
	size_t i = 0, j = 0, *common;

	split_lines(from, &a);
	split_lines(to, &b);
	common = arena_alloc(&arena, (a.n + 1) * (b.n + 1) * sizeof(*common));
#define COMMON(i, j) common[(i) * (b.n + 1) + (j)]
	for (i = a.n; i-- > 0;)
		for (j = b.n; j-- > 0;)
			COMMON(i, j) = strcmp(a.v[i], b.v[j]) == 0 ? COMMON(i + 1, j + 1) + 1
				       : COMMON(i + 1, j) > COMMON(i, j + 1) ? COMMON(i + 1, j)
									     : COMMON(i, j + 1);
	for (i = j = 0; i < a.n || j < b.n;) {
		if (i < a.n && j < b.n && strcmp(a.v[i], b.v[j]) == 0) {
			i++;
			j++;
		} else if (j == b.n || (i < a.n && COMMON(i + 1, j) >= COMMON(i, j + 1))) {
			text_add(text, "- %s\n", a.v[i++]);
		} else {
			text_add(text, "+ %s\n", b.v[j++]);
		}
	}
#undef COMMON
}

/* the id maps stand at the top of a file already */
static const char *without_maps(const char *plan)
{
	const char *maps = strstr(plan, "uid map "), *after = strstr(plan, "maps are by ");

	if (!maps || !after || maps > after)
		return plan;
	return arena_printf(&arena, "%.*s%s", (int)(maps - plan), plan, after);
}

/* "unshare" keeps every capability, and how many there are is the running kernel's affair */
static const char *without_capabilities(const char *plan)
{
	const char *rights = strstr(plan, "bounding "), *after = strstr(plan, "privileges ");

	if (!rights || !after || rights > after)
		return plan;
	return arena_printf(&arena, "%.*s%s", (int)(rights - plan), plan, after);
}

static void add_map(struct text *text, const char *title, const char *map)
{
	nsrun_strings lines = { .n = 0 };

	split_lines(map ? map : "", &lines);
	for (size_t i = 0; i < lines.n; i++)
		text_add(text, "%s %s\n", title, lines.v[i]);
}

static const char *full_plan(const struct planned *planned)
{
	struct text text = { .arena = &arena };

	const char *printed;
	struct error err;

	if (nsrun_plan_print(&planned->plan, planned->format, &printed, &err) < 0)
		return arena_printf(&arena, "error [%s] %s\n", err.id, err.text);
	text_add(&text, "%s", printed);
	if (planned->format == PLAN_TEXT)
		add_files(&text, &planned->plan);
	return text_string(&text);
}

static const char *run_case(const char *machine, const char *line, bool full)
{
	struct text text = { .arena = &arena };
	struct planned planned, standard;
	const struct plan *plan = &planned.plan;

	plan_line(&arena, machine, line, &planned);
	text_add(&text, "# %s: nsrun %s\n", machine, line);
	if (planned.result < 0) {
		add_error(&text, "error", &planned.err);
		return text_string(&text);
	}
	add_map(&text, "uid_map", plan->uid_map_text);
	add_map(&text, "gid_map", plan->gid_map_text);
	text_add(&text, "setgroups %s, set up by %u:%u\n", plan->setgroups ? "allowed" : "denied",
		 plan->setup_uid, plan->setup_gid);
	for (size_t i = 0; i < plan->notices.n; i++)
		add_error(&text, "notice", &plan->notices.v[i]);
	plan_line(&arena, "alice", "run rootfs", &standard);
	standard.format = planned.format;
	if (plan->action == ACTION_UNSHARE)
		text_add(&text, "%s", without_capabilities(full_plan(&planned)));
	else if (full)
		text_add(&text, "%s", full_plan(&planned));
	else
		add_difference(&text, without_maps(full_plan(&standard)),
			       without_maps(full_plan(&planned)));
	return text_string(&text);
}

/* the first line in which two texts differ */
static void show_difference(const char *name, const char *want, const char *got)
{
	int line = 1;

	while (*want && *want == *got) {
		line += *want == '\n';
		want++;
		got++;
	}
	while (line > 1 && want[-1] != '\n') {
		want--;
		got--;
	}
	printf("  %s.txt:%d\n  - %.*s\n  + %.*s\n", name, line, (int)strcspn(want, "\n"), want,
	       (int)strcspn(got, "\n"), got);
}

static void check_case(const char *directory, const char *name, const char *got, bool update)
{
	const char *path = arena_printf(&arena, "%s/%s.txt", directory, name);
	const char *want;

	if (update) {
		write_whole(path, got);
		return;
	}
	want = read_whole(path);
	CHECK_CASE(name);
	if (!CHECK(want != NULL))
		return;
	if (!CHECK(strcmp(got, want) == 0))
		show_difference(name, want, got);
}

static void check_line(const char *directory, char *line, bool update)
{
	char *machine, *words, *name = line;

	machine = strchr(name, ' ');
	words = machine ? strchr(machine + 1, ' ') : NULL;
	if (!words) {
		CHECK_CASE(line);
		check_that(false, __FILE__, __LINE__, "NAME MACHINE SUBCOMMAND WORDS...");
		return;
	}
	*machine++ = '\0';
	*words++ = '\0';
	check_case(directory, name, run_case(machine, words, strncmp(name, "default", 7) == 0),
		   update);
}

int main(int argc, char *argv[])
{
	const char *srcdir = getenv("srcdir");
	const char *directory = arena_printf(&arena, "%s/tests/golden", srcdir ? srcdir : ".");
	bool update = argc > 1 && strcmp(argv[1], "--update") == 0;
	char *line = read_whole(arena_printf(&arena, "%s/cases.list", directory));

	if (!line) {
		printf("not ok: cannot read '%s/cases.list'\n", directory);
		return 1;
	}
	while (*line) {
		char *end = line + strcspn(line, "\n");
		char *next = *end ? end + 1 : end;

		*end = '\0';
		if (*line && *line != '#')
			check_line(directory, line, update);
		line = next;
	}
	arena_free_all(&arena);
	return update ? 0 : check_end();
}
