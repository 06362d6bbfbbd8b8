"""The instance metadata service, version 2: without a token nothing is told. What it tells is /box/imds.json."""
import http.server
import json
import socket

TOKEN = "box-token"


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.0"

    def answer(self, code, text=""):
        self.send_response(code)
        self.end_headers()
        self.wfile.write(text.encode())

    def facts(self):
        with open("/box/imds.json") as file:
            return json.load(file)

    def do_PUT(self):
        known = self.path == "/latest/api/token" and "X-aws-ec2-metadata-token-ttl-seconds" in self.headers
        self.answer(*((200, TOKEN) if known and self.facts() else (404,)))

    def do_GET(self):
        if self.headers.get("X-aws-ec2-metadata-token") != TOKEN:
            return self.answer(401)
        value = self.facts().get(self.path.removeprefix("/latest/meta-data/"))
        return self.answer(404) if value is None else self.answer(200, value)

    def log_message(self, *_):
        pass


class Activated(http.server.ThreadingHTTPServer):
    def __init__(self):
        super().__init__(("", 0), Handler, bind_and_activate=False)
        self.socket = socket.socket(fileno=3)


Activated().serve_forever()
