"""The overall risk of bias of each study, from what people wrote."""

from __future__ import annotations

from collections.abc import Iterable

from sonospine.model.risk_of_bias import rank, risks_of_bias
from sonospine.model.table_io import Row


def overall_risk(actions: Iterable[Row]) -> dict[str, str]:
    """Return the overall risk of bias by study, or by ``study_id/analysis`` where it is of one result.

    Parameters
    ----------
    actions
        Lines of ``curation/risk_of_bias/`` in the order in which they were written.

    Returns
    -------
    dict
        The judgement that people settled on (``model.risk_of_bias``); while curators disagree, the worst that one of
        them gave. ``no information`` has no place among the others and is left out.
    """
    found: dict[str, str] = {}
    for target, risk in risks_of_bias(actions)[0].items():
        if "overall" not in risk.judgements:
            continue
        judgement = risk.judgements["overall"]
        told = [judgement.value] if judgement.value else list(judgement.said.values())
        ranked = [(place, word) for word in told if (place := rank(word)) is not None]
        if ranked:
            found[target] = max(ranked)[1]
    return found
