"""The player of a replay: the bar below its conversation, and what its pages and the kernel say."""
