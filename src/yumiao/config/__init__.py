"""The platform put together: settings, addresses, the application that a server runs."""
