// SPDX-License-Identifier: Apache-2.0
/* Runs in: id helper. The program headers are those that the kernel has read (AT_PHDR, getauxval(3)). */
#include "newidmap/image.h"

#include <elf.h>
#include <link.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/auxv.h>
#include <sys/mman.h>

/* where the file begins in memory; the name is the linker's */
/* NOLINTNEXTLINE(bugprone-reserved-identifier) */
extern const ElfW(Ehdr) __ehdr_start __attribute__((visibility("hidden")));

bool image_seal(void)
{
	uintptr_t base = (uintptr_t)&__ehdr_start, page = getauxval(AT_PAGESZ);
	const ElfW(Phdr) *headers = (const ElfW(Phdr) *)getauxval(AT_PHDR);
	size_t n = getauxval(AT_PHNUM);

	for (size_t i = 0; i < n; i++) {
		uintptr_t from = base + headers[i].p_vaddr;
		uintptr_t to = from + headers[i].p_memsz;

		/* the linker ends it where a page ends, and begins it where it likes */
		from &= ~(page - 1);
		if (headers[i].p_type == PT_GNU_RELRO && mprotect((void *)from, to - from, PROT_READ) < 0)
			return false;
	}
	return true;
}
