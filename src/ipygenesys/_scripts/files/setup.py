"""What a guest is before anything is said: what the platform is told of them, and where they have signed in."""

from __future__ import annotations

from ipygenesys._scripts.files import nodes, shapes
from ipygenesys._scripts.files.nodes import Node
from ipygenesys._scripts.model.place import ScriptError

NO_LOCALE = "a guest tells Genesys no language: say it by custom_attributes, which flows can read."


def read(node: Node | None) -> dict[str, object]:
    """Arguments of the guest's protocol; ``auth`` as a mapping of its own.

    Raises:
        ScriptError: there is no such argument, or it is something else.
    """
    if node is None:
        return {}
    if "locale" in (given := nodes.mapping(node, "setup")).items:
        raise ScriptError(f"setup has no 'locale': {NO_LOCALE}", given.places["locale"])
    found: dict[str, object] = {}
    for name, value in nodes.mapping(node, "setup", shapes.SETUP).items.items():
        if name == "custom_attributes":
            found[name] = texts(value, name)
        elif name == "auth":
            found[name] = _auth(value)
        elif name == "infer_seen":
            found[name] = nodes.flag(value, name)
        else:
            found[name] = nodes.text(value, name)
    return found


def texts(node: Node | None, what: str) -> dict[str, str]:
    """Words by name."""
    if node is None:
        return {}
    return {name: nodes.text(one, name) for name, one in nodes.mapping(node, what).items.items()}


def _auth(node: Node) -> dict[str, str]:
    given = texts(nodes.mapping(node, "auth", shapes.AUTH), "auth")
    if "id_token" not in given and not {"code", "redirect_uri"} <= set(given):
        raise ScriptError("auth has to have 'code' and 'redirect_uri', or 'id_token'.", node.place)
    return given
