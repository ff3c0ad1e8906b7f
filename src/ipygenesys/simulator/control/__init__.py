"""The control plane: what a test can make happen, by HTTP and from Python."""
