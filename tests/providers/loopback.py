"""A server on 127.0.0.1 that answers each request with the next of the given byte strings, and may misbehave."""

import asyncio
from contextlib import asynccontextmanager

from jupyter_tools.providers.shared_client import close_shared_client

SSE_HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n"


def chunked(*pieces: bytes, end: bytes = b"0\r\n\r\n") -> list[bytes]:
    """An answer in HTTP chunks; without its end it is cut."""
    head = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"
    return [head, *[b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces], end]


def whole(status: str, body: bytes, *headers: str, content_type: str = "application/json") -> list[bytes]:
    lines = [f"HTTP/1.1 {status}", f"content-type: {content_type}", f"content-length: {len(body)}", *headers, "", ""]
    return ["\r\n".join(lines).encode() + body]


class Loopback:
    """Each answer is a list of byte strings, sent one by one; None in it waits until the client has gone."""

    def __init__(self, answers):
        self.answers = list(answers)
        self.requests = []
        self.connections = 0
        self.client_gone = asyncio.Event()
        self.url = ""

    async def serve(self, reader, writer):
        self.connections += 1
        try:
            while self.answers and (head := await self._request(reader)):
                await self._answer(self.answers.pop(0), reader, writer)
                if b"connection: close" in head or not self.keep_open:
                    break
        except (ConnectionError, asyncio.IncompleteReadError):
            self.client_gone.set()
        finally:
            writer.close()

    keep_open = True

    async def _request(self, reader):
        head = await reader.readuntil(b"\r\n\r\n")
        lines = head.decode().lower().split("\r\n")
        length = next((int(line.split(":")[1]) for line in lines if line.startswith("content-length")), 0)
        self.requests.append((head, await reader.readexactly(length)))
        return head

    async def _answer(self, pieces, reader, writer):
        self.keep_open = True
        for piece in pieces:
            if piece is None:
                await reader.read(1)
                self.client_gone.set()
                self.keep_open = False
                return
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(0)
        if not pieces or not (pieces[-1] == b"0\r\n\r\n" or b"content-length" in pieces[0]):
            self.keep_open = False


@asynccontextmanager
async def loopback(*answers):
    served = Loopback(answers)
    server = await asyncio.start_server(served.serve, "127.0.0.1", 0)
    served.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"
    try:
        yield served
    finally:
        await close_shared_client()
        server.close()
        await server.wait_closed()
