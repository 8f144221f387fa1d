"""Tables of indicators: what people set or reported, never changed; and the ladder, made anew from the store."""

from __future__ import annotations

from decimal import Decimal

from django.db import models

# ── what people set or reported: rows are added, none is changed ──────────────────────────────────────────────


class Target(models.Model):
    """What an indicator of a territory is to reach in a year, as one document set it.

    A later document sets a new revision; the one with the highest number counts. ``value`` is exact, in the
    indicator's unit; ``sense`` says how it is meant: ``exact``, ``at_least``, ``more_than``, ``about``. A withdrawn
    one stays and does not count; ``withdrawn_at`` is NULL for one that stands.
    """

    indicator = models.CharField(max_length=40)
    territory = models.CharField(max_length=12)
    year = models.PositiveSmallIntegerField()
    revision = models.PositiveSmallIntegerField()
    value = models.CharField(max_length=40)
    sense = models.CharField(max_length=12)
    document = models.CharField(max_length=300)
    set_on = models.DateField()
    recorded_at = models.DateTimeField()
    recorded_by = models.CharField(max_length=80, default="console")
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.CharField(max_length=80, blank=True, default="")

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("indicator", "territory", "year", "revision"), name="target_revision_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.indicator} {self.territory} {self.year} r{self.revision}"

    @property
    def number(self) -> Decimal:
        """The exact value."""
        return Decimal(self.value)


class PlanPoint(models.Model):
    """What a target's plan wants by the end of a month, counted from the start of the year."""

    target = models.ForeignKey(Target, on_delete=models.CASCADE, related_name="plan")
    month = models.PositiveSmallIntegerField()
    value = models.CharField(max_length=40)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("target", "month"), name="plan_month_once"),)

    def __str__(self) -> str:
        return f"{self.target_id} {self.month}: {self.value}"


class Actual(models.Model):
    """A value of an indicator at the end of a month as one source told it on a day, counted from the year's start.

    Sources that differ stand side by side; a source's later word stands beside its earlier one. ``zones`` says whether
    the zones run apart are in it (``with``, ``without``, empty: not said). A withdrawn one stays and does not count;
    ``withdrawn_at`` is NULL for one that stands.
    """

    indicator = models.CharField(max_length=40)
    territory = models.CharField(max_length=12)
    year = models.PositiveSmallIntegerField()
    month = models.PositiveSmallIntegerField()
    value = models.CharField(max_length=40)
    source = models.CharField(max_length=300)
    told_on = models.DateField()
    document = models.CharField(max_length=300, blank=True, default="")
    zones = models.CharField(max_length=8, blank=True, default="")
    recorded_at = models.DateTimeField()
    recorded_by = models.CharField(max_length=80, default="console")
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.CharField(max_length=80, blank=True, default="")

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("indicator", "territory", "year", "month", "zones", "source", "told_on", "value"),
                name="actual_once",
            ),
        )

    def __str__(self) -> str:
        return f"{self.indicator} {self.territory} {self.year}-{self.month:02d}: {self.value}"

    @property
    def number(self) -> Decimal:
        """The exact value."""
        return Decimal(self.value)


class ChosenValue(models.Model):
    """Which of several values counts, as somebody said; the latest row of a month and variant holds.

    ``actual`` is NULL where a choice was taken back.
    """

    indicator = models.CharField(max_length=40)
    territory = models.CharField(max_length=12)
    year = models.PositiveSmallIntegerField()
    month = models.PositiveSmallIntegerField()
    zones = models.CharField(max_length=8, blank=True)
    actual = models.ForeignKey(Actual, on_delete=models.PROTECT, null=True, related_name="+")
    why = models.CharField(max_length=300)
    chosen_at = models.DateTimeField()
    chosen_by = models.CharField(max_length=80)

    class Meta:
        indexes = (models.Index(fields=("indicator", "territory", "year"), name="chosen_of_indicator"),)

    def __str__(self) -> str:
        return f"{self.indicator} {self.territory} {self.year}-{self.month:02d} → {self.actual_id}"


# ── the ladder of the last rebuild ────────────────────────────────────────────────────────────────────────────


class LadderBuilt(models.Model):
    """The one row that says for which days the ladder was counted.

    ``waiting_pairs`` is how many pairs of subjects a person had yet to look at. ``basis`` is the hash of what it
    follows from, ``rules`` of the part that no import changes: definitions, days, the engine; empty: it was counted
    before that was kept.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    since = models.DateField()
    as_of = models.DateField()
    within_days = models.PositiveSmallIntegerField()
    waiting_pairs = models.PositiveIntegerField()
    basis = models.CharField(max_length=64, default="")
    rules = models.CharField(max_length=64, default="")

    def __str__(self) -> str:
        return f"{self.since} – {self.as_of}"


class TitleStock(models.Model):
    """Stock and flow of one title inside one division; ``scope`` is its code, empty for everywhere.

    Pairs of ``low`` and ``high`` are bounds: low counts what is known, high also what may be. ``first_day`` is the
    earliest day of which the lists tell, NULL where no list tells. ``gap`` is by how much start and movements miss
    the end.
    """

    scope = models.CharField(max_length=12)
    title = models.CharField(max_length=80)
    start_low = models.PositiveIntegerField()
    start_high = models.PositiveIntegerField()
    end_low = models.PositiveIntegerField()
    end_high = models.PositiveIntegerField()
    net_low = models.IntegerField()
    net_high = models.IntegerField()
    first_low = models.PositiveIntegerField()
    first_high = models.PositiveIntegerField()
    recognised_low = models.PositiveIntegerField()
    recognised_high = models.PositiveIntegerField()
    first_day = models.DateField(null=True)
    gap = models.IntegerField()
    broken = models.PositiveIntegerField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("scope", "title"), name="stock_once"),)

    def __str__(self) -> str:
        return f"{self.scope} {self.title}"


class TitleState(models.Model):
    """One title of one subject inside one division, on the first and the last day.

    ``start`` and ``held`` are NULL where it is not known. ``days_left`` is NULL but where it ends soon.
    """

    subject = models.ForeignKey("registry.Subject", on_delete=models.CASCADE, related_name="title_states")
    scope = models.CharField(max_length=12)
    title = models.CharField(max_length=80)
    start = models.BooleanField(null=True)
    held = models.BooleanField(null=True)
    is_renewed = models.BooleanField()
    days_left = models.PositiveSmallIntegerField(null=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("subject", "scope", "title"), name="state_once"),)
        indexes = (models.Index(fields=("scope", "title", "held"), name="state_of_title"),)

    def __str__(self) -> str:
        return f"{self.subject_id} {self.title}"


class TitleMovement(models.Model):
    """How one subject came into a title's stock or left it, known for certain; see `yumiao.ladder.passages`."""

    subject = models.ForeignKey("registry.Subject", on_delete=models.CASCADE, related_name="title_movements")
    scope = models.CharField(max_length=12)
    title = models.CharField(max_length=80)
    movement = models.CharField(max_length=12)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("subject", "scope", "title", "movement"), name="movement_once"),
        )
        indexes = (models.Index(fields=("scope", "title", "movement"), name="movement_of_title"),)

    def __str__(self) -> str:
        return f"{self.subject_id} {self.title} {self.movement}"


class RungState(models.Model):
    """The highest rung on which a subject certainly held a title, on the first and the last day; 0: on none."""

    subject = models.ForeignKey("registry.Subject", on_delete=models.CASCADE, related_name="rung_states")
    scope = models.CharField(max_length=12)
    start_rung = models.PositiveSmallIntegerField()
    end_rung = models.PositiveSmallIntegerField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("subject", "scope"), name="rung_once"),)
        indexes = (models.Index(fields=("scope", "end_rung", "start_rung"), name="rung_of_scope"),)

    def __str__(self) -> str:
        return f"{self.subject_id} {self.start_rung} → {self.end_rung}"


# ── what the store was told by whom, and what stands twice in registers, as of the last rebuild ───────────────


class SourceHeard(models.Model):
    """A source of facts: for which day its latest batch that counts speaks, and how many batches it has given.

    ``observed_on`` and ``recorded_at`` are NULL for a declared source that never gave any.
    """

    source = models.CharField(primary_key=True, max_length=80)
    observed_on = models.DateField(null=True)
    recorded_at = models.DateTimeField(null=True)
    batches = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"{self.source} {self.observed_on}"


class RegisterDouble(models.Model):
    """A subject that lists a right which others list too, or which was used more often than once.

    ``kind``: ``shared`` or ``used_twice``; ``number`` as the register writes it; ``others`` other subjects concerned.
    """

    subject = models.ForeignKey("registry.Subject", on_delete=models.CASCADE, related_name="register_doubles")
    register = models.CharField(max_length=80)
    kind = models.CharField(max_length=12)
    number = models.CharField(max_length=120)
    others = models.PositiveIntegerField()

    class Meta:
        indexes = (models.Index(fields=("kind", "number"), name="double_by_number"),)

    def __str__(self) -> str:
        return f"{self.subject_id} {self.number}"


class EndingNotice(models.Model):
    """That people were told of one title of one subject that ends on a day, when so many days were left or fewer.

    ``subject`` is an id of the store.
    """

    subject = models.CharField(max_length=40)
    title = models.CharField(max_length=80)
    until = models.DateField()
    days = models.PositiveSmallIntegerField()
    told_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("subject", "title", "until", "days"), name="ending_told_once"),
        )

    def __str__(self) -> str:
        return f"{self.subject} {self.title} {self.until} ({self.days})"
