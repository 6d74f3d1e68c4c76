// SPDX-License-Identifier: Apache-2.0
/*
 * Reading a user's seccomp profile, and remembering what became of it. Runs in: supervisor. Never
 * fails because of the cache, and never trusts an entry that another user could have written.
 */
#include "config/seccomp_cache.h"

#include "base/arena.h"
#include "base/fd.h"
#include "config/cache.h"
#include "config/json.h"
#include "config/seccomp_data.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/filter.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

/* To be raised when the compiler makes another program from the same profile. */
#define COMPILER_VERSION 1
#define MAGIC		 "nsrunBPF"

/**
 * struct header - What an entry starts with; the key and the program follow
 * @checksum: of what follows, against damage
 */
struct header {
	char magic[8];
	uint64_t key_length;
	uint64_t count;
	uint64_t flags;
	uint64_t checksum;
};

/** struct key - What a program is made from; its hash names the entry */
struct key {
	const char *text;
	size_t length;
};

/* FNV-1a: finds the entry and notices damage. It guards nothing: see struct header and same_key()
 */
static uint64_t hash(uint64_t seed, const void *bytes, size_t length)
{
	const unsigned char *at = bytes;
	uint64_t value = seed ^ UINT64_C(0xcbf29ce484222325);

	for (size_t i = 0; i < length; i++)
		value = (value ^ at[i]) * UINT64_C(0x100000001b3);
	return value;
}

static struct key make_key(struct arena *arena, const char *json, size_t length,
			   uint64_t capabilities, const struct filter_options *options)
{
	const char *fakeroot = options->fakeroot ? seccomp_data()->fakeroot : "";
	struct text text = { .arena = arena };
	struct utsname name = { 0 };
	char *whole;

	uname(&name);
	text_add(&text, "%d %s %s %s %" PRIx64 " %d %s\n", COMPILER_VERSION,
		 filter_library_version(), filter_architecture(), name.release, capabilities,
		 options->compat32, fakeroot);
	whole = arena_alloc(arena, text.n + length);
	memcpy(whole, text.s, text.n);
	if (length > 0)
		memcpy(whole + text.n, json, length);
	return (struct key){ whole, text.n + length };
}

/* --- reading --- */

static void entry_name(const struct key *key, char name[32])
{
	snprintf(name, 32, "seccomp-%016" PRIx64, hash(0, key->text, key->length));
}

static bool is_ours(int fd, uint64_t size)
{
	struct stat status;

	return fstat(fd, &status) == 0 && S_ISREG(status.st_mode) && status.st_uid == geteuid() &&
	       !(status.st_mode & 022) && status.st_size >= 0 && (uint64_t)status.st_size == size;
}

static bool header_fits(const struct header *header, const struct key *key)
{
	return memcmp(header->magic, MAGIC, sizeof(header->magic)) == 0 &&
	       header->key_length == key->length && header->count > 0 &&
	       header->count <= BPF_MAXINSNS && header->flags <= UINT32_MAX;
}

static bool read_entry(struct arena *arena, int fd, const struct key *key,
		       struct filter_program *ret)
{
	struct header header;
	size_t size, length;
	char *rest;

	if (fd_read_full(fd, &header, sizeof(header)) != (ssize_t)sizeof(header) ||
	    !header_fits(&header, key))
		return false;
	length = (size_t)header.count * sizeof(struct sock_filter);
	size = key->length + length;
	if (!is_ours(fd, sizeof(header) + size))
		return false;
	rest = arena_alloc(arena, size);
	if (fd_read_full(fd, rest, size) != (ssize_t)size ||
	    header.checksum != hash(header.flags, rest, size) ||
	    memcmp(rest, key->text, key->length) != 0)
		return false;
	ret->bytes = memcpy(arena_alloc(arena, length), rest + key->length, length);
	ret->count = (size_t)header.count;
	ret->flags = (uint32_t)header.flags;
	return true;
}

static bool find_entry(struct arena *arena, int cache, const struct key *key,
		       struct filter_program *ret)
{
	auto_close int fd = -1;
	char name[32];

	if (cache < 0)
		return false;
	entry_name(key, name);
	fd = openat(cache, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	return fd >= 0 && read_entry(arena, fd, key, ret);
}

/* --- writing --- */

static int write_entry(int fd, const struct key *key, const struct filter_program *program)
{
	size_t length = program->count * sizeof(struct sock_filter);
	struct header header = {
		.magic = MAGIC,
		.key_length = key->length,
		.count = program->count,
		.flags = program->flags,
	};
	uint64_t sum = hash(program->flags, key->text, key->length);

	/* the seed is mixed in once only: carry on from the key's sum */
	header.checksum = hash(sum ^ UINT64_C(0xcbf29ce484222325), program->bytes, length);
	if (fd_write_all(fd, &header, sizeof(header)) < 0 ||
	    fd_write_all(fd, key->text, key->length) < 0)
		return -1;
	return fd_write_all(fd, program->bytes, length);
}

/* Under a name of its own first: whoever reads sees a whole entry or none. */
static void keep_entry(int cache, const struct key *key, const struct filter_program *program)
{
	auto_close int fd = -1;
	char name[32], unfinished[64];

	if (cache < 0)
		return;
	entry_name(key, name);
	snprintf(unfinished, sizeof(unfinished), "%s.%d", name, getpid());
	unlinkat(cache, unfinished, 0);
	fd = openat(cache, unfinished, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return;
	if (write_entry(fd, key, program) < 0 || renameat(cache, unfinished, cache, name) < 0)
		unlinkat(cache, unfinished, 0);
}

/* --- the whole --- */

static int read_profile(struct arena *arena, const char *path, char **ret_text, size_t *ret_length,
			struct error *err)
{
	auto_close int fd = openat(AT_FDCWD, path, O_RDONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	size_t size = JSON_BYTES_MAX + 1; /* one more than is taken, so that more is noticed */
	struct stat status;
	ssize_t n;

	if (fd < 0 || fstat(fd, &status) < 0)
		return error_set(err, "seccomp-file", errno, "cannot open the profile '%s'", path);
	if (S_ISREG(status.st_mode) && status.st_size < (off_t)JSON_BYTES_MAX)
		size = (size_t)status.st_size + 1;
	*ret_text = arena_alloc(arena, size);
	n = fd_read_full(fd, *ret_text, size);
	if (n < 0)
		return error_set(err, "seccomp-file", errno, "cannot read the profile '%s'", path);
	*ret_length = (size_t)n;
	return 0;
}

/* The profile's name in front of what is wrong with it. */
static int name_file(const char *path, struct error *err)
{
	char text[sizeof(err->text)];

	memcpy(text, err->text, sizeof(text));
	snprintf(err->text, sizeof(err->text), "the profile '%.150s': %.330s", path, text);
	return -1;
}

int seccomp_load_file(struct arena *arena, const char *path, uint64_t capabilities,
		      const struct filter_options *options, struct filter_program *ret,
		      struct error *err)
{
	struct seccomp_profile *profile;
	auto_close int cache = -1;
	struct key key;
	size_t length = 0;
	char *json = NULL;

	if (read_profile(arena, path, &json, &length, err) < 0)
		return -1;
	key = make_key(arena, json, length, capabilities, options);
	cache = cache_open();
	if (find_entry(arena, cache, &key, ret))
		return 0;
	if (seccomp_profile_parse(arena, json, length, &profile, err) < 0 ||
	    seccomp_compile(arena, profile, capabilities, options, ret, err) < 0)
		return name_file(path, err);
	keep_entry(cache, &key, ret);
	return 0;
}
