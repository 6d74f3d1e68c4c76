/* SPDX-License-Identifier: Apache-2.0 */
/* The ports of a container, read from the texts that it keeps of them. Pure. */
#ifndef NSRUN_LIFE_PUBLISHED_H
#define NSRUN_LIFE_PUBLISHED_H

#include <stddef.h>
#include <stdint.h>

#define PUBLISHED_ADDRESS_SIZE 64

/** struct published_range - @address: "0.0.0.0" for all; @host: 0: not known */
struct published_range {
	char address[PUBLISHED_ADDRESS_SIZE];
	uint16_t host;
	uint16_t inside;
	uint16_t count;
	const char *protocol;
};

/** published_parse() - "[ADDRESS:][HOST:]PORT[-END][/tcp|/udp]"; -1: it is something else. */
int published_parse(const char *text, struct published_range *ret);

#endif
