"""The pure core: everything that is decided is decided here, without I/O, threads, clocks or randomness."""
