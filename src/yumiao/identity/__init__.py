"""Who is who: organisation codes, Chinese company names taken apart, records linked to the subject they mean.

A code or a name is a dated identifier of a subject, never the subject itself.
"""
