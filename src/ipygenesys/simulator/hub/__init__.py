"""The one writer of the state: what people and administrators do, and the streams that hear of it."""
