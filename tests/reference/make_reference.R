# Writes every file of reference figures of this folder, each by its own part.
#
#   Rscript tests/reference/make_reference.R FOLDER [PART ...]
#
# PART is the name of a part without .R; without one all are run. R with metafor 3.8, psych 2.2 and jsonlite (Debian:
# r-cran-metafor r-cran-metadat r-cran-psych r-cran-jsonlite). Every part sets its own seeds, so the figures are the same in
# every run.
# published.json is not made here: its figures are printed ones.

PARTS <- c(
  random_effects = "metafor.json", effect_sizes = "effect_sizes.json", rare_events = "rare_events.json",
  bayes = "bayes.json", exceedance = "exceedance.json", influence = "influence.json",
  small_study = "small_study.json", regression = "regression.json", agreement = "agreement.json"
)

given <- commandArgs(trailingOnly = TRUE)
if (length(given) < 1) stop("usage: Rscript make_reference.R FOLDER [PART ...]")
chosen <- if (length(given) > 1) given[-1] else names(PARTS)
unknown <- setdiff(chosen, names(PARTS))
if (length(unknown)) stop("no such part: ", toString(unknown), "; parts: ", toString(names(PARTS)))

own <- sub("^--file=", "", grep("^--file=", commandArgs(), value = TRUE))
program <- file.path(R.home("bin"), "Rscript")
for (part in chosen) {
  status <- system2(program, shQuote(c(
    file.path(dirname(own), paste0(part, ".R")), file.path(given[1], PARTS[[part]])
  )))
  if (status != 0) stop("the part ", part, " failed")
  message(PARTS[[part]])
}
