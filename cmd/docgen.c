// SPDX-License-Identifier: Apache-2.0
/*
 * A build tool, not installed: fills the manual page and the bash completion from the table of
 * options. It copies standard input to standard output and replaces the lines "@OPTIONS SCOPE@".
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
		if (strcmp(group, option->group) != 0)
			printf(".SS %s\n", option->group);
		group = option->group;
		print_man(option);
	}
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
	static const struct {
		const char *name;
		unsigned scope;
	} scopes[] = { { "run", SCOPE_RUN }, { "plan", SCOPE_PLAN }, { "unshare", SCOPE_UNSHARE } };

	for (size_t i = 0; i < sizeof(scopes) / sizeof(scopes[0]); i++) {
		if (strncmp(name, scopes[i].name, strlen(scopes[i].name)) == 0) {
			*ret_scope = scopes[i].scope;
			return 0;
		}
	}
	return -1;
}

int main(int argc, char *argv[])
{
	static const char mark[] = "@OPTIONS ", version[] = "@VERSION@";
	bool man = argc == 2 && strcmp(argv[1], "man") == 0;
	char line[1024];

	if (argc != 2 || (!man && strcmp(argv[1], "completion") != 0)) {
		fputs("usage: docgen man|completion <template >result\n", stderr);
		return 2;
	}
	while (fgets(line, sizeof(line), stdin)) {
		char *at = strstr(line, mark), *place;
		unsigned scope;

		if (at && parse_scope(at + strlen(mark), &scope) == 0) {
			printf("%.*s", (int)(at - line), line);
			if (man)
				print_man_options(scope);
			else
				print_words(scope);
			continue;
		}
		place = strstr(line, version);
		if (place)
			printf("%.*s%s%s", (int)(place - line), line, PACKAGE_VERSION,
			       place + strlen(version));
		else
			fputs(line, stdout);
	}
	return ferror(stdin) || fflush(stdout) != 0;
}
