"""Tables of intakes: uploads on their way, and the lists of what waits for a person."""

from __future__ import annotations

import uuid

from django.db import models


class State(models.TextChoices):
    """Where an intake stands."""

    MAPPING = "mapping"
    CHECKING = "checking"
    CHECKED = "checked"
    COMMITTING = "committing"
    COMMITTED = "committed"
    CANCELLED = "cancelled"


def new_id() -> str:
    """Return an id that cannot be guessed."""
    return uuid.uuid4().hex


class Intake(models.Model):
    """Files uploaded together.

    ``created_by`` is the opaque id of a person, ``source`` the id of who reports, empty until it is said.
    ``observed_on`` is the day that the files speak of; NULL: as their mappings say, else the day of the upload.
    ``check_job`` and ``commit_job`` are the jobs last asked for, empty before. ``counts`` holds whole numbers of the
    last check, NULL before the first. ``batches`` are the ids of its batches in the store, an empty list before.
    """

    id = models.CharField(primary_key=True, max_length=32, default=new_id)
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=80)
    source = models.CharField(max_length=80, default="")
    observed_on = models.DateField(null=True)
    state = models.CharField(max_length=12, choices=State.choices, default=State.MAPPING)
    check_job = models.CharField(max_length=32, default="")
    commit_job = models.CharField(max_length=32, default="")
    counts = models.JSONField(null=True)
    batches = models.JSONField(default=list)
    rows = models.PositiveIntegerField(default=0)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (models.Index(fields=("-created_at", "id"), name="intake_latest"),)

    def __str__(self) -> str:
        return f"{self.id} {self.state}"


class IntakeFile(models.Model):
    """One file of an intake; its bytes lie encrypted in the data folder under the id.

    ``name`` is as it was received, without any folder. ``mapping`` is the text of the mapping file as it stands now,
    empty where none is settled yet; ``answers`` what was answered of its columns, by label; ``is_remembered`` whether
    the mapping was kept from an earlier file of the kind. ``open_questions`` counts what still has to be said.
    ``batch`` is its batch, empty before the commit.
    """

    id = models.CharField(primary_key=True, max_length=32, default=new_id)
    intake = models.ForeignKey(Intake, on_delete=models.CASCADE, related_name="files")
    position = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField()
    mapping = models.TextField(default="")
    answers = models.JSONField(default=dict)
    is_remembered = models.BooleanField(default=False)
    open_questions = models.PositiveSmallIntegerField(default=0)
    batch = models.CharField(max_length=40, default="")

    class Meta:
        ordering = ("position",)
        constraints = (models.UniqueConstraint(fields=("intake", "name"), name="intake_file_once"),)

    def __str__(self) -> str:
        return self.id


class Choice(models.TextChoices):
    """What an officer did about a place of a file.

    ``read``: the cell is read as something else; ``out``: the row is left out; ``keep``: the value is right as it
    stands; ``known``: what the library knows goes on counting, of a code it is read in its place.
    """

    READ = "read"
    OUT = "out"
    KEEP = "keep"
    KNOWN = "known"


class Correction(models.Model):
    """What an officer did about a place of a file; of a row left out ``cell`` is empty.

    ``stood`` is what the file has; ``value`` what is read instead, as it stands where it is kept, empty where what the
    library knows goes on counting. ``why`` is the reason for keeping. The file itself stays as it is.
    """

    file = models.ForeignKey(IntakeFile, on_delete=models.CASCADE, related_name="corrections")
    sheet = models.CharField(max_length=100)
    row = models.PositiveIntegerField()
    cell = models.CharField(max_length=40)
    choice = models.CharField(max_length=8, choices=Choice.choices, default=Choice.READ)
    stood = models.TextField()
    value = models.TextField()
    why = models.CharField(max_length=300, default="")
    by = models.CharField(max_length=80)
    at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("file", "sheet", "row", "cell"), name="correction_once"),
        )

    def __str__(self) -> str:
        return f"{self.sheet} {self.cell or self.row}"


class IntakeProblem(models.Model):
    """What the last check found in one place of a file; ``row`` is 0 where it is about no row.

    ``fact`` is the column of facts that the cell belongs to (``metric@2025``, ``code``), empty where it is none.
    ``known`` is what the library knows of it, as stored, and ``known_source`` who said so; both empty where the
    library does not know it, ``known_source`` also of a code.
    """

    file = models.ForeignKey(IntakeFile, on_delete=models.CASCADE, related_name="problems")
    position = models.PositiveIntegerField()
    code = models.CharField(max_length=80)
    severity = models.CharField(max_length=10)
    sheet = models.CharField(max_length=100)
    cell = models.CharField(max_length=40)
    row = models.PositiveIntegerField()
    subject_name = models.CharField(max_length=300)
    column = models.CharField(max_length=300)
    found = models.TextField()
    expected_zh = models.TextField()
    expected_en = models.TextField()
    text_zh = models.TextField()
    text_en = models.TextField()
    fact = models.CharField(max_length=200, default="")
    known = models.CharField(max_length=300, default="")
    known_source = models.CharField(max_length=80, default="")

    class Meta:
        indexes = (models.Index(fields=("file", "severity", "position"), name="intake_problem_order"),)

    def __str__(self) -> str:
        return f"{self.code} {self.cell}"


class IntakeChange(models.Model):
    """A verdict that the import would change; ``before`` is empty for a subject that is new."""

    intake = models.ForeignKey(Intake, on_delete=models.CASCADE, related_name="changes")
    position = models.PositiveIntegerField()
    subject = models.CharField(max_length=40)
    name = models.CharField(max_length=300)
    policy = models.CharField(max_length=160)
    before = models.CharField(max_length=80)
    after = models.CharField(max_length=80)
    kind = models.CharField(max_length=10)
    conditions = models.JSONField()
    columns = models.JSONField()

    class Meta:
        indexes = (models.Index(fields=("intake", "kind", "position"), name="intake_change_order"),)

    def __str__(self) -> str:
        return f"{self.subject} {self.policy}"


class IntakePair(models.Model):
    """A subject of a file and a known one that it may be; ``decision`` is empty, ``same`` or ``different``.

    ``distance`` is how far the probability is from even odds: the least sure come first. NULL where nobody knows.
    """

    file = models.ForeignKey(IntakeFile, on_delete=models.CASCADE, related_name="pairs")
    key = models.CharField(max_length=300)
    name = models.CharField(max_length=300)
    code = models.CharField(max_length=40)
    other = models.CharField(max_length=40)
    other_name = models.CharField(max_length=300)
    other_code = models.CharField(max_length=40)
    probability = models.FloatField(null=True)
    distance = models.FloatField(null=True)
    evidence_zh = models.TextField()
    evidence_en = models.TextField()
    decision = models.CharField(max_length=10, default="")
    decided_by = models.CharField(max_length=80, default="")

    class Meta:
        constraints = (models.UniqueConstraint(fields=("file", "key", "other"), name="intake_pair_once"),)

    def __str__(self) -> str:
        return f"{self.key} {self.other}"


class BatchListed(models.Model):
    """A batch of the store as the list shows it; made anew from the store."""

    id = models.CharField(primary_key=True, max_length=40)
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=200)
    source = models.CharField(max_length=80)
    files = models.TextField()
    observed_on = models.DateField()
    recorded_at = models.CharField(max_length=40)
    who = models.CharField(max_length=200)
    rows = models.PositiveIntegerField()
    subjects = models.PositiveIntegerField()
    facts = models.PositiveIntegerField()
    is_reverted = models.BooleanField()

    class Meta:
        indexes = (models.Index(fields=("source", "number"), name="batch_by_source"),)

    def __str__(self) -> str:
        return self.id


class OpenPair(models.Model):
    """Two subjects of the store of which nobody has said whether they are one; made anew from the store."""

    subject = models.CharField(max_length=40)
    name = models.CharField(max_length=300)
    code = models.CharField(max_length=40)
    other = models.CharField(max_length=40)
    other_name = models.CharField(max_length=300)
    other_code = models.CharField(max_length=40)
    probability = models.FloatField(null=True)
    distance = models.FloatField(null=True)
    step = models.CharField(max_length=80)
    evidence_zh = models.TextField()
    evidence_en = models.TextField()
    batch = models.CharField(max_length=40)
    file = models.CharField(max_length=300)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("subject", "other"), name="open_pair_once"),)

    def __str__(self) -> str:
        return f"{self.subject} {self.other}"


class ContestedFact(models.Model):
    """A fact on which sources disagree; made anew from the store. ``hanging`` counts the policies that hang on it."""

    subject = models.CharField(max_length=40)
    name = models.CharField(max_length=300)
    code = models.CharField(max_length=40)
    column = models.CharField(max_length=200)
    value = models.CharField(max_length=300)
    source = models.CharField(max_length=80)
    place = models.TextField()
    other = models.CharField(max_length=300)
    other_source = models.CharField(max_length=80)
    other_place = models.TextField()
    policies = models.JSONField()
    hanging = models.PositiveSmallIntegerField()

    class Meta:
        indexes = (models.Index(fields=("-hanging", "name", "id"), name="contested_order"),)

    def __str__(self) -> str:
        return f"{self.subject} {self.column}"


class DecisionListed(models.Model):
    """A decision on who is who, of the store, as the list shows it; one that was taken back stays.

    ``subject`` and ``other`` are the ids that were decided of, ``name`` and ``other_name`` what they were called then,
    empty where nobody said. Of a split ``other`` is the new subject and ``batches`` what went to it. ``together`` is
    the number of the first of several decided at once, NULL of one alone. ``undo`` is the number of the undo that
    takes it back, NULL while it holds; ``undone_at`` and ``undone_by`` go with it.
    """

    number = models.PositiveIntegerField(primary_key=True)
    act = models.CharField(max_length=20)
    subject = models.CharField(max_length=300)
    name = models.CharField(max_length=300)
    other = models.CharField(max_length=300)
    other_name = models.CharField(max_length=300)
    batches = models.JSONField(default=list)
    why = models.TextField()
    who = models.CharField(max_length=200)
    at = models.DateTimeField()
    together = models.PositiveIntegerField(null=True)
    undo = models.PositiveIntegerField(null=True)
    undone_at = models.DateTimeField(null=True)
    undone_by = models.CharField(max_length=200, default="")

    class Meta:
        indexes = (models.Index(fields=("together",), name="decision_together"),)

    def __str__(self) -> str:
        return f"{self.number} {self.act}"


class StoreFollowed(models.Model):
    """The one row that says up to which event of the store the journal tells, and of which root the lists are.

    ``listed_basis`` is the hash of what the list of contested facts follows from beside the store; empty: not known.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    sequence = models.PositiveIntegerField(default=0)
    listed_root = models.CharField(max_length=80, default="")
    listed_basis = models.CharField(max_length=64, default="")

    def __str__(self) -> str:
        return f"{self.sequence} {self.listed_root}"
