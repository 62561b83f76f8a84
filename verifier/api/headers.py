"""Headers that every answer carries, whoever made it: a browser that gets one does as little with it as it can."""

from __future__ import annotations

from starlette.types import ASGIApp, Message, Receive, Scope, Send

_TEXTS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
}
_ALWAYS = [(name.lower().encode(), value.encode()) for name, value in _TEXTS.items()]  # as ASGI has them


class SecurityHeaders:
    """ASGI middleware; a header that a route has set stays as it is."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                given = {name for name, _ in message["headers"]}
                message["headers"] = [*message["headers"], *(each for each in _ALWAYS if each[0] not in given)]
            await send(message)

        await self._app(scope, receive, sending)
