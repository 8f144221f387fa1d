"""The pages: each parses a request, asks permission, calls one selector or service, and renders."""
