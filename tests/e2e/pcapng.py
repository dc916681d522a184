#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""What is in a capture.

pcapng.py list FILE: a line for each block: "section", "names ADDRESS NAME",
    "statistics PACKETS", or "packet out tcp 1.2.3.4:5 6.7.8.9:10 PA 7", which
    are direction, protocol, ends, flags and bytes of payload; then comments,
    each after " | ".
pcapng.py said FILE in|out: the payload of that direction, as it was.

Ends with 1 where a block is not whole or wrong, after all that are before it.
Checks lengths, checksums, sequence numbers and the order of the time.
"""
import ipaddress
import struct
import sys

SECTION, INTERFACE, NAMES, STATISTICS, PACKET = 0x0A0D0D0A, 1, 4, 5, 6
FLAGS = ((2, "S"), (8, "P"), (1, "F"), (4, "R"), (16, "A"))


class Wrong(Exception):
    pass


def check(condition, what):
    if not condition:
        raise Wrong(what)


def blocks(data):
    at = 0
    while at < len(data):
        check(len(data) - at >= 12, "cut short")
        kind, length = struct.unpack_from("=II", data, at)
        check(length % 4 == 0 and length >= 12, "bad length")
        check(at + length <= len(data), "cut short")
        check(
            struct.unpack_from("=I", data, at + length - 4)[0] == length,
            "two lengths",
        )
        yield kind, data[at + 8 : at + length - 4]
        at += length


def options(body, at):
    found = []
    while at < len(body):
        code, length = struct.unpack_from("=HH", body, at)
        if code == 0:
            check(at + 4 == len(body), "something after the end of options")
            break
        found.append((code, body[at + 4 : at + 4 + length]))
        at += 4 + (length + 3) // 4 * 4
    return found


def comments(found):
    texts = [value.decode() for code, value in found if code == 1]
    return "".join(" | " + text for text in texts)


def total(data):
    if len(data) % 2:
        data += b"\0"
    value = sum(struct.unpack(">%dH" % (len(data) // 2), data))
    while value >> 16:
        value = (value & 0xFFFF) + (value >> 16)
    return value


class Reader:
    def __init__(self):
        self.expected = {}
        self.count = 0
        self.said = {"in": b"", "out": b""}

    def ip(self, data):
        if data[0] >> 4 == 4:
            check(total(data[:20]) == 0xFFFF, "checksum of IP")
            check(struct.unpack(">H", data[2:4])[0] == len(data), "length of IP")
            source, target, rest = data[12:16], data[16:20], data[20:]
            protocol = data[9]
        else:
            check(data[0] >> 4 == 6, "no IP")
            check(struct.unpack(">H", data[4:6])[0] == len(data) - 40, "length")
            source, target, rest = data[8:24], data[24:40], data[40:]
            protocol = data[6]
        pseudo = source + target + struct.pack(">II", len(rest), protocol)
        check(total(pseudo + rest) == 0xFFFF, "checksum")
        ports = struct.unpack(">HH", rest[:4])
        ends = [
            ("%s:%d" if len(ip) == 4 else "[%s]:%d")
            % (ipaddress.ip_address(ip), port)
            for ip, port in zip((source, target), ports)
        ]
        return protocol, ends, rest

    def tcp(self, ends, rest):
        seq, ack = struct.unpack(">II", rest[4:12])
        flags = "".join(c for bit, c in FLAGS if rest[13] & bit)
        payload = rest[rest[12] >> 4 << 2 :]
        here, there = tuple(ends), tuple(reversed(ends))
        if flags == "S":
            self.expected[here], self.expected[there] = seq, None
        if self.expected[here] is None:
            self.expected[here] = seq
        check(seq == self.expected[here], "sequence number")
        if "A" in flags:
            check(ack == self.expected[there], "acknowledgement")
        extra = "S" in flags or "F" in flags
        self.expected[here] = (seq + len(payload) + extra) & 0xFFFFFFFF
        return flags, payload

    def packet(self, body):
        number, high, low, captured, length = struct.unpack_from("=IIIII", body)
        check(number == 0 and captured == length, "interface or length")
        protocol, ends, rest = self.ip(body[20 : 20 + length])
        found = options(body, 20 + (length + 3) // 4 * 4)
        way = {1: "in", 2: "out"}[struct.unpack("=I", dict(found)[2])[0]]
        if protocol == 6:
            flags, payload = self.tcp(ends, rest)
            words = "tcp %s %s %s %d" % (*ends, flags, len(payload))
        else:
            payload = rest[8:]
            words = "udp %s %s - %d" % (*ends, len(payload))
        self.count += 1
        self.said[way] += payload
        return "packet %s %s%s" % (way, words, comments(found))

    def names(self, body):
        kind, length = struct.unpack_from("=HH", body)
        size = {1: 4, 2: 16}[kind]
        record = body[4 : 4 + length]
        name = record[size:].rstrip(b"\0").decode()
        return "names %s %s" % (ipaddress.ip_address(record[:size]), name)

    def line(self, kind, body):
        if kind == SECTION:
            found = options(body, 16)
            check(dict(found)[4].startswith(b"ncx "), "application")
            return "section" + comments(found)
        if kind == INTERFACE:
            check(struct.unpack_from("=HHI", body) == (101, 0, 0), "interface")
            check(dict(options(body, 8))[9] == b"\x09", "resolution")
            return "interface"
        if kind == NAMES:
            return self.names(body)
        if kind == PACKET:
            return self.packet(body)
        check(kind == STATISTICS, "an unknown block")
        found = options(body, 12)
        count = struct.unpack("=Q", dict(found)[4])[0]
        check(count == self.count, "count of packets")
        return "statistics %d%s" % (count, comments(found))


def main(command, path, way=None):
    reader = Reader()
    status = 0
    with open(path, "rb") as file:
        data = file.read()
    try:
        for kind, body in blocks(data):
            line = reader.line(kind, body)
            if command == "list":
                print(line)
    except Wrong as why:
        print("wrong:", why, file=sys.stderr)
        status = 1
    if command == "said":
        sys.stdout.buffer.write(reader.said[way])
    return status


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
