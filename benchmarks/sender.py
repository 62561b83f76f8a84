"""A portal that costs little: prepared requests over kept connections, so that what is measured is the service."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

_BOUNDARY = "7MA4YWxkTrZu0gW"
_Wire = tuple[asyncio.StreamReader, asyncio.StreamWriter]


def form(claim: bytes, files: Mapping[str, bytes]) -> bytes:
    """The body of a submission, to be sent with `TYPE`."""
    parts = [('name="claim"', claim), *((f'name="files"; filename="{name}"', data) for name, data in files.items())]
    lines = [
        f"--{_BOUNDARY}\r\nContent-Disposition: form-data; {name}\r\n\r\n".encode() + data + b"\r\n"
        for name, data in parts
    ]
    return b"".join(lines) + f"--{_BOUNDARY}--\r\n".encode()


TYPE = f"multipart/form-data; boundary={_BOUNDARY}"


class Sender:
    """Posts to one service on loopback. A connection is opened when all others are in use."""

    def __init__(self, port: int, headers: Mapping[str, str]) -> None:
        self._port = port
        self._headers = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        self._free: list[_Wire] = []

    async def post(self, path: str, body: bytes) -> int:
        """The status of the answer, once it is here whole. Raises OSError or EOFError where none comes."""
        wire = self._free.pop() if self._free else await asyncio.open_connection("127.0.0.1", self._port)
        reader, writer = wire
        head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{self._headers}Content-Length: {len(body)}\r\n\r\n"
        writer.write(head.encode() + body)
        await writer.drain()
        told = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
        fields = dict(line.split(": ", 1) for line in told.split("\r\n")[1:] if line)
        await reader.readexactly(int(fields["content-length"]))
        if fields.get("connection") == "close":
            writer.close()
        else:
            self._free.append(wire)
        return int(told.split(" ", 2)[1])

    def close(self) -> None:
        """Hang up."""
        for _, writer in self._free:
            writer.close()
