"""Tables of the register; all of them but the last are made anew from the store."""

from __future__ import annotations

from django.db import models


class Projection(models.Model):
    """The one row that says what the register was made from.

    ``chains`` is no column: how often chains and placements were changed up to now, read along with the row.
    """

    chains: int | None = None

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    store_root = models.CharField(max_length=80)
    as_of = models.DateField()
    built_at = models.DateTimeField()
    folder = models.CharField(max_length=80)
    subjects = models.PositiveIntegerField()
    outcomes = models.PositiveIntegerField()
    receipt = models.JSONField()

    def __str__(self) -> str:
        return f"{self.store_root} {self.as_of}"


class Subject(models.Model):
    """One subject; the id is the store's.

    ``name`` and ``code`` are the latest recorded, empty where none was given; ``territory`` is the division code with
    trailing zeros cut, empty where nobody said. ``known_as`` holds every name and number ever recorded, normalised,
    one a line; ``pinyin`` and ``initials`` the names' readings, one a line; ``sort_key`` the latest name's reading;
    ``identifiers`` every identifier ever recorded as JSON: a list of kind and value, as written. ``met``, ``not_met``
    and ``undetermined`` count the policies of each outcome.
    """

    id = models.CharField(primary_key=True, max_length=40)
    name = models.CharField(max_length=300)
    code = models.CharField(max_length=40, db_index=True)
    territory = models.CharField(max_length=12, db_index=True)
    known_as = models.TextField()
    pinyin = models.TextField()
    initials = models.TextField()
    sort_key = models.CharField(max_length=120)
    identifiers = models.TextField()
    met = models.PositiveSmallIntegerField(default=0)
    not_met = models.PositiveSmallIntegerField(default=0)
    undetermined = models.PositiveSmallIntegerField(default=0)

    class Meta:
        indexes = (models.Index(fields=("sort_key", "id", "territory"), name="subject_in_order"),)

    def __str__(self) -> str:
        return self.name or self.code or self.id


class SubjectAlias(models.Model):
    """An id that was merged into another one and is read as it for ever."""

    id = models.CharField(primary_key=True, max_length=40)
    subject = models.ForeignKey(Subject, on_delete=models.CASCADE, related_name="aliases")

    def __str__(self) -> str:
        return f"{self.id} → {self.subject_id}"


class SearchKey(models.Model):
    """One key under which a subject is found; see `keys` for how a key is a number.

    The database does not check the subject: without an index it would read every key for each subject that goes.
    """

    pk = models.CompositePrimaryKey("key", "subject_id")
    key = models.BigIntegerField()
    subject = models.ForeignKey(
        Subject, on_delete=models.CASCADE, related_name="keys", db_index=False, db_constraint=False
    )

    def __str__(self) -> str:
        return f"{self.key} → {self.subject_id}"


class OutcomeCurrent(models.Model):
    """What one policy version says of one subject on the projection's date.

    ``distance`` is NULL unless a near miss; ``gap_zh`` and ``gap_en`` name the first thing in the way: what is
    short, or which fact is missing; empty where the policy is met. ``needed`` counts the facts that the policy
    reads, ``known`` those of them with a value, received or derived; an interval is none. ``reasons`` says why an
    outcome is open: tokens with spaces between them.

    The rows of one subject are written one after another, as they are read and replaced together.
    """

    subject = models.ForeignKey(Subject, on_delete=models.CASCADE, related_name="outcomes", db_index=False)
    family = models.CharField(max_length=80)
    version = models.CharField(max_length=80)
    outcome = models.CharField(max_length=12)
    class_id = models.CharField(max_length=80)
    route = models.CharField(max_length=80)
    failing = models.PositiveSmallIntegerField()
    open = models.PositiveSmallIntegerField()
    near_miss = models.BooleanField()
    distance = models.FloatField(null=True)
    contested = models.BooleanField()
    gap_zh = models.TextField()
    gap_en = models.TextField()
    known = models.PositiveSmallIntegerField(default=0)
    needed = models.PositiveSmallIntegerField(default=0)
    reasons = models.CharField(max_length=80, default="")

    class Meta:
        constraints = (models.UniqueConstraint(fields=("subject", "family"), name="outcome_once"),)
        indexes = (
            models.Index(
                fields=("subject",), condition=models.Q(near_miss=True), name="outcome_near_subject"
            ),
            models.Index(
                fields=("subject",), condition=models.Q(contested=True), name="outcome_contested_subject"
            ),
            models.Index(
                fields=("distance", "subject"), condition=models.Q(near_miss=True), name="outcome_nearest"
            ),
            models.Index(
                fields=("family", "outcome", "subject", "known", "needed"), name="outcome_of_policy"
            ),
            models.Index(
                fields=("family", "subject"), condition=models.Q(near_miss=True), name="outcome_near_miss"
            ),
            models.Index(
                fields=("family", "subject"), condition=models.Q(contested=True), name="outcome_contested"
            ),
        )

    def __str__(self) -> str:
        return f"{self.subject_id} {self.family} {self.outcome}"


class TitleHeld(models.Model):
    """What is known of one title of one subject on the projection's date, wherever the subject stands.

    ``held`` is NULL where it is not known; a subject and title of which nothing tells has no row. ``since`` is the
    first day of the term, NULL where not known. The last day lies between ``until_low`` and ``until_high``, NULL
    where nothing bounds it; ``end_known`` is false where the title is held until a list says otherwise.
    """

    subject = models.ForeignKey(Subject, on_delete=models.CASCADE, related_name="titles", db_index=False)
    title = models.CharField(max_length=80)
    held = models.BooleanField(null=True)
    since = models.DateField(null=True)
    until_low = models.DateField(null=True)
    until_high = models.DateField(null=True)
    end_known = models.BooleanField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("subject", "title"), name="title_held_once"),)
        indexes = (models.Index(fields=("title", "held", "subject"), name="title_held_by"),)

    def __str__(self) -> str:
        return f"{self.subject_id} {self.title}"


class OutcomeChange(models.Model):
    """An outcome of one policy for one subject that a new register gave otherwise than the one before; never changed.

    ``subject`` is an id of the store. ``as_of_*`` are the application dates, ``known_*`` the moments of the last thing
    that the store knew, empty for a store without any; ``is_reworded`` whether the rules of one and the same version
    were corrected in between.
    """

    subject = models.CharField(max_length=40)
    family = models.CharField(max_length=80)
    version_before = models.CharField(max_length=80)
    version_after = models.CharField(max_length=80)
    outcome_before = models.CharField(max_length=12)
    outcome_after = models.CharField(max_length=12)
    as_of_before = models.DateField()
    as_of_after = models.DateField()
    known_before = models.CharField(max_length=40)
    known_after = models.CharField(max_length=40)
    is_reworded = models.BooleanField()
    at = models.DateTimeField()

    class Meta:
        indexes = (models.Index(fields=("subject", "-at"), name="outcome_changes_of"),)

    def __str__(self) -> str:
        return f"{self.subject} {self.family} {self.outcome_before} → {self.outcome_after}"
