"""The widget's ties to its host: the comm, its views, their languages, observers of traits."""
