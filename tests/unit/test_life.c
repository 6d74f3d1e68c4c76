// SPDX-License-Identifier: Apache-2.0
/* Containers that are kept: their two files, their log, names, keys and signals. */
#include "base/detach_keys.h"
#include "base/fd.h"
#include "life/attach_protocol.h"
#include "life/life.h"
#include "life/log.h"
#include "life/monitor_lock.h"
#include "life/record.h"
#include "nsrun/container.h"
#include "sys/signal.h"
#include "tests/unit/check.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>

static struct arena arena = { .on_exhausted = abort };

static int make_directory(char path[32])
{
	snprintf(path, 32, "/tmp/nsrun-life.XXXXXX");
	return mkdtemp(path) ? open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
}

static void remove_directory(int dir, const char *path)
{
	DIR *stream = fdopendir(dir);
	const struct dirent *entry;

	while (stream && (entry = readdir(stream)))
		unlinkat(dir, entry->d_name, 0);
	if (stream)
		closedir(stream);
	rmdir(path);
}

static void write_text(int dir, const char *name, const char *text)
{
	int fd = openat(dir, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	CHECK_INT(fd_write_all(fd, text, strlen(text)), 0);
	close(fd);
}

static char *read_text(int dir, const char *name)
{
	static char text[65536];
	int fd = openat(dir, name, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : fd_read_full(fd, text, sizeof(text) - 1);

	fd_close(fd);
	if (n < 0)
		return NULL;
	text[n] = '\0';
	return text;
}

/* --- the files --- */

static void test_config(int dir)
{
	static const char *const argv[] = { "--name", "a\xff\"b", "rootfs", "sh", "-c", "echo \n" };
	const char id[] = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
	struct container written = { .dir = dir,
				     .id = id,
				     .rootfs = "/r",
				     .cwd = "/c",
				     .created_ns = 1234567890123456789U,
				     .tty = true };
	struct container read_back = { .dir = dir };
	struct error err;

	for (size_t i = 0; i < ARRAY_SIZE(argv); i++)
		*array_push(&arena, &written.argv) = argv[i];
	written.life = (struct spec_life){ .restart = RESTART_ON_FAILURE,
					   .restart_max = 3,
					   .stop_signal = SIGQUIT,
					   .stop_timeout_s = 7,
					   .log_driver = LOG_NONE,
					   .log_max_files = 2 };
	CHECK_CASE("config.json comes back as it was, whatever the bytes");
	CHECK_OK(record_write_config(&arena, dir, &written, &err), &err);
	CHECK_OK(record_read_config(&arena, &read_back, &err), &err);
	CHECK_STR(read_back.id, id);
	CHECK(read_back.created_ns == written.created_ns && read_back.tty);
	CHECK_INT((int)read_back.argv.n, (int)ARRAY_SIZE(argv));
	for (size_t i = 0; i < ARRAY_SIZE(argv) && i < read_back.argv.n; i++)
		CHECK_STR(read_back.argv.v[i], argv[i]);
	CHECK_CASE("an argument vector of any length ends in NULL");
	while (written.argv.n < 8) {
		*array_push(&arena, &written.argv) = "x";
		CHECK_OK(record_write_config(&arena, dir, &written, &err), &err);
		read_back.argv.n = 0;
		CHECK_OK(record_read_config(&arena, &read_back, &err), &err);
		CHECK(read_back.argv.n == written.argv.n);
		arena_strdup(&arena, "what lies behind it");
		CHECK(!read_back.argv.v[read_back.argv.n]);
	}
	CHECK_INT(read_back.life.restart, RESTART_ON_FAILURE);
	CHECK_INT((int)read_back.life.restart_max, 3);
	CHECK_INT(read_back.life.stop_signal, SIGQUIT);
	CHECK_INT(read_back.life.log_driver, LOG_NONE);
	CHECK_CASE("an id of another length");
	written.id = "0123456789ab";
	CHECK_OK(record_write_config(&arena, dir, &written, &err), &err);
	CHECK_FAILS(record_read_config(&arena, &read_back, &err), &err, "state-damaged");
}

static void test_state(int dir)
{
	const struct record written = { .status = RECORD_RUNNING,
					.init = { 4711, 99999999999, 4026531836 },
					.boot_id = "boot",
					.viewer = 5,
					.exit_code = 137,
					.restarts = 2,
					.error = "why" };
	static const char *const damaged[] = {
		"",
		"{",
		"[]",
		"null",
		"{}",
		"{\"status\":7}",
		"{\"status\":\"asleep\"}",
		"{\"status\":\"running\"} x",
		"{\"status\":\"running\",\"status\":\"exited\"}",
	};
	struct record back;
	struct error err;

	CHECK_CASE("state.json comes back as it was");
	CHECK_OK(record_write_state(&arena, dir, &written, &err), &err);
	CHECK_OK(record_read_state(&arena, dir, &back, &err), &err);
	CHECK_INT(back.status, RECORD_RUNNING);
	CHECK_INT(back.init.pid, 4711);
	CHECK(back.init.start_time == 99999999999 && back.init.pid_ns == 4026531836);
	CHECK_STR(back.boot_id, "boot");
	CHECK_INT(back.exit_code, 137);
	CHECK_STR(back.error, "why");
	CHECK(faccessat(dir, "state.json.tmp", F_OK, 0) < 0);

	CHECK_CASE("of a newer version: what is known counts");
	write_text(dir, "state.json", "{\"version\":9,\"status\":\"exited\",\"x\":{\"y\":[1]}}");
	CHECK_OK(record_read_state(&arena, dir, &back, &err), &err);
	CHECK_INT(back.status, RECORD_EXITED);
	CHECK_INT(back.exit_code, -1);
	for (size_t i = 0; i < ARRAY_SIZE(damaged); i++) {
		CHECK_CASE(damaged[i]);
		write_text(dir, "state.json", damaged[i]);
		CHECK_FAILS(record_read_state(&arena, dir, &back, &err), &err, "state-damaged");
	}
	CHECK_CASE("not a file");
	unlinkat(dir, "state.json", 0);
	CHECK_INT(mkfifoat(dir, "state.json", 0600), 0);
	CHECK_FAILS(record_read_state(&arena, dir, &back, &err), &err, "state-damaged");
	unlinkat(dir, "state.json", 0);
	CHECK_FAILS(record_read_state(&arena, dir, &back, &err), &err, "state-damaged");
}

/* --- the log --- */

#define STAMP_LENGTH 30 /* 2026-11-22T18:00:00.123456789Z */

static void test_log_format(int dir)
{
	static const char *const wanted[] = { " stdout F one", " stdout P two", " stderr F err",
					      " stdout F  and", " stdout F " };
	const char *cursor;
	struct error err;
	struct log log;
	size_t n = 0;

	CHECK_CASE("lines, parts of lines, and which descriptor");
	CHECK_OK(log_open(&log, dir, 0, 1, &err), &err);
	log_write(&log, 1, "one\ntwo", 7);
	log_write(&log, 2, "err\n", 4);
	log_write(&log, 1, " and\n\n", 6);
	log_close(&log);
	cursor = read_text(dir, "log");
	CHECK(cursor);
	for (; cursor && *cursor && n < ARRAY_SIZE(wanted); n++) {
		size_t length = strcspn(cursor, "\n");

		CHECK(length > STAMP_LENGTH && cursor[10] == 'T' &&
		      cursor[STAMP_LENGTH - 1] == 'Z');
		CHECK(strlen(wanted[n]) == length - STAMP_LENGTH &&
		      memcmp(cursor + STAMP_LENGTH, wanted[n], length - STAMP_LENGTH) == 0);
		cursor += length + 1;
	}
	CHECK_INT((int)n, (int)ARRAY_SIZE(wanted));
	unlinkat(dir, "log", 0);
}

static void test_log_rotation(int dir)
{
	struct error err;
	struct stat st;
	struct log log;

	CHECK_CASE("no file grows beyond its size, and there are no more than asked for");
	CHECK_OK(log_open(&log, dir, 200, 3, &err), &err);
	for (int i = 0; i < 100; i++)
		log_write(&log, 1, "0123456789\n", 11);
	log_close(&log);
	CHECK(fstatat(dir, "log", &st, 0) == 0 && st.st_size > 0 && st.st_size <= 200);
	CHECK(fstatat(dir, "log.1", &st, 0) == 0 && st.st_size > 0 && st.st_size <= 200);
	CHECK(fstatat(dir, "log.2", &st, 0) == 0 && st.st_size > 0 && st.st_size <= 200);
	CHECK(fstatat(dir, "log.3", &st, 0) < 0);

	CHECK_CASE("a full disk loses output, says how much later, and stops nobody");
	log = (struct log){ .dir = dir, .fd = open("/dev/full", O_WRONLY | O_CLOEXEC) };
	log_write(&log, 1, "lost\n", 5);
	CHECK(log.lost == 5);
	close(log.fd);
	unlinkat(dir, "log", 0);
	log.fd = openat(dir, "log", O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	log_write(&log, 1, "kept\n", 5);
	CHECK(log.lost == 0);
	log_close(&log);
	CHECK(strstr(read_text(dir, "log"), "5 bytes of output could not be logged"));
	CHECK(strstr(read_text(dir, "log"), "kept"));
}

/* --- words --- */

static void test_names(void)
{
	static const char *const good[] = { "a", "0", "web-1", "A.b_c" };
	static const char *const bad[] = { "",	  ".",	 "..",	    "-rf", "a/b",     "../x",
					   "a b", "a\n", ".hidden", "_x",  "\xc3\xa4" };
	char longest[CONTAINER_NAME_MAX + 2];
	struct error err;

	memset(longest, 'x', sizeof(longest));
	longest[CONTAINER_NAME_MAX + 1] = '\0';
	CHECK_FAILS(container_name_check(longest, &err), &err, "container-name");
	longest[CONTAINER_NAME_MAX] = '\0';
	CHECK_OK(container_name_check(longest, &err), &err);
	for (size_t i = 0; i < ARRAY_SIZE(good); i++) {
		CHECK_CASE(good[i]);
		CHECK_OK(container_name_check(good[i], &err), &err);
	}
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		CHECK_CASE(bad[i]);
		CHECK_FAILS(container_name_check(bad[i], &err), &err, "container-name");
	}
}

static void test_signals(void)
{
	CHECK_INT(signal_number("TERM"), SIGTERM);
	CHECK_INT(signal_number("SIGTERM"), SIGTERM);
	CHECK_INT(signal_number("sigusr1"), SIGUSR1);
	CHECK_INT(signal_number("9"), 9);
	CHECK_INT(signal_number("RTMIN+3"), SIGRTMIN + 3);
	CHECK_INT(signal_number("SIGRTMAX-1"), SIGRTMAX - 1);
	CHECK_INT(signal_number("0"), -1);
	CHECK_INT(signal_number("65"), -1);
	CHECK_INT(signal_number("SIG"), -1);
	CHECK_INT(signal_number("RTMIN+99"), -1);
	CHECK_INT(signal_number(""), -1);
}

/* what is passed on of @typed, given in pieces of @piece bytes; "!" when the keys were typed */
static const char *filter(const char *keys, const char *typed, size_t piece)
{
	static char out[256];
	struct detach_keys state = { .n = 0 };
	int n = detach_keys_parse(keys, state.keys);
	size_t length = strlen(typed), at = 0, used = 0;

	state.n = n > 0 ? (size_t)n : 0;
	while (at < length) {
		size_t part = length - at < piece ? length - at : piece, written;
		bool found = detach_keys_filter(&state, (const unsigned char *)typed + at, part,
						(unsigned char *)out + used, &written);

		used += written;
		at += part;
		if (found) {
			out[used++] = '!';
			break;
		}
	}
	out[used] = '\0';
	return out;
}

static void test_detach_keys(void)
{
	unsigned char keys[DETACH_KEYS_MAX];

	CHECK_INT(detach_keys_parse("ctrl-p,ctrl-q", keys), 2);
	CHECK(keys[0] == 16 && keys[1] == 17);
	CHECK_INT(detach_keys_parse("", keys), 0);
	CHECK_INT(detach_keys_parse("a,,,b", keys), 3);
	CHECK(keys[1] == ',');
	CHECK_INT(detach_keys_parse("ctrl-", keys), -1);
	CHECK_INT(detach_keys_parse("ctrl-P", keys), -1);
	CHECK_INT(detach_keys_parse("ab", keys), -1);
	CHECK_INT(detach_keys_parse("a,", keys), -1);
	for (size_t piece = 1; piece <= 8; piece++) {
		CHECK_STR(filter("ctrl-p,ctrl-q", "ab\x10\x11xyz", piece), "ab!");
		CHECK_STR(filter("ctrl-p,ctrl-q",
				 "a\x10"
				 "b",
				 piece),
			  "a\x10"
			  "b");
		CHECK_STR(filter("ctrl-p,ctrl-q", "\x10\x10\x11", piece), "\x10!");
		CHECK_STR(filter("a,a,b", "aaab", piece), "a!");
		CHECK_STR(filter("a,b,a,c", "ababac", piece), "ab!");
		CHECK_STR(filter("", "\x10\x11", piece), "\x10\x11");
	}
	CHECK_CASE("the beginning of the sequence is held back");
	CHECK_STR(filter("ctrl-p,ctrl-q", "a\x10", 8), "a");
}

/* a lock of fcntl(2) is seen by other processes only */
static pid_t holder_seen_by_a_child(int dir)
{
	pid_t holder = 0, pid;
	int ends[2];

	CHECK_INT(pipe2(ends, O_CLOEXEC), 0);
	pid = fork();
	if (pid == 0) {
		holder = monitor_lock_holder(dir);
		_exit(fd_write_all(ends[1], &holder, sizeof(holder)) < 0);
	}
	close(ends[1]);
	CHECK_INT((int)fd_read_full(ends[0], &holder, sizeof(holder)), (int)sizeof(holder));
	close(ends[0]);
	CHECK_INT(waitpid(pid, NULL, 0), pid);
	return holder;
}

static void test_lock(int dir)
{
	const struct record record = { .status = RECORD_CREATED, .boot_id = "", .error = "" };
	struct container container = { .dir = dir, .pidfd = -1 };
	struct error err;
	int lock = monitor_lock_take(dir);

	CHECK_CASE("who removes or starts a container keeps its lock while he looks at its state");
	CHECK(lock >= 0);
	CHECK_OK(record_write_state(&arena, dir, &record, &err), &err);
	CHECK_INT(holder_seen_by_a_child(dir), getpid());
	life_read_state(&arena, &container);
	CHECK_INT(holder_seen_by_a_child(dir), getpid());
	close(lock);
	CHECK_INT(holder_seen_by_a_child(dir), 0);
	CHECK_CASE("who removes it is no monitor, whom somebody might tell to end");
	lock = monitor_lock_take_removal(dir);
	CHECK(lock >= 0);
	CHECK_INT(holder_seen_by_a_child(dir), 0);
	close(lock);
}

static void test_attach_end(void)
{
	struct attach_message message;
	size_t length;
	int ends[2];

	CHECK_CASE("an exit status arrives from a monitor that left something unread");
	CHECK_INT(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends), 0);
	CHECK_INT(attach_send(ends[0], 0, ATTACH_INPUT_END, 0, 0, NULL, 0), 0);
	CHECK_INT(attach_send(ends[1], 0, ATTACH_ENDED, 7, 0, NULL, 0), 0);
	close(ends[1]);
	CHECK_INT(attach_receive(ends[0], 0, &message, &length), 1);
	CHECK(message.header.type == ATTACH_ENDED && message.header.a == 7);
	CHECK_INT(attach_receive(ends[0], 0, &message, &length), 0);
	close(ends[0]);
}

int main(void)
{
	char path[32];
	int dir = make_directory(path);

	test_config(dir);
	test_state(dir);
	test_log_format(dir);
	test_log_rotation(dir);
	test_lock(dir);
	remove_directory(dir, path);
	test_names();
	test_signals();
	test_detach_keys();
	test_attach_end();
	return check_end();
}
