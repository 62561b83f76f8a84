"""The HTTP door: portals hand claims in and fetch what became of them. It holds no judgement."""

from verifier.api.app import create_app
from verifier.api.service import Limits, Service

__all__ = ["Limits", "Service", "create_app"]
