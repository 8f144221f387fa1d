"""What people of a firm typed and did not send yet."""
