// SPDX-License-Identifier: Apache-2.0
/* Numbers as digits. Runs in: any process. */
#include "base/decimal.h"

char *decimal_u32(char *ret_text, uint32_t value)
{
	char *end = ret_text + 1;

	for (uint32_t rest = value; rest >= 10; rest /= 10)
		end++;
	*end = '\0';
	for (char *at = end; at > ret_text; value /= 10)
		*--at = (char)('0' + value % 10);
	return end;
}
