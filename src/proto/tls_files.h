/* SPDX-License-Identifier: ISC */
/* tls_files.h - certificates and keys in files, and what is wrong with them */
#ifndef NCX_TLS_FILES_H
#define NCX_TLS_FILES_H

#include "tls_context.h"
#include "tls_library.h"
#include "tls_selfsigned.h"

/* 0, or -1 and why: the file cannot be read; or has no certificate; or the
 * folder has none under the names by which OpenSSL looks for them. */
int tls_files_check(const char *file, char why[static TLS_ERROR_LEN]);
int tls_files_check_ca(const struct tls_library *, const char *file,
    char why[static TLS_ERROR_LEN]);
int tls_files_check_ca_folder(
    const char *folder, char why[static TLS_ERROR_LEN]);

/* Read cert and key of the settings, and ask for the password of the key if it
 * has one.  0, or -1 and why. */
int tls_files_read_keypair(const struct tls_library *,
    const struct tls_settings *, struct tls_keypair *,
    char why[static TLS_ERROR_LEN]);

#endif
