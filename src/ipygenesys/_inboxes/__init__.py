"""The widget of an inbox: its pages, and the conversation that is open beside its list."""
