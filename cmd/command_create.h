/* SPDX-License-Identifier: Apache-2.0 */
/* Making a container that is kept, for create and run. */
#ifndef NSRUN_CMD_COMMAND_CREATE_H
#define NSRUN_CMD_COMMAND_CREATE_H

#include "command.h"

/**
 * create_container() - Plan a container and keep it
 * @argv: what @spec was parsed from
 *
 * Return: 0, or -1 with @err, and nothing is left.
 */
int create_container(struct spec *spec, const char *const *argv, struct plan **ret_plan,
		     struct container **ret, struct error *err);

#endif
