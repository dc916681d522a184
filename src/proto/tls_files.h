/* SPDX-License-Identifier: ISC */
/* tls_files.h - certificates and keys in files, and what is wrong with them */
#ifndef NCX_TLS_FILES_H
#define NCX_TLS_FILES_H

#include "tls_context.h"
#include "tls_library.h"
#include "tls_selfsigned.h"

/* The certificates in a file, or the lists of revocations; owned.  NULL: why,
 * as there are none. */
uint8_t *tls_files_read_ca(const struct tls_library *, const char *file,
    size_t *len, struct tls_why *why);
uint8_t *tls_files_read_crl(const struct tls_library *, const char *file,
    size_t *len, struct tls_why *why);

/* 0, or -1 and why: a folder without certificates under the names by which
 * OpenSSL looks for them. */
int tls_files_check_ca_folder(const char *folder, struct tls_why *why);

/* Read cert and key of the settings, and ask for the password of the key if it
 * has one.  0, or -1 and why. */
int tls_files_read_keypair(const struct tls_library *,
    const struct tls_settings *, struct tls_keypair *, struct tls_why *why);

#endif
