/* SPDX-License-Identifier: Apache-2.0 */
/* Reading and writing small files whole. Runs in every process; does not allocate. */
#ifndef NSRUN_BASE_FILE_H
#define NSRUN_BASE_FILE_H

#include <stddef.h>
#include <sys/types.h>

/**
 * file_read() - Read a small file whole
 * @dirfd:  directory, or AT_FDCWD
 * @path:   a path that is trusted to be followed (below /proc, /sys, /etc of the host)
 * @buffer: receives the bytes and a final NUL
 * @size:   size of @buffer; a file of @size bytes or more fails with EFBIG
 *
 * Return: bytes read, or -1 with errno.
 */
ssize_t file_read(int dirfd, const char *path, char *buffer, size_t size);

/** file_read_part() - The first @size - 1 bytes of a file, and a NUL; bytes read, or -1. */
ssize_t file_read_part(const char *path, char *buffer, size_t size);

/**
 * file_write_once() - Write a value into an existing file with exactly one write(2)
 *
 * For files of /proc, which take a value in one piece.
 * Return: 0, or -1 with errno (EIO for a short write).
 */
int file_write_once(int dirfd, const char *path, const char *value, size_t length);

/**
 * file_replace() - Put a whole new file in the place of an old one, or of none
 * @dirfd: directory, which nobody else can write
 * @name:  one component; NAME.tmp is used on the way
 *
 * Whoever reads it sees the old or the new one, also after a crash: written beside it, synchronised,
 * renamed, and the directory synchronised. Mode 0600.
 * Return: 0, or -1 with errno, and the old one as it was.
 */
int file_replace(int dirfd, const char *name, const char *text, size_t length);

#endif
