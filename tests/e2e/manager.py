#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""manager.py - what a service manager does

usage: manager.py ROLE... -- PROGRAM...   hand it sockets, from descriptor 3
                                          on; tells their ports on stderr
       manager.py notify PATH             print what services say there

Roles: tcp, tcp6, udp: a socket on a free port; unix: one that listens on the
path "sock"; accepted: the connection of who comes to a free port; file: one
that is no socket.
"""
import fcntl
import os
import socket
import sys


def tell(sock):
    print("port", sock.getsockname()[1], file=sys.stderr, flush=True)
    return sock


def tcp(family=socket.AF_INET, host="127.0.0.1"):
    return tell(socket.create_server((host, 0), family=family))


def udp():
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.bind(("127.0.0.1", 0))
    return tell(sock)


def unix():
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    sock.bind("sock")
    sock.listen()
    return sock


ROLES = {
    "tcp": tcp,
    "tcp6": lambda: tcp(socket.AF_INET6, "::1"),
    "udp": udp,
    "unix": unix,
    "accepted": lambda: tcp().accept()[0],
    "file": lambda: open("/dev/null"),
}


def hand_over(roles, program):
    opened = [ROLES[role]() for role in roles]
    # out of the way of the places they go to
    high = [fcntl.fcntl(one, fcntl.F_DUPFD, 64) for one in opened]
    for i, fd in enumerate(high):
        os.dup2(fd, 3 + i)
    os.closerange(3 + len(high), 256)
    os.environ["LISTEN_FDS"] = str(len(high))
    os.environ["LISTEN_PID"] = str(os.getpid())
    os.execvp(program[0], program)


def notify(path):
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    sock.bind(path)
    print("bound", flush=True)
    while True:
        print(sock.recv(4096).decode().replace("\n", " "), flush=True)


if sys.argv[1] == "notify":
    notify(sys.argv[2])
else:
    at = sys.argv.index("--")
    hand_over(sys.argv[1:at], sys.argv[at + 1:])
