"""What is said: messages and their content, the events, inputs, effects and failures that the rest speaks in."""
