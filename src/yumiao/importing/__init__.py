"""Files into the store: linked to subjects, compared with what is known, shown before it counts, then committed."""
