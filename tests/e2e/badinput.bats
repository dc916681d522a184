#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# badinput.bats - what is wrong is said in one line, at once, and nothing is
# made or removed
load helper
load wrong

@test "unknown options" {
	wrong 2 "invalid option -- '9'" -9
	wrong 2 "invalid option -- '9'" -l9 80
	wrong 2 "invalid option -- 'G'" -lvG 80
	wrong 2 "'--no-such'" --no-such
	wrong 2 "'--no-such=1'" --no-such=1
	wrong 2 "'--re' is ambiguous" --re
}

@test "options that lack their argument" {
	for letter in p s q w i W I O; do
		wrong 2 "option requires an argument -- '$letter'" "-$letter"
		wrong 2 "option requires an argument -- '$letter'" -l "-v$letter"
	done
	for name in source-port source quit-after wait interval delay \
		recv-limit mtu connect-timeout idle-timeout linger \
		recv-buffer send-buffer; do
		wrong 2 "'--$name'" "--$name"
	done
}

@test "an argument for an option that takes none" {
	wrong 2 "'--listen'" --listen=yes 80
	wrong 2 "'--udp'" --udp=
}

@test "words that are missing" {
	wrong 2 'host'
	wrong 2 'port' localhost
	wrong 2 'port' -l
	wrong 2 'port' -l -s localhost
	wrong 2 'path' -U
	wrong 2 'path' -lU
	wrong 2 'host' --
}

@test "words that are too many" {
	wrong 2 '"more"' -l localhost 80 more
	wrong 2 '"more"' -l -p 80 -s localhost more
	wrong 2 '"81"' -l -s localhost 80 81
	wrong 2 'port' -U path 80
	wrong 2 'port' -lU path 80
	wrong 2 'port' -U path -p 80
	wrong 2 'port' -lU -s path -p 80
}

@test "options that exclude each other" {
	wrong 2 '--send-only' --send-only --recv-only localhost 80
	wrong 2 '-d' --send-only -d localhost 80
	wrong 2 '--seqpacket' -U --seqpacket -u path
}

@test "options that need another" {
	wrong 2 '-l' -k localhost 80
	wrong 2 '-l' --reuse-port localhost 80
	wrong 2 '-U' --seqpacket localhost 80
	wrong 2 '-u' --mtu 100 localhost 80
}

# what no port is, in any place
NO_PORTS=(65536 70000 4294967376 18446744073709551617 -5 +5 80x 0x50 ' 80'
	'80 ' 80.0 '' no-such-service)

@test "ports that are none, for a client" {
	for port in "${NO_PORTS[@]}" 0; do
		bad_value "$port" -- 127.0.0.1 "$port"
		bad_value "$port" -- 127.0.0.1 "1,$port"
	done
	bad_value 80x 127.0.0.1 1 80x
	bad_value 80x -u 127.0.0.1 80x
	wrong 2 "'1'" 127.0.0.1 -1
}

@test "ranges and lists that are none" {
	for port in 80- -80 80--90 80-90-100 1-65536 0-10 80-x 1-2x; do
		bad_value "$port" -- 127.0.0.1 "$port"
	done
	for port in '1,2,' ',1' '1,,2'; do
		bad_value '' 127.0.0.1 "$port"
	done
}

@test "ports that are none, for a listener" {
	for port in "${NO_PORTS[@]}" 80-90 80,81; do
		bad_value "$port" -l -- "$port"
		bad_value "$port" -lp "$port"
	done
	bad_value 80x -l 127.0.0.1 80x
	bad_value 80x -lu -s 127.0.0.1 -p 80x
}

@test "source ports that are none" {
	for port in "${NO_PORTS[@]}"; do
		bad_value "$port" -p "$port" 127.0.0.1 1
	done
	bad_value 80x --source-port=80x 127.0.0.1 1
}

@test "the name of a UDP service is none for TCP" {
	bad_value tftp 127.0.0.1 tftp
	run -0 timeout "$AT_ONCE" ncx -u -q 0 127.0.0.1 tftp </dev/null
}

# what no time is, for any option
NO_TIMES=(x '' 1x 1d '1 s' ' 1' '1 ' 0x10 1e3 . 1.2.3 ',' '1,5' nan inf ms +1
	99999999999 2147484 600h 18446744073709551617)

@test "times that are none" {
	for value in "${NO_TIMES[@]}"; do
		bad_value "$value" -w "$value" 127.0.0.1 1
	done
	for option in -i -q --connect-timeout --idle-timeout --linger --wait; do
		bad_value 1x "$option" 1x 127.0.0.1 1
		bad_value 99999999999 "$option" 99999999999 127.0.0.1 1
	done
}

@test "times below 0, but for -q where they mean never" {
	for option in wait interval connect-timeout idle-timeout linger; do
		bad_value -1 "--$option" -1 127.0.0.1 1
		bad_value -0.5 "--$option=-0.5" 127.0.0.1 1
	done
	wrong 1 'Connection refused' -q -1 127.0.0.1 1
}

@test "limits of no time at all" {
	bad_value 0 --connect-timeout 0 127.0.0.1 1
	bad_value 0 --idle-timeout 0 127.0.0.1 1
	bad_value 0.0s --idle-timeout 0.0s 127.0.0.1 1
}

@test "times with units and fractions are times" {
	for value in 5 0.5 .5 5. 500ms 5s 2m 1h 1.5h 2147483; do
		wrong 1 'Connection refused' -w "$value" 127.0.0.1 1
	done
}

@test "sizes that are none" {
	for value in x '' 0 -1 1t 1kb '1 k' 0x10 1.5k +1 k 2g 99999999999 \
		18446744073709551617; do
		bad_value "$value" -O "$value" 127.0.0.1 1
	done
	bad_value 2g -I 2g 127.0.0.1 1
	bad_value 0 -u --mtu 0 127.0.0.1 1
	bad_value 65508 -u --mtu 65508 127.0.0.1 1
	bad_value 64k -u --mtu 64k 127.0.0.1 1
}

@test "counts that are none" {
	for value in x '' 0 -1 1k 1.5 0x10 +1 ' 1' 2147483648 99999999999 \
		18446744073709551617; do
		bad_value "$value" -W "$value" 127.0.0.1 1
	done
}

@test "a value may stick to its option, and is as strict there" {
	bad_value 5x -w5x 127.0.0.1 1
	bad_value 5x -vw5x 127.0.0.1 1
	bad_value 5x --wait=5x 127.0.0.1 1
	bad_value '' --wait= 127.0.0.1 1
}

@test "the first thing that is wrong is the one that is told" {
	wrong 2 '"5x"' -w 5x -i 6x --no-such 127.0.0.1 99999
}

@test "hosts that are none" {
	wrong 3 'lookup of "no such host" failed: ' -n 'no such host' 1
	wrong 3 'lookup of "" failed: ' -n '' 1
	wrong 3 'lookup of "256.1.1.1" failed: ' -n 256.1.1.1 1
	wrong 3 'lookup of "[::1]" failed: ' -n '[::1]' 1
	wrong 3 'lookup of "fe80::1%none" failed: ' -n fe80::1%none 1
	wrong 3 'lookup of "nobody" failed: ' -n -l nobody 0
	wrong 3 'lookup of "nobody" failed: ' -n -s nobody 127.0.0.1 1
}

@test "a name that is too long for any lookup" {
	local name
	name=$(printf 'x%.0s' {1..300})
	wrong 3 "lookup of \"$name\" failed: " -n "$name" 1
}

@test "paths that are none" {
	local path
	path=$(printf 'x%.0s' {1..108})
	wrong 1 "$path (unix) failed: File name too long" -U "$path"
	wrong 1 "$path (unix) failed: File name too long" -lU "$path"
	wrong 1 "@$path (unix) failed: File name too long" -lU "@$path"
	wrong 1 "$path (unix) failed: File name too long" -uU -s "$path" ../sock
	wrong 1 "(unix) failed: " -U ''
	wrong 1 "(unix) failed: " -lU ''
	wrong 1 "none/sock (unix) failed: No such file or directory" -lU none/sock
}

@test "a path that is taken keeps what it has" {
	echo content >taken
	wrong 1 '../taken (unix) failed: ' -lU ../taken
	wrong 1 '../taken (unix) failed: ' -luU ../taken
	wrong 1 '../taken (unix) failed: ' -U ../taken
	[ "$(<taken)" = content ]
}

@test "a port that is taken" {
	listener 127.0.0.1
	wrong 1 "127.0.0.1 port $PORT (tcp) failed: Address already in use" \
		-l 127.0.0.1 "$PORT"
}

@test "words that do not fit together with help are help" {
	run -0 --separate-stderr timeout "$AT_ONCE" ncx --help --no-such
	[ -n "$output" ]
	[ -z "$stderr" ]
}
