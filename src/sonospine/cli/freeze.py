"""``sonospine freeze``: the protocol as it stands, and each amendment with its reason."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sonospine.cli.dates import date_given


def run(
    config: Annotated[Path, typer.Option(metavar="FILE", help="Configuration of the review.")],
    out: Annotated[
        Path,
        typer.Option(
            "-o",
            "--out",
            metavar="FILE",
            help="Table of freezes; a line is added to it. The report reads releases/protocol.tsv.",
        ),
    ] = Path("releases/protocol.tsv"),
    registration: Annotated[
        str,
        typer.Option(
            metavar="TEXT",
            help="Where the protocol is registered; else what the configuration says.",
            show_default=False,
        ),
    ] = "",
    reason: Annotated[
        str, typer.Option(metavar="TEXT", help="Why the protocol is amended.", show_default=False)
    ] = "",
    date: Annotated[
        str | None, typer.Option(metavar="DATE", help="Date of the freeze.", show_default="today")
    ] = None,
) -> None:
    """Store the configuration, the hashes of the vocabulary, the date and the registration as the protocol.

    The report lists every later change as a deviation from it. A second freeze is an amendment: it needs a reason,
    is added below the first, and the deviations stay listed, from then on with its date and its reason.
    """
    from sonospine.cli.inputs import review_of, vocabulary_folder
    from sonospine.cli.outputs import file_to_write
    from sonospine.config.protocol import frozen_row, read_protocol, vocabulary_hashes
    from sonospine.model.table_io import write_table
    from sonospine.model.tables import PROTOCOL
    from sonospine.model.version import VERSION

    file_to_write(out)
    review, _ = review_of(config)
    earlier = read_protocol(out)
    row = frozen_row(
        review,
        vocabulary_hashes(vocabulary_folder(review, config)),
        earlier,
        date=date_given(date),
        version=VERSION,
        registration=" ".join(registration.split()),
        reason=" ".join(reason.split()),
    )
    write_table(out, PROTOCOL, [*earlier, row])
    what = f"amendment {len(earlier)}" if earlier else "the protocol"
    typer.echo(
        f"{what} of {row['date']} written to {out} (configuration {row['config_sha256'][:12]})", err=True
    )
