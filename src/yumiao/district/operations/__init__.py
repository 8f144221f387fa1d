"""Running the platform: which processes live, what a new version changes, what monitoring reads."""
