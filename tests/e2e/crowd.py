#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""crowd.py - bad neighbours: clients of ncx that behave badly, all at once

usage: crowd.py COUNT tcp:PORT|unix:PATH|udp:PORT KIND...

So many of each kind come.  "there" is said once all have come, and "gone" when
all have left, a line of stdin after that.

    mute     hears, and never says a word
    deaf     says a lot, and never hears
    drip     says one byte a second
    reset    says something and resets
    half     ends its direction first, and hears
    leave    comes and leaves
    spray    says a lot, and leaves without hearing
"""
import select
import socket
import struct
import sys
import time

DEAF = b"d" * 4096


def come(where):
    kind, _, name = where.partition(":")
    address = name if kind == "unix" else ("127.0.0.1", int(name))
    peer = socket.socket(
        socket.AF_UNIX if kind == "unix" else socket.AF_INET,
        socket.SOCK_DGRAM if kind == "udp" else socket.SOCK_STREAM)
    peer.connect(address)
    peer.setblocking(False)
    return peer


def say(peer, text):
    """What is not taken at once, or not wanted any more, is of no interest"""
    try:
        peer.send(text)
    except (BlockingIOError, ConnectionError):
        pass


def hear(peer):
    """False: that was the end"""
    try:
        return peer.recv(65536) != b""
    except BlockingIOError:
        return True
    except ConnectionError:
        return False


def begin(kind, peer):
    """False: it has left"""
    if kind in ("deaf", "spray"):
        say(peer, DEAF)
    if kind == "drip":
        say(peer, b".")
    if kind == "reset":
        say(peer, b"reset")
        peer.setsockopt(
            socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    if kind == "half" and peer.type == socket.SOCK_STREAM:
        peer.shutdown(socket.SHUT_WR)
    if kind in ("reset", "leave", "spray"):
        peer.close()
        return False
    return True


class Crowd:
    def __init__(self, count, where, kinds):
        self.there = {}
        self.poll = select.poll()
        self.poll.register(0, select.POLLIN)
        for _ in range(count):
            for kind in kinds:
                peer = come(where)
                if begin(kind, peer):
                    self.there[peer.fileno()] = (kind, peer)
                    if kind in ("mute", "half"):
                        self.poll.register(peer, select.POLLIN)
        self.second = time.monotonic() + 1
        print("there", flush=True)

    def tick(self):
        self.second += 1
        for kind, peer in self.there.values():
            if kind == "drip":
                say(peer, b".")

    def turn(self):
        """False: it is time to leave"""
        left = max(0, self.second - time.monotonic())
        for fd, _ in self.poll.poll(left * 1000):
            if fd == 0:
                return False
            if not hear(self.there[fd][1]):
                self.poll.unregister(fd)
                self.there.pop(fd)[1].close()
        if time.monotonic() >= self.second:
            self.tick()
        return True


crowd = Crowd(int(sys.argv[1]), sys.argv[2], sys.argv[3:])
while crowd.turn():
    pass
for _, one in crowd.there.values():
    one.close()
print("gone", flush=True)
