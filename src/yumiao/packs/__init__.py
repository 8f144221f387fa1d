"""Rule packs: folders of YAML read into checked values.

A pack that does not load reports every problem of a file in one run, each with file, line, key path,
what was found, what was expected and the nearest known name.
"""
