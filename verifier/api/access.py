"""Who calls: a key in `Authorization: Bearer`, and what it allows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from verifier.api.problems import Refusal
from verifier.api.service import Service
from verifier.archive.keys import ApiKey, Scope


async def _service(request: Request) -> Service:  # not a plain function: those are called in a thread
    service: Service = request.app.state.service
    return service


Asked = Annotated[Service, Depends(_service)]
_BEARER = HTTPBearer(auto_error=False, scheme_name="key", description="`verifier keys create` makes one.")
Given = Annotated[HTTPAuthorizationCredentials | None, Depends(_BEARER)]


def key_with(scope: Scope) -> Callable[..., ApiKey]:
    """A dependency: the caller's key. Raises Refusal as `key_of` does."""

    def check(service: Asked, given: Given) -> ApiKey:
        return key_of(service, given, scope)

    return check


def key_of(service: Service, given: Given, scope: Scope) -> ApiKey:
    """The caller's key. Reads. Raises Refusal: 401 without a key in use, 403 where it lacks the scope."""
    key = service.keys.check(given.credentials) if given else None
    if given is None or key is None:
        raise Refusal(
            401,
            "key-needed",
            "no key in use was given",
            "send `Authorization: Bearer <key>`; `verifier keys create` makes one",
            headers={"WWW-Authenticate": 'Bearer realm="verifier"'},
        )
    demand(key, scope)
    service.porter.note_key(given.credentials, key)
    return key


def demand(key: ApiKey, scope: Scope) -> None:
    """Raises Refusal (403) where the key lacks the scope."""
    if scope not in key.scopes:
        raise Refusal(403, "scope-missing", f"this key may not {scope}", f"use a key with the scope {scope}")
