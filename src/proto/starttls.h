/* SPDX-License-Identifier: ISC */
/* starttls.h - how a server is asked to speak TLS from now on
 *
 * SMTP (RFC 3207), IMAP (RFC 3501 section 6.2.1), POP3 (RFC 2595 section 4),
 * FTP (RFC 4217 section 4) and PostgreSQL ("SSL Session Encryption" in its
 * frontend/backend protocol).
 *
 * Theory of operation: each is a dialogue, which ends with the last byte of the
 * server's yes.  All that was said until then could have come from anybody, and
 * is forgotten.  A server that says more than its yes, in the same breath, is
 * refused: what is said in plain must not be taken for a part of the session
 * (CVE-2011-0411, and "NO STARTTLS" of 2021). */
#ifndef NCX_STARTTLS_H
#define NCX_STARTTLS_H

#include "dialogue.h"

/* bytes; a server that has a longer line or message is refused */
#define STARTTLS_LINE_MAX 4096
/* bytes; and one that says more than that before TLS */
#define STARTTLS_ALL_MAX 65536

enum starttls_protocol {
	STARTTLS_SMTP,
	STARTTLS_IMAP,
	STARTTLS_POP3,
	STARTTLS_FTP,
	STARTTLS_POSTGRES,
	STARTTLS_NONE,
};

/* For any but STARTTLS_NONE.  SMTP wants to be told our name; NULL, or one that
 * cannot be said, is "localhost".  The name is borrowed until the dialogue is
 * freed. */
struct dialogue *starttls_dialogue(
    enum starttls_protocol, const char *our_name);

#endif
