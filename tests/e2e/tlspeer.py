#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""tlspeer.py - peers of ncx over TLS that no honest program would be

usage: tlspeer.py server CERT KEY TASK...   tasks in turn with who comes to
                                            "port PORT"
       tlspeer.py client PORT TASK...       the same with who is there
       tlspeer.py cutclient PORT HOW        a handshake for each byte that a
                                            client says, which ends there
       tlspeer.py cutserver CERT KEY HOW STEP PROGRAM...
                                            the same for a server, each STEP
                                            bytes; each has a PROGRAM with
                                            "PORT" among its words
       tlspeer.py stalled PORT COUNT        half a ClientHello from so many
       tlspeer.py raw PORT                  stdin as it is, and the answer

HOW a handshake ends: close, reset or stop.  Tasks: say:LINE, hear:LINE, fill
with so many bytes, take so many, end by close_notify, eof: they have ended so,
cut the stream without one, broken: they did, reset, slow: from now on one byte
at a time, gather: the last of the handshake goes with what is said first, wait
for a line on stdin.
"""
import concurrent.futures
import select
import socket
import ssl
import struct
import subprocess
import sys

LIMIT = 50  # seconds for one of them


def context(server, cert=None, key=None):
    made = ssl.SSLContext(
        ssl.PROTOCOL_TLS_SERVER if server else ssl.PROTOCOL_TLS_CLIENT)
    if not server:
        made.check_hostname = False
        made.verify_mode = ssl.CERT_NONE
    if cert:
        made.load_cert_chain(cert, key)
    return made


class Peer:
    """TLS in memory: what is sent, and when, is decided here"""

    def __init__(self, sock, made, server):
        self.sock, self.slow, self.gather = sock, False, False
        self.inner, self.outer = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.tls = made.wrap_bio(self.inner, self.outer, server_side=server)
        self.heard = b""

    def send(self, data):
        for i in range(0, len(data), 1 if self.slow else len(data) or 1):
            self.sock.sendall(data[i:i + 1] if self.slow else data)

    def run(self, step, *words):
        """A step of TLS, with all the reading that it needs"""
        while True:
            try:
                result = step(*words)
                if not self.gather:
                    self.send(self.outer.read())
                return result
            except ssl.SSLWantReadError:
                self.send(self.outer.read())
                data = self.sock.recv(1 if self.slow else 65536)
                if data:
                    self.inner.write(data)
                else:
                    self.inner.write_eof()

    def take(self, size):
        while len(self.heard) < size:
            data = self.run(self.tls.read, 65536)
            assert data, "they ended"
            self.heard += data
        taken, self.heard = self.heard[:size], self.heard[size:]
        return taken

    def line(self):
        line = b""
        while not line.endswith(b"\n"):
            line += self.take(1)
        return line[:-1].decode()

    def ended(self):
        """By a close_notify, and not in any other way"""
        try:
            return self.run(self.tls.read, 1) == b""
        except ssl.SSLZeroReturnError:
            return True
        except (ssl.SSLError, ConnectionError):
            return False

    def end(self):
        """A close_notify that does not wait for theirs"""
        try:
            self.tls.unwrap()
        except ssl.SSLError:
            pass
        self.send(self.outer.read())


def ends(sock, how):
    if how == "reset":
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                        struct.pack("2i", 1, 0))
    if how != "stop":
        sock.close()


def do_task(peer, verb, line):
    if verb == "say":
        peer.run(peer.tls.write, line.encode() + b"\n")
    elif verb == "hear":
        heard = peer.line()
        assert heard == line, heard
    elif verb == "fill":
        for _ in range(int(line) // 10000):
            peer.run(peer.tls.write, bytes(10000))
    elif verb == "take":
        peer.take(int(line))
    elif verb == "end":
        peer.end()
    elif verb == "eof":
        assert peer.ended()
    elif verb == "cut":
        peer.sock.shutdown(socket.SHUT_WR)
    elif verb == "broken":
        assert not peer.ended()
    elif verb == "slow":
        peer.slow = True
        peer.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    elif verb == "wait":
        sys.stdin.readline()
    elif verb == "gather":
        pass
    else:
        assert verb == "reset", verb
        ends(peer.sock, "reset")


def do_tasks(peer, tasks):
    peer.sock.settimeout(LIMIT)
    if tasks and tasks[0] == "slow":
        do_task(peer, "slow", "")
    peer.gather = bool(tasks) and tasks[0] == "gather"
    peer.run(peer.tls.do_handshake)
    peer.gather = False
    print("agreed", flush=True)
    for task in tasks:
        verb, _, line = task.partition(":")
        do_task(peer, verb, line)
        print(task, flush=True)


def connected(port):
    return socket.create_connection(("127.0.0.1", int(port)), timeout=LIMIT)


def serve(cert, key, *tasks):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        print("port", listener.getsockname()[1], flush=True)
        sock = listener.accept()[0]
    do_tasks(Peer(sock, context(True, cert, key), True), tasks)


def say_some(peer, budget):
    """A handshake in which we say so many bytes; False: it is over before"""
    while True:
        over = False
        try:
            peer.tls.do_handshake()
            over = True
        except ssl.SSLWantReadError:
            pass
        data = peer.outer.read()
        peer.sock.sendall(data[:budget])
        budget -= len(data)
        if budget <= 0 or over:
            return budget <= 0
        data = peer.sock.recv(65536)
        if not data:
            return True
        peer.inner.write(data)


def cut_client(port, how):
    made, kept, said = context(False), [], 0
    while True:
        peer = Peer(connected(port), made, False)
        try:
            more = say_some(peer, said)
        except ConnectionError:  # to a neighbour that was in the way
            more = True
        ends(peer.sock, how)
        kept.append(peer.sock)
        if not more:
            break
        said += 1
    print("positions", said, flush=True)


def run_cut(made, how, program, said):
    """One program and the server that it meets; None: said is all there is"""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = str(listener.getsockname()[1])
        words = [port if word == "PORT" else word for word in program]
        child = subprocess.Popen(words, stdin=subprocess.DEVNULL,
                                 stdout=subprocess.PIPE,
                                 stderr=subprocess.PIPE)
        sock = listener.accept()[0]
    peer = Peer(sock, made, True)
    peer.inner.write(sock.recv(65536))
    try:
        more = say_some(peer, said)
    except (ssl.SSLError, ConnectionError):
        more = True
    ends(sock, how)
    out, err = child.communicate(timeout=LIMIT)
    sock.close()
    return more, child.returncode, out, err.decode()


def cut_server(cert, key, how, step, *program):
    """Print for each status how often it came, and what was said last"""
    made, counts, said = context(True, cert, key), {}, 0
    step = int(step)
    workers = 64 if how == "stop" else 4
    with concurrent.futures.ThreadPoolExecutor(workers) as pool:
        more = True
        while more:
            runs = [pool.submit(run_cut, made, how, program, said + i * step)
                    for i in range(workers)]
            for run in runs:
                more, status, out, err = run.result()
                if not more:
                    break
                said += step
                assert out == b"", out
                words = err.strip().rpartition(" failed: ")[2]
                counts[status, words] = counts.get((status, words), 0) + 1
    for (status, words), count in sorted(counts.items()):
        print(status, count, words)
    print("positions", said)


def hello():
    peer = Peer(None, context(False), False)
    try:
        peer.tls.do_handshake()
    except ssl.SSLWantReadError:
        return peer.outer.read()


def stalled(port, count):
    half = hello()[:100]
    socks = [connected(port) for _ in range(int(count))]
    for sock in socks:
        sock.sendall(half)
    print("stalled", flush=True)
    waiting = select.poll()
    for sock in socks:
        waiting.register(sock, select.POLLIN)
    left = {sock.fileno(): sock for sock in socks}
    while left:
        for fd, _ in waiting.poll():
            waiting.unregister(fd)
            left.pop(fd).close()
    print("dropped", flush=True)


def raw(port):
    sock = connected(port)
    sock.sendall(sys.stdin.buffer.read())
    try:
        while data := sock.recv(65536):
            sys.stdout.buffer.write(data)
    except ConnectionError:
        pass


def client(port, *tasks):
    do_tasks(Peer(connected(port), context(False), False), tasks)


{"server": serve, "client": client, "cutclient": cut_client,
 "cutserver": cut_server, "stalled": stalled, "raw": raw,
 }[sys.argv[1]](*sys.argv[2:])
