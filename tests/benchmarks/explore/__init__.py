"""What exploring costs: memory, reading, recording, pictures; `python -m tests.benchmarks.explore`."""
