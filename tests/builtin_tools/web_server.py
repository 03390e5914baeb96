"""A server on 127.0.0.1 for pages, and a fetcher that may reach it and takes its names from a table."""

import asyncio
from contextlib import asynccontextmanager

from jupyter_tools.builtin_tools.web_page import PageFetcher


def answer(body=b"", status="200 OK", **headers):
    lines = [f"HTTP/1.1 {status}", f"content-length: {len(body)}", "connection: close"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return ["\r\n".join([*lines, "", ""]).encode() + body]


def html(body):
    return answer(f"<title>T</title><body>{body}</body>".encode(), content_type="text/html; charset=utf-8")


class Site:
    """Answers by path; each answer is a list of byte strings, None waits until the client has gone."""

    def __init__(self, pages):
        self.pages = pages
        self.requests = []
        self.port = 0

    def url(self, path="/", host="site.example"):
        return f"http://{host}:{self.port}{path}"

    async def serve(self, reader, writer):
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            length = next(
                (int(line.split(":")[1]) for line in head.splitlines() if line.lower().startswith("content-length")), 0
            )
            self.requests.append((head, await reader.readexactly(length)))
            page = self.pages[head.split()[1].partition("?")[0]]
            for piece in page(self) if callable(page) else page:
                if piece is None:
                    await reader.read(1)
                    return
                writer.write(piece)
                await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()


@asynccontextmanager
async def site(pages):
    served = Site(pages)
    server = await asyncio.start_server(served.serve, "127.0.0.1", 0)
    served.port = server.sockets[0].getsockname()[1]
    try:
        yield served
    finally:
        server.close()
        await server.wait_closed()


def fetcher(names=None, **limits):
    """A fetcher for which "site.example" is this machine, and only 10.* is private."""
    table = {"site.example": ["127.0.0.1"], **(names or {})}

    async def resolve(host, port):
        return table[host]

    return PageFetcher(resolve=resolve, allowed=lambda address: not str(address).startswith("10."), **limits)
