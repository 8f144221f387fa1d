"""What can be wrong with a pack beyond its shape: one module for each kind of fault."""
