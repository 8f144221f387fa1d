"""What else a demo district is given once everybody is judged and can sign in.

A part of the platform that wants its pages to show something adds a function to `SEEDS`, below its own comment line.
It is called once, with the district as it is, inside one transaction; it uses the part's own services, so that what
it adds is journaled, and takes its chances from the seed, so that the same district comes again.
"""

from __future__ import annotations

from collections.abc import Callable

from yumiao.district.demo.chains import seed_chains
from yumiao.district.demo.firms import seed_firms
from yumiao.district.demo.records import seed_records
from yumiao.district.demo.seed_context import SeedContext

Seed = Callable[[SeedContext], None]

SEEDS: list[Seed] = [
    # firms themselves: codes, a campaign, proposals
    seed_firms,
    # what officers write down: notes, files, contacts, filters, an intake
    seed_records,
    # industrial chains: the published list, two that are made up, firms placed in them
    seed_chains,
]
"""In the order in which they are called; one line per part."""
