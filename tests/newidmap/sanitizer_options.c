// SPDX-License-Identifier: Apache-2.0
/*
 * Linked into the programs of the sanitized build: what a sanitizer finds must not look like a
 * refusal, which is exit status 1 as the sanitizers' own is. Tests only.
 */
/* the names are the sanitizers' */
const char *__asan_default_options(void);  /* NOLINT(bugprone-reserved-identifier) */
const char *__ubsan_default_options(void); /* NOLINT(bugprone-reserved-identifier) */

const char *__asan_default_options(void)
{
	return "exitcode=99";
}

const char *__ubsan_default_options(void)
{
	return "exitcode=99";
}
