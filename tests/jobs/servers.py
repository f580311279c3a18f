"""Servers on this machine that messages are sent to: HTTP and SMTP, good and bad."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import StreamRequestHandler, ThreadingTCPServer
from threading import Lock, Thread
from typing import Any


@dataclass
class Web:
    """A web server: what it was posted, and how it answers."""

    port: int = 0
    status: int = 200
    answer: dict[str, Any] = field(default_factory=dict)
    location: str | None = None
    seconds: float = 0.0  # before it answers
    drips: bool = False  # goes on promising an answer, and never gives it
    loses: int = 0  # so many connections are closed without an answer
    paths: list[str] = field(default_factory=list)
    posted: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str | None] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook?token=s3cret"


@contextmanager
def web_server() -> Iterator[Web]:
    web = Web()
    taking = Lock()  # what was posted and its key stand at the same place

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            posted = json.loads(self.rfile.read(length))
            with taking:
                web.paths.append(self.path)
                web.posted.append(posted)
                web.keys.append(self.headers["Idempotency-Key"])
            time.sleep(web.seconds)
            if web.loses:
                web.loses -= 1
                return
            while web.drips:
                self.wfile.write(b"HTTP/1.1 100 Continue\r\n\r\n")
                time.sleep(0.05)
            self.send_response(302 if web.location else web.status)
            if web.location:
                self.send_header("Location", web.location)
            self.end_headers()
            self.wfile.write(json.dumps(web.answer).encode())

        def do_GET(self) -> None:
            web.paths.append(self.path)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

        def handle(self) -> None:
            try:
                super().handle()
            except ConnectionError:
                web.drips = False  # whoever asked has gone

    with _serving(ThreadingHTTPServer(("127.0.0.1", 0), Handler)) as port:
        web.port = port
        yield web
        web.drips = False


@dataclass
class Post:
    """A mail server: what it was given, and what it refuses."""

    port: int = 0
    refuses: set[str] = field(default_factory=set)  # recipients
    loses: int = 0  # so many connections are closed at once
    taken: list[tuple[str, str]] = field(default_factory=list)  # recipient, letter


class _Mail(StreamRequestHandler):
    """As much of RFC 5321 as sends one letter."""

    post: Post

    def handle(self) -> None:
        if self.post.loses:
            self.post.loses -= 1
            return
        self._say("220 post ready")
        to = ""
        while line := self.rfile.readline().decode().strip():
            word = line[:4].upper()
            if word == "RCPT":
                to = line.partition("<")[2].partition(">")[0]
                self._say("550 no such" if to in self.post.refuses else "250 ok")
            elif word == "DATA":
                self._say("354 go on")
                self.post.taken.append((to, self._letter()))
                self._say("250 taken")
            elif word == "QUIT":
                self._say("221 bye")
                return
            else:
                self._say("250 ok")

    def _say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())

    def _letter(self) -> str:
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line)
        return b"".join(lines).decode()


@contextmanager
def mail_server() -> Iterator[Post]:
    post = Post()
    handler = type("Handler", (_Mail,), {"post": post})
    with _serving(ThreadingTCPServer(("127.0.0.1", 0), handler)) as port:
        post.port = port
        yield post


@contextmanager
def _serving(server: Any) -> Iterator[int]:
    server.daemon_threads = True
    serve: Callable[..., None] = server.serve_forever
    Thread(target=serve, args=(0.02,), daemon=True).start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
