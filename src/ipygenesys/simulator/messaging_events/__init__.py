"""The tutorial's wire: its event stream and its REST calls."""
