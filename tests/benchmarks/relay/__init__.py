"""A thousand viewers by a relay, beside a bare fan-out of the same bytes by redis-py."""
