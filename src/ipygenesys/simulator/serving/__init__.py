"""What all wires are served by: REST calls, sockets, tokens, and Genesys' errors."""
