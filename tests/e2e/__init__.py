"""The widget in real hosts and a real Chromium, against a simulator in its own process."""
