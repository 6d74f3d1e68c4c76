/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tap devices, whose packets a program takes (Linux Documentation/networking/tuntap.rst). Runs in every
 * process; allocates nothing.
 */
#ifndef NSRUN_SYS_TAP_H
#define NSRUN_SYS_TAP_H

#include <stdint.h>

/**
 * tap_count_waiting() - How many packets nobody has taken yet, of all tap devices together
 * @netlink: a socket of NETLINK_ROUTE; its network namespace is the one that is looked at
 *
 * The kernel counts what it gives to a device when it leaves the queueing discipline, and as sent when a
 * program has read it: what lies between the two is in the device's ring.
 * Return: a number of packets; 0 also where the kernel does not tell (no CONFIG_NET_SCHED).
 */
uint64_t tap_count_waiting(int netlink);

#endif
