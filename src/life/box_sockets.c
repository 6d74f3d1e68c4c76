// SPDX-License-Identifier: Apache-2.0
/*
 * The sockets of the user's session: ssh agent, X11, Wayland, PulseAudio, PipeWire. They come and go
 * with each login while the box stays, and nothing can be mounted into a container that runs. So
 * the box has a directory of the host from its start on, its XDG_RUNTIME_DIR, and whoever enters
 * links the sockets of his login into it. Runs in: nsrun.
 */
#include "base/arena.h"
#include "base/fd.h"
#include "base/file.h"
#include "base/path.h"
#include "life/box.h"
#include "life/store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define X11_DIRECTORY  "/tmp/.X11-unix"
#define X11_LINKS      "X11"
#define TMP_PLACE      "tmp"
#define AGENT	       "ssh-agent"
#define PULSE	       "pulse-native"
#define AUTHORITY      "Xauthority"
#define AUTHORITY_SIZE ((size_t)64 << 10)

/* --- the places --- */

static int open_below(int dir, const char *name)
{
	if (mkdirat(dir, name, 0700) < 0 && errno != EEXIST)
		return -1;
	return openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

static int open_place(struct arena *arena, const char *name, bool shared, struct box_place *ret,
		      struct error *err)
{
	const char *path;
	auto_close int boxes = store_open_boxes(arena, shared, &path, err);

	if (boxes < 0)
		return -1;
	ret->outside = arena_printf(arena, "%s/%s", path, name);
	ret->fd = open_below(boxes, name);
	return ret->fd < 0 ? error_set(err, "state-directory", errno, "cannot use '%s'",
				       ret->outside) :
			     0;
}

static bool is_on_device_of(int fd, const char *path)
{
	struct stat own, other;

	return fstat(fd, &own) == 0 && fstatat(AT_FDCWD, path, &other, 0) == 0 &&
	       own.st_dev == other.st_dev;
}

int box_open_places(struct arena *arena, const char *name, struct box_places *ret,
		    struct error *err)
{
	struct box_place *own = &ret->v[0], *tmp = &ret->v[1];
	struct error unused;

	ret->n = 0;
	if (open_place(arena, name, false, own, err) < 0)
		return -1;
	ret->n = 1;
	own->inside = arena_printf(arena, "/run/user/%u", geteuid());
	if (is_on_device_of(own->fd, "/tmp") ||
	    (mkdirat(own->fd, TMP_PLACE, 0700) < 0 && errno != EEXIST) ||
	    open_place(arena, name, true, tmp, &unused) < 0)
		return 0;
	ret->n = 2;
	tmp->inside = arena_printf(arena, "%s/" TMP_PLACE, own->inside);
	return 0;
}

void box_close_places(struct box_places *places)
{
	for (size_t i = 0; i < places->n; i++)
		fd_close(places->v[i].fd);
	places->n = 0;
}

void box_add_sockets(struct spec *spec, const struct box_places *places)
{
	const struct box_place *last = &places->v[places->n - 1];
	struct stat st;

	for (size_t i = 0; i < places->n; i++)
		box_bind(spec, places->v[i].outside, places->v[i].inside, false);
	if (fstatat(AT_FDCWD, X11_DIRECTORY, &st, 0) == 0 && S_ISDIR(st.st_mode)) {
		box_bind(spec, X11_DIRECTORY, X11_DIRECTORY, true);
		return;
	}
	/* no X server has ever run here: the first one's sockets will be linked */
	if (mkdirat(last->fd, X11_LINKS, 0700) == 0 || errno == EEXIST)
		box_bind(spec, arena_printf(spec->arena, "%s/" X11_LINKS, last->outside),
			 X11_DIRECTORY, true);
}

/* --- one socket --- */

static bool is_same(int dir, const char *name, const struct stat *wanted)
{
	struct stat st;

	return fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && st.st_ino == wanted->st_ino &&
	       st.st_dev == wanted->st_dev;
}

/* in the place of the socket of an earlier login; whoever connects meanwhile gets one of the two */
static int link_into(int dir, const char *source, const char *name)
{
	char temporary[32];
	int result;

	snprintf(temporary, sizeof(temporary), ".new-%d", (int)getpid());
	unlinkat(dir, temporary, 0);
	if (linkat(AT_FDCWD, source, dir, temporary, AT_SYMLINK_FOLLOW) < 0)
		return -1;
	result = renameat(dir, temporary, dir, name);
	unlinkat(dir, temporary, 0); /* two links of one socket: rename(2) does nothing */
	return result;
}

/* where the box has it, or NULL */
static const char *bring(struct arena *arena, const struct box_places *places, const char *source,
			 const char *name)
{
	struct stat st;

	if (fstatat(AT_FDCWD, source, &st, 0) < 0 || !S_ISSOCK(st.st_mode))
		return NULL;
	for (size_t i = 0; i < places->n; i++)
		if (is_same(places->v[i].fd, name, &st) ||
		    link_into(places->v[i].fd, source, name) == 0)
			return arena_printf(arena, "%s/%s", places->v[i].inside, name);
	return NULL;
}

static void tell(const char *what, const char *path, nsrun_notice notice, void *arg)
{
	struct error note;

	error_set(&note, "box-socket", 0, "the %s '%s' cannot be had in the box", what, path);
	if (notice)
		notice(&note, arg);
}

/* --- each of them --- */

static int enter_agent(struct spec *spec, const struct box_places *places, nsrun_notice notice,
		       void *arg, struct error *err)
{
	const char *agent = getenv("SSH_AUTH_SOCK"), *inside = agent;

	if (!agent || agent[0] != '/')
		return 0;
	if (!path_is_below(path_normalize(spec->arena, agent), spec->box.home))
		inside = bring(spec->arena, places, agent, AGENT);
	if (!inside) {
		tell("ssh agent's socket", agent, notice, arg);
		return 0;
	}
	return box_set_env(spec, "SSH_AUTH_SOCK", inside, err);
}

static const char *in_runtime_directory(struct arena *arena, const char *name)
{
	const char *directory = getenv("XDG_RUNTIME_DIR");

	return name[0] == '/' || !directory ? name : arena_printf(arena, "%s/%s", directory, name);
}

static int enter_wayland(struct spec *spec, const struct box_places *places, nsrun_notice notice,
			 void *arg, struct error *err)
{
	const char *display = getenv("WAYLAND_DISPLAY"), *path, *inside, *slash;

	if (!display || !*display)
		return 0;
	path = in_runtime_directory(spec->arena, display);
	slash = strrchr(path, '/');
	inside = bring(spec->arena, places, path, slash ? slash + 1 : path);
	if (!inside) {
		tell("Wayland socket", path, notice, arg);
		return 0;
	}
	return box_set_env(spec, "WAYLAND_DISPLAY", inside, err);
}

static int enter_sound(struct spec *spec, const struct box_places *places, struct error *err)
{
	const char *server = getenv("PULSE_SERVER"), *inside;
	const char *path = in_runtime_directory(spec->arena, "pulse/native");

	bring(spec->arena, places, in_runtime_directory(spec->arena, "pipewire-0"), "pipewire-0");
	if (server && strncmp(server, "unix:", 5) == 0)
		path = server + 5;
	else if (server && *server && server[0] != '/')
		return box_set_env(spec, "PULSE_SERVER", server, err);
	inside = bring(spec->arena, places, path, PULSE);
	return inside ? box_set_env(spec, "PULSE_SERVER",
				    arena_printf(spec->arena, "unix:%s", inside), err) :
			0;
}

/* --- X11 --- */

/* ":0", ":0.0", "unix:0": the number's length in @ret; 0 for a display that is reached by TCP */
static size_t local_display(const char *display, const char **ret)
{
	if (strncmp(display, "unix", 4) == 0)
		display += 4;
	*ret = display + 1;
	return display[0] == ':' ? strspn(display + 1, "0123456789") : 0;
}

static void link_display(struct arena *arena, const struct box_places *places, const char *display)
{
	auto_close int dir = -1;
	const char *number;
	size_t length = local_display(display, &number);
	const char *name = arena_printf(arena, "X%.*s", (int)length, number);
	const char *source = arena_printf(arena, X11_DIRECTORY "/%s", name);
	struct stat st;

	/* only where the box was made before there was a directory to bind */
	dir = openat(places->v[places->n - 1].fd, X11_LINKS,
		     O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (length == 0 || dir < 0 || fstatat(AT_FDCWD, source, &st, 0) < 0 ||
	    !S_ISSOCK(st.st_mode) || is_same(dir, name, &st))
		return;
	link_into(dir, source, name);
}

/*
 * An entry of the file is a family and four counted texts, all big-endian. The entries name the
 * host for which they are, and the box has a name of its own: 0xffff is the family that fits all.
 */
static size_t widen_authority(char *bytes, size_t length)
{
	size_t at = 0, whole = 0;

	while (length - at >= 2) {
		size_t family = at;

		at += 2;
		for (int field = 0; field < 4; field++) {
			size_t size;

			if (length - at < 2)
				return whole;
			size = (size_t)(unsigned char)bytes[at] << 8 | (unsigned char)bytes[at + 1];
			at += 2;
			if (length - at < size)
				return whole;
			at += size;
		}
		bytes[family] = bytes[family + 1] = '\xff';
		whole = at;
	}
	return whole;
}

static int copy_authority(struct spec *spec, const struct box_place *place, const char *path)
{
	char *bytes = arena_alloc(spec->arena, AUTHORITY_SIZE);
	char *old = arena_alloc(spec->arena, AUTHORITY_SIZE);
	ssize_t length = file_read(AT_FDCWD, path, bytes, AUTHORITY_SIZE);
	size_t wide;

	if (length <= 0)
		return -1;
	wide = widen_authority(bytes, (size_t)length);
	if (file_read(place->fd, AUTHORITY, old, AUTHORITY_SIZE) == (ssize_t)wide &&
	    memcmp(old, bytes, wide) == 0)
		return 0;
	return file_replace(place->fd, AUTHORITY, bytes, wide);
}

static int enter_x11(struct spec *spec, const struct box_places *places, nsrun_notice notice,
		     void *arg, struct error *err)
{
	const struct box_place *own = &places->v[0];
	const char *display = getenv("DISPLAY"), *authority = getenv("XAUTHORITY");

	if (!display || !*display)
		return 0;
	link_display(spec->arena, places, display);
	if (box_set_env(spec, "DISPLAY", display, err) < 0)
		return -1;
	if (!authority || !*authority)
		authority = arena_printf(spec->arena, "%s/.Xauthority", spec->box.home);
	if (copy_authority(spec, own, authority) == 0)
		return box_set_env(spec, "XAUTHORITY",
				   arena_printf(spec->arena, "%s/" AUTHORITY, own->inside), err);
	if (getenv("XAUTHORITY"))
		tell("X11 authority file", authority, notice, arg);
	return 0;
}

int box_enter(struct spec *spec, nsrun_notice notice, void *arg, struct error *err)
{
	static const char *const passed[] = { "TERM",  "COLORTERM", "LANG",	"LANGUAGE", "TZ",
					      "LC_ALL", "LC_CTYPE", "LC_COLLATE", "LC_MESSAGES",
					      "LC_NUMERIC", "LC_TIME", "LC_MONETARY" };
	struct box_places places;
	int result = 0;

	if (box_open_places(spec->arena, spec->box.name, &places, err) < 0)
		return -1;
	spec->box.enter = true;
	box_know_user(spec);
	for (size_t i = 0; i < sizeof(passed) / sizeof(passed[0]) && result == 0; i++)
		if (getenv(passed[i]))
			result = box_set_env(spec, passed[i], getenv(passed[i]), err);
	if (result < 0 ||
	    box_set_env(spec, "XDG_RUNTIME_DIR", places.v[0].inside, err) < 0 ||
	    enter_agent(spec, &places, notice, arg, err) < 0 ||
	    enter_x11(spec, &places, notice, arg, err) < 0 ||
	    enter_wayland(spec, &places, notice, arg, err) < 0 ||
	    enter_sound(spec, &places, err) < 0)
		result = -1;
	box_close_places(&places);
	return result;
}
