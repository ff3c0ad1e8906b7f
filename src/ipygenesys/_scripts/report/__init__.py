"""What came of the scenarios, and the files and tables that say so."""
