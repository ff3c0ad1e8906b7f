"""The parts that lead the machines together, and ``step``: one input in, effects out."""
