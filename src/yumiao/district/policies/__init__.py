"""The policies as people read them: which there are, what one says, how the district stands, what a change would do."""
