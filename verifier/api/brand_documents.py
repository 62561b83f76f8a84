"""What the OpenAPI document says of brands: the kit's form, examples, and every problem a route may answer."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from verifier.api.brand_views import Brand
from verifier.api.documents import GUARDED, UPLOADED, problem
from verifier.programs.kit_facts import brand_schema

_COMPONENTS = "#/components/schemas/"
KIT: Mapping[str, Any] = {
    "names": ["Nordlicht", "Nordlicht Smart Lighting"],
    "forbidden": ["Nordlichter"],
    "logos": ["logo.svg", {"file": "logo-2019.svg", "variant": "retired"}],
    "samples": ["shelf-1.jpg", "shelf-2.jpg"],
    "colours": ["#10204f", "#19b79a"],
    "competitors": ["pardalo"],
    "minimum": {"share": 0.02, "pixels": 120},
}
_BRAND = {
    "id": "nordlicht",
    "version": 1,
    "names": KIT["names"],
    "updated_at": "2026-07-03T07:40:02.114000Z",
    "forbidden": KIT["forbidden"],
    "colours": KIT["colours"],
    "competitor": False,
    "competitors": KIT["competitors"],
    "min_share": 0.02,
    "min_pixels": 120,
    "pictures": [
        {"file": "logo.svg", "role": "logo", "variant": "current"},
        {"file": "shelf-1.jpg", "role": "sample", "variant": "current"},
        {"file": "shelf-2.jpg", "role": "sample", "variant": "current"},
        {"file": "logo-2019.svg", "role": "retired", "variant": "current"},
    ],
    "strength": None,
}
FORM: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["kit"],
                    "additionalProperties": False,
                    "properties": {
                        "kit": {"$ref": f"{_COMPONENTS}KitFacts"},
                        "files": {
                            "type": "array",
                            "items": {"type": "string", "format": "binary"},
                            "description": "One part each, named as the kit calls them.",
                        },
                    },
                },
                "encoding": {"kit": {"contentType": "application/json, application/yaml"}},
                "examples": {"name": {"summary": "The name alone", "value": {"kit": {"names": ["Nordlicht"]}}}},
            }
        },
    }
}
_Responses = dict[int | str, dict[str, Any]]
_LOCATED = {"Location": {"description": "Where it is.", "schema": {"type": "string"}}}
_NOT_FOUND: _Responses = {404: problem("There is no such brand for this key.")}


def _shown(about: str, **more: Any) -> dict[str, Any]:
    return {"description": about, "model": Brand, "content": {"application/json": {"example": _BRAND}}, **more}


LIST: _Responses = dict(GUARDED)
GET: _Responses = GUARDED | _NOT_FOUND | {200: _shown("The brand.")}
DELETE: _Responses = GUARDED | _NOT_FOUND
PUT: _Responses = UPLOADED | {
    200: _shown("It holds from now on, as a new version where anything changed.", headers=_LOCATED),
    201: _shown("The brand is new, and holds from now on.", headers=_LOCATED),
}


def schemas() -> dict[str, Any]:
    """A kit's facts and their parts, by name."""
    text = json.dumps(brand_schema())
    whole: dict[str, Any] = json.loads(text.replace('"#/$defs/', f'"{_COMPONENTS}Kit_'))
    parts = {f"Kit_{name}": part for name, part in whole.pop("$defs").items()}
    whole.pop("$schema")
    return {"KitFacts": whole, **parts}
