"""Work that takes longer than a page may: asked for here, done by the worker, found again by its address."""
