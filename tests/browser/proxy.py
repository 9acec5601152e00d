"""A reverse proxy as small as can be: passes on what lies below a path and refuses the rest."""

import socket
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

MOST_BYTES = 2**16


@contextmanager
def proxied(port: int, path: str) -> Iterator[tuple[int, list[str]]]:
    """Serves what a server on `port` has below `path`, as in "/masque/".

    Yields the port of the proxy and the list of the paths that it refused.
    """
    refused = []

    class Handler(socketserver.StreamRequestHandler):
        def handle(self):
            head = [line for line in iter(self.rfile.readline, b"\r\n") if line]
            if not head:
                return
            asked = head[0].split()[1].decode()
            if not asked.startswith(path):
                refused.append(asked)
                self.wfile.write(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
                return
            if not any(line.lower().startswith(b"upgrade:") for line in head):
                # One request a connection, so that every path passes this check.
                head = [line for line in head if not line.lower().startswith(b"connection:")]
                head.append(b"Connection: close\r\n")
            with socket.create_connection(("127.0.0.1", port)) as server:
                server.sendall(b"".join(head) + b"\r\n")
                onward = threading.Thread(target=self.pass_on, args=(server,), daemon=True)
                onward.start()
                try:
                    while chunk := server.recv(MOST_BYTES):
                        self.wfile.write(chunk)
                finally:
                    # Wakes the other thread, which must not read from what is closed next.
                    for end in (self.connection, server):
                        with suppress(OSError):
                            end.shutdown(socket.SHUT_RDWR)
                    onward.join()

        def pass_on(self, server):
            try:
                while chunk := self.rfile.read1(MOST_BYTES):
                    server.sendall(chunk)
                server.shutdown(socket.SHUT_WR)
            except OSError:
                pass  # one of the two has hung up

    class Proxy(socketserver.ThreadingTCPServer):
        daemon_threads = True

        def handle_error(self, request, client_address):
            """Browsers hang up when a page is closed; the test looks at what they show."""

    with Proxy(("127.0.0.1", 0), Handler) as proxy:
        threading.Thread(target=proxy.serve_forever, daemon=True).start()
        try:
            yield proxy.server_address[1], refused
        finally:
            proxy.shutdown()
