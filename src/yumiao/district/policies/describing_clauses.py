"""Conditions, parameters and tables in words, and where the text is silent or the author unsure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from yumiao.district.policies.descriptions import Entry, Note, Reading, Silence, Table
from yumiao.district.policies.phrasing import Phrasing
from yumiao.model.text import Text
from yumiao.packs.policies import Parameter
from yumiao.rules.showing import LEVELS, metrics_named


@dataclass(frozen=True)
class DescribingClauses:
    """Puts the clauses of one policy version into words."""

    phrasing: Phrasing

    def conditions(self) -> Iterator[Entry]:
        """Describe each condition."""
        for name, condition in self.phrasing.policy.body.conditions.items():
            citation = self.phrasing.policy.body.citation(condition)
            confidence, is_unsure = self.phrasing.confidence(citation.confidence)
            yield Entry(
                self.phrasing.text(condition.text),
                self.phrasing.chosen(condition.need),
                name,
                condition.cite,
                confidence,
                is_unsure,
                self.phrasing.note(condition.note),
                self.phrasing.switch(condition.need),
            )

    def parameters(self) -> Iterator[Entry]:
        """Describe each parameter that is set."""
        for name, parameter in self.phrasing.policy.body.parameters.items():
            if parameter.is_unknown:
                continue
            value = self.phrasing.chosen(parameter.is_) if parameter.is_ is not None else ""
            yield self._parameter(name, parameter, value)

    def open_parameters(self) -> Iterator[Entry]:
        """Describe each parameter that is not set, or that a lower level may set."""
        for name, parameter in self.phrasing.policy.body.parameters.items():
            if not parameter.is_unknown and not parameter.open_to:
                continue
            who = self.phrasing.say("、", ", ").join(
                self.phrasing.text(LEVELS[level]) for level in parameter.open_to
            )
            state = self.phrasing.say("尚未设定，涉及的结论未定", "not set: what rests on it stays open")
            if not parameter.is_unknown and parameter.is_ is not None:
                state = self.phrasing.chosen(parameter.is_)
            said = self.phrasing.say(f"由{who}设定；{state}", f"set by {who}; {state}") if who else state
            yield self._parameter(name, parameter, said)

    def _parameter(self, name: str, parameter: Parameter, said: str) -> Entry:
        confidence, is_unsure = self.phrasing.confidence(
            self.phrasing.policy.body.citation(parameter).confidence
        )
        table = None
        if parameter.by is not None:
            rows = tuple(
                (self.phrasing.edge(band), self.phrasing.wording.words(band.is_.tree))
                for band in parameter.bands
            )
            table = Table(
                (self.phrasing.wording.words(parameter.by.tree), self.phrasing.say("取值", "Value")), rows
            )
        return Entry(
            self.phrasing.text(Text(parameter.zh, parameter.en)) or name,
            said,
            name,
            parameter.cite,
            confidence,
            is_unsure,
            self.phrasing.note(parameter.note),
            self.phrasing.switch(parameter.is_),
            table,
        )

    def class_table(self) -> Entry | None:
        """Describe a table of lower bounds, row by row."""
        table = self.phrasing.policy.body.class_table
        if table is None:
            return None
        by = self.phrasing.library.metrics.get(table.by)
        labels = dict(by.values) if by is not None else {}
        classes = [self.phrasing.text(table.labels[name].text) for name in table.classes]
        rows = [
            self._class_row(labels.get(row, Text(row, row)), name, levels)
            for row, bounds in table.bounds.items()
            for name, levels in bounds.items()
        ]
        head = (self.phrasing.wording.metric(table.by), self.phrasing.say("指标", "Metric"), *classes[:-1])
        confidence, is_unsure = self.phrasing.confidence(self.phrasing.policy.body.citation(table).confidence)
        return Entry(
            self.phrasing.say(
                f"各项均达到下限的最高一类；都达不到的为{classes[-1]}。",
                f"The highest class all of whose lower bounds are reached, else {classes[-1]}.",
            ),
            cite=table.cite,
            confidence=confidence,
            is_unsure=is_unsure,
            note=self.phrasing.note(table.note),
            table=Table(head, tuple(rows)),
        )

    def _class_row(self, row: Text, name: str, levels: Sequence[object]) -> tuple[str, ...]:
        metric = self.phrasing.library.metrics.get(name)
        unit = self.phrasing.text(metric.unit.label) if metric is not None and metric.unit is not None else ""
        label = self.phrasing.wording.metric(name) + (
            self.phrasing.say(f"（{unit}）", f" ({unit})") if unit else ""
        )
        return (self.phrasing.text(row), label, *(f"≥ {level}" for level in levels))

    def silences(self) -> Iterator[Silence]:
        """Describe each place where the text is silent, with its readings."""
        for name, switch in self.phrasing.policy.body.switches.items():
            confidence, is_unsure = self.phrasing.confidence(
                self.phrasing.policy.body.citation(switch).confidence
            )
            entry = Entry(
                self.phrasing.switch_label(name),
                id=name,
                cite=switch.cite,
                confidence=confidence,
                is_unsure=is_unsure,
                note=self.phrasing.note(switch.why),
            )
            readings = tuple(
                Reading(
                    reading,
                    self.phrasing.note(words) or Note(reading),
                    self.phrasing.settings[name] == reading,
                )
                for reading, words in switch.readings.items()
            )
            yield Silence(entry, readings)

    def doubts(self) -> Iterator[Entry]:
        """Metrics whose definition was not seen in the text itself; clauses say so where they stand."""
        for metric in metrics_named(self.phrasing.library, self.phrasing.policy.body):
            confidence, is_unsure = self.phrasing.confidence(metric.citation.confidence)
            if is_unsure:
                yield Entry(
                    self.phrasing.text(metric.label),
                    self.phrasing.text(metric.definition),
                    metric.id,
                    "",
                    confidence,
                )
