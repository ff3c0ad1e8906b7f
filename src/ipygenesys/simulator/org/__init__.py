"""An organisation at work: who comes, waits, is answered, transferred, parked; and what is true of it."""
