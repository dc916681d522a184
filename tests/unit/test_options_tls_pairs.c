/* SPDX-License-Identifier: ISC */
/* test_options_tls_pairs.c - TLS options that mean, need or exclude others */
#include <stdio.h>

#include "command_line.h"

#define PIN       \
	"sha256:" \
	"0123456789abcdefABCDEF0000000000ffffffffffffffffffffffffffffffff"

static void
check_tls(const char *line, bool tls, bool relay_tls)
{
	struct options o = line_parsed(line);

	ck_assert_msg(o.tls == tls, "\"%s\": tls %d", line, o.tls);
	ck_assert_msg(o.relay_tls == relay_tls, "\"%s\"", line);
	options_free(&o);
}

START_TEST(each_of_them_means_tls)
{
	static const char *const words[] = { "--tls-ca f", "--tls-crl f",
		"--tls-name n", "--tls-pin " PIN, "--tls-tofu", "--tls-tofu=f",
		"--tls-insecure", "--tls-cert f", "--tls-cert f --tls-key f",
		"--ssl-verify", "--tls-min 1.2", "--tls-alpn h2",
		"--tls-ciphers x", "--starttls smtp" };
	char line[256];

	for (size_t i = 0; i < COUNT(words); i++) {
		snprintf(line, sizeof(line), "%s h 1", words[i]);
		check_tls(line, true, false);
	}
	check_tls("-l --tls-client-ca f 1", true, false);
	check_tls("-l --handshake-timeout 1 1", false, false);
}
END_TEST

START_TEST(with_relay_tls_they_mean_the_target)
{
	static const char *const words[] = { "", "--tls-ca f", "--tls-crl f",
		"--tls-name n", "--tls-pin " PIN, "--tls-tofu",
		"--tls-insecure", "--tls-cert f", "--tls-min 1.3",
		"--tls-alpn h2", "--tls-ciphers x", "--starttls imap" };
	char line[256];

	for (size_t i = 0; i < COUNT(words); i++) {
		snprintf(line, sizeof(line), "-l --relay h:1 --relay-tls%s%s 1",
		    i > 0 ? " " : "", words[i]);
		check_tls(line, false, true);
	}
	check_tls("-l --relay h:1 --relay-tls --tls 1", true, true);
	check_tls("-l --relay h:1 --tls-cert f 1", true, false);
	check_tls("-l --tls --relay h:1 --relay-tls --tls-ca f "
		  "--tls-client-ca g 1",
	    true, true);
}
END_TEST

START_TEST(tls_is_for_a_stream)
{
	check_words("--tls -u h 1", "ncx: cannot use --tls and -u\n");
	check_words(
	    "--tls-pin " PIN " -u h 1", "ncx: cannot use --tls and -u\n");
	check_words("--tls -F h 1", "ncx: cannot use --tls and -F\n");
	check_words("--tls --seqpacket -U p",
	    "ncx: cannot use --tls and --seqpacket\n");
	check_words("-lu --relay h:1 --relay-tls 1",
	    "ncx: cannot use --relay-tls and -u\n");
	check_words("-lU --seqpacket --relay unix:q --relay-tls p",
	    "ncx: cannot use --relay-tls and --seqpacket\n");
}
END_TEST

START_TEST(some_need_another)
{
	check_words(
	    "--tls-key f h 1", "ncx: must use --tls-cert with --tls-key\n");
	check_words(
	    "--relay-tls h 1", "ncx: must use --relay with --relay-tls\n");
	check_words(
	    "--tls-client-ca f h 1", "ncx: must use -l with --tls-client-ca\n");
	check_words("--handshake-timeout 1 h 1",
	    "ncx: must use -l with --handshake-timeout\n");
	check_words("-l --relay h:1 --relay-tls --tls-client-ca f 1",
	    "ncx: must use --tls with --tls-client-ca\n");
}
END_TEST

START_TEST(who_trusts_anybody_trusts_nobody_in_particular)
{
	check_words("--tls-insecure --tls-pin " PIN " h 1",
	    "ncx: cannot use --tls-insecure and --tls-pin\n");
	check_words("--tls-insecure --tls-tofu h 1",
	    "ncx: cannot use --tls-insecure and --tls-tofu\n");
	check_words("--tls-insecure --tls-ca f h 1",
	    "ncx: cannot use --tls-insecure and --tls-ca\n");
	check_words("--tls-insecure --tls-crl f h 1",
	    "ncx: cannot use --tls-insecure and --tls-crl\n");
	check_words("--tls-insecure --ssl-verify h 1",
	    "ncx: cannot use --ssl-verify and --tls-insecure\n");
	check_words("--tls-tofu --tls-pin " PIN " h 1",
	    "ncx: cannot use --tls-tofu and --tls-pin\n");
	/* what is told to the server is another matter */
	check_tls("--tls-insecure --tls-name n h 1", true, false);
}
END_TEST

START_TEST(revocation_needs_a_chain)
{
	check_words("--tls-crl f --tls-pin " PIN " h 1",
	    "ncx: must use --tls-ca with --tls-crl\n");
	check_words("--tls-crl f --tls-tofu h 1",
	    "ncx: must use --tls-ca with --tls-crl\n");
	check_words("-l --relay h:1 --relay-tls --tls-crl f --tls-tofu 1",
	    "ncx: must use --tls-ca with --tls-crl\n");
	check_tls("--tls-crl f --tls-ca c --tls-pin " PIN " h 1", true, false);
	check_tls("--tls-crl f h 1", true, false);
}
END_TEST

START_TEST(some_are_for_a_client)
{
	check_words("-l --tls-tofu 1", "ncx: cannot use --tls-tofu and -l\n");
	check_words(
	    "-l --starttls smtp 1", "ncx: cannot use --starttls and -l\n");
	check_words(
	    "-l --tls-insecure 1", "ncx: cannot use --tls-insecure and -l\n");
	check_words("-l --relay h:1 --tls-tofu 1",
	    "ncx: must use --relay-tls with --tls-tofu\n");
	check_words("-l --relay h:1 --starttls smtp 1",
	    "ncx: must use --relay-tls with --starttls\n");
	check_words("-l --relay h:1 --tls-insecure 1",
	    "ncx: must use --relay-tls with --tls-insecure\n");
}
END_TEST

START_TEST(a_listener_is_told_whom_to_trust)
{
	static const char *const right[] = { "--ssl-verify",
		"--ssl-verify --tls-ca f", "--tls-pin " PIN,
		"--tls-pin " PIN " --tls-name n",
		"--tls-client-ca f --tls-name n --tls-pin " PIN,
		"--tls-client-ca f --tls-crl f", "--ssl-verify --tls-crl f",
		"--ssl-verify --tls-client-ca f", "--tls-alpn h2" };
	char line[256];

	for (size_t i = 0; i < COUNT(right); i++) {
		snprintf(line, sizeof(line), "-l %s 1", right[i]);
		check_tls(line, true, false);
	}
	check_words("-l --tls-ca f 1",
	    "ncx: --tls-ca is for a server's certificate; for those of clients "
	    "use --tls-client-ca\n");
	check_complaint("-l --tls-ca f --tls-pin " PIN " 1", "--tls-client-ca");
	check_words("-l --tls-ca f --tls-client-ca f 1",
	    "ncx: cannot use --tls-ca and --tls-client-ca\n");
	check_words("-l --tls-name n 1",
	    "ncx: must use --tls-client-ca with --tls-name\n");
	check_words("-l --tls-crl f 1",
	    "ncx: must use --tls-client-ca with --tls-crl\n");
	check_words("-l --tls-crl f --tls-pin " PIN " 1",
	    "ncx: must use --tls-client-ca with --tls-crl\n");
	check_words("-l --tls --relay h:1 --relay-tls --ssl-verify 1",
	    "ncx: cannot use --ssl-verify and --relay-tls\n");
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		each_of_them_means_tls,
		with_relay_tls_they_mean_the_target,
		tls_is_for_a_stream,
		some_need_another,
		who_trusts_anybody_trusts_nobody_in_particular,
		revocation_needs_a_chain,
		some_are_for_a_client,
		a_listener_is_told_whom_to_trust,
	};
	int failed = run_tests("options_tls_pairs", tests, COUNT(tests));

	return failed != 0;
}
