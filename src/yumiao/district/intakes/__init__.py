"""Files of bureaus on their way into the store: uploaded, mapped, checked, shown, then committed once."""
