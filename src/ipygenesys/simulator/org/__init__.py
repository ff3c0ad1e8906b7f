"""An organisation with queues and agents: who comes, waits, is answered, transferred, parked; and what is true of it all."""
