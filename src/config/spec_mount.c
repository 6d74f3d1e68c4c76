// SPDX-License-Identifier: Apache-2.0
/* The setters of mounts: -v, --mount, --tmpfs, --device. Pure. Runs in: supervisor. */
#include "nsrun/spec.h"

#include "base/arena.h"
#include "base/parse.h"
#include "config/mount_option.h"
#include "config/spec_text.h"

#include <string.h>
#include <sys/mount.h>

static int bad_option(struct error *err, const char *option, const char *word, size_t length,
		      const char *text)
{
	return error_set(err, "mount-option", 0, "%s '%s' has an unknown or contradictory option '%.*s'", option, text,
			 (int)length, word);
}

/* SELinux labels: accepted for podman's sake; there is nothing to relabel without SELinux */
static bool is_relabel(const char *word, size_t length)
{
	return field_equals(word, length, "z") || field_equals(word, length, "Z");
}

static int add_volume_option(struct mount *mount, const char *word, size_t length,
			     const char *text, struct error *err)
{
	if (field_equals(word, length, "O"))
		mount->type = MOUNT_OVERLAY;
	else if (field_equals(word, length, "U"))
		mount->chown = true;
	else if (!mount_option_apply(mount, word, length) && !is_relabel(word, length))
		return bad_option(err, "--volume", word, length, text);
	return 0;
}

int spec_add_volume(struct spec *spec, const char *text, struct error *err)
{
	struct mount mount = { .type = MOUNT_BIND, .recursive = true };
	const char *cursor = text, *word;
	size_t source_length, length = 0;
	const char *source = parse_next_field(&cursor, ':', &source_length);
	const char *destination = parse_next_field(&cursor, ':', &length);

	if (!destination || source_length == 0 || length == 0)
		return error_set(err, "volume-syntax", 0,
				 "--volume takes SOURCE:DESTINATION[:OPTIONS], not '%s'", text);
	if (source[0] != '/' && source[0] != '.')
		return error_set(err, "volume-named", 0,
				 "--volume '%s': '%.*s' is neither absolute nor does it begin with "
				 "'.', and there are no named volumes",
				 text, (int)source_length, source);
	mount.source = arena_strndup(spec->arena, source, source_length);
	destination = arena_strndup(spec->arena, destination, length);
	if (text_set_destination(spec, &mount.destination, destination, err) < 0)
		return -1;
	while (cursor && (word = parse_next_field(&cursor, ',', &length)))
		if (add_volume_option(&mount, word, length, text, err) < 0)
			return -1;
	*array_push(spec->arena, &spec->mounts) = mount;
	return 0;
}

/* append "key=value" to a comma-separated list */
static void add_data(struct spec *spec, struct mount *mount, const char *word, size_t length)
{
	mount->data = arena_printf(spec->arena, "%s%s%.*s", mount->data ? mount->data : "",
				   mount->data ? "," : "", (int)length, word);
}

static int parse_tmpfs_option(struct spec *spec, struct mount *mount, const char *word,
			      size_t length, const char *option, const char *text,
			      struct error *err)
{
	static const char *const keys[] = { "size=", "mode=", "uid=", "gid=", "nr_inodes=",
					    "nr_blocks=" };

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		size_t key_length = strlen(keys[i]);

		if (length > key_length && memcmp(word, keys[i], key_length) == 0) {
			add_data(spec, mount, word, length);
			return 0;
		}
	}
	if (mount_option_apply(mount, word, length) || field_equals(word, length, "notmpcopyup"))
		return 0;
	return bad_option(err, option, word, length, text);
}

int spec_add_tmpfs(struct spec *spec, const char *text, struct error *err)
{
	struct mount mount = { .type = MOUNT_TMPFS };
	const char *options = strchr(text, ':');
	size_t length = options ? (size_t)(options - text) : strlen(text);
	const char *destination = arena_strndup(spec->arena, text, length);
	const char *word;

	if (text_set_destination(spec, &mount.destination, destination, err) < 0)
		return -1;
	if (options)
		options++;
	while (options && (word = parse_next_field(&options, ',', &length)))
		if (parse_tmpfs_option(spec, &mount, word, length, "--tmpfs", text, err) < 0)
			return -1;
	*array_push(spec->arena, &spec->mounts) = mount;
	return 0;
}

/* struct mount_word - One KEY=VALUE or KEY of --mount */
struct mount_word {
	const char *key;
	size_t key_length;
	const char *value; /* NULL without '=' */
	size_t value_length;
};

static bool key_is(const struct mount_word *word, const char *name)
{
	return field_equals(word->key, word->key_length, name);
}

static const char *word_value(struct spec *spec, const struct mount_word *word)
{
	return arena_strndup(spec->arena, word->value, word->value_length);
}

static bool is_propagation(const struct mount_word *word)
{
	static const char *const words[] = { "private", "rprivate", "slave", "rslave" };

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (field_equals(word->value, word->value_length, words[i]))
			return true;
	return false;
}

/* keys that only one type has; returns 0 for another type's, so that they are unknown there */
static int set_typed_value(struct spec *spec, struct mount *mount, const struct mount_word *word)
{
	static const size_t prefix = sizeof("tmpfs-") - 1;

	if (mount->type == MOUNT_OVERLAY && key_is(word, "upperdir"))
		mount->upper = word_value(spec, word);
	else if (mount->type == MOUNT_OVERLAY && key_is(word, "workdir"))
		mount->work = word_value(spec, word);
	else if (mount->type == MOUNT_TMPFS && word->value_length > 0 &&
		 (key_is(word, "tmpfs-size") || key_is(word, "tmpfs-mode")))
		add_data(spec, mount, word->key + prefix,
			 word->key_length + 1 + word->value_length - prefix);
	else if (mount->type == MOUNT_BIND && key_is(word, "bind-propagation") &&
		 is_propagation(word))
		return mount_option_apply(mount, word->value, word->value_length);
	else
		return 0;
	return 1;
}

/* keys that carry a path or a text; returns 0 when the key is not one of them */
static int set_mount_value(struct spec *spec, struct mount *mount, const struct mount_word *word,
			   struct error *err)
{
	if (!word->value)
		return 0;
	if (key_is(word, "destination") || key_is(word, "dst") || key_is(word, "target"))
		return text_set_destination(spec, &mount->destination, word_value(spec, word),
					    err) < 0 ? -1 : 1;
	if (!key_is(word, "source") && !key_is(word, "src"))
		return set_typed_value(spec, mount, word);
	mount->source = word_value(spec, word);
	return 1;
}

/* keys that are switches: "ro", "ro=true", "U=false"; returns 0 when the key is not one of them */
static int set_mount_switch(struct spec *spec, struct mount *mount, const struct mount_word *word)
{
	bool on = true;

	if (word->value && parse_bool(word_value(spec, word), &on) < 0)
		return 0;
	if (key_is(word, "readonly") || key_is(word, "ro") || key_is(word, "rw"))
		return mount_option_apply(mount, on != key_is(word, "rw") ? "ro" : "rw", 2);
	if (key_is(word, "U") || key_is(word, "chown"))
		mount->chown = on;
	else if (key_is(word, "bind-nonrecursive"))
		mount->recursive = !on;
	else if (word->value)
		return 0;
	else
		return mount_option_apply(mount, word->key, word->key_length);
	return 1;
}

static int set_mount_word(struct spec *spec, struct mount *mount, const char *field,
			  size_t length, const char *text, struct error *err)
{
	const char *equals = memchr(field, '=', length);
	struct mount_word word = {
		.key = field,
		.key_length = equals ? (size_t)(equals - field) : length,
		.value = equals ? equals + 1 : NULL,
		.value_length = equals ? length - (size_t)(equals + 1 - field) : 0,
	};
	int known;

	if (key_is(&word, "type"))
		return 0; /* read by mount_type() before the others */
	known = set_mount_value(spec, mount, &word, err);
	if (known == 0)
		known = set_mount_switch(spec, mount, &word);
	if (known < 0)
		return -1;
	if (known > 0 || is_relabel(field, length) || key_is(&word, "relabel"))
		return 0;
	if (mount->type == MOUNT_TMPFS)
		return parse_tmpfs_option(spec, mount, field, length, "--mount", text, err);
	return bad_option(err, "--mount", field, length, text);
}

/* type= may stand anywhere in the text and decides what the other keys mean */
static int mount_type(const char *text, enum mount_type *ret_type, struct error *err)
{
	const char *cursor = text, *field;
	size_t length;

	*ret_type = MOUNT_BIND;
	while ((field = parse_next_field(&cursor, ',', &length))) {
		if (length < 5 || memcmp(field, "type=", 5) != 0)
			continue;
		if (mount_type_parse(field + 5, length - 5, ret_type) < 0)
			return error_set(err, "mount-type", 0,
					 "--mount '%s' has the unknown type '%.*s'", text,
					 (int)length - 5, field + 5);
	}
	return 0;
}

/* overlayfs wants both on one mount, and init opens that by their parent */
static bool same_parent(const char *one, const char *other)
{
	const char *a = one ? strrchr(one, '/') : NULL, *b = other ? strrchr(other, '/') : NULL;

	if (!one && !other)
		return true;
	return a && b && a[1] && b[1] && !strchr(a, ',') && !strchr(b, ',') &&
	       a - one == b - other && strncmp(one, other, (size_t)(a - one)) == 0;
}

int spec_add_mount(struct spec *spec, const char *text, struct error *err)
{
	struct mount mount = { .recursive = true };
	const char *cursor = text, *field;
	size_t length;
	bool needs_source;

	if (mount_type(text, &mount.type, err) < 0)
		return -1;
	while ((field = parse_next_field(&cursor, ',', &length)))
		if (set_mount_word(spec, &mount, field, length, text, err) < 0)
			return -1;
	if (!mount.destination)
		return error_set(err, "mount-destination", 0, "--mount '%s' has no destination=PATH",
				 text);
	needs_source = mount.type == MOUNT_BIND || mount.type == MOUNT_OVERLAY;
	if (needs_source && (!mount.source || !*mount.source))
		return error_set(err, "mount-source", 0, "--mount '%s' has no source=PATH", text);
	if (!needs_source)
		mount.source = NULL;
	if (!mount.upper != !mount.work || !same_parent(mount.upper, mount.work))
		return error_set(err, "mount-option", 0,
				 "--mount '%s': upperdir and workdir go together, and lie in one directory",
				 text);
	*array_push(spec->arena, &spec->mounts) = mount;
	return 0;
}

int spec_add_device(struct spec *spec, const char *text, struct error *err)
{
	struct mount mount = {
		.type = MOUNT_BIND,
		.set = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC,
		.keep = MOUNT_ATTR_NODEV,
		.device = true,
	};
	const char *cursor = text, *permissions = "rwm", *destination = NULL;
	size_t length, source_length;
	const char *source = parse_next_field(&cursor, ':', &source_length);
	const char *field = parse_next_field(&cursor, ':', &length);

	if (field && length > 0 && field[0] == '/') {
		destination = arena_strndup(spec->arena, field, length);
		field = parse_next_field(&cursor, ':', &length);
	}
	if (field)
		permissions = arena_strndup(spec->arena, field, length);
	if (source_length == 0 || source[0] != '/' || cursor || !*permissions ||
	    strspn(permissions, "rwm") != strlen(permissions))
		return error_set(err, "usage", 0,
				 "--device takes /dev/NAME[:/PATH][:PERMISSIONS of rwm], not '%s'",
				 text);
	/* a bound node keeps its own mode: without a device cgroup nothing can withhold a right */
	if (!strchr(permissions, 'r') || !strchr(permissions, 'w'))
		return error_set(err, "device-permissions", 0,
				 "--device '%s': only 'rw' can be given, since the node's own mode "
				 "decides who may read and write it",
				 text);
	mount.source = arena_strndup(spec->arena, source, source_length);
	if (text_set_destination(spec, &mount.destination, destination ? destination : mount.source,
				 err) < 0)
		return -1;
	*array_push(spec->arena, &spec->mounts) = mount;
	return 0;
}

int spec_set_shm_size(struct spec *spec, const char *text, struct error *err)
{
	if (parse_size(text, &spec->shm_size_bytes) < 0)
		return error_set(err, "usage", 0, "--shm-size takes a size such as 64m, not '%s'",
				 text);
	return 0;
}
