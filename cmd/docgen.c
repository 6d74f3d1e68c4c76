// SPDX-License-Identifier: Apache-2.0
/*
 * A build tool, not installed: fills the manual page and the bash completion from the table of
 * options. It copies standard input to standard output and replaces the lines "@OPTIONS
 * SUBCOMMAND@", the line "@CASES@", and the words "@SUBCOMMANDS@" and "@VERSION@".
 */
#include "options.h"

#include <stdio.h>
#include <string.h>

static void print_roff(const char *text)
{
	for (; *text; text++) {
		if (*text == '-' || *text == '\\')
			putchar('\\');
		putchar(*text);
	}
}

static void print_man(const struct option *option)
{
	printf(".TP\n");
	if (option->letter)
		printf("\\fB\\-%c\\fR, ", option->letter);
	printf("\\fB\\-\\-");
	print_roff(option->name);
	printf("\\fR");
	if (option->argument) {
		printf(" \\fI");
		print_roff(option->argument);
		printf("\\fR");
	}
	putchar('\n');
	print_roff(option->help);
	printf("\n");
}

static void print_man_options(unsigned scope)
{
	const char *group = "";

	for (const struct option *option = options_table(); option->name; option++) {
		if (!(option->scope & scope))
			continue;
		/* the others have few options, and a heading of their own */
		if (scope & (SCOPE_RUN | SCOPE_PLAN) && strcmp(group, option->group) != 0)
			printf(".SS %s\n", option->group);
		group = option->group;
		print_man(option);
	}
	printf(".PP\n");
}

/* words of the completion: switches end in nothing, the others in "=" */
static void print_words(unsigned scope)
{
	for (const struct option *option = options_table(); option->name; option++) {
		if (!(option->scope & scope))
			continue;
		printf(" --%s%s", option->name, option->argument ? "=" : "");
		if (option->letter)
			printf(" -%c", option->letter);
	}
	putchar('\n');
}

static int parse_scope(const char *name, unsigned *ret_scope)
{
	for (const struct scope_name *scope = options_scopes(); scope->name; scope++) {
		size_t length = strlen(scope->name);

		if (strncmp(name, scope->name, length) == 0 && name[length] == '@') {
			*ret_scope = scope->scope;
			return 0;
		}
	}
	return -1;
}

/* the completion's list of options by subcommand: a shell's case for each but "run" */
static void print_cases(void)
{
	for (const struct scope_name *scope = options_scopes(); scope->name; scope++) {
		if (scope->scope == SCOPE_RUN)
			continue;
		printf("\t%s) echo", scope->name);
		print_words(scope->scope);
		printf("\t\t;;\n");
	}
}

static void print_names(void)
{
	for (const struct scope_name *scope = options_scopes(); scope->name; scope++)
		printf("%s%s", scope == options_scopes() ? "" : " ", scope->name);
}

static void print_line(const char *line)
{
	static const char version[] = "@VERSION@", names[] = "@SUBCOMMANDS@", cases[] = "@CASES@";
	const char *at;

	if ((at = strstr(line, version))) {
		printf("%.*s%s%s", (int)(at - line), line, PACKAGE_VERSION, at + strlen(version));
	} else if ((at = strstr(line, names))) {
		printf("%.*s", (int)(at - line), line);
		print_names();
		fputs(at + strlen(names), stdout);
	} else if (strstr(line, cases)) {
		print_cases();
	} else {
		fputs(line, stdout);
	}
}

int main(int argc, char *argv[])
{
	static const char mark[] = "@OPTIONS ";
	bool man = argc == 2 && strcmp(argv[1], "man") == 0;
	char line[1024];

	if (argc != 2 || (!man && strcmp(argv[1], "completion") != 0)) {
		fputs("usage: docgen man|completion <template >result\n", stderr);
		return 2;
	}
	while (fgets(line, sizeof(line), stdin)) {
		char *at = strstr(line, mark);
		unsigned scope;

		if (!at || parse_scope(at + strlen(mark), &scope) < 0) {
			print_line(line);
			continue;
		}
		printf("%.*s", (int)(at - line), line);
		if (man)
			print_man_options(scope);
		else
			print_words(scope);
	}
	return ferror(stdin) || fflush(stdout) != 0;
}
