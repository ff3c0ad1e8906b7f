"""Redis, as the relay and its viewers use it: the only package that imports its client."""
