"""The shells: sockets, HTTP, clocks and the thread, as thin as they can be."""
