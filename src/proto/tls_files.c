/* SPDX-License-Identifier: ISC */
/* tls_files.c - certificates and keys in files, and what is wrong with them */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tls_files.h"
#include "xalloc.h"

/* bytes; the CAs of a whole system have 200 KiB */
#define TLS_FILE_MAX (16 * 1024 * 1024)

/* RFC 7468 section 11, and what OpenSSL wrote before */
#define ENCRYPTED_KEY     "-----BEGIN ENCRYPTED PRIVATE KEY-----"
#define ENCRYPTED_OLD_KEY "Proc-Type: 4,ENCRYPTED"

static int
not_readable(const char *file, int error, struct tls_why *why)
{
	snprintf(why->words, sizeof(why->words), "read of %.300s failed: %s",
	    file, strerror(error));
	return -1;
}

/* What is left of the file: 0, or errno. */
static int
read_all(int fd, uint8_t *bytes, size_t *len)
{
	ssize_t got;

	for (*len = 0; *len <= TLS_FILE_MAX; *len += (size_t)got) {
		do
			got = read(fd, bytes + *len, TLS_FILE_MAX + 1 - *len);
		while (got == -1 && errno == EINTR);
		if (got <= 0)
			return got == 0 ? 0 : errno;
	}
	return EFBIG;
}

/* The whole file, which may be a pipe; owned.  NULL: why. */
static uint8_t *
load(const char *file, size_t *len, struct tls_why *why)
{
	int fd = open(file, O_RDONLY | O_CLOEXEC), error = errno;
	uint8_t *bytes;

	if (fd == -1) {
		not_readable(file, error, why);
		return NULL;
	}
	bytes = xreallocarray(NULL, 1, TLS_FILE_MAX + 1);
	error = read_all(fd, bytes, len);
	close(fd);
	if (error == 0)
		return bytes;
	not_readable(file, error, why);
	explicit_bzero(bytes, *len);
	free(bytes);
	return NULL;
}

/* The first certificate in there; NULL: there is none. */
static X509 *
first_certificate(const struct tls_library *lib, const uint8_t *pem, size_t len)
{
	BIO *bio = lib->BIO_new_mem_buf(pem, (int)len);
	X509 *first = lib->PEM_read_bio_X509(bio, NULL, NULL, NULL);

	lib->BIO_free(bio);
	lib->ERR_clear_error();
	return first;
}

static bool
has_certificate(const struct tls_library *lib, const uint8_t *pem, size_t len)
{
	X509 *first = first_certificate(lib, pem, len);

	lib->X509_free(first);
	return first != NULL;
}

static bool
has_revocations(const struct tls_library *lib, const uint8_t *pem, size_t len)
{
	BIO *bio = lib->BIO_new_mem_buf(pem, (int)len);
	X509_CRL *first = lib->PEM_read_bio_X509_CRL(bio, NULL, NULL, NULL);

	lib->X509_CRL_free(first);
	lib->BIO_free(bio);
	lib->ERR_clear_error();
	return first != NULL;
}

static int
misses(const char *file, const char *what, struct tls_why *why)
{
	snprintf(why->words, sizeof(why->words),
	    "read of %.300s failed: no %s in PEM form", file, what);
	return -1;
}

uint8_t *
tls_files_read_ca(const struct tls_library *lib, const char *file, size_t *len,
    struct tls_why *why)
{
	uint8_t *pem = load(file, len, why);

	if (pem == NULL || has_certificate(lib, pem, *len))
		return pem;
	misses(file, "certificate", why);
	free(pem);
	return NULL;
}

uint8_t *
tls_files_read_crl(const struct tls_library *lib, const char *file, size_t *len,
    struct tls_why *why)
{
	uint8_t *pem = load(file, len, why);

	if (pem == NULL || has_revocations(lib, pem, *len))
		return pem;
	misses(file, "list of revocations", why);
	free(pem);
	return NULL;
}

/* "9d66eef0.0": eight digits of a hash, and a number */
static int
is_hashed(const struct dirent *entry)
{
	const char *name = entry->d_name;
	size_t digits = 0;

	while (isxdigit((unsigned char)name[digits]))
		digits++;
	return digits == 8 && name[digits] == '.' &&
	    isdigit((unsigned char)name[digits + 1]);
}

int
tls_files_check_ca_folder(const char *folder, struct tls_why *why)
{
	struct dirent **found = NULL;
	int count = scandir(folder, &found, is_hashed, alphasort);

	if (count == -1)
		return not_readable(folder, errno, why);
	for (int i = 0; i < count; i++)
		free(found[i]);
	free(found);
	if (count > 0)
		return 0;
	snprintf(why->words, sizeof(why->words),
	    "read of %.300s failed: no certificates under hashed names, "
	    "as openssl rehash makes them",
	    folder);
	return -1;
}

static bool
contains(const uint8_t *bytes, size_t len, const char *word)
{
	return memmem(bytes, len, word, strlen(word)) != NULL;
}

static EVP_PKEY *
parse_key(const struct tls_library *lib, const struct tls_keypair *pair,
    char *password)
{
	BIO *bio = lib->BIO_new_mem_buf(pair->key, (int)pair->key_len);
	EVP_PKEY *key = lib->PEM_read_bio_PrivateKey(bio, NULL, NULL, password);

	lib->BIO_free(bio);
	lib->ERR_clear_error();
	return key;
}

/* A key with a password becomes one without. */
static int
unlock(const struct tls_library *lib, const struct tls_settings *settings,
    const char *file, struct tls_keypair *pair, struct tls_why *why)
{
	char *password = settings->ask_password == NULL ?
	    NULL :
	    settings->ask_password(file, settings->arg);
	EVP_PKEY *key =
	    password == NULL ? NULL : parse_key(lib, pair, password);

	if (password != NULL)
		explicit_bzero(password, strlen(password));
	free(pair->key);
	pair->key = NULL;
	if (key != NULL)
		pair->key = tls_pem(lib, NULL, key, &pair->key_len);
	lib->EVP_PKEY_free(key);
	if (pair->key != NULL)
		return 0;
	snprintf(why->words, sizeof(why->words),
	    "use of the key in %.300s failed: %s", file,
	    password == NULL ? "it has a password, and nobody can be asked" :
			       "wrong password");
	return -1;
}

/* Whether the key is one, and the certificate's. */
static int
check_match(const struct tls_library *lib, const char *cert, const char *key,
    const struct tls_keypair *pair, struct tls_why *why)
{
	EVP_PKEY *ours = parse_key(lib, pair, "");
	X509 *first = first_certificate(lib, pair->cert, pair->cert_len);
	int result = 0;

	if (ours == NULL)
		result = misses(key, "private key", why);
	else if (lib->X509_check_private_key(first, ours) != 1) {
		snprintf(why->words, sizeof(why->words),
		    "use of %.200s failed: it is not the key of the "
		    "certificate in %.200s",
		    key, cert);
		result = -1;
	}
	lib->X509_free(first);
	lib->EVP_PKEY_free(ours);
	return result;
}

static bool
is_locked(const struct tls_keypair *pair)
{
	return contains(pair->key, pair->key_len, ENCRYPTED_KEY) ||
	    contains(pair->key, pair->key_len, ENCRYPTED_OLD_KEY);
}

/* Both may be in one file, and that may be a pipe. */
static uint8_t *
load_key(const struct tls_settings *settings, struct tls_keypair *pair,
    struct tls_why *why)
{
	if (settings->key != NULL && strcmp(settings->key, settings->cert) != 0)
		return load(settings->key, &pair->key_len, why);
	pair->key_len = pair->cert_len;
	return memcpy(
	    xreallocarray(NULL, 1, pair->key_len), pair->cert, pair->key_len);
}

int
tls_files_read_keypair(const struct tls_library *lib,
    const struct tls_settings *settings, struct tls_keypair *pair,
    struct tls_why *why)
{
	const char *cert = settings->cert;
	const char *key = settings->key == NULL ? cert : settings->key;

	pair->cert = load(cert, &pair->cert_len, why);
	if (pair->cert == NULL)
		return -1;
	if (!has_certificate(lib, pair->cert, pair->cert_len))
		return misses(cert, "certificate", why);
	pair->key = load_key(settings, pair, why);
	if (pair->key == NULL)
		return -1;
	if (is_locked(pair) && unlock(lib, settings, key, pair, why) == -1)
		return -1;
	return check_match(lib, cert, key, pair, why);
}
