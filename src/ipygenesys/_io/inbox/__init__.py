"""Many conversations with the platform: one stream, its inbox, and the calls that it makes."""
