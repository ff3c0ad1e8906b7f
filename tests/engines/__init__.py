"""The view in engines other than Chromium's: real windows of Firefox and WebKitGTK, as Debian has them, as root."""
