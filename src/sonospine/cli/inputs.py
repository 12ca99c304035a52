"""What the commands take: the configuration with its vocabulary."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sonospine.config.settings import Config
    from sonospine.vocabulary import Vocabulary

CONFIG = Path("config/config.yaml")
CONFIG_HELP = "Configuration that names the vocabulary."
CONFIG_DEFAULT = f"{CONFIG} if it is there"


def review_of(config: Path) -> tuple[Config, Vocabulary]:
    """Load a configuration and the vocabulary that it names, and check that its ids are in the vocabulary.

    A relative folder is looked for in the working folder, then in the folder above that of the configuration.

    Raises
    ------
    InputError
        The configuration or the vocabulary is wrong or missing, or an id of the one is not in the other.
    """
    from sonospine.config.loading import check_ids, load_config
    from sonospine.vocabulary import load_vocabulary

    review = load_config(config)
    vocabulary = load_vocabulary(vocabulary_folder(review, config))
    check_ids(review, vocabulary.ids(), config)
    return review, vocabulary


def vocabulary_folder(review: Config, config: Path) -> Path:
    """Return the folder of the vocabulary that the configuration at ``config`` names (``review_of`` says where)."""
    folder = Path(review.vocabulary)
    beside = config.resolve().parent.parent / folder
    return folder if folder.is_absolute() or folder.exists() else beside


def vocabulary_of(config: Path | None) -> Vocabulary:
    """Load the vocabulary that a configuration names; without one, that of the project in this folder.

    Where there is no configuration and none was asked for, the vocabulary is empty: results are read under
    their labels, and no instrument is named.

    Raises
    ------
    InputError
        The configuration or the vocabulary is wrong, or the one asked for is missing.
    """
    from sonospine.vocabulary import Vocabulary

    if config is None and not CONFIG.exists():
        return Vocabulary({}, {}, {}, {}, {}, {}, {})
    return review_of(config or CONFIG)[1]
