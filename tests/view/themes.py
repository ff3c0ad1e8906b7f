"""The colours of the hosts, as their themes set them: JupyterLab 4.6's three and VS Code's two."""

from __future__ import annotations

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
