/* SPDX-License-Identifier: ISC */
/* test_tls_refused.c - certificates that are not there, and who is told so */
#include <sys/socket.h>

#include "support.h"
#include "tls_inside.h"
#include "tls_rig.h"

/* Of nobody. */
static const char *const no_pins[] = { "sha256:0000000000000000000000000000"
				       "000000000000000000000000000000000000" };

/* There are suites for strangers, which somebody may allow by accident. */
START_TEST(who_shows_no_certificate_is_not_trusted)
{
	const struct tls_library *lib;
	struct tls_rig r;
	int fds[2];

	pair_of(SOCK_STREAM, fds);
	tls_rig_init(&r);
	r.settings[CLIENT].insecure = false;
	r.settings[CLIENT].pins = no_pins;
	r.settings[CLIENT].pin_count = COUNT(no_pins);
	for (int i = 0; i < TLS_ENDS; i++)
		r.settings[i].ciphers = "AECDH-AES256-SHA:@SECLEVEL=0";
	tls_rig_make(&r, CLIENT);
	lib = &r.context[CLIENT]->library;
	lib->tls_config_set_protocols(
	    r.context[CLIENT]->config, TLS_PROTOCOL_TLSv1_2);
	tls_rig_open(&r, fds);
	tls_rig_shake(&r);
	ck_assert_uint_eq(r.agreed[CLIENT], 0);
	ck_assert_uint_eq(r.failed[CLIENT], 1);
	ck_assert_str_eq(r.why[CLIENT], "the peer has shown no certificate");
	tls_rig_free(&r);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		who_shows_no_certificate_is_not_trusted,
	};
	int failed = run_tests("tls_refused", tests, COUNT(tests));

	return failed != 0;
}
