"""What can be wrong with a pack beyond its shape: each module looks at one kind of fault and yields problems."""
