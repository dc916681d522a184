#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""people.py - clients of one ncx, each doing what it is told

A line of stdin is a task, "NAME VERB [TEXT]"; "N done" is the answer to the
Nth.  TEXT may have \\n, \\xNN and the like.

    tcp PORT, unix PATH, seqpacket PATH, udp PORT, dgram PATH
                            NAME comes that way
    say TEXT, send TEXT     with a newline and without
    pour COUNT LETTER [SIZE]    so many writes, each of a KiB or that size;
                            they need not be taken
    hear TEXT, recv TEXT    what comes next is that, and nothing else
    datagram TEXT           the same, of a datagram
    take COUNT              read so many bytes, whatever they are
    find TEXT               read until that has come
    end, eof                end our direction; theirs has ended
    gone                    the connection is broken or at its end
    leave, reset
"""
import codecs
import os
import socket
import struct
import sys
import threading

BUFFER = 65536


KINDS = {
    "tcp": (socket.AF_INET, socket.SOCK_STREAM),
    "udp": (socket.AF_INET, socket.SOCK_DGRAM),
    "unix": (socket.AF_UNIX, socket.SOCK_STREAM),
    "seqpacket": (socket.AF_UNIX, socket.SOCK_SEQPACKET),
    "dgram": (socket.AF_UNIX, socket.SOCK_DGRAM),
}


def come(kind, where):
    family, socktype = KINDS[kind]
    peer = socket.socket(family, socktype)
    peer.settimeout(50)
    if kind == "dgram":
        peer.bind("")
    peer.connect(("127.0.0.1", int(where)) if family == socket.AF_INET
                 else where)
    return peer


class Person:
    def __init__(self, kind, where):
        self.peer = come(kind, where)
        self.rest = b""

    def more(self):
        data = self.peer.recv(BUFFER)
        assert data != b"", "end of what comes"
        self.rest += data

    def recv(self, text):
        while len(self.rest) < len(text):
            self.more()
        heard, self.rest = self.rest[:len(text)], self.rest[len(text):]
        assert heard == text, heard

    def datagram(self, text):
        heard = self.peer.recv(BUFFER)
        assert heard == text, heard

    def find(self, text):
        while text not in self.rest:
            self.rest = self.rest[-len(text):]
            self.more()
        self.rest = self.rest.partition(text)[2]

    def take(self, count):
        count = int(count) - len(self.rest)
        assert count >= 0, self.rest
        self.rest = b""
        while count > 0:
            got = len(self.peer.recv(min(count, BUFFER)))
            assert got > 0, count
            count -= got

    def pour(self, text):
        count, letter, size = (text.split() + [1024])[:3]

        def write():
            for _ in range(int(count)):
                self.peer.sendall(letter * int(size))
        self.peer.settimeout(None)
        threading.Thread(target=write, daemon=True).start()

    def eof(self, _):
        assert self.rest + self.peer.recv(BUFFER) == b"", "not at the end"

    def gone(self, _):
        try:
            while self.peer.recv(BUFFER) != b"":
                pass
        except ConnectionError:
            pass

    def do(self, verb, text):
        if verb in ("say", "send"):
            self.peer.sendall(text + b"\n" * (verb == "say"))
        elif verb == "hear":
            self.recv(text + b"\n")
        elif verb == "end":
            self.peer.shutdown(socket.SHUT_WR)
        elif verb == "reset":
            self.peer.setsockopt(
                socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.peer.close()
        elif verb == "leave":
            self.peer.close()
        else:
            getattr(self, verb)(text)


def main():
    people = {}
    for number, line in enumerate(sys.stdin.buffer, 1):
        name, verb, *text = line.rstrip(b"\n").split(b" ", 2)
        verb, text = verb.decode(), codecs.escape_decode(b"".join(text))[0]
        try:
            if verb in KINDS:
                people[name] = Person(verb, text.decode())
            else:
                people[name].do(verb, text)
        except Exception as error:
            print("failed:", line, repr(error), flush=True)
            os._exit(1)
        print(number, "done", flush=True)


main()
