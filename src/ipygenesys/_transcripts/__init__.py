"""Conversations that were written down, by us or by others, as rows of one table; only ``reading`` opens files."""
