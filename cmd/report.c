// SPDX-License-Identifier: Apache-2.0
/* What the user reads. */
#include "report.h"

#include <stdio.h>
#include <string.h>

/*
 * What to type, by error id. "%s" stands for the error's own argument. An id that is not here has
 * nothing better to offer than its sentence.
 */
static const struct {
	const char *id;
	const char *advice;
} advices[] = {
	{ "usage", "nsrun --help" },
	{ "idmap-podman", "nsrun run %s ROOTFS" },
	{ "idmap-not-owned", "ask the administrator for: usermod %s" },
	{ "idmap-no-subids",
	  "ask the administrator for: usermod --add-subuids 100000-165535 --add-subgids "
	  "100000-165535 %s   (a range that nobody else has)" },
	{ "idmap-no-subids-root",
	  "usermod --add-subuids 100000-165535 --add-subgids 100000-165535 root   (a range that "
	  "nobody else has)" },
	{ "idmap-nomap", "ask the administrator for subordinate ids: usermod --add-subuids "
			 "100000-165535 --add-subgids 100000-165535 %s" },
	{ "idmap-keep-id-root", "nsrun run --uidmap 0:100000:65536 ROOTFS" },
	{ "newidmap-missing", "ask the administrator for: apt-get install uidmap" },
	{ "newidmap-no-privilege", "ask the administrator for: setcap cap_setuid,cap_setgid+ep %s" },
	{ "newidmap-nosuid", "ask the administrator for: apt-get install uidmap" },
	{ "newidmap-no-new-privs",
	  "start nsrun from outside the sandbox that set no_new_privs (in a systemd unit: "
	  "NoNewPrivileges=no)" },
	{ "newidmap-account-unknown", "ask the administrator for: apt-get install uidmap" },
	{ "newidmap-subid-nss", "ask the administrator for: apt-get install uidmap" },
	{ "newidmap-subid-file-unsafe",
	  "ask the administrator for: chown root:root /etc/subuid /etc/subgid; chmod 644 "
	  "/etc/subuid /etc/subgid" },
	{ "newidmap-off", "nsrun run ROOTFS without --newidmap=none" },
	{ "userns-sysctl", "ask the administrator for: sysctl -w %s" },
	{ "userns-limit", "sysctl %s" },
	{ "userns-apparmor",
	  "ask the administrator for a profile with 'userns,' for the path of nsrun in "
	  "/etc/apparmor.d" },
	{ "userns-host", "nsrun run ROOTFS" },
	{ "rootfs", "ls -ld ROOTFS, and see 'nsrun unshare' for making one" },
	{ "mount-source", "mkdir -p '%s', or correct the path" },
	{ "mount-locked", "nsrun run -v SOURCE:DESTINATION:rbind ROOTFS" },
	{ "mount-destination", "nsrun run ROOTFS:O leaves the rootfs as it is and can make any path" },
	{ "volume-named", "nsrun run -v ./DIRECTORY:DESTINATION ROOTFS" },
	{ "ulimit-too-high", "nsrun run --ulimit %s ROOTFS" },
	{ "groups-denied", "nsrun run --group-add keep-groups ROOTFS" },
	{ "command-not-executable",
	  "see its mode and its first line: a script needs '#!' and an interpreter that is there" },
	{ "sysctl-not-namespaced", "sysctl on the host, if you administrate it" },
};

static const char *find_advice(const char *id)
{
	for (size_t i = 0; i < sizeof(advices) / sizeof(advices[0]); i++)
		if (strcmp(advices[i].id, id) == 0)
			return advices[i].advice;
	return NULL;
}

/* names of files and users come from anywhere: nothing of them may steer the terminal */
static void print_safely(const char *text)
{
	for (; *text; text++) {
		unsigned char c = (unsigned char)*text;

		if (c < 0x20 || c == 0x7f || (c >= 0x80 && c < 0xa0))
			fprintf(stderr, "\\x%02x", c);
		else
			fputc(c, stderr);
	}
}

static void print_advice(const struct error *error)
{
	const char *advice = find_advice(error->id);
	const char *place;

	if (!advice)
		return;
	place = strstr(advice, "%s");
	fputs("  try: ", stderr);
	if (!place) {
		fputs(advice, stderr);
	} else {
		fprintf(stderr, "%.*s", (int)(place - advice), advice);
		print_safely(error->arg);
		fputs(place + 2, stderr);
	}
	fputc('\n', stderr);
}

static void print_sentence(const char *kind, const struct error *error)
{
	fprintf(stderr, "nsrun: %s", kind);
	print_safely(error->text);
	if (error->errnum)
		fprintf(stderr, ": %s", strerror(error->errnum));
	fputc('\n', stderr);
}

void report_error(const struct error *error)
{
	fflush(stdout);
	print_sentence("", error);
	print_advice(error);
}

void report_notice(const struct error *notice, void *arg)
{
	const struct spec *spec = arg;

	if (!spec->quiet)
		print_sentence("note: ", notice);
}

static void print_option(const struct option *option)
{
	char left[64];
	int length = snprintf(left, sizeof(left), "  %c%c%s --%s%s%s", option->letter ? '-' : ' ',
			      option->letter ? option->letter : ' ', option->letter ? "," : " ",
			      option->name, option->argument ? " " : "",
			      option->argument ? option->argument : "");

	if (length < 34)
		printf("%-34s %s\n", left, option->help);
	else
		printf("%s\n%-34s %s\n", left, "", option->help);
}

void report_help(enum option_scope scope, const char *usage)
{
	const char *group = "";

	printf("Usage: %s\n", usage);
	for (const struct option *option = options_table(); option->name; option++) {
		if (!(option->scope & (unsigned)scope))
			continue;
		if (strcmp(group, option->group) != 0)
			printf("\n%s:\n", option->group);
		group = option->group;
		print_option(option);
	}
}
