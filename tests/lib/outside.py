#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A little world for tests of the network: HTTP, and names.

HTTP answers "hello ADDRESS", the address of who asked. The name server answers every question for
"NAME.test" with 203.0.113.9, and others with "no such name". Both listen on IPv4 and IPv6.

usage: outside.py ADDRESS HTTP-PORT DNS-PORT READY-FILE     port 0: without that service
"""

import http.server
import os
import socket
import socketserver
import sys
import threading


class Web(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        body = f"hello {self.client_address[0]}\n".encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments):
        pass


def answer(question):
    """The reply to a DNS question: one A record, or NXDOMAIN."""
    end = 12
    labels = []
    while question[end]:
        labels.append(question[end + 1:end + 1 + question[end]])
        end += question[end] + 1
    end += 5
    kind = question[end - 4:end - 2]
    known = labels and labels[-1] == b"test"
    found = known and kind == b"\0\1"
    flags = b"\x81\x80" if known else b"\x81\x83"
    header = question[:2] + flags + b"\0\1" + (b"\0\1" if found else b"\0\0") + b"\0\0\0\0"
    record = b"\xc0\x0c\0\1\0\1\0\0\0\x3c\0\4" + bytes([203, 0, 113, 9]) if found else b""
    return header + question[12:end] + record


class Names(socketserver.BaseRequestHandler):
    def handle(self):
        question, where = self.request
        where.sendto(answer(question), self.client_address)


def family_of(address):
    return socket.AF_INET6 if ":" in address else socket.AF_INET


def main():
    address, web, names, ready = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
    servers = []
    if web:
        class WebServer(http.server.ThreadingHTTPServer):
            address_family = family_of(address)
        servers.append(WebServer((address, web), Web))
    if names:
        class NameServer(socketserver.ThreadingUDPServer):
            address_family = family_of(address)
        servers.append(NameServer((address, names), Names))
    for server in servers:
        threading.Thread(target=server.serve_forever, daemon=True).start()
    with open(ready, "w", encoding="ascii"):
        pass
    # it ends with whoever started it
    while os.read(0, 1):
        pass


main()
