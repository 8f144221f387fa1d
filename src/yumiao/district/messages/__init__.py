"""Messages to people: one outbox, shown in the platform always, sent elsewhere where settings and people say so."""
