"""The face of a Prefect server that strangers see: its password, its origins, its tokens."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread


@contextmanager
def serve_prefect(*, password: bool, origins: str, csrf: bool) -> Iterator[str]:
    """The address of an API that answers `/admin/version` and `/csrf-token` as such a one does."""

    class _Face(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if password and "Authorization" not in self.headers:
                status = 401
            else:
                status = 200 if csrf or "/csrf-token" not in self.path else 422
            self.send_response(status)
            if origins == "*" or self.headers.get("Origin") in origins.split(","):
                self.send_header("access-control-allow-origin", "*" if origins == "*" else origins)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), _Face)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/api"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
