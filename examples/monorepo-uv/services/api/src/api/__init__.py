"""Serves the hour."""

from http.server import BaseHTTPRequestHandler, HTTPServer

from clock import hour


class Hour(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(f"it is {hour()}".encode())


def main() -> None:
    HTTPServer(("", 8080), Hour).serve_forever()
