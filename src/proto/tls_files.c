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

static int
check_readable(const char *file, struct tls_why *why)
{
	char byte;
	int fd = open(file, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	int error = fd == -1 || read(fd, &byte, 0) == -1 ? errno : 0;

	if (fd != -1)
		close(fd);
	return error == 0 ? 0 : not_readable(file, error, why);
}

/* The whole file; NULL: why. */
static uint8_t *
load(const struct tls_library *lib, const char *file, size_t *len,
    struct tls_why *why)
{
	uint8_t *bytes;

	if (check_readable(file, why) == -1)
		return NULL;
	errno = 0;
	bytes = lib->tls_load_file(file, len, NULL);
	if (bytes == NULL)
		not_readable(file, errno == 0 ? EINVAL : errno, why);
	return bytes;
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

typedef bool has_fn(const struct tls_library *, const uint8_t *, size_t);

static int
check_file(const struct tls_library *lib, const char *file, has_fn *has,
    const char *what, struct tls_why *why)
{
	size_t len;
	uint8_t *pem = load(lib, file, &len, why);
	bool found;

	if (pem == NULL)
		return -1;
	found = has(lib, pem, len);
	lib->tls_unload_file(pem, len);
	return found ? 0 : misses(file, what, why);
}

int
tls_files_check_ca(
    const struct tls_library *lib, const char *file, struct tls_why *why)
{
	return check_file(lib, file, has_certificate, "certificate", why);
}

int
tls_files_check_crl(
    const struct tls_library *lib, const char *file, struct tls_why *why)
{
	return check_file(
	    lib, file, has_revocations, "list of revocations", why);
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

/* A key with a password becomes one without. */
static int
unlock(const struct tls_library *lib, const struct tls_settings *settings,
    const char *file, struct tls_keypair *pair, struct tls_why *why)
{
	char *password = settings->ask_password == NULL ?
	    NULL :
	    settings->ask_password(file, settings->arg);

	lib->tls_unload_file(pair->key, pair->key_len);
	pair->key = NULL;
	if (password != NULL) {
		pair->key = lib->tls_load_file(file, &pair->key_len, password);
		explicit_bzero(password, strlen(password));
	}
	lib->ERR_clear_error();
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
	BIO *bio = lib->BIO_new_mem_buf(pair->key, (int)pair->key_len);
	EVP_PKEY *ours = lib->PEM_read_bio_PrivateKey(bio, NULL, NULL, NULL);
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
	lib->BIO_free(bio);
	lib->ERR_clear_error();
	return result;
}

static bool
is_locked(const struct tls_keypair *pair)
{
	return contains(pair->key, pair->key_len, ENCRYPTED_KEY) ||
	    contains(pair->key, pair->key_len, ENCRYPTED_OLD_KEY);
}

int
tls_files_read_keypair(const struct tls_library *lib,
    const struct tls_settings *settings, struct tls_keypair *pair,
    struct tls_why *why)
{
	const char *cert = settings->cert;
	const char *key = settings->key == NULL ? cert : settings->key;

	pair->cert = load(lib, cert, &pair->cert_len, why);
	if (pair->cert == NULL)
		return -1;
	if (!has_certificate(lib, pair->cert, pair->cert_len))
		return misses(cert, "certificate", why);
	pair->key = load(lib, key, &pair->key_len, why);
	if (pair->key == NULL)
		return -1;
	if (is_locked(pair) && unlock(lib, settings, key, pair, why) == -1)
		return -1;
	return check_match(lib, cert, key, pair, why);
}
