// SPDX-License-Identifier: Apache-2.0
/* What the kernel says of a process, from outside. */
#include "tell.h"

#include <dirent.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

bool tell_read(pid_t pid, const char *name, char *text, size_t size)
{
	size_t length = 0;
	ssize_t n = -1;
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	/* a page at a time, however much is asked for */
	while (fd >= 0 && length < size - 1 && (n = read(fd, text + length, size - 1 - length)) > 0)
		length += (size_t)n;
	close(fd);
	text[length] = '\0';
	return n >= 0;
}

static void tell_lines(const char *key, char *text)
{
	for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n"))
		printf("witness\t%s\t%s\n", key, line);
}

static void tell_file(pid_t pid, const char *name)
{
	static char text[1 << 16];

	if (!tell_read(pid, name, text, sizeof(text)))
		snprintf(text, sizeof(text), "unreadable");
	tell_lines(name, text);
}

static void tell_link(pid_t pid, const char *name)
{
	char path[64], own[64], target[256], ours[256] = "";
	ssize_t n;

	snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, name);
	snprintf(own, sizeof(own), "/proc/self/%s", name);
	n = readlink(path, target, sizeof(target) - 1);
	target[n > 0 ? n : 0] = '\0';
	n = readlink(own, ours, sizeof(ours) - 1);
	ours[n > 0 ? n : 0] = '\0';
	if (strncmp(name, "ns/", 3) == 0)
		snprintf(target, sizeof(target), "%s",
			 strcmp(target, ours) == 0 ? "of the host" : "private");
	printf("witness\t%s\t%s\n", name, target);
}

static void tell_descriptors(pid_t pid)
{
	char path[64], name[300];
	struct dirent *entry;
	DIR *directory;

	snprintf(path, sizeof(path), "/proc/%d/fd", (int)pid);
	directory = opendir(path);
	while (directory && (entry = readdir(directory))) {
		if (entry->d_name[0] == '.')
			continue;
		snprintf(name, sizeof(name), "fd/%s", entry->d_name);
		tell_link(pid, name);
	}
	if (directory)
		closedir(directory);
}

/* sysctls that show each user namespace its own value */
static void tell_inner_sysctls(pid_t pid)
{
	char path[64], text[64];
	int fd, status;
	pid_t child;

	snprintf(path, sizeof(path), "/proc/%d/ns/user", (int)pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	fflush(stdout);
	child = fork();
	if (child == 0) {
		if (setns(fd, CLONE_NEWUSER) < 0 ||
		    !tell_read(getpid(), "../sys/user/max_user_namespaces", text, sizeof(text)))
			strcpy(text, "unreadable");
		tell_lines("max_user_namespaces", text);
		fflush(stdout);
		_exit(0);
	}
	close(fd);
	waitpid(child, &status, 0);
}

void tell_witness(pid_t pid)
{
	static const char *const files[] = { "status",	"uid_map",     "gid_map", "setgroups",
					     "limits",	"personality", "environ", "mountinfo",
					     "cmdline", "oom_score_adj" };
	static const char *const links[] = { "ns/user", "ns/mnt", "ns/pid",    "ns/net", "ns/ipc",
					     "ns/uts",	"ns/cgroup", "cwd", "root" };
	char text[512], *field;

	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		tell_file(pid, files[i]);
	for (size_t i = 0; i < sizeof(links) / sizeof(links[0]); i++)
		tell_link(pid, links[i]);
	tell_descriptors(pid);
	tell_inner_sysctls(pid);
	/* session leader, controlling terminal: fields 6 and 7 behind the name */
	if (tell_read(pid, "stat", text, sizeof(text)) && (field = strrchr(text, ')'))) {
		int parent, group, session, terminal;

		if (sscanf(field + 1, " %*c %d %d %d %d", &parent, &group, &session, &terminal) == 4)
			printf("witness\tsession\t%s, %s\n", session == pid ? "its own" : "another's",
			       terminal ? "a terminal" : "no terminal");
	}
}
