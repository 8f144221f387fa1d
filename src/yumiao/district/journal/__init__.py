"""The journal: one line per event, each bound to the one before, so that no past line can be changed unseen."""
