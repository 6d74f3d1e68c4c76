// SPDX-License-Identifier: Apache-2.0
/* Moving bytes: nothing lost, nothing twice, a bounded buffer, and an end in every case. */
#include "run/relay.h"

#include "base/fd.h"
#include "tests/unit/check.h"

#include <fcntl.h>
#include <signal.h>

static char buffer[RELAY_BUFFER_SIZE];

struct ends {
	int source_out; /* the test writes */
	int from;
	int to;
	int sink_in; /* the test reads */
};

static struct ends open_ends(void)
{
	int source[2], sink[2];

	if (pipe2(source, O_CLOEXEC) < 0 || pipe2(sink, O_CLOEXEC) < 0)
		exit(1);
	return (struct ends){ source[1], source[0], sink[1], sink[0] };
}

static void close_ends(const struct ends *ends)
{
	fd_close(ends->source_out);
	fd_close(ends->from);
	fd_close(ends->to);
	fd_close(ends->sink_in);
}

/* one turn of the loop that a supervisor runs; false: the relay rests */
static bool turn(struct relay *relay)
{
	struct pollfd wait;

	relay_poll(relay, &wait);
	if (wait.fd < 0 || poll(&wait, 1, 0) <= 0)
		return false;
	relay_move(relay, &wait);
	return true;
}

static void test_stream(void)
{
	struct ends ends = open_ends();
	struct relay relay;
	char got[8] = "";
	struct pollfd wait;

	relay_init(&relay, buffer, ends.from, ends.to, 0);
	CHECK_CASE("what goes in comes out");
	CHECK(!turn(&relay));
	relay_poll(&relay, &wait);
	CHECK(wait.fd == ends.from && wait.events == POLLIN);
	CHECK_INT(write(ends.source_out, "abc", 3), 3);
	CHECK(turn(&relay));
	relay_poll(&relay, &wait);
	CHECK(wait.fd == ends.to && wait.events == POLLOUT);
	CHECK(turn(&relay));
	CHECK_INT(read(ends.sink_in, got, sizeof(got)), 3);
	CHECK(memcmp(got, "abc", 3) == 0);
	CHECK(!turn(&relay));
	CHECK_CASE("nothing ready, nothing done");
	wait = (struct pollfd){ .fd = ends.from, .events = POLLIN };
	relay_move(&relay, &wait);
	CHECK(relay.from == ends.from && relay.start == relay.end);
	CHECK_CASE("the end of the source, with a borrowed destination");
	close(ends.source_out);
	ends.source_out = -1;
	while (turn(&relay))
		;
	relay_poll(&relay, &wait);
	CHECK_INT(wait.fd, -1);
	CHECK(fcntl(ends.to, F_GETFD) >= 0);
	close_ends(&ends);
}

static void test_owned(void)
{
	struct ends ends = open_ends();
	struct relay relay;
	char got[8] = "";

	relay_init(&relay, buffer, ends.from, ends.to, RELAY_TO);
	CHECK_CASE("an owned destination is closed after the last byte");
	CHECK_INT(write(ends.source_out, "ab", 2), 2);
	close(ends.source_out);
	ends.source_out = -1;
	CHECK(turn(&relay));
	CHECK(fcntl(ends.to, F_GETFD) >= 0);
	while (turn(&relay))
		;
	CHECK_INT(read(ends.sink_in, got, sizeof(got)), 2);
	CHECK_INT(read(ends.sink_in, got, sizeof(got)), 0);
	CHECK_INT(fcntl(ends.to, F_GETFD), -1);
	ends.to = -1;
	close_ends(&ends);
}

static void test_eof_byte(void)
{
	struct ends ends = open_ends();
	struct relay relay;
	char got[8] = "";

	relay_init(&relay, buffer, ends.from, ends.to, RELAY_TO);
	relay.eof_byte = 4;
	CHECK_CASE("^D once, then the end");
	CHECK_INT(write(ends.source_out, "a", 1), 1);
	close(ends.source_out);
	ends.source_out = -1;
	while (turn(&relay))
		;
	CHECK_INT(read(ends.sink_in, got, sizeof(got)), 2);
	CHECK(got[0] == 'a' && got[1] == 4);
	CHECK_INT(read(ends.sink_in, got, sizeof(got)), 0);
	ends.to = -1;
	close_ends(&ends);
}

static void test_bounded(void)
{
	struct ends ends = open_ends();
	struct relay relay;
	size_t sent = 0, received = 0;
	unsigned char got[5000], next_sent = 0, next_got = 0;
	bool right = true;

	fcntl(ends.source_out, F_SETFL, O_NONBLOCK);
	fcntl(ends.to, F_SETFL, O_NONBLOCK);
	fcntl(ends.sink_in, F_SETFL, O_NONBLOCK);
	relay_init(&relay, buffer, ends.from, ends.to, 0);
	CHECK_CASE("a reader that does not read stops the writer");
	for (bool stuck = false; !stuck;) {
		unsigned char byte = next_sent;

		stuck = write(ends.source_out, &byte, 1) != 1;
		if (!stuck) {
			next_sent = (unsigned char)(next_sent * 5 + 1);
			sent++;
		}
		if (!turn(&relay))
			continue;
		stuck = false;
	}
	/* two full pipes and one buffer */
	CHECK(sent > 65536 && sent <= 2 * 1048576 + RELAY_BUFFER_SIZE);
	CHECK_CASE("every byte arrives once, in order");
	close(ends.source_out);
	ends.source_out = -1;
	for (;;) {
		ssize_t n = read(ends.sink_in, got, sizeof(got));

		for (ssize_t i = 0; i < n; i++) {
			right = right && got[i] == next_got;
			next_got = (unsigned char)(next_got * 5 + 1);
		}
		received += n > 0 ? (size_t)n : 0;
		if (!turn(&relay) && n <= 0)
			break;
	}
	CHECK(right);
	CHECK_UINT(received, sent);
	close_ends(&ends);
}

static void test_reader_gone(void)
{
	struct ends ends = open_ends();
	struct relay relay;
	struct pollfd wait;

	relay_init(&relay, buffer, ends.from, ends.to, RELAY_TO);
	CHECK_CASE("the reader is gone");
	CHECK_INT(write(ends.source_out, "abc", 3), 3);
	CHECK(turn(&relay));
	close(ends.sink_in);
	ends.sink_in = -1;
	CHECK(turn(&relay));
	relay_poll(&relay, &wait);
	CHECK_INT(wait.fd, -1);
	CHECK_INT(fcntl(ends.to, F_GETFD), -1);
	ends.to = -1;
	CHECK_CASE("and nothing turns any more");
	CHECK_INT(write(ends.source_out, "abc", 3), 3);
	CHECK(!turn(&relay));
	close_ends(&ends);
}

/* or a writer of ours would wait for ever for somebody who reads what nobody will */
static void test_owned_source(void)
{
	struct ends ends = open_ends();
	struct relay relay;

	relay_init(&relay, buffer, ends.from, ends.to, RELAY_FROM | RELAY_TO);
	CHECK_CASE("an owned source is closed when the reader is gone");
	CHECK_INT(write(ends.source_out, "abc", 3), 3);
	CHECK(turn(&relay));
	close(ends.sink_in);
	CHECK(turn(&relay));
	CHECK_INT(fcntl(ends.from, F_GETFD), -1);
	CHECK_INT(write(ends.source_out, "abc", 3), -1);
	CHECK_INT(errno, EPIPE);
	ends.from = ends.to = ends.sink_in = -1;
	close_ends(&ends);
	ends = open_ends();
	relay_init(&relay, buffer, ends.from, ends.to, RELAY_FROM);
	CHECK_CASE("an owned source is closed at its end, a borrowed destination is not");
	close(ends.source_out);
	while (turn(&relay))
		;
	CHECK_INT(fcntl(ends.from, F_GETFD), -1);
	CHECK(fcntl(ends.to, F_GETFD) >= 0);
	ends.source_out = ends.from = -1;
	close_ends(&ends);
}

static void test_bad_source(void)
{
	struct ends ends = open_ends();
	struct relay relay;
	int directory = open("/", O_RDONLY | O_CLOEXEC);
	struct pollfd wait = { .fd = directory, .events = POLLIN, .revents = POLLIN };

	CHECK_CASE("a source that cannot be read is an end");
	relay_init(&relay, buffer, directory, ends.to, 0);
	relay_move(&relay, &wait);
	relay_poll(&relay, &wait);
	CHECK_INT(wait.fd, -1);
	close(directory);
	CHECK_CASE("no source, no destination");
	relay_init(&relay, buffer, -1, -1, RELAY_TO);
	relay_poll(&relay, &wait);
	CHECK_INT(wait.fd, -1);
	CHECK(!turn(&relay));
	relay_drain(&relay, false, -1);
	close_ends(&ends);
}

static void test_drain(void)
{
	struct ends ends = open_ends();
	struct relay relay;
	char got[32] = "";

	relay_init(&relay, buffer, ends.from, ends.to, 0);
	CHECK_CASE("what is left is moved, and nobody is waited for");
	CHECK_INT(write(ends.source_out, "one", 3), 3);
	CHECK(turn(&relay)); /* read, not written yet */
	CHECK_INT(write(ends.source_out, "two", 3), 3);
	relay_drain(&relay, false, -1); /* the writer's end is still open: this returns all the same */
	CHECK_INT(read(ends.sink_in, got, sizeof(got)), 6);
	CHECK(memcmp(got, "onetwo", 6) == 0);
	close_ends(&ends);
}

int main(void)
{
	signal(SIGPIPE, SIG_IGN); /* as the supervisor does */
	test_stream();
	test_owned();
	test_eof_byte();
	test_bounded();
	test_reader_gone();
	test_owned_source();
	test_bad_source();
	test_drain();
	return check_end();
}
