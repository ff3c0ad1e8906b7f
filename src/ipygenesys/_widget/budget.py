"""The kernel's budget of comm messages, which all its widgets share."""

from __future__ import annotations

from ipygenesys._core.view.delta_buffer import SendBudget

budget = SendBudget()
"""The kernel's, not a widget's; used on the gateway thread only."""
