"""The other chat UIs, each as a small app that answers the control endpoint."""
