/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Datagrams between processes of one user: SOCK_SEQPACKET (unix(7)), with descriptors that go along.
 * Runs in: every process; does not allocate.
 */
#ifndef NSRUN_SYS_LOCAL_SOCKET_H
#define NSRUN_SYS_LOCAL_SOCKET_H

#include <stddef.h>
#include <sys/types.h>

#define LOCAL_FDS_MAX 4

/**
 * local_send() - Send one datagram, waiting if need be
 * @fds, @n: descriptors that go along, at most LOCAL_FDS_MAX
 *
 * Return: 0, or -1 with errno; no SIGPIPE.
 */
int local_send(int socket, const void *bytes, size_t length, const int *fds, size_t n);

/**
 * local_receive() - Take one datagram
 * @ret_fds, @n: room for so many descriptors, which are close-on-exec; -1 where none came
 *
 * A peer that ended without reading everything leaves an error, once, before what it sent last: that
 * is read on over.
 * Return: its length, 0 at the end, or -1 with errno; EPROTO for one with more bytes or descriptors
 *         than there is room for. No descriptor stays open but with a length.
 */
ssize_t local_receive(int socket, void *buffer, size_t size, int *ret_fds, size_t n);

/**
 * local_listen() - Listen at a name in a directory, in the place of whoever did before
 *
 * By the directory's descriptor, since its own path may be longer than an address.
 * Return: a socket that does not block, or -1 with errno.
 */
int local_listen(int dir, const char *name, int backlog);

/** local_connect() - Connect to who listens at a name in a directory; a socket, or -1 with errno. */
int local_connect(int dir, const char *name);

#endif
