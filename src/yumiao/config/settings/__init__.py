"""Settings: `base` for service, `dev` for work on the code, `test` for the tests."""
