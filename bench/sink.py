"""A mail server that takes everything and keeps nothing, so that only the sender is measured."""

import socketserver
import sys


class Taking(socketserver.StreamRequestHandler):
    """One connection: greets, says yes to everything, and forgets it."""

    def handle(self) -> None:
        """Answer until the client says QUIT or goes away."""
        self.wfile.write(b"220 sink\r\n")
        while line := self.rfile.readline():
            word = line[:4].upper()
            if word == b"QUIT":
                self.wfile.write(b"221 bye\r\n")
                return
            if word == b"DATA":
                self.wfile.write(b"354 go on\r\n")
                while (line := self.rfile.readline()) not in (b".\r\n", b""):
                    pass
            self.wfile.write(b"250 yes\r\n")


class Sink(socketserver.ThreadingTCPServer):
    """The server, on a free port of loopback."""

    allow_reuse_address = True
    daemon_threads = True


if __name__ == "__main__":
    with Sink(("127.0.0.1", 0), Taking) as server:
        print(server.server_address[1], flush=True)
        sys.stdin.close()
        server.serve_forever()
