"""The words that every section of a described policy shares: texts, readings taken, edges, how sure the author was."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from yumiao.district.policies.descriptions import Note
from yumiao.model.outcomes import Confidence
from yumiao.model.text import Text
from yumiao.packs.fields import Choice, Expression, Points
from yumiao.packs.library import Library, Policy
from yumiao.packs.policies import Band, ParameterBand
from yumiao.rules.showing import EDGES, UNSURE
from yumiao.rules.showing_words import SIGNS, Wording


@dataclass(frozen=True)
class Phrasing:
    """One policy version in the words of one language, under one reading of its switches.

    Attributes:
        settings: the reading of every switch.
    """

    library: Library
    policy: Policy
    wording: Wording
    settings: Mapping[str, str]

    def say(self, zh: str, en: str) -> str:
        """Return what is said in Chinese or in English, as the page is."""
        return self.wording.say(zh, en)

    def text(self, text: Text) -> str:
        """Return a text in the language of the page."""
        return self.wording.text(text)

    def note(self, note: object) -> Note | None:
        """Return a remark; one that was written in one language only is shown in it, and says so."""
        if note is None or note == "":
            return None
        words = getattr(note, "text", None)
        text = words if isinstance(words, Text) else Text(str(note), "")
        return Note(self.text(text), self.wording.language == "en" and not text.en)

    def confidence(self, confidence: Confidence | None) -> tuple[Text | None, bool]:
        """Return how sure the author of the pack was, in words, and whether it is little."""
        return (confidence.label, confidence in UNSURE) if confidence is not None else (None, False)

    def chosen(self, choice: Choice) -> str:
        """Return the reading taken of a choice, in words."""
        value: Expression | Points = choice.under(self.settings)
        return str(value) if isinstance(value, Points) else self.wording.words(value.tree)

    def switch(self, *choices: Choice | None) -> str:
        """Return the labels of the switches on which some choices rest."""
        names = dict.fromkeys(each.switch for each in choices if each is not None and each.switch is not None)
        labels = [self.switch_label(name) for name in names]
        return self.say("、", ", ").join(labels)

    def switch_label(self, name: str) -> str:
        """Return the question that a switch answers."""
        switch = self.policy.body.switches[name]
        return self.text(Text(switch.zh, switch.en))

    def edge(self, band: Band | ParameterBand) -> str:
        """Return the edge of a band in words."""
        if band.edge is None:
            return self.say("其他", "otherwise")
        expression: Expression = getattr(band, band.edge)
        return f"{SIGNS[EDGES[band.edge]]} {self.wording.words(expression.tree)}"
