/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The whole test framework: checks that name the file, the line and the case, and that go on
 * after a failure, so that one run shows them all. A test program ends with check_end().
 */
#ifndef NSRUN_TESTS_CHECK_H
#define NSRUN_TESTS_CHECK_H

#include "base/arena.h"
#include "nsrun/error.h"

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

static struct {
	unsigned checks;
	unsigned failures;
	unsigned todos;
	const char *name; /* the case of a table that is being checked, or NULL */
	const char *todo; /* why the next failures are known */
} check_state;

__attribute__((format(printf, 4, 5), unused)) static bool
check_that(bool good, const char *file, int line, const char *format, ...)
{
	va_list ap;

	check_state.checks++;
	if (good)
		return true;
	if (check_state.todo)
		check_state.todos++;
	else
		check_state.failures++;
	printf("%s %s:%d: ", check_state.todo ? "todo" : "not ok", file, line);
	if (check_state.name)
		printf("[%s] ", check_state.name);
	va_start(ap, format);
	vprintf(format, ap);
	va_end(ap);
	if (check_state.todo)
		printf(" (known: %s)", check_state.todo);
	putchar('\n');
	return false;
}

/* a test that hangs is a test that failed */
__attribute__((constructor, unused)) static void check_begin(void)
{
	alarm(300);
}

/** CHECK_CASE - Name the case that the following checks belong to. */
#define CHECK_CASE(text) (check_state.name = (text))

/** CHECK_TODO - From here on failures are known defects and only reported; NULL ends it. */
#define CHECK_TODO(why) (check_state.todo = (why))

/** CHECK - A condition holds. */
#define CHECK(condition) check_true((condition), #condition, __FILE__, __LINE__)

/** CHECK_INT - Two signed numbers are equal. */
#define CHECK_INT(got, want) check_int((got), (want), #got, __FILE__, __LINE__)

/** CHECK_UINT - Two unsigned numbers are equal. */
#define CHECK_UINT(got, want) check_uint((got), (want), #got, __FILE__, __LINE__)

/** CHECK_STR - Two texts are equal, or both are NULL. */
#define CHECK_STR(got, want) check_str((got), (want), #got, __FILE__, __LINE__)

/** CHECK_OK - A call returned 0. */
#define CHECK_OK(call, error)                                                                      \
	check_that((call) == 0, __FILE__, __LINE__, "%s failed: %s: %s", #call, (error)->id,       \
		   (error)->text)

/** CHECK_FAILS - A call returned -1 with this error id. */
#define CHECK_FAILS(call, error, want)                                                             \
	check_fails((call), (error), (want), #call, __FILE__, __LINE__)

/* returns the condition itself: no analyser follows check_that(), which is variadic */
__attribute__((unused)) static bool check_true(bool good, const char *what, const char *file,
					       int line)
{
	check_that(good, file, line, "expected %s", what);
	return good;
}

__attribute__((unused)) static bool check_int(int64_t got, int64_t want, const char *what,
					      const char *file, int line)
{
	return check_that(got == want, file, line, "%s is %lld, not %lld", what, (long long)got,
			  (long long)want);
}

__attribute__((unused)) static bool check_uint(uint64_t got, uint64_t want, const char *what,
					       const char *file, int line)
{
	return check_that(got == want, file, line, "%s is %llu, not %llu", what,
			  (unsigned long long)got, (unsigned long long)want);
}

__attribute__((unused)) static bool check_str(const char *got, const char *want, const char *what,
					      const char *file, int line)
{
	bool same = got && want ? strcmp(got, want) == 0 : got == want;

	return check_that(same, file, line, "%s is '%s', not '%s'", what, got ? got : "(null)",
			  want ? want : "(null)");
}

__attribute__((unused)) static bool check_fails(int result, const struct error *err,
						const char *want, const char *what,
						const char *file, int line)
{
	if (!check_that(result == -1, file, line, "%s returned %d, not -1", what, result))
		return false;
	if (!check_that(strcmp(err->id, want) == 0, file, line, "%s: error '%s' (%s), not '%s'",
			what, err->id, err->text, want))
		return false;
	return check_that(err->text[0] != '\0', file, line, "%s: an error without a sentence",
			  what);
}

/* A case that may crash runs in a child; true when it came back with status 0. */
__attribute__((unused)) static bool check_survives(void (*body)(void))
{
	int status = 0;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (pid == 0) {
		body();
		_exit(0);
	}
	return pid > 0 && waitpid(pid, &status, 0) == pid && WIFEXITED(status) &&
	       WEXITSTATUS(status) == 0;
}

/* What is exhausted in a test is the test's own fault. */
__attribute__((noreturn, unused)) static void check_exhausted(void)
{
	puts("not ok: out of memory");
	exit(1);
}

#define CHECK_ARENA ((struct arena){ .on_exhausted = check_exhausted })

/** check_end() - Say how it went; returns main's exit status. */
__attribute__((unused)) static int check_end(void)
{
	if (check_state.checks == 0)
		puts("not ok: nothing was checked");
	printf("%u checks, %u failed, %u known to fail\n", check_state.checks, check_state.failures,
	       check_state.todos);
	return check_state.failures > 0 || check_state.checks == 0;
}

#endif
