"""Opt-in re-entrancy: ``asyncio.run`` and ``run_until_complete`` in plain cells, where a loop runs already."""

from __future__ import annotations


def enable_nested_asyncio() -> None:
    """Patch asyncio so that a running loop can be run again, for plain cells that call ``asyncio.run(client.…)``.

    The package never does this by itself and does not need it. It uses ``nest-asyncio2``, the maintained continuation
    of the archived ``nest-asyncio``: with ipykernel 7.1 and newer a nested run of the latter loses queued cells.

    Raises:
        RuntimeError: the archived ``nest_asyncio`` has patched this process already, or the loop cannot be patched
            (uvloop).
    """
    import nest_asyncio2

    try:
        nest_asyncio2.apply(error_on_mispatched=True)
    except RuntimeError as error:
        raise RuntimeError(
            f"{error} The archived nest_asyncio loses queued cells with ipykernel 7.1 and newer: restart the kernel "
            "and call ipygenesys.enable_nested_asyncio() instead of nest_asyncio.apply()."
        ) from None
    except ValueError as error:
        raise RuntimeError(f"This event loop cannot be patched: {error}") from None
