"""The rungs of the ladder: titles held, crossed with what the rules say, and their stocks and flows."""
