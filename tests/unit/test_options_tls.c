/* SPDX-License-Identifier: ISC */
/* test_options_tls.c - what the TLS options may say */
#include <getopt.h>
#include <stdio.h>
#include <unistd.h>

#include "command_line.h"

#define HEX   "0123456789abcdefABCDEF0000000000ffffffffffffffffffffffffffffffff"
#define PIN   "sha256:" HEX
#define OTHER "sha256:" HEX_ZERO
#define HEX_ZERO \
	"0000000000000000000000000000000000000000000000000000000000000000"

START_TEST(without_them_there_is_no_tls)
{
	struct options o = line_parsed("h 1");

	ck_assert(!o.tls && !o.relay_tls && !o.tls_insecure && !o.ssl_verify);
	ck_assert(!o.tls_tofu);
	ck_assert_ptr_null(o.tls_tofu_file);
	ck_assert_ptr_null(o.tls_ca);
	ck_assert_ptr_null(o.tls_crl);
	ck_assert_ptr_null(o.tls_name);
	ck_assert_ptr_null(o.tls_alpn);
	ck_assert_ptr_null(o.tls_ciphers);
	ck_assert_ptr_null(o.tls_cert);
	ck_assert_ptr_null(o.tls_key);
	ck_assert_ptr_null(o.tls_client_ca);
	ck_assert_uint_eq(o.tls_pins.count, 0);
	ck_assert_int_eq(o.tls_min, TLS_MIN_1_2);
	ck_assert_int_eq(o.starttls, STARTTLS_NONE);
	ck_assert_int_eq(o.handshake_timeout_ms, 10000);
	options_free(&o);
}
END_TEST

START_TEST(values_reach_their_fields)
{
	struct options o = line_parsed(
	    "--tls-ca ca --tls-crl crl --tls-name n.example --tls-alpn h2,x "
	    "--tls-ciphers a:b --tls-min 1.3 --tls-cert c --tls-key k h 1");

	ck_assert(o.tls);
	ck_assert_str_eq(o.tls_ca, "ca");
	ck_assert_str_eq(o.tls_crl, "crl");
	ck_assert_str_eq(o.tls_name, "n.example");
	ck_assert_str_eq(o.tls_alpn, "h2,x");
	ck_assert_str_eq(o.tls_ciphers, "a:b");
	ck_assert_int_eq(o.tls_min, TLS_MIN_1_3);
	ck_assert_str_eq(o.tls_cert, "c");
	ck_assert_str_eq(o.tls_key, "k");
	options_free(&o);
	o = line_parsed("-l --tls-client-ca cca --handshake-timeout 500ms 1");
	ck_assert(o.tls);
	ck_assert_str_eq(o.tls_client_ca, "cca");
	ck_assert_int_eq(o.handshake_timeout_ms, 500);
	options_free(&o);
}
END_TEST

START_TEST(they_have_the_names_of_ncat_too)
{
	struct options o = line_parsed(
	    "--ssl --ssl-trustfile ca --ssl-servername n --ssl-alpn h2 "
	    "--ssl-ciphers x --ssl-cert c --ssl-key k --ssl-verify h 1");

	ck_assert(o.tls && o.ssl_verify);
	ck_assert_str_eq(o.tls_ca, "ca");
	ck_assert_str_eq(o.tls_name, "n");
	ck_assert_str_eq(o.tls_alpn, "h2");
	ck_assert_str_eq(o.tls_ciphers, "x");
	ck_assert_str_eq(o.tls_cert, "c");
	ck_assert_str_eq(o.tls_key, "k");
	options_free(&o);
}
END_TEST

static void
check_right(const char *line)
{
	struct options o = line_parsed(line);

	ck_assert(o.tls);
	options_free(&o);
}

START_TEST(a_pin_is_a_hash)
{
	static const char *const wrong[] = { "x", "sha256", "sha256:", HEX,
		"sha1:" HEX, "SHA256:" HEX, PIN "0", "sha256:0" HEX_ZERO "x",
		"sha256::" HEX };
	struct options o =
	    line_parsed("--tls-pin " PIN " --tls-pin=" OTHER " h 1");
	char line[256], words[256];

	ck_assert_uint_eq(o.tls_pins.count, 2);
	ck_assert_str_eq(o.tls_pins.list[0], PIN);
	ck_assert_str_eq(o.tls_pins.list[1], OTHER);
	options_free(&o);
	for (size_t i = 0; i < COUNT(wrong); i++) {
		snprintf(line, sizeof(line), "--tls-pin %s h 1", wrong[i]);
		snprintf(words, sizeof(words),
		    "ncx: --tls-pin \"%s\": expected sha256: and 64 hex "
		    "digits\n",
		    wrong[i]);
		check_words(line, words);
	}
	check_words("--tls-pin= h 1",
	    "ncx: --tls-pin \"\": expected sha256: and 64 hex digits\n");
	check_complaint("--tls-pin " PIN " --tls-pin x h 1", "\"x\"");
}
END_TEST

#define NAMES "expected names of 1 to 255 bytes with commas between them, such"

START_TEST(an_alpn_list_has_names)
{
	static const char *const right[] = { "h2", "h2,http/1.1", "a,b,c" };
	static const char *const wrong[] = { "", ",", "h2,", ",h2", "h2,,x" };
	char line[512], name[257];

	for (size_t i = 0; i < COUNT(right); i++) {
		snprintf(line, sizeof(line), "--tls-alpn=%s h 1", right[i]);
		check_right(line);
	}
	for (size_t i = 0; i < COUNT(wrong); i++) {
		snprintf(line, sizeof(line), "--tls-alpn=%s h 1", wrong[i]);
		check_complaint(line, NAMES);
	}
	memset(name, 'x', sizeof(name));
	name[255] = '\0';
	snprintf(line, sizeof(line), "--tls-alpn h2,%s h 1", name);
	check_right(line);
	name[255] = 'x';
	name[256] = '\0';
	snprintf(line, sizeof(line), "--tls-alpn %s,h2 h 1", name);
	check_complaint(line, NAMES);
}
END_TEST

START_TEST(an_alpn_list_fits_into_its_message)
{
	/* each name costs its bytes and one: 256 * 256 is one more */
	static char list[65536];
	char *argv[] = { "ncx", "--tls-alpn", list, "h", "1", NULL };
	struct options o;
	struct capture c;
	static char text[70000];
	int result;

	memset(list, 'x', sizeof(list));
	for (size_t i = 255; i < sizeof(list); i += 256)
		list[i] = ',';
	list[sizeof(list) - 1] = '\0';
	optind = 0;
	capture_start(&c, STDERR_FILENO);
	result = options_parse(&o, 5, argv);
	capture_end(&c, text, sizeof(text));
	options_free(&o);
	ck_assert_int_eq(result, STATUS_USAGE);
	list[sizeof(list) - 2] = '\0';
	optind = 0;
	ck_assert_int_eq(options_parse(&o, 5, argv), OPTIONS_GO_ON);
	options_free(&o);
}
END_TEST

START_TEST(a_name_is_a_word)
{
	char line[512], name[255];

	check_words("--tls-name= h 1",
	    "ncx: --tls-name \"\": expected the name of a host, or an "
	    "address\n");
	check_complaint("--tls-name a\tb h 1", "expected the name of a host");
	memset(name, 'x', sizeof(name));
	name[253] = '\0';
	snprintf(line, sizeof(line), "--tls-name %s h 1", name);
	check_right(line);
	name[253] = 'x';
	name[254] = '\0';
	snprintf(line, sizeof(line), "--tls-name %s h 1", name);
	check_complaint(line, "expected the name of a host");
	check_right("--tls-name ::1 h 1");
}
END_TEST

START_TEST(an_empty_path_is_none)
{
	static const char *const words[][2] = {
		{ "--tls-ca=",
		    "--tls-ca \"\": expected the path of a file or "
		    "a folder\n" },
		{ "-l --tls-client-ca=",
		    "--tls-client-ca \"\": expected the "
		    "path of a file or a folder\n" },
		{ "--tls-crl=",
		    "--tls-crl \"\": expected the path of a "
		    "file\n" },
		{ "--tls-cert=",
		    "--tls-cert \"\": expected the path of a "
		    "file\n" },
		{ "--tls-cert f --tls-key=",
		    "--tls-key \"\": expected the path of a file\n" },
		{ "--tls-tofu=",
		    "--tls-tofu \"\": expected the path of a "
		    "file\n" },
		{ "--tls-ciphers=",
		    "--tls-ciphers \"\": expected names of "
		    "cipher suites with colons between "
		    "them\n" },
	};
	char line[128];

	for (size_t i = 0; i < COUNT(words); i++) {
		snprintf(line, sizeof(line), "%s h 1", words[i][0]);
		check_complaint(line, words[i][1]);
	}
}
END_TEST

static void
check_tofu(const char *line, const char *file)
{
	struct options o = line_parsed(line);

	ck_assert(o.tls_tofu);
	if (file == NULL)
		ck_assert_ptr_null(o.tls_tofu_file);
	else
		ck_assert_str_eq(o.tls_tofu_file, file);
	ck_assert_str_eq(o.host, "h");
	options_free(&o);
}

START_TEST(the_file_of_tofu_may_be_left_out)
{
	check_tofu("--tls-tofu h 1", NULL);
	check_tofu("h 1 --tls-tofu", NULL);
	check_tofu("--tls-tofu=f h 1", "f");
	check_tofu("--tls-tofu=f --tls-tofu h 1", NULL);
	check_tofu("--tls-tofu --tls-tofu=f h 1", "f");
}
END_TEST

START_TEST(choices_are_those_there_are)
{
	static const char *const protocols[] = { "smtp", "imap", "pop3", "ftp",
		"postgres" };
	char line[64];

	for (size_t i = 0; i < COUNT(protocols); i++) {
		struct options o;

		snprintf(line, sizeof(line), "--starttls %s h 1", protocols[i]);
		o = line_parsed(line);
		ck_assert_int_eq(o.starttls, (int)i);
		options_free(&o);
	}
	check_words("--starttls ldap h 1",
	    "ncx: --starttls \"ldap\": expected one of smtp imap pop3 ftp "
	    "postgres\n");
	check_words("--tls-min 1.1 h 1",
	    "ncx: --tls-min \"1.1\": expected one of 1.2 1.3\n");
	check_complaint("-l --handshake-timeout 0 1", "a time from 1ms");
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		without_them_there_is_no_tls,
		values_reach_their_fields,
		they_have_the_names_of_ncat_too,
		a_pin_is_a_hash,
		an_alpn_list_has_names,
		an_alpn_list_fits_into_its_message,
		a_name_is_a_word,
		an_empty_path_is_none,
		the_file_of_tofu_may_be_left_out,
		choices_are_those_there_are,
	};
	int failed = run_tests("options_tls", tests, COUNT(tests));

	return failed != 0;
}
