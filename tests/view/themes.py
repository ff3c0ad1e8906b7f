"""What the hosts do to a view: their colours, JupyterLab 4.6's three themes and VS Code's two, and JupyterLab's rules."""

from __future__ import annotations

import functools
import re
import sys
from pathlib import Path

LIGHT = {
    "--jp-layout-color0": "white",
    "--jp-layout-color1": "white",
    "--jp-layout-color2": "#eee",
    "--jp-ui-font-color0": "rgba(0, 0, 0, 1)",
    "--jp-ui-font-color1": "rgba(0, 0, 0, 0.87)",
    "--jp-ui-font-color2": "rgba(0, 0, 0, 0.54)",
    "--jp-brand-color1": "#1976d2",
    "--jp-error-color1": "#d32f2f",
    "--jp-warn-color1": "#f57c00",
    "--jp-success-color1": "#388e3c",
}
DARK = {
    "--jp-layout-color0": "#111111",
    "--jp-layout-color1": "#212121",
    "--jp-layout-color2": "#424242",
    "--jp-ui-font-color0": "rgba(255, 255, 255, 1)",
    "--jp-ui-font-color1": "rgba(255, 255, 255, 0.87)",
    "--jp-ui-font-color2": "rgba(255, 255, 255, 0.54)",
    "--jp-brand-color1": "#2196f3",
    "--jp-error-color1": "#f44336",
    "--jp-warn-color1": "#ff9800",
    "--jp-success-color1": "#4caf50",
}
HIGH_CONTRAST = {
    **DARK,
    "--jp-layout-color1": "#111111",
    "--jp-border-color1": "white",
    "--jp-ui-font-color1": "white",
    "--jp-ui-font-color2": "white",
    "--jp-brand-color1": "#319bf2",
}
VSCODE = {
    "--vscode-editor-background": "#1f1f1f",
    "--vscode-editor-foreground": "#cccccc",
    "--vscode-textLink-foreground": "#4daafc",
    "--vscode-errorForeground": "#f85149",
    "--vscode-editorWarning-foreground": "#cca700",
    "--vscode-charts-green": "#89d185",
    "--vscode-font-family": "system-ui, 'Ubuntu', 'Droid Sans', sans-serif",
}
VSCODE_LIGHT = {
    **VSCODE,
    "--vscode-editor-background": "#ffffff",
    "--vscode-editor-foreground": "#3b3b3b",
    "--vscode-textLink-foreground": "#005fb8",
    "--vscode-errorForeground": "#f85149",
    "--vscode-editorWarning-foreground": "#bf8803",
    "--vscode-charts-green": "#388a34",
}
THEMES: dict[str, dict[str, str]] = {
    "light": LIGHT,
    "dark": DARK,
    "high-contrast": HIGH_CONTRAST,
    "vscode": VSCODE,
    "vscode-light": VSCODE_LIGHT,
    "none": {},
}
RULE = re.compile(
    r"(?:(?<=[}/\n])\.jp-ThemedContainer|:where\(\.jp-ThemedContainer\))"
    r"(?:[^{}/.]|\.jp-ThemedContainer){1,400}\{[^{}]{1,400}\}"
)
"""Of its container, and of elements by their tag in it."""
IN_JUPYTERLAB = frozenset({"light", "dark", "high-contrast"})


@functools.cache
def jupyterlab_rules() -> str:
    """The rules that the JupyterLab at hand has for whatever is in it, such as links, buttons and code."""
    lab = Path(sys.prefix) / "share" / "jupyter" / "lab"
    sheets = [*lab.glob("static/jlab_core.*.js"), *lab.glob("themes/@jupyterlab/theme-light-extension/*.css")]
    texts = [sheet.read_text("utf-8").replace("\\n", "\n") for sheet in sheets]
    rules = [rule for text in texts for rule in re.findall(RULE, text)]
    assert any(".jp-ThemedContainer a:hover" in rule for rule in rules), "JupyterLab has others now"
    return "\n".join(rules)
