"""Hosts of widgets: what each needs besides what Jupyter does, and the widgets of ours in whichever it is."""
