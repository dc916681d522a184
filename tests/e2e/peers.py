#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""peers.py - peers of ncx that a shell cannot be

usage: peers.py dns|ntp         answer one good question on 127.0.0.1
       peers.py fd PROGRAM...   run it with a Unix socket as its stdout; tell
                                of what it hands over there, and use it
       peers.py client PORT TASK...   tasks in turn with what is on 127.0.0.1
       peers.py server TASK...        the same, with who comes to "port PORT"

Tasks: hear:LINE, say:LINE, end our direction, eof: theirs has ended, fill all
there is between us, reset the connection, broken: it was reset by them.
"""
import array
import fcntl
import os
import select
import socket
import struct
import sys


def dns_answer(question):
    """RFC 1035: a single question of class IN, and nothing after it"""
    ident, flags, questions, *others = struct.unpack("!6H", question[:12])
    at = 12
    while question[at] != 0:
        at += 1 + question[at]
    kind, net = struct.unpack("!2H", question[at + 1:])
    assert (flags & 0xfe00, questions, others) == (0, 1, [0, 0, 0])
    assert kind > 0 and net == 1
    return struct.pack("!6H", ident, 0x8005, 1, 0, 0, 0) + question[12:]


def ntp_answer(question):
    """RFC 5905: the request of a client, in version 3 or 4"""
    assert len(question) == 48
    assert question[0] >> 3 & 7 in (3, 4) and question[0] & 7 == 3
    return bytes([question[0] & 0x38 | 4, 1]) + bytes(46)


def serve(port, answer):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", port))
        print("bound", flush=True)
        question, client = server.recvfrom(65536)
        server.sendto(answer(question), client)


def run(program, stdout):
    if os.fork() == 0:
        os.dup2(stdout.fileno(), 1)
        os.execvp(program[0], program)
    stdout.close()


def take_fd(program):
    """Say what was handed over, then talk on it: our stdin, its answer"""
    ours, theirs = socket.socketpair()
    run(program, theirs)
    message, ancillary, *_ = ours.recvmsg(16, socket.CMSG_SPACE(64))
    fds = array.array("i")
    for level, kind, data in ancillary:
        assert (level, kind) == (socket.SOL_SOCKET, socket.SCM_RIGHTS)
        fds.frombytes(data)
    rest = ours.recv(16)
    status = os.waitstatus_to_exitcode(os.wait()[1])
    print("message", message, "rest", rest, "fds", len(fds), "status", status)
    for fd in fds:
        blocking = not fcntl.fcntl(fd, fcntl.F_GETFL) & os.O_NONBLOCK
        print("blocking", blocking, flush=True)
        talk(socket.socket(fileno=fd))


def talk(peer):
    peer.sendall(sys.stdin.buffer.read())
    if peer.type == socket.SOCK_STREAM:
        peer.shutdown(socket.SHUT_WR)
    data = peer.recv(65536)
    while data:
        sys.stdout.buffer.write(data)
        sys.stdout.flush()
        data = peer.recv(65536) if peer.type == socket.SOCK_STREAM else b""


def is_broken(received):
    try:
        received.read()
    except ConnectionResetError:
        return True
    return False


def fill(peer):
    while select.select([], [peer], [], 0.2)[1]:
        peer.send(bytes(65536), socket.MSG_DONTWAIT)


def do_tasks(peer, tasks):
    received = peer.makefile("rb")
    peer.settimeout(50)
    for task in tasks:
        verb, _, line = task.partition(":")
        if verb == "hear":
            assert received.readline() == line.encode() + b"\n", task
        elif verb == "say":
            peer.sendall(line.encode() + b"\n")
        elif verb == "end":
            peer.shutdown(socket.SHUT_WR)
        elif verb == "fill":
            fill(peer)
        elif verb == "reset":
            peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                            struct.pack("2i", 1, 0))
            received.close()
            peer.close()
        elif verb == "broken":
            assert is_broken(received), task
        else:
            assert verb == "eof" and received.read() == b"", task
        print(task, flush=True)


def accepted():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        print("port", listener.getsockname()[1], flush=True)
        return listener.accept()[0]


if sys.argv[1] == "fd":
    take_fd(sys.argv[2:])
elif sys.argv[1] == "client":
    do_tasks(socket.create_connection(("127.0.0.1", int(sys.argv[2]))),
             sys.argv[3:])
elif sys.argv[1] == "server":
    do_tasks(accepted(), sys.argv[2:])
else:
    serve(*{"dns": (53, dns_answer), "ntp": (123, ntp_answer)}[sys.argv[1]])
