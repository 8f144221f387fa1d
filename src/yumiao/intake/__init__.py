"""Files on their way in: tables recognised, columns mapped, cells turned into facts with their address.

Every fact made here says which file, sheet, row and column it came from. Nothing here judges.
"""
