// SPDX-License-Identifier: Apache-2.0
/* What the user reads. */
#include "report.h"

#include "escape.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/*
 * What to type, by error id. "%s" stands for the error's own argument. An id that is not here has
 * nothing better to offer than its sentence.
 */
static const struct {
	const char *id;
	const char *advice;
} advices[] = {
	{ "usage", "nsrun %s --help" },
	{ "idmap-podman", "nsrun run %s ROOTFS" },
	{ "idmap-not-owned", "ask the administrator for: usermod %s" },
	{ "idmap-no-subids", "ask the administrator for: usermod --add-subuids %s" },
	{ "idmap-no-subids-root", "usermod --add-subuids %s" },
	{ "idmap-nomap", "ask the administrator for: usermod --add-subuids %s" },
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
	{ "userns-nested", "start the outer container with --security-opt nested" },
	{ "userns-limit", "sysctl %s" },
	{ "userns-apparmor",
	  "ask the administrator for a profile with 'userns,' for the path of nsrun in "
	  "/etc/apparmor.d" },
	{ "userns-host", "nsrun run ROOTFS" },
	{ "bridge-unknown", "nsrun network create %s" },
	{ "bridge-in-use", "nsrun network inspect %s" },
	{ "network-no-helper", "ask the administrator for: apt-get install passt" },
	{ "network-tun", "ask the administrator for: chmod 666 /dev/net/tun" },
	{ "publish-network", "nsrun run --network=private -p HOST:PORT ROOTFS" },
	{ "publish-privileged",
	  "ask the administrator for: sysctl -w net.ipv4.ip_unprivileged_port_start=%s" },
	{ "rootfs-word", "nsrun --help lists the commands, whose options follow their names; "
			 "'nsrun unshare' makes a root file system" },
	{ "rootfs", "ls -ld ROOTFS, and see 'nsrun unshare' for making one" },
	{ "mount-source", "mkdir -p '%s', or correct the path" },
	{ "mount-locked", "nsrun run -v SOURCE:DESTINATION:rbind ROOTFS" },
	{ "mount-place",
	  "make it in the rootfs before, as its owner; or, with its owner's ids mapped, ROOTFS:O" },
	{ "overlay-owner", "use the --uidmap or --userns that it was made under, or another directory" },
	{ "volume-chown", "its owner must be mapped: leave --userns=nomap out, or chown it before" },
	{ "volume-named", "nsrun run -v ./DIRECTORY:DESTINATION ROOTFS" },
	{ "ulimit-too-high", "nsrun run --ulimit %s ROOTFS" },
	{ "env-file-pipe", "write it to a file, or use an nsrun that root has installed" },
	{ "groups-denied", "nsrun run --group-add keep-groups ROOTFS" },
	{ "command-not-executable",
	  "see its mode and its first line: a script needs '#!' and an interpreter that is there" },
	{ "box-unknown", "nsrun box %s ROOTFS" },
	{ "box-rootfs", "move it back; or nsrun box --rm %s, and make it anew" },
	{ "box-made", "nsrun box --rm %s, and make it anew" },
	{ "box-damaged", "nsrun box --rm %s, and make it anew" },
	{ "box-name", "give the box another name, or: nsrun rename %s NAME" },
	{ "publish-all", "nsrun run --expose 80 -P ROOTFS" },
	{ "container-exists", "nsrun rm -f %s, or give --replace, or another --name" },
	{ "container-unknown", "nsrun ps -a" },
	{ "container-running", "nsrun stop %s" },
	{ "container-not-running", "nsrun start %s" },
	{ "container-starting", "nsrun rm -f %s" },
	{ "container-paused", "nsrun unpause %s" },
	{ "copy-lost", "nsrun start %s, and copy then; or make it with --rootfs-overlay or --volume" },
	{ "prune-unconfirmed", "nsrun prune --force" },
	{ "log-watch", "sysctl fs.inotify.max_user_instances" },
	{ "template", "--format json" },
	{ "container-ambiguous", "give more of the id: nsrun ps -a --no-trunc" },
	{ "state-damaged", "nsrun rm -f %s" },
	{ "state-directory", "ls -ld %s, and set XDG_RUNTIME_DIR to a directory of your own" },
	{ "monitor-stopped", "kill -CONT %s" },
	{ "cidfile", "remove it, or name another" },
	{ "sysctl-not-namespaced", "sysctl on the host, if you administrate it" },
};

static const char *find_advice(const char *id)
{
	for (size_t i = 0; i < sizeof(advices) / sizeof(advices[0]); i++)
		if (strcmp(advices[i].id, id) == 0)
			return advices[i].advice;
	return NULL;
}

/* struct line - What is said at once, with one write(2), however many processes say something */
struct line {
	char text[2048];
	size_t length;
};

static void add_byte(struct line *line, char byte)
{
	if (line->length < sizeof(line->text) - 1)
		line->text[line->length++] = byte;
}

static void add_text(struct line *line, const char *text)
{
	for (; *text; text++)
		add_byte(line, *text);
}

/* names of files and users come from anywhere: nothing of them may steer the terminal */
static void add_safely(struct line *line, const char *text)
{
	static const char digits[] = "0123456789abcdef";

	for (; *text; text++) {
		unsigned char c = (unsigned char)*text;

		if (c >= 0x20 && c != 0x7f && !(c >= 0x80 && c < 0xa0)) {
			add_byte(line, *text);
			continue;
		}
		add_text(line, "\\x");
		add_byte(line, digits[c >> 4]);
		add_byte(line, digits[c & 15]);
	}
}

static void add_sentence(struct line *line, const char *kind, const struct error *error)
{
	add_text(line, "nsrun: ");
	add_text(line, kind);
	add_safely(line, error->text);
	if (error->errnum) {
		add_text(line, ": ");
		add_text(line, strerror(error->errnum));
	}
	add_byte(line, '\n');
}

static void add_advice(struct line *line, const struct error *error)
{
	const char *advice = find_advice(error->id);

	if (!advice)
		return;
	add_text(line, "  try: ");
	for (; *advice; advice++) {
		if (strncmp(advice, "%s", 2) == 0) {
			add_safely(line, error->arg);
			advice++;
		} else {
			add_byte(line, *advice);
		}
	}
	add_byte(line, '\n');
}

static void say(const struct line *line)
{
	ssize_t written = write(STDERR_FILENO, line->text, line->length);

	(void)written; /* without standard error there is nobody to tell */
}

void report_error(const struct error *error)
{
	struct line line = { .length = 0 };

	fflush(stdout);
	add_sentence(&line, "", error);
	add_advice(&line, error);
	say(&line);
}

void report_notice(const struct error *notice, void *arg)
{
	const struct spec *spec = arg;
	struct line line = { .length = 0 };

	if (spec->quiet)
		return;
	add_sentence(&line, "note: ", notice);
	say(&line);
}

char *report_escape(const char *text)
{
	char *escaped = malloc(strlen(text) * 4 + 1), *at = escaped;

	size_t left = strlen(text);
	bool utf8 = escape_locale_is_utf8();

	while (escaped && left > 0) {
		size_t n = escape_harmless(text, left, utf8);

		memcpy(at, text, n);
		at += n;
		text += n;
		left -= n;
		if (left == 0)
			break;
		escape_byte(*text++, at);
		at += ESCAPE_SIZE - 1;
		left--;
	}
	if (escaped)
		*at = '\0';
	return escaped;
}

void report_line(const char *text)
{
	printf("%s\n", text);
	fflush(stdout);
}

void report_lost(uint64_t bytes)
{
	struct line line = { .length = 0 };
	char text[128];

	snprintf(text, sizeof(text),
		 "nsrun: note: %llu bytes of output came too fast to be shown; 'nsrun logs' has them\n",
		 (unsigned long long)bytes);
	add_text(&line, text);
	say(&line);
}

int report_output(const char *text)
{
	if (isatty(STDOUT_FILENO))
		escape_print(stdout, text, strlen(text), "\n\t", escape_locale_is_utf8());
	else
		fputs(text, stdout);
	return fflush(stdout) == 0 && !ferror(stdout) ? 0 : -1;
}

#define HELP_COLUMN 34
#define HELP_WIDTH  62

/* words, wrapped beside the column of options */
static void print_wrapped(const char *text)
{
	size_t used = 0;

	while (*text) {
		size_t length = strcspn(text, " ");

		if (used > 0 && used + 1 + length > HELP_WIDTH) {
			printf("\n%*s", HELP_COLUMN, "");
			used = 0;
		}
		printf(" %.*s", (int)length, text);
		used += 1 + length;
		text += length + (text[length] == ' ');
	}
	putchar('\n');
}

static void print_option(const struct option *option)
{
	char left[80];
	int length = snprintf(left, sizeof(left), "  %c%c%s --%s%s%s", option->letter ? '-' : ' ',
			      option->letter ? option->letter : ' ', option->letter ? "," : " ",
			      option->name, option->argument ? " " : "",
			      option->argument ? option->argument : "");

	if (length < HELP_COLUMN)
		printf("%-*s", HELP_COLUMN, left);
	else
		printf("%s\n%*s", left, HELP_COLUMN, "");
	print_wrapped(option->help);
}

void report_help(unsigned scope, const char *usage)
{
	const char *group = "";

	printf("Usage: %s\n", usage);
	for (const struct option *option = options_table(); option->name; option++) {
		if (!(option->scope & scope))
			continue;
		if (strcmp(group, option->group) != 0)
			printf("\n%s:\n", option->group);
		group = option->group;
		print_option(option);
	}
}
