"""The domain of the platform: people and permissions, the register of subjects.

Models, services that write and selectors that read; no request and no template. Commands join the command line by an
entry point.
"""
