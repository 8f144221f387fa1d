"""The HTTP interface for programs, version 1: thin doors to what the pages show, under ``/api/v1/``."""
