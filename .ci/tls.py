"""A demo region behind TLS, with a certificate that only AWS_CA_BUNDLE makes good.

Sockets and certificates only: what passes through them is up to others.
"""

import socket
import ssl
import subprocess
import threading
from urllib.parse import urlsplit


def certificate(folder):
    """A key and a certificate of 127.0.0.1, signed by itself, made by openssl."""
    key, pem = folder / "key.pem", folder / "cert.pem"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1"]
    command += ["-addext", "subjectAltName=IP:127.0.0.1", "-addext", "basicConstraints=critical,CA:FALSE"]
    subprocess.run([*command, "-keyout", key, "-out", pem], check=True, capture_output=True)
    return key, pem


def front(folder, url):
    """Listens with TLS on a port of its own and passes everything on to `url`; returns the https address and the certificate."""
    key, pem = certificate(folder)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem, key)
    listener = socket.create_server(("127.0.0.1", 0))
    threading.Thread(target=_accept, args=(listener, context, urlsplit(url).port), daemon=True).start()
    return f"https://127.0.0.1:{listener.getsockname()[1]}", pem


def _accept(listener, context, port):
    while True:
        plain, _ = listener.accept()
        threading.Thread(target=_serve, args=(plain, context, port), daemon=True).start()


def _serve(plain, context, port):
    try:
        with context.wrap_socket(plain, server_side=True) as client, socket.create_connection(("127.0.0.1", port)) as server:
            threading.Thread(target=_copy, args=(server, client), daemon=True).start()
            _copy(client, server)
    except OSError:
        # A client that does not trust the certificate hangs up; that is the point.
        pass


def _copy(source, sink):
    try:
        while data := source.recv(65536):
            sink.sendall(data)
        sink.shutdown(socket.SHUT_WR)
    except OSError:
        pass
