/* SPDX-License-Identifier: ISC */
/* known_peers.c - the file of --tls-tofu: who showed which certificate */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include <vis.h>

#include "known_peers.h"
#include "xalloc.h"

#define BLANKS     " \t\r"
#define PIN_PREFIX "sha256:"
#define PIN_DIGITS 64

struct peer {
	const char *who, *pin; /* within the text; as vis(3) writes it */
	unsigned line;
};

struct contents {
	char *text; /* its lines are cut into words */
	size_t len;
	struct peer *peers;
	size_t count;
	bool unfinished; /* the last line has no end */
};

struct known_peers {
	char *path;
	struct contents now;
};

/* As it stands in the file; to be freed. */
static char *
encode(const char *who)
{
	char *text = xcalloc(strlen(who) * 4 + 1, 1);

	strvis(text, who, VIS_OCTAL | VIS_WHITE | VIS_NOLOCALE);
	return text;
}

static bool
is_pin(const char *text)
{
	size_t prefix = strlen(PIN_PREFIX);

	return strncasecmp(text, PIN_PREFIX, prefix) == 0 &&
	    strspn(text + prefix, "0123456789abcdefABCDEF") == PIN_DIGITS &&
	    text[prefix + PIN_DIGITS] == '\0';
}

/* The next word of a line, or NULL; *line goes on behind it. */
static char *
next_word(char **line)
{
	char *word = *line + strspn(*line, BLANKS);

	if (*word == '\0')
		return NULL;
	*line = word + strcspn(word, BLANKS);
	if (**line != '\0')
		*(*line)++ = '\0';
	return word;
}

/* False: it is none of ours. */
static bool
parse_line(struct contents *c, char *line, unsigned number)
{
	const char *who, *pin;

	if (line[strspn(line, BLANKS)] == '#')
		return true;
	who = next_word(&line);
	if (who == NULL)
		return true;
	pin = next_word(&line);
	if (pin == NULL || !is_pin(pin) || next_word(&line) != NULL)
		return false;
	c->peers = xreallocarray(c->peers, c->count + 1, sizeof(*c->peers));
	c->peers[c->count++] = (struct peer){ who, pin, number };
	return true;
}

/* 0, or the number of the line that is none. */
static unsigned
parse(struct contents *c)
{
	char *line = c->text, *end = c->text + c->len;

	c->unfinished = c->len > 0 && end[-1] != '\n';
	for (unsigned number = 1; line < end; number++) {
		char *next = memchr(line, '\n', (size_t)(end - line));

		if (next == NULL)
			next = end;
		*next = '\0';
		if (strlen(line) != (size_t)(next - line) ||
		    !parse_line(c, line, number))
			return number;
		line = next + 1;
	}
	return 0;
}

static void
forget(struct contents *c)
{
	free(c->text);
	free(c->peers);
}

static int
check_type(int fd, off_t *size)
{
	struct stat st;

	if (fstat(fd, &st) == -1)
		return -1;
	*size = st.st_size;
	if (S_ISREG(st.st_mode) && st.st_size <= KNOWN_PEERS_MAX)
		return 0;
	errno = S_ISDIR(st.st_mode) ? EISDIR :
	    S_ISREG(st.st_mode)     ? EFBIG :
				      ENOTSUP;
	return -1;
}

static int
read_text(struct contents *c, int fd, size_t size)
{
	c->text = xcalloc(size + 1, 1);
	while (c->len < size) {
		ssize_t n =
		    pread(fd, c->text + c->len, size - c->len, (off_t)c->len);

		if (n == -1 && errno != EINTR)
			return -1;
		if (n == 0)
			break;
		if (n > 0)
			c->len += (size_t)n;
	}
	return 0;
}

static int
read_contents(struct contents *c, int fd, unsigned *bad_line)
{
	off_t size;

	if (check_type(fd, &size) == -1 || read_text(c, fd, (size_t)size) == -1)
		return -1;
	*bad_line = parse(c);
	if (*bad_line == 0)
		return 0;
	errno = EINVAL;
	return -1;
}

/* 0, or -1: errno, and what was known is still known. */
static int
load(struct known_peers *k, int fd, unsigned *bad_line)
{
	struct contents fresh = { 0 };

	if (read_contents(&fresh, fd, bad_line) == -1) {
		forget(&fresh);
		return -1;
	}
	forget(&k->now);
	k->now = fresh;
	return 0;
}

static int
read_file(struct known_peers *k, unsigned *bad_line)
{
	int fd = open(k->path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	int result, error;

	if (fd == -1)
		return errno == ENOENT ? 0 : -1;
	result = load(k, fd, bad_line);
	error = errno;
	close(fd);
	errno = error;
	return result;
}

struct known_peers *
known_peers_read(const char *path, unsigned *bad_line)
{
	struct known_peers *k = xcalloc(1, sizeof(*k));

	*bad_line = 0;
	k->path = xstrdup(path);
	if (read_file(k, bad_line) == 0)
		return k;
	known_peers_free(k);
	return NULL;
}

void
known_peers_free(struct known_peers *k)
{
	if (k == NULL)
		return;
	forget(&k->now);
	free(k->path);
	free(k);
}

static const struct peer *
find(const struct known_peers *k, const char *encoded)
{
	for (size_t i = 0; i < k->now.count; i++)
		if (strcasecmp(k->now.peers[i].who, encoded) == 0)
			return &k->now.peers[i];
	return NULL;
}

const char *
known_peers_find(const struct known_peers *k, const char *who, unsigned *line)
{
	char *encoded = encode(who);
	const struct peer *peer = find(k, encoded);

	free(encoded);
	if (peer == NULL)
		return NULL;
	*line = peer->line;
	return peer->pin;
}

/* Cuts the last part of a path off.  NULL: there is no folder to make. */
static char *
folder_of(char *path)
{
	char *slash = strrchr(path, '/');

	if (slash == NULL || slash == path)
		return NULL;
	*slash = '\0';
	return path;
}

static int
make_folder(const char *path)
{
	return mkdir(path, 0700) == 0 || errno == EEXIST ? 0 : -1;
}

/* The folder of a path, and the one that this is in.  0, or -1: errno */
static int
make_folders(const char *path)
{
	char *folder = xstrdup(path), *above = xstrdup(path);
	int result = 0;

	if (folder_of(folder) != NULL) {
		result = make_folder(folder);
		if (result == -1 && errno == ENOENT &&
		    folder_of(above) != NULL && folder_of(above) != NULL &&
		    make_folder(above) == 0)
			result = make_folder(folder);
	}
	free(folder);
	free(above);
	return result;
}

static int
open_to_add(const char *path)
{
	const int flags =
	    O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NONBLOCK;
	int fd = open(path, flags, 0600);

	if (fd == -1 && errno == ENOENT && make_folders(path) == 0)
		fd = open(path, flags, 0600);
	return fd;
}

static int
lock(int fd)
{
	int result;

	do
		result = flock(fd, LOCK_EX);
	while (result == -1 && errno == EINTR);
	return result;
}

/* All of it or none of it.  0, or -1: errno */
static int
append(int fd, const char *text, size_t len, size_t old_size)
{
	size_t done = 0;
	int error;

	while (done < len) {
		ssize_t n = write(fd, text + done, len - done);

		if (n > 0) {
			done += (size_t)n;
		} else if (n == 0 || errno != EINTR) {
			error = n == 0 ? ENOSPC : errno;
			if (ftruncate(fd, (off_t)old_size) == -1)
				return -1;
			errno = error;
			return -1;
		}
	}
	return 0;
}

static int
append_line(
    const struct known_peers *k, int fd, const char *encoded, const char *pin)
{
	char *line;
	int len, result;

	len = asprintf(
	    &line, "%s%s %s\n", k->now.unfinished ? "\n" : "", encoded, pin);
	if (len == -1)
		return -1;
	errno = EFBIG;
	result = k->now.len + (size_t)len > KNOWN_PEERS_MAX ?
	    -1 :
	    append(fd, line, (size_t)len, k->now.len);
	free(line);
	return result;
}

/* Somebody may have been first.  0, or -1: errno */
static int
add_locked(struct known_peers *k, int fd, const char *encoded, const char *pin)
{
	const struct peer *peer;
	unsigned bad_line;

	if (lock(fd) == -1 || load(k, fd, &bad_line) == -1)
		return -1;
	peer = find(k, encoded);
	if (peer != NULL) {
		errno = EEXIST;
		return strcasecmp(peer->pin, pin) == 0 ? 0 : -1;
	}
	if (append_line(k, fd, encoded, pin) == -1)
		return -1;
	return load(k, fd, &bad_line);
}

int
known_peers_add(struct known_peers *k, const char *who, const char *pin)
{
	char *encoded;
	int fd, result, error;

	if (who[0] == '\0' || who[0] == '#' || !is_pin(pin)) {
		errno = EINVAL;
		return -1;
	}
	fd = open_to_add(k->path);
	if (fd == -1)
		return -1;
	encoded = encode(who);
	result = add_locked(k, fd, encoded, pin);
	error = errno;
	free(encoded);
	if (close(fd) == -1 && result == 0)
		return -1;
	errno = error;
	return result;
}

const char *
known_peers_path(const struct known_peers *k)
{
	return k->path;
}
