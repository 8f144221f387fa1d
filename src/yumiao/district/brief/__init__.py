"""The monthly brief: what the overview says, as a document; every number with its day and its source."""
