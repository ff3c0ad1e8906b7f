"""The inspector: what goes over the wire, what it became, what it changed, and why it was ignored."""
