"""Pictures of conversations: timelines and response times, as widgets and as files."""
