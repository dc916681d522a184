/* SPDX-License-Identifier: ISC */
/* digest.h - the digest of bytes as they come (FIPS 180-4) */
#ifndef NCX_DIGEST_H
#define NCX_DIGEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum digest_kind { DIGEST_SHA256, DIGEST_SHA384, DIGEST_SHA512 };

/* bytes; of the longest one */
#define DIGEST_BYTES 64

struct digest;

struct digest_ops {
	const char *name; /* of the library */
	void (*add)(struct digest *, const void *, size_t);
	/* Once, at the end.  False: the library has failed */
	bool (*end)(struct digest *, uint8_t[static DIGEST_BYTES]);
	void (*free)(struct digest *);
};

/* The first member of what it is. */
struct digest {
	const struct digest_ops *ops;
	enum digest_kind kind;
};

/* "sha256", and how many bytes it has */
const char *digest_name(enum digest_kind);
size_t digest_size(enum digest_kind);

/* By libmd, which is there always. */
struct digest *digest_new(enum digest_kind);

#endif
