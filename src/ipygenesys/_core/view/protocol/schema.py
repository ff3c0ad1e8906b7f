"""JSON Schema of the view protocol, from which the TypeScript types are generated."""

from __future__ import annotations

from typing import Any

import msgspec

from ipygenesys._core.view import protocol as view_protocol


def view_protocol_schema() -> dict[str, Any]:
    """One schema document holding both unions, ``KernelToView`` and ``ViewToKernel``."""
    unions = (view_protocol.KernelToView, view_protocol.ViewToKernel)
    (kernel_to_view, view_to_kernel), definitions = msgspec.json.schema_components(
        unions, ref_template="#/$defs/{name}"
    )
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "ViewProtocol",
        "$defs": {**definitions, "KernelToView": kernel_to_view, "ViewToKernel": view_to_kernel},
        "oneOf": [{"$ref": "#/$defs/KernelToView"}, {"$ref": "#/$defs/ViewToKernel"}],
    }
