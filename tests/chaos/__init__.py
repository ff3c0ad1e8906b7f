"""What virtual time cannot show: killed programs, broken sockets, floods, on real processes and real connections."""
