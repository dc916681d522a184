/* SPDX-License-Identifier: ISC */
/* names.h - a system with names that no system has
 *
 * names.c stands before getaddrinfo(3) and getnameinfo(3) in the tests that
 * CMakeLists.txt links it to.  What it does not know goes on to the system. */
#ifndef NCX_TEST_NAMES_H
#define NCX_TEST_NAMES_H

/* Names to look up */
#define NAME_SLOW  "slow.test"  /* never answers */
#define NAME_DEAD  "dead.test"  /* kills who asks */
#define NAME_MANY  "many.test"  /* 100 addresses: 127.0.0.1 to .100 */
#define NAME_HERE  "here.test"  /* 127.0.0.1 */
#define NAME_BOTH  "both.test"  /* 127.0.0.1 and ::1 */
#define NAME_STATE "state.test" /* EAI_AGAIN in a child as it should be */

/* Addresses to name */
#define NUMBER_SLOW  "127.0.0.7"
#define NUMBER_DEAD  "127.0.0.8"
#define NUMBER_NAMED "127.0.0.9"
#define NUMBER_NAME  "nine.test"

#endif
