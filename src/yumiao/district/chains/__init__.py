"""Industrial chains: dated and sourced lists that officers keep, and who was placed in which link of them."""
