"""Sockets and their readers: who owns a stream."""
