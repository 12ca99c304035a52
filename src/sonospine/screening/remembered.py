"""A vocabulary that remembers what it found: the same sentences are asked at each stage of screening."""

from __future__ import annotations

from dataclasses import dataclass, field, fields

from sonospine.vocabulary import Mention, Vocabulary


@dataclass(frozen=True)
class RememberingVocabulary(Vocabulary):
    """A vocabulary whose answers are kept until ``forget`` is called."""

    answers: dict[tuple[str, str], list[Mention]] = field(default_factory=dict)

    def find(self, kind: str, text: str) -> list[Mention]:
        """Return the mentions of a kind's terms in a text, by start (not to be changed)."""
        known = self.answers.get((kind, text))
        if known is None:
            known = self.answers[kind, text] = super().find(kind, text)
        return known

    def forget(self) -> None:
        """Drop the answers."""
        self.answers.clear()


def remembering(vocabulary: Vocabulary) -> RememberingVocabulary:
    """Return a vocabulary with the same words that remembers its answers."""
    return RememberingVocabulary(**{f.name: getattr(vocabulary, f.name) for f in fields(vocabulary)})
