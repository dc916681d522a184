/* SPDX-License-Identifier: ISC */
/* text_file.h - a file read as a whole, so that nothing else waits
 *
 * It may be a pipe, as of <(command), whose writer takes its time. */
#ifndef NCX_TEXT_FILE_H
#define NCX_TEXT_FILE_H

#include <stddef.h>

#include "channel.h"

/* bytes; a larger file is EFBIG */
#define TEXT_FILE_MAX (16 * 1024 * 1024)

/* Called at the end, once.  error 0: the bytes, valid until it returns, and not
 * ended by a NUL; else errno, and no bytes.  True: go on; false: the handshake
 * fails, as it does after an error. */
typedef bool text_file_fn(
    const char *path, int error, const char *text, size_t len, void *arg);

/* path is borrowed.  A FIFO that gives nothing is ENODATA: whoever wrote to it
 * has gone.  A limit that passes is ETIMEDOUT. */
struct handshake *text_file_handshake(
    const char *path, text_file_fn *done, void *arg);

#endif
