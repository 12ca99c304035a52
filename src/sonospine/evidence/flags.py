"""Warnings of the tables in words that a reader of the report can judge by."""

from __future__ import annotations

_WORDS = {
    "ambiguous_place": "several numbers stand here for what is read as one result",
    "arm_as_reported": "the arm is named as printed, its definition was not found",
    "arm_by_order": "the arm is told by the order of two groups in one header",
    "arm_from_caption": "the arm is taken from the caption",
    "arm_from_sentence_before": "the arm is that of the sentence before",
    "arm_unclear": "it is not clear which arm this belongs to",
    "arm_unknown": "the arm is not known",
    "arms_combined": "several arms combined",
    "bounds_descending": "the interval is printed from high to low",
    "bounds_swapped": "the interval is printed from high to low",
    "centre_assumed": "not said to be a mean in its own row; taken for one",
    "change_computed": "the change is worked out from the values at baseline and follow-up",
    "change_from_sign": "taken for a change, because the score cannot be negative",
    "change_sd": "the SD of the change is worked out with the correlation of baseline and follow-up",
    "ci_level_assumed_95": "the level of the interval is not printed; 95 % is taken",
    "ci_not_symmetric": "the interval is not symmetric about its estimate",
    "conflict": "places of the source disagree, and nobody has decided yet",
    "control_split": "the comparator is split between several arms",
    "correlation_from_other_arm": "the correlation is that of another arm of the study",
    "correlation_from_study": "the correlation is worked out from the SDs that the study prints",
    "correlation_impossible": "no correlation gives the SDs of baseline, follow-up and change as printed",
    "count_assumed": "a whole number, taken for a count",
    "count_by_arithmetic": "taken for a count, because count and percentage fit each other",
    "dependent_effects": "people of it are in another effect of the pool too",
    "direction_as_listed": "compared in the order in which the arms are listed",
    "direction_assumed": "which arm was subtracted from which is inferred from the order",
    "direction_checked": "the direction fits the arms' own figures",
    "direction_unclear": "it is not clear which arm was subtracted from which",
    "events_from_percent": "the count is computed from a percentage",
    "half_added": "0.5 is added to every cell",
    "interval_kind_unknown": "it is not said what kind of interval this is",
    "mean_assumed": "not said to be a mean; taken for one",
    "mean_impossible_for_n": "no whole-number scores of this many people have this mean",
    "mean_sd_from_five": "mean and SD are worked out from median, quartiles and ends",
    "mean_sd_from_quartiles": "mean and SD are worked out from median and quartiles",
    "mean_sd_from_range": "mean and SD are worked out from median and ends",
    "n_above_randomised": "n is larger than the number randomised",
    "n_differs_from_baseline": "n differs between baseline and follow-up; the smaller is used",
    "n_from_another_place": "n stands with the same result at another place",
    "n_from_arm": "n is that of the arm",
    "n_from_study": "n is that of the whole study",
    "n_of_everybody": "everybody was in every group: n is the number of all who took part",
    "nearer_time_not_usable": "a time nearer to the target could not be used",
    "of_every_arm": "nobody had it, so nobody of this arm had",
    "other_times": "the same people at several times",
    "other_value": "computed with the other value of a conflict",
    "percent_disagrees": "count and percentage do not fit each other",
    "percent_impossible_for_n": "no whole number of these people is this percentage",
    "plus_minus_lost": "the ± was lost in the source",
    "pooled_sd_from_ci": "the SD is worked out from the interval of the difference",
    "pooled_sd_from_p": "the SD is worked out from the p of the difference",
    "pooled_sd_from_se": "the SD is worked out from the SE of the difference",
    "pooled_sd_from_t": "the SD is worked out from the t of the difference",
    "possibly_same_people": "another study of the pool has nearly the same n, arms and values: they may be the same people",
    "scale_not_known": "the ends of the scale are not known",
    "score_or_count": "it may be a score or a count",
    "sd_from_p": "the SD is worked out from p",
    "sd_from_t": "the SD is worked out from t",
    "sd_may_be_se": "the SD may be a standard error",
    "several_in_cell": "several values stand in one cell",
    "several_instruments": "the same people on several instruments",
    "several_times": "several times stand beside the value",
    "several_units": "several levels, joints or parts of one person",
    "shared_control": "several arms are compared with the same one",
    "shared_registration": "another study of the pool has the same registration",
    "sign_ambiguous": "the sign of the number is not clear",
    "spread_assumed_ci": "not said what the interval is; taken for a confidence interval",
    "spread_assumed_sd": "not said what stands beside the mean; taken for an SD",
    "spread_from_article": "what the interval is is told elsewhere in the article",
    "spread_from_methods": "what stands beside the mean is told in the methods",
    "subgroup_arm": "a subgroup of the people",
    "time_from_article": "the time is taken from elsewhere in the article",
    "time_from_caption": "the time is taken from the caption",
    "time_from_methods": "the time is taken from the methods",
    "time_from_table": "the time is inferred from the other times of the table",
    "time_unknown": "the time is not known",
    "time_without_value": "a time that is named without a number",
    "total_by_percent": "the total is proven by the percentages beside the counts",
    "total_from_arm": "the total is that of the arm",
    "total_not_n": "the percentage is not that of the number of participants, and nothing printed proves another total",
    "variance_from_p": "the variance is worked out from p",
    "variance_from_t": "the variance is worked out from t",
    "vouched:spread": "a person has decided about the spread",
    "weeks_from_course": "the weeks are counted from the course of treatment",
    "zero_cell": "nobody or everybody had the event in an arm",
}
_IMPOSSIBLE = {
    "count_above_total": "the count is larger than its total",
    "interval_without_estimate": "the interval does not contain its estimate",
    "sd_above_maximum": "the SD is larger than the scale allows",
    "sd_below_minimum": "the SD is smaller than whole-number scores allow",
    "value_out_of_scale": "the value lies outside the scale",
}
_PREFIXES = {"corrected:": "corrected by a person: ", "disputed:": "people disagree about: "}


def flags_in_words(flags: str) -> str:
    """Return a ``;``-separated list of flags as phrases; a flag without a phrase loses its underscores."""
    return "; ".join(_in_words(flag) for flag in flags.split(";") if flag)


def _in_words(flag: str) -> str:
    kind, _, name = flag.partition(":")
    if kind == "ruled_out":
        return f"impossible: {_IMPOSSIBLE.get(name, name.replace('_', ' '))}"
    for prefix, words in _PREFIXES.items():
        if flag.startswith(prefix):
            return words + flag.removeprefix(prefix).replace("_", " ")
    if flag.startswith("scale_max_"):
        return f"printed out of {flag.removeprefix('scale_max_')}"
    return _WORDS.get(flag, flag.replace("_", " "))
