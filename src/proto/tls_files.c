/* SPDX-License-Identifier: ISC */
/* tls_files.c - certificates and keys in files, and what is wrong with them */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tls_files.h"

/* RFC 7468 section 11, and what OpenSSL wrote before */
#define ENCRYPTED_KEY     "-----BEGIN ENCRYPTED PRIVATE KEY-----"
#define ENCRYPTED_OLD_KEY "Proc-Type: 4,ENCRYPTED"
#define ANY_KEY           "PRIVATE KEY-----"

static int
not_readable(const char *file, int error, char why[static TLS_ERROR_LEN])
{
	snprintf(why, TLS_ERROR_LEN, "read of %.300s failed: %s", file,
	    strerror(error));
	return -1;
}

int
tls_files_check(const char *file, char why[static TLS_ERROR_LEN])
{
	char byte;
	int fd = open(file, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	int error = fd == -1 || read(fd, &byte, 0) == -1 ? errno : 0;

	if (fd != -1)
		close(fd);
	return error == 0 ? 0 : not_readable(file, error, why);
}

static bool
has_certificate(const struct tls_library *lib, const uint8_t *pem, size_t len)
{
	BIO *bio = lib->BIO_new_mem_buf(pem, (int)len);
	X509 *first = lib->PEM_read_bio_X509(bio, NULL, NULL, NULL);
	bool found = first != NULL;

	lib->X509_free(first);
	lib->BIO_free(bio);
	lib->ERR_clear_error();
	return found;
}

/* The whole file; NULL: why. */
static uint8_t *
load(const struct tls_library *lib, const char *file, size_t *len,
    char why[static TLS_ERROR_LEN])
{
	uint8_t *bytes;

	if (tls_files_check(file, why) == -1)
		return NULL;
	errno = 0;
	bytes = lib->tls_load_file(file, len, NULL);
	if (bytes == NULL)
		not_readable(file, errno == 0 ? EINVAL : errno, why);
	return bytes;
}

int
tls_files_check_ca(const struct tls_library *lib, const char *file,
    char why[static TLS_ERROR_LEN])
{
	size_t len;
	uint8_t *pem = load(lib, file, &len, why);
	bool found;

	if (pem == NULL)
		return -1;
	found = has_certificate(lib, pem, len);
	lib->tls_unload_file(pem, len);
	if (found)
		return 0;
	snprintf(why, TLS_ERROR_LEN,
	    "read of %.300s failed: no certificate in PEM form", file);
	return -1;
}

/* "9d66eef0.0": eight digits of a hash, and a number */
static bool
is_hashed_name(const char *name)
{
	size_t digits = 0;

	while (isxdigit((unsigned char)name[digits]))
		digits++;
	return digits == 8 && name[digits] == '.' &&
	    isdigit((unsigned char)name[digits + 1]);
}

int
tls_files_check_ca_folder(const char *folder, char why[static TLS_ERROR_LEN])
{
	DIR *dir = opendir(folder);
	const struct dirent *entry;
	bool found = false;

	if (dir == NULL)
		return not_readable(folder, errno, why);
	while (!found && (entry = readdir(dir)) != NULL)
		found = is_hashed_name(entry->d_name);
	closedir(dir);
	if (found)
		return 0;
	snprintf(why, TLS_ERROR_LEN,
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
    const char *file, struct tls_keypair *pair, char why[static TLS_ERROR_LEN])
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
	snprintf(why, TLS_ERROR_LEN, "use of the key in %.300s failed: %s",
	    file,
	    password == NULL ? "it has a password, and nobody can be asked" :
			       "wrong password");
	return -1;
}

static int
check_key(const struct tls_library *lib, const struct tls_settings *settings,
    const char *file, struct tls_keypair *pair, char why[static TLS_ERROR_LEN])
{
	if (contains(pair->key, pair->key_len, ENCRYPTED_KEY) ||
	    contains(pair->key, pair->key_len, ENCRYPTED_OLD_KEY))
		return unlock(lib, settings, file, pair, why);
	if (contains(pair->key, pair->key_len, ANY_KEY))
		return 0;
	snprintf(why, TLS_ERROR_LEN,
	    "read of %.300s failed: no private key in PEM form", file);
	return -1;
}

int
tls_files_read_keypair(const struct tls_library *lib,
    const struct tls_settings *settings, struct tls_keypair *pair,
    char why[static TLS_ERROR_LEN])
{
	const char *key =
	    settings->key == NULL ? settings->cert : settings->key;

	pair->cert = load(lib, settings->cert, &pair->cert_len, why);
	if (pair->cert == NULL)
		return -1;
	if (!has_certificate(lib, pair->cert, pair->cert_len)) {
		snprintf(why, TLS_ERROR_LEN,
		    "read of %.300s failed: no certificate in PEM form",
		    settings->cert);
		return -1;
	}
	pair->key = load(lib, key, &pair->key_len, why);
	if (pair->key == NULL)
		return -1;
	return check_key(lib, settings, key, pair, why);
}
