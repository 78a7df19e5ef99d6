"""A recording proxy: relays raw bytes between patchctl and a server, and reads afterwards what was asked and answered.

Relays wrong lengths and cut connections as they are. Reads HTTP and AWS's signatures on its own; knows no operation.
"""

import json
import re
import select
import socket
import struct
import threading
import time
from urllib.parse import parse_qs

CREDENTIAL = re.compile(rb"Credential=([^/]*)/[^/]*/([^/]*)/([^/]*)/aws4_request")
HANDED_OUT = re.compile(rb"<AccessKeyId>([^<]*)<")


class Exchange:
    """One request and what came back for it."""

    def __init__(self, request, answer):
        self.request, self.answer = request, answer
        head, body = request
        found = CREDENTIAL.search(head)
        self.key, region, service = (part.decode("latin-1") for part in found.groups()) if found else ("", "", "")
        self.service, self.region = service, region
        self.account = None
        target = header(head, b"x-amz-target")
        if target:
            self.operation = target.decode("latin-1").rpartition(".")[2]
            self.asked = json.loads(body)
        else:
            form = parse_qs(body.decode("latin-1"), keep_blank_values=True)
            self.asked = {name: values[0] for name, values in form.items()}
            self.operation = self.asked.get("Action", "")
        self.status, self.body = read_answer(answer)

    @property
    def place(self):
        return self.account, self.region


def header(head, name):
    found = re.search(rb"\r\n" + name + rb":[ \t]*([^\r\n]*)", head, re.IGNORECASE)
    return found and found[1].strip()


def read_answer(answer):
    """The status and the body, which is None when it is not all there."""
    head, separator, rest = answer.partition(b"\r\n\r\n")
    found = re.match(rb"HTTP/1\.[01] (\d{3})", head)
    if not separator or not found:
        return None, None
    status, length = int(found[1]), header(head, b"content-length")
    if status == 204:
        return status, b""
    if length is None:
        return status, rest
    length = int(length)
    return status, rest[:length] if len(rest) >= length else None


def end_of(stream):
    """Where the first message of a stream ends; None when it is not all there."""
    head, separator, rest = stream.partition(b"\r\n\r\n")
    if not separator:
        return None
    length = 0 if head.startswith(b"HTTP/1.1 204") else int(header(head, b"content-length") or 0)
    end = len(head) + 4 + length
    return end if end <= len(stream) else None


class Recorder:
    """Listens for as long as the `with` block lasts."""

    def __init__(self, url, own_account):
        host, _, port = url.removeprefix("http://").partition(":")
        self.server, self.own_account = (host, int(port)), own_account
        self.streams, self.lock = [], threading.Lock()

    def __enter__(self):
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=256)
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        threading.Thread(target=self.accept, daemon=True).start()
        return self

    def __exit__(self, *_):
        # Closing alone does not wake the thread that waits in it.
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()

    def accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            # What was asked and answered, and when each part of what was asked came: at which byte, and the time.
            stream = (bytearray(), bytearray(), [])
            with self.lock:
                self.streams.append(stream)
            threading.Thread(target=self.relay, args=(client, *stream), daemon=True).start()

    def relay(self, client, asked, answered, times):
        try:
            server = socket.create_connection(self.server)
        except OSError:
            client.close()
            return
        for one in (client, server):
            one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            while True:
                ready, _, _ = select.select([client, server], [], [])
                if client in ready:
                    part = client.recv(1 << 16)
                    if not part:
                        return
                    times.append((len(asked), time.monotonic()))
                    asked += part
                    server.sendall(part)
                if server in ready:
                    part = server.recv(1 << 16)
                    if not part:
                        return
                    answered += part
                    client.sendall(part)
        except ConnectionError:
            # A connection that was cut is cut on this side, too: RST in the place of FIN.
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        finally:
            client.close()
            server.close()

    def exchanges(self):
        """What was asked and answered, in the order it was asked; the account is the one for whose role a key was handed out."""
        with self.lock:
            streams = [(bytes(asked), bytes(answered), list(times)) for asked, answered, times in self.streams]
        timed = []
        for asked, answered, times in streams:
            start = 0
            while end := end_of(asked):
                head, _, body = asked[:end].partition(b"\r\n\r\n")
                asked = asked[end:]
                came = max(moment for at, moment in times if at <= start)
                start += end
                # The last answer of a connection has what follows it, too: that may be more than it said.
                last = end_of(answered) if asked else None
                answer, answered = (answered, b"") if last is None else (answered[:last], answered[last:])
                timed.append((came, Exchange((head, body), answer)))
        found = [exchange for _, exchange in sorted(timed, key=lambda one: one[0])]
        owners = {}
        for one in found:
            if one.operation == "AssumeRole":
                account = one.asked.get("RoleArn", "").split(":")[4:5]
                owners |= {key.decode("latin-1").strip(): account[0] for key in HANDED_OUT.findall(one.answer) if account}
        for one in found:
            one.account = owners.get(one.key, self.own_account)
        return found
