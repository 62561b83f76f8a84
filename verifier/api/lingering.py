"""An answer that comes before its request was read reaches the sender: the rest of the upload is read and thrown away.

A server that closes while bytes are still coming resets the connection, and what it had answered may be lost with it
(RFC 9112, 9.6). So a small body is read before the answer, and the connection lives on; a larger one is answered at
once with `Connection: close` and read for a while longer.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_SMALL = 65_536  # bytes: such a body has come by the time that it is refused, or comes in a moment
LONGEST = 30.0  # seconds: who has not read the answer by then does not want it
SILENCE = 3.0  # seconds without a byte: the sender has read the answer and stopped, or is gone


class Lingering:
    """ASGI middleware; outermost, so that it sees what everybody else has read. It reads at most `most` bytes."""

    def __init__(self, app: ASGIApp, most: int) -> None:
        self._app, self._most = app, most

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not _has_body(headers := Headers(scope=scope)):
            await self._app(scope, receive, send)
            return
        body = _Body(receive)

        async def sending(message: Message) -> None:
            if body.is_whole:
                await send(message)
            elif message["type"] == "http.response.start":
                if _is_small(headers):
                    await self._drain(body)
                if not body.is_whole:
                    MutableHeaders(scope=message)["Connection"] = "close"
                await send(message)
            elif message.get("more_body", False):
                await send(message)
            else:
                await send({**message, "more_body": True})  # all that the sender waits for; our end stays open
                await self._drain(body)
                await send({"type": "http.response.body", "body": b"", "more_body": False})

        await self._app(scope, body.receive, sending)

    async def _drain(self, body: _Body) -> None:
        try:
            async with asyncio.timeout(LONGEST):
                left = self._most
                while left > 0 and not body.is_whole:
                    async with asyncio.timeout(SILENCE):
                        left -= len((await body.receive()).get("body", b""))
        except TimeoutError:
            return


class _Body:
    """What comes in, and whether there is more of it."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self.is_whole = False

    async def receive(self) -> Message:
        """The next message, as ASGI has it."""
        message = await self._receive()
        self.is_whole = message["type"] == "http.disconnect" or not message.get("more_body", False)
        return message


def _has_body(headers: Mapping[str, str]) -> bool:
    return "transfer-encoding" in headers or headers.get("content-length", "0") != "0"


def _is_small(headers: Mapping[str, str]) -> bool:
    """Whether the whole body may be waited for; not where the sender waits for leave to send it."""
    size = headers.get("content-length", "")
    return size.isdecimal() and int(size) <= _SMALL and "expect" not in headers
