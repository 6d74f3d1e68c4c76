// SPDX-License-Identifier: Apache-2.0
/* The channel between supervisor and init: silence, garbage and descriptors. */
#include "run/channel.h"

#include "base/fd.h"
#include "tests/unit/check.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/socket.h>

struct pair {
	int a;
	int b;
};

static struct pair open_pair(void)
{
	int ends[2] = { -1, -1 };
	struct error err;

	if (channel_open(ends, &err) < 0) {
		printf("not ok: %s\n", err.text);
		exit(1);
	}
	return (struct pair){ ends[0], ends[1] };
}

static void close_pair(struct pair *pair)
{
	fd_close(take_fd(&pair->a));
	fd_close(take_fd(&pair->b));
}

static unsigned count_open(void)
{
	DIR *directory = opendir("/proc/self/fd");
	unsigned n = 0;

	while (directory && readdir(directory))
		n++;
	if (directory)
		closedir(directory);
	return n;
}

static void test_open(void)
{
	struct pair pair = open_pair();
	int type = 0;
	socklen_t size = sizeof(type);

	CHECK_CASE("a pair that no program inherits");
	CHECK(fcntl(pair.a, F_GETFD) & FD_CLOEXEC);
	CHECK(fcntl(pair.b, F_GETFD) & FD_CLOEXEC);
	CHECK(getsockopt(pair.a, SOL_SOCKET, SO_TYPE, &type, &size) == 0 && type == SOCK_SEQPACKET);
	close_pair(&pair);
}

static void test_messages(void)
{
	struct pair pair = open_pair();
	struct message message;
	struct error sent, err;
	int attached = 4711;

	error_set(&sent, "some-id", EACCES, "cannot open '%s'", "/x");
	error_set_arg(&sent, "arg");
	error_set_status(&sent, 126);
	CHECK_CASE("every type arrives as it was sent");
	for (int type = MESSAGE_END + 1; type < MESSAGE_TYPES; type++) {
		CHECK_OK(channel_send(pair.a, (enum message_type)type, -1, &sent, &err), &err);
		memset(&message, 0xff, sizeof(message));
		CHECK_OK(channel_receive(pair.b, &message, &attached, &err), &err);
		CHECK_UINT(message.type, (unsigned)type);
		CHECK(memcmp(&message.error, &sent, sizeof(sent)) == 0);
		CHECK_INT(attached, -1);
	}
	CHECK_CASE("both ways, in order, one by one");
	CHECK_OK(channel_send(pair.b, MESSAGE_NOTICE, -1, NULL, &err), &err);
	CHECK_OK(channel_send(pair.b, MESSAGE_STARTING, -1, NULL, &err), &err);
	CHECK_OK(channel_receive(pair.a, &message, NULL, &err), &err);
	CHECK_UINT(message.type, MESSAGE_NOTICE);
	CHECK_STR(message.error.text, "");
	CHECK_OK(channel_receive(pair.a, &message, NULL, &err), &err);
	CHECK_UINT(message.type, MESSAGE_STARTING);
	close_pair(&pair);
}

static void test_end(void)
{
	struct pair pair = open_pair();
	struct message message;
	struct error err;
	int attached = 4711;

	CHECK_CASE("the other side is gone");
	CHECK_OK(channel_send(pair.a, MESSAGE_STARTING, -1, NULL, &err), &err);
	fd_close(take_fd(&pair.a));
	CHECK_OK(channel_receive(pair.b, &message, &attached, &err), &err);
	CHECK_UINT(message.type, MESSAGE_STARTING);
	for (int i = 0; i < 2; i++) {
		CHECK_OK(channel_receive(pair.b, &message, &attached, &err), &err);
		CHECK_UINT(message.type, MESSAGE_END);
		CHECK_INT(attached, -1);
	}
	/* without MSG_NOSIGNAL this would end the test */
	CHECK_FAILS(channel_send(pair.b, MESSAGE_FAILED, -1, NULL, &err), &err, "channel");
	CHECK_INT(err.errnum, EPIPE);
	CHECK_CASE("gone with a message unread");
	close_pair(&pair);
	pair = open_pair();
	CHECK_OK(channel_send(pair.a, MESSAGE_IDMAPS_WRITTEN, -1, NULL, &err), &err);
	CHECK_OK(channel_send(pair.b, MESSAGE_FAILED, -1, NULL, &err), &err);
	fd_close(take_fd(&pair.b));
	CHECK_OK(channel_receive(pair.a, &message, NULL, &err), &err);
	CHECK_UINT(message.type, MESSAGE_FAILED);
	CHECK_OK(channel_receive(pair.a, &message, NULL, &err), &err);
	CHECK_UINT(message.type, MESSAGE_END);
	CHECK_CASE("no channel");
	CHECK_FAILS(channel_receive(-1, &message, NULL, &err), &err, "channel");
	CHECK_FAILS(channel_send(-1, MESSAGE_STARTING, -1, NULL, &err), &err, "channel");
	close_pair(&pair);
}

static void test_descriptor(void)
{
	struct pair pair = open_pair();
	struct message message;
	struct error err;
	int pipe_ends[2] = { -1, -1 }, attached = -1;
	unsigned before;
	char byte = 0;

	if (pipe2(pipe_ends, O_CLOEXEC) < 0)
		exit(1);
	CHECK_CASE("a descriptor goes along");
	CHECK_OK(channel_send(pair.a, MESSAGE_CONSOLE_READY, pipe_ends[1], NULL, &err), &err);
	CHECK_OK(channel_receive(pair.b, &message, &attached, &err), &err);
	CHECK_UINT(message.type, MESSAGE_CONSOLE_READY);
	CHECK(attached >= 0 && attached != pipe_ends[1]);
	CHECK(fcntl(attached, F_GETFD) & FD_CLOEXEC);
	CHECK_INT(write(attached, "x", 1), 1);
	CHECK_INT(read(pipe_ends[0], &byte, 1), 1);
	CHECK_INT(byte, 'x');
	fd_close(attached);
	CHECK_CASE("one that nobody expects is closed");
	before = count_open();
	CHECK_OK(channel_send(pair.a, MESSAGE_NOTICE, pipe_ends[1], NULL, &err), &err);
	CHECK_OK(channel_receive(pair.b, &message, NULL, &err), &err);
	CHECK_UINT(count_open(), before);
	close_pair(&pair);
	fd_close(pipe_ends[0]);
	fd_close(pipe_ends[1]);
}

/* a datagram of any bytes with any number of descriptors */
static void send_raw(int to, const void *bytes, size_t length, size_t descriptors)
{
	struct iovec body = { (void *)(uintptr_t)bytes, length };
	union {
		char bytes[CMSG_SPACE(8 * sizeof(int))];
		struct cmsghdr header;
	} control = { .bytes = { 0 } };
	struct msghdr datagram = { .msg_iov = &body, .msg_iovlen = 1 };

	if (descriptors > 0) {
		control.header.cmsg_level = SOL_SOCKET;
		control.header.cmsg_type = SCM_RIGHTS;
		control.header.cmsg_len = CMSG_LEN(descriptors * sizeof(int));
		for (size_t i = 0; i < descriptors; i++) {
			int fd = STDIN_FILENO;

			memcpy(CMSG_DATA(&control.header) + i * sizeof(int), &fd, sizeof(int));
		}
		datagram.msg_control = control.bytes;
		datagram.msg_controllen = CMSG_SPACE(descriptors * sizeof(int));
	}
	CHECK_INT(sendmsg(to, &datagram, MSG_NOSIGNAL), (int64_t)length);
}

static void check_garbage(const char *name, const void *bytes, size_t length, size_t descriptors)
{
	struct pair pair = open_pair();
	struct message message;
	struct error err;
	unsigned before = count_open();
	int attached = -1;

	CHECK_CASE(name);
	send_raw(pair.a, bytes, length, descriptors);
	CHECK_FAILS(channel_receive(pair.b, &message, &attached, &err), &err, "channel");
	CHECK_INT(attached, -1);
	CHECK_UINT(count_open(), before);
	/* the next one is not affected */
	CHECK_OK(channel_send(pair.a, MESSAGE_STARTING, -1, NULL, &err), &err);
	CHECK_OK(channel_receive(pair.b, &message, &attached, &err), &err);
	CHECK_UINT(message.type, MESSAGE_STARTING);
	close_pair(&pair);
}

static void test_garbage(void)
{
	struct {
		struct message message;
		char more[16];
	} frame = { .message = { .type = MESSAGE_NOTICE } };
	struct message *message = &frame.message;

	check_garbage("one byte", "x", 1, 0);
	check_garbage("the type only", message, sizeof(message->type), 0);
	check_garbage("one byte short", message, sizeof(*message) - 1, 0);
	check_garbage("one byte short, with a descriptor", message, sizeof(*message) - 1, 1);
	message->type = MESSAGE_TYPES;
	check_garbage("the first type that is none", message, sizeof(*message), 0);
	message->type = UINT32_MAX;
	check_garbage("no type", message, sizeof(*message), 0);
	check_garbage("no type, with a descriptor", message, sizeof(*message), 1);
	message->type = MESSAGE_END;
	check_garbage("nobody sends END", message, sizeof(*message), 0);
	message->type = MESSAGE_NOTICE;
	CHECK_TODO("msg_flags are not looked at: MSG_TRUNC");
	check_garbage("one byte too long", message, sizeof(*message) + 1, 0);
	check_garbage("much too long", &frame, sizeof(frame), 0);
	CHECK_TODO("descriptors beyond the first stay open");
	check_garbage("two descriptors", message, sizeof(*message), 2);
	check_garbage("five descriptors", message, sizeof(*message), 5);
	CHECK_TODO(NULL);
}

/* an empty datagram reads like the end; what comes with it must not stay open */
static void test_empty(void)
{
	struct pair pair = open_pair();
	struct message message;
	struct error err;
	unsigned before = count_open();
	int attached = -1, result;

	CHECK_CASE("an empty datagram with a descriptor");
	send_raw(pair.a, "", 0, 1);
	result = channel_receive(pair.b, &message, &attached, &err);
	CHECK(result == -1 || message.type == MESSAGE_END);
	fd_close(attached);
	CHECK_TODO("the descriptor of an empty datagram stays open");
	CHECK_UINT(count_open(), before);
	CHECK_TODO(NULL);
	close_pair(&pair);
}

/* the sender reads a hostile rootfs: its texts end where they must */
static void test_unterminated(void)
{
	struct pair pair = open_pair();
	struct message message;
	struct error err;

	memset(&message, 'x', sizeof(message));
	message.type = MESSAGE_FAILED;
	CHECK_CASE("texts without an end");
	send_raw(pair.a, &message, sizeof(message), 0);
	CHECK_OK(channel_receive(pair.b, &message, NULL, &err), &err);
	CHECK_UINT(strnlen(message.error.id, sizeof(message.error.id)),
		   sizeof(message.error.id) - 1);
	CHECK_UINT(strnlen(message.error.arg, sizeof(message.error.arg)),
		   sizeof(message.error.arg) - 1);
	CHECK_UINT(strnlen(message.error.text, sizeof(message.error.text)),
		   sizeof(message.error.text) - 1);
	close_pair(&pair);
}

static void test_names(void)
{
	CHECK_CASE("names");
	CHECK_STR(message_name(MESSAGE_STARTING), "STARTING");
	for (uint32_t type = 0; type < MESSAGE_TYPES; type++)
		CHECK(message_name(type) && strcmp(message_name(type), "unknown") != 0);
	CHECK_STR(message_name(MESSAGE_TYPES), "unknown");
	CHECK_STR(message_name(UINT32_MAX), "unknown");
}

int main(void)
{
	test_open();
	test_messages();
	test_end();
	test_descriptor();
	test_garbage();
	test_empty();
	test_unterminated();
	test_names();
	return check_end();
}
