// SPDX-License-Identifier: Apache-2.0
/*
 * Reads the four files that decide. Runs in: id helper, with the caller's ids and its privilege
 * asleep, so that no file can be read that the caller could not read himself.
 */
#include "newidmap/database.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sys/subid.h"

#define READ_BYTES     4096
#define PREFIX_BYTES   1024 /* more than any name, uid and gid need */
#define FILE_BYTES_MAX (16 << 20)

/* Called with the beginning of a line; @cut says whether there is more. Non-zero stops. */
typedef int (*visit_prefix)(const char *line, size_t length, bool cut, void *arg);

struct prefix {
	char text[PREFIX_BYTES];
	size_t length;
	bool cut;
};

/*
 * Open a file of the administrator: regular, root's, and written by nobody else. Non-blocking, so
 * that a FIFO in its place cannot hold us.
 */
static int open_trusted(const char *path, int more_flags)
{
	int fd = openat(AT_FDCWD, path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK | more_flags);
	struct stat status;

	if (fd < 0)
		return -1;
	if (fstat(fd, &status) == 0 && S_ISREG(status.st_mode) && status.st_uid == 0 &&
	    (status.st_mode & (S_IWGRP | S_IWOTH)) == 0 && status.st_size <= FILE_BYTES_MAX)
		return fd;
	close(fd);
	errno = EPERM;
	return -1;
}

static int end_prefix(struct prefix *prefix, visit_prefix visit, void *arg)
{
	int ret = visit(prefix->text, prefix->length, prefix->cut, arg);

	prefix->length = 0;
	prefix->cut = false;
	return ret;
}

/* Visit the beginning of each line. Returns 0, what @visit returned, or -1 for a read error. */
static int scan_prefixes(int fd, visit_prefix visit, void *arg)
{
	struct prefix prefix = { .length = 0 };
	char buffer[READ_BYTES];
	ssize_t got;

	while ((got = read(fd, buffer, sizeof(buffer))) > 0) {
		for (ssize_t i = 0; i < got; i++) {
			int ret = 0;

			if (buffer[i] == '\n')
				ret = end_prefix(&prefix, visit, arg);
			else if (prefix.length < sizeof(prefix.text))
				prefix.text[prefix.length++] = buffer[i];
			else
				prefix.cut = true;
			if (ret != 0)
				return ret;
		}
	}
	return got < 0 ? -1 : end_prefix(&prefix, visit, arg);
}

struct account_search {
	uint32_t uid;
	struct account *account;
};

static int visit_account(const char *line, size_t length, bool cut, void *arg)
{
	struct account_search *search = arg;

	(void)cut; /* a long comment or home directory is no reason to be nobody */
	return record_parse_account(line, length, search->account) &&
	       search->account->uid == search->uid;
}

struct verdict database_find_account(const struct id_caller *caller, struct account *ret_account)
{
	struct account_search search = { .uid = caller->uid, .account = ret_account };
	int fd = open_trusted("/etc/passwd", 0);
	int found;

	if (fd < 0)
		return verdict_no(REFUSAL_ACCOUNT_FILE);
	found = scan_prefixes(fd, visit_account, &search);
	close(fd);
	if (found < 0)
		return verdict_no(REFUSAL_ACCOUNT_FILE);
	if (found == 0)
		return verdict_no(REFUSAL_ACCOUNT_UNKNOWN);
	if (ret_account->gid != caller->gid)
		return verdict_no(REFUSAL_ACCOUNT_GROUP);
	return VERDICT_YES;
}

static int visit_source(const char *line, size_t length, bool cut, void *arg)
{
	(void)arg;
	return record_is_foreign_source(line, length, cut);
}

/* The file may be a symbolic link (authselect makes it one); that /etc is root's is enough. */
struct verdict database_check_sources(void)
{
	int fd = open_trusted("/etc/nsswitch.conf", 0);
	int foreign;

	if (fd < 0)
		return errno == ENOENT ? VERDICT_YES : verdict_no(REFUSAL_SUBID_NSS);
	foreign = scan_prefixes(fd, visit_source, NULL);
	close(fd);
	return foreign ? verdict_no(REFUSAL_SUBID_NSS) : VERDICT_YES;
}

/* 1: too many. Never stops early otherwise: subid_scan() must see the whole file (NUL bytes). */
static int visit_range(const struct subid_range *range, void *arg)
{
	return !id_ranges_add(arg, range);
}

struct verdict database_read_ranges(enum id_kind kind, const struct account *account,
				    struct id_ranges *ret_ranges)
{
	/* /etc/subgid goes by user too, never by group */
	const struct subid_owner owner = { .name = account->name, .id = account->uid };
	int fd = open_trusted(kind == ID_UID ? "/etc/subuid" : "/etc/subgid", O_NOFOLLOW);
	int ret;

	ret_ranges->count = 0;
	if (fd < 0)
		return verdict_no(REFUSAL_SUBID_FILE);
	ret = subid_scan(fd, &owner, visit_range, ret_ranges);
	close(fd);
	if (ret < 0)
		return verdict_no(REFUSAL_SUBID_FILE);
	return ret > 0 ? verdict_no(REFUSAL_SUBID_RANGES) : VERDICT_YES;
}
