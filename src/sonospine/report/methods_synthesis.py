"""The paragraphs of a methods section about effects and pools, from the configuration alone."""

from __future__ import annotations

from sonospine.config.settings import Analysis, Config
from sonospine.figures.setting import unit_of
from sonospine.figures.wording import INTERVALS, MEASURES, in_words
from sonospine.report.numbers import window_bounds

Told = tuple[tuple[str, ...], tuple[tuple[str, str], ...]]
CONTRASTS = {
    "before_after": "follow-up against baseline of one arm (uncontrolled)",
    "between_arms": "arm against arm",
    "one_arm": "one arm alone",
}
CONVERSIONS = {
    "se": "the standard error of a mean",
    "ci": "the confidence interval of a mean",
    "t": "a t statistic",
    "p": "an exact p value",
    "quartiles": "a median with quartiles (unless skewed)",
    "range": "a median with a range (unless skewed)",
    "change_sd": "the SDs of baseline and follow-up with the correlation (of a change)",
}
CHANGES = {
    "prefer_final": "final values before change scores",
    "prefer_change": "change scores before final values",
    "final_only": "final values only",
    "change_only": "change scores only",
}
SHARED = {
    "combine": "several arms with one comparator are combined",
    "split": "a shared comparator is split evenly",
    "model": "several arms with one comparator stay apart in one cluster",
}
CHOICES = {"configured": "as configured", "none": "none", "all": "all that are known"}


def measures(config: Config) -> Told:
    """Say how effects are computed: what an SD may be worked out from, and the measure of each analysis."""
    allowed = [CONVERSIONS[name] for name in config.assumptions.conversions]
    told = (
        f"Where a standard deviation was not printed it was worked out from {_or(allowed)}, and each such step is kept "
        "with the effect."
        if allowed
        else "Only standard deviations that were printed were used.",
        "Ratios were analysed as logarithms and are printed back-transformed. Values of other scales were converted to the "
        "shared scale of the outcome. Of the timepoints of a study inside a window the nearest to its target was used, "
        "the later one where two are equally near.",
        {
            "pick": "Of two studies of one pool under the same registration the larger one was used.",
            "cluster": "Two studies of one pool under the same registration stayed in one cluster.",
        }[config.assumptions.same_people],
    )
    return told, tuple((analysis.title, _analysis(config, analysis)) for analysis in config.analyses)


def _analysis(config: Config, analysis: Analysis) -> str:
    unit = unit_of(config.outcome(analysis.outcome)) if analysis.measure in ("MD", "MC") else ""
    name = MEASURES.get(analysis.measure, analysis.measure)
    parts = [f"{name} ({analysis.measure}{f', {unit}' if unit else ''})", CONTRASTS[analysis.contrast]]
    if analysis.window is not None:
        window = config.window(analysis.window)
        parts.append(f"{window.label} ({window_bounds(window)})")
    parts.append(f"designs: {', '.join(in_words(design) for design in analysis.designs)}")
    if analysis.measure in ("RR", "OR", "RD", "PLO"):
        zero = "left out" if analysis.zero_cells == "exclude" else "mended by adding 0.5 to every cell"
        parts.append(f"studies with a cell of 0 are {zero}")
    else:
        parts.append(CHANGES[analysis.change_values])
        parts.append(
            "raw before adjusted figures"
            if analysis.adjusted == "raw_first"
            else "adjusted before raw figures"
        )
    if analysis.contrast == "between_arms":
        parts.append(SHARED[analysis.shared_control])
    return "; ".join(parts) + "."


def synthesis(config: Config) -> tuple[str, ...]:
    """Say how effects are pooled: estimator, interval of the mean by number of studies, heterogeneity."""
    chosen = config.assumptions
    interval = INTERVALS.get(chosen.ci, chosen.ci)
    level = f"{chosen.level:g} %"
    if chosen.estimator == "CE":
        pooled = "Effects were pooled as estimates of one common effect by inverse variance."
    else:
        pooled = (
            f"Effects were pooled by random effects with inverse-variance weights and the {chosen.estimator} estimator of "
            "the between-study variance tau²."
        )
    by_number = (
        f"Intervals are at {level}. One study is not pooled: its own interval is shown. With two studies the interval by "
        f"{interval} and that by Wald are both shown, and the pool is called not interpretable. From three studies on "
        f"the interval of the mean is by {interval}{_degrees(chosen.ci)}, and a prediction interval is given: the mean ± "
        "t with k − 1 degrees of freedom times √(tau² + se²)."
    )
    heterogeneity = "Heterogeneity is told by tau² with its interval by Q-profile, by I² computed from tau², and by Cochran’s Q."
    return pooled, by_number, heterogeneity


def _degrees(ci: str) -> str:
    return "" if ci == "wald" else " with t of k − 1 degrees of freedom"


def assumptions(config: Config) -> Told:
    """Say what is assumed where papers do not tell."""
    chosen = config.assumptions
    source = f" {chosen.correlation_source}" if chosen.correlation_source else ""
    own = (
        "; where a study prints the SDs of baseline, follow-up and change its own is used"
        if chosen.correlation_from_study
        else ""
    )
    told = f"The correlation of baseline and follow-up was taken to be {chosen.correlation:g}{own}.{source}"
    listed = []
    for one in chosen.by_outcome:
        parts = []
        if one.bayes_prior_scale is not None:
            parts.append(f"scale of the half-normal prior of tau {one.bayes_prior_scale:g}")
        if one.smd_points_sd is not None:
            parts.append(f"SD in points for standardised pools {one.smd_points_sd:g}")
        listed.append((config.outcome(one.outcome).label, f"{'; '.join(parts)} ({one.source})".strip()))
    return (told,), tuple(listed)


def differences(config: Config) -> Told:
    """Name the minimal important differences with their sources, and which analysis is held against which."""
    listed = []
    for outcome in config.outcomes:
        for name in ("within_person", "between_groups"):
            found = getattr(outcome.minimal_important_difference, name)
            if found is not None:
                unit = f" ({unit_of(outcome)})" if unit_of(outcome) else ""
                listed.append(
                    (f"{outcome.label}, {in_words(name)}", f"{found.value:g}{unit}. {found.source}")
                )
    listed += [
        (analysis.title, f"held against the difference {in_words(analysis.minimal_important_difference)}")
        for analysis in config.analyses
        if analysis.minimal_important_difference and config.difference(analysis)
    ]
    if not listed:
        return ("No minimal important difference is named.",), ()
    return (
        "An effect is read against the difference that the configuration names for its analysis:",
    ), tuple(listed)


def sensitivity(config: Config) -> Told:
    """Say what is varied, left out, ordered and split to see how far the pools hold."""
    asked, many = config.robustness, config.robustness.multiverse
    told = (
        "Beside each primary pool stand a common-effect pool, the Wald and plain Hartung-Knapp intervals and a Bayesian "
        "model with a half-normal prior of tau. Each pool was made again without each of its studies, with diagnostics "
        "of influence, and study by study in order of year, risk of bias (where it is judged) and confidence of the reading.",
    )
    listed = [
        ("Correlations tried", ", ".join(f"{value:g}" for value in asked.correlations)),
        ("Multiverse: estimators", ", ".join(many.estimators)),
        ("Multiverse: intervals", ", ".join(INTERVALS[name] for name in many.intervals)),
        ("Multiverse: correlations", ", ".join(f"{value:g}" for value in many.correlations)),
        ("Multiverse: conversions", ", ".join(CHOICES[name] for name in many.conversions)),
        ("Multiverse: timepoint in the window", ", ".join(many.window_rules)),
        (
            "Multiverse: verified rows only",
            ", ".join("yes" if value else "no" for value in many.verified_only),
        ),
    ]
    if many.designs:
        sets = "; ".join(", ".join(in_words(name) for name in one) for one in many.designs)
        listed.append(("Multiverse: designs", sets))
    listed.append(
        (
            "Uncertainty of the reading",
            f"{asked.draws:,} draws of what the unverified rows could be (seed {asked.seed})",
        )
    )
    explored = []
    for analysis in config.analyses:
        found = asked.exploration_of(analysis.id)
        parts = [f"subgroups by {_or(list(found.subgroups), 'and')}"] if found.subgroups else []
        parts += [f"meta-regression on {_or(list(found.moderators), 'and')}"] if found.moderators else []
        if parts:
            explored.append((analysis.title, "; ".join(parts)))
    listed += explored or [("Subgroups and meta-regression", "none is configured")]
    listed.append(
        (
            "Small-study effects",
            "Egger’s and Begg’s tests, trim and fill, PET-PEESE; from ten studies on",
        )
    )
    return told, tuple((name, value) for name, value in listed if value)


def _or(parts: list[str], word: str = "or") -> str:
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} {word} {parts[-1]}"
