"""Studies of a made-up registry in the JSON of ClinicalTrials.gov API v2, with and without results."""

from __future__ import annotations

import datetime
import random
from dataclasses import dataclass, field
from typing import Any

from stand_in import wording


@dataclass
class Trial:
    """What is known of a study beside its seed."""

    nct: str
    seed: int
    hit: bool
    updated: datetime.date
    first_posted: datetime.date
    has_results: bool = False
    version: int = 1
    deleted: bool = False
    withdrawn: bool = False
    real: dict[str, Any] = field(default_factory=dict, repr=False)

    def study(self) -> dict[str, Any]:
        """Return the study as the service gives it."""
        return self.real or _study(self)


def _study(trial: Trial) -> dict[str, Any]:
    rng = random.Random(trial.seed)
    title = wording.title(rng)
    n, when = rng.randrange(20, 200), wording.weeks(rng)
    done = trial.has_results
    status = (
        "WITHDRAWN"
        if trial.withdrawn
        else "COMPLETED"
        if done
        else rng.choice(("RECRUITING", "UNKNOWN", "COMPLETED"))
    )
    first, updated = trial.first_posted.isoformat(), trial.updated.isoformat()
    study: dict[str, Any] = {
        "protocolSection": {
            "identificationModule": {
                "nctId": trial.nct,
                "orgStudyIdInfo": {"id": f"MADE-UP-{trial.seed % 10**6}"},
                "organization": {"fullName": rng.choice(wording.PLACES).title(), "class": "OTHER"},
                "briefTitle": title + (f" (version {trial.version})" if trial.version > 1 else ""),
            },
            "statusModule": {
                "statusVerifiedDate": updated[:7],
                "overallStatus": status,
                "startDateStruct": {"date": first[:7]},
                "studyFirstSubmitDate": first,
                "studyFirstPostDateStruct": {"date": first, "type": "ACTUAL"},
                "lastUpdateSubmitDate": updated,
                "lastUpdatePostDateStruct": {"date": updated, "type": "ACTUAL"},
            },
            "sponsorCollaboratorsModule": {"leadSponsor": {"name": f"{rng.choice(wording.SURNAMES)} Foundation", "class": "OTHER"}},
            "descriptionModule": {"briefSummary": " ".join(text for _, text in wording.abstract(rng)[:2])},
            "conditionsModule": {"conditions": [rng.choice(wording.CONDITIONS)]},
            "designModule": {
                "studyType": "INTERVENTIONAL",
                "phases": ["NA"],
                "designInfo": {"allocation": "RANDOMIZED", "interventionModel": "PARALLEL", "primaryPurpose": "TREATMENT"},
                "enrollmentInfo": {"count": n, "type": "ACTUAL" if done else "ESTIMATED"},
            },
            "armsInterventionsModule": {
                "armGroups": [
                    {"label": "Ultrasound", "type": "EXPERIMENTAL", "description": "Needle under ultrasound"},
                    {"label": "Control", "type": "ACTIVE_COMPARATOR", "description": rng.choice(wording.COMPARATORS)},
                ]
            },
            "outcomesModule": {"primaryOutcomes": [{"measure": "Pain (numeric rating scale)", "timeFrame": f"{when} weeks"}]},
        },
        "derivedSection": {"miscInfoModule": {"versionHolder": "2026-11-19"}},
        "hasResults": done,
    }  # fmt: skip
    if done:
        study["resultsSection"] = _results(rng, n, when)
    return study


def _results(rng: random.Random, n: int, when: int) -> dict[str, Any]:
    groups = [{"id": f"OG00{i}", "title": name} for i, name in enumerate(("Ultrasound", "Control"))]
    halves = (n // 2, n - n // 2)
    measurements = [
        {"groupId": g["id"], "value": f"{rng.uniform(1, 5):.1f}", "spread": f"{rng.uniform(0.5, 2.5):.2f}"}
        for g in groups
    ]
    return {
        "outcomeMeasuresModule": {
            "outcomeMeasures": [
                {
                    "type": "PRIMARY",
                    "title": "Pain (numeric rating scale)",
                    "description": "0 no pain, 10 worst pain",
                    "populationDescription": "NA",
                    "reportingStatus": "POSTED",
                    "paramType": "MEAN",
                    "dispersionType": "Standard Deviation",
                    "unitOfMeasure": "units on a scale",
                    "timeFrame": f"{when} weeks",
                    "groups": groups,
                    "denoms": [{"units": "Participants", "counts": [{"groupId": g["id"], "value": str(h)} for g, h in zip(groups, halves, strict=True)]}],
                    "classes": [{"categories": [{"measurements": measurements}]}],
                }
            ]
        }
    }  # fmt: skip
