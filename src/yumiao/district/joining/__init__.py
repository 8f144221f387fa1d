"""How a firm's people get in: codes for a subject, given out by the office or by the firm itself; never by a claim.

What a person types never says for whom they speak: only a code that somebody entitled gave out does, or an identity
that a trusted sign-in service vouches for.
"""
