"""Pages of administrators: people, tokens, divisions, the working calendar, retention."""
