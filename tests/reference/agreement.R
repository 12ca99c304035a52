# Writes Cohen's kappa with its large-sample interval, and ICC(2,1) with that of McGraw & Wong, by psych.
#
#   Rscript tests/reference/agreement.R tests/reference/agreement.json
#
# cohen.kappa() has the standard error of Fleiss, Cohen & Everitt 1969; ICC(lmer = FALSE) works with mean squares of aov().
# The counts of kappa$diagnosis are those of Fleiss, Levin & Paik 2003 table 18.1 (psychotic, neurotic, organic), the
# ratings of icc$shrout_fleiss those of Shrout & Fleiss 1979 table 2. R with psych 2.2 and jsonlite (Debian: r-cran-psych).

suppressPackageStartupMessages({
  library(psych)
  library(jsonlite)
})

TABLES <- list(
  diagnosis = matrix(c(75, 1, 4, 5, 4, 1, 0, 0, 10), ncol = 3, byrow = TRUE),
  two = matrix(c(20, 5, 10, 15), ncol = 2, byrow = TRUE),
  worse_than_chance = matrix(c(2, 9, 11, 3), ncol = 2, byrow = TRUE),
  empty_cells = matrix(c(12, 0, 0, 1, 0, 7, 0, 0, 2, 0, 3, 0, 0, 0, 1, 4), ncol = 4, byrow = TRUE)
)
kappas <- lapply(TABLES, function(counts) {
  fit <- cohen.kappa(counts, alpha = .05, n.obs = sum(counts))
  list(
    counts = counts, kappa = fit$kappa, se = sqrt(fit$var.kappa),
    lower = fit$kappa - qnorm(.975) * sqrt(fit$var.kappa), upper = fit$kappa + qnorm(.975) * sqrt(fit$var.kappa)
  )
})

set.seed(20261)
people <- rnorm(30, 50, 12)
RATINGS <- list(
  shrout_fleiss = matrix(c(9, 2, 5, 8, 6, 1, 3, 2, 8, 4, 6, 8, 7, 1, 2, 6, 10, 5, 6, 9, 6, 2, 4, 7), ncol = 4, byrow = TRUE),
  two_curators = round(cbind(people, people + rnorm(30, 0, 2)), 2),
  shifted = round(cbind(people, people + 5 + rnorm(30, 0, 1)), 2),
  unrelated = round(cbind(rnorm(12, 3, 1), rnorm(12, 3, 1)), 3),
  few = matrix(c(5.27, 5.27, 2.42, 2.42, 2.31, 2.13), ncol = 2, byrow = TRUE)
)
iccs <- lapply(RATINGS, function(ratings) {
  colnames(ratings) <- NULL
  found <- ICC(ratings, lmer = FALSE)$results["Single_random_raters", ]
  list(ratings = ratings, icc = found[["ICC"]], lower = found[["lower bound"]], upper = found[["upper bound"]])
})

output <- commandArgs(trailingOnly = TRUE)
if (length(output) != 1) stop("usage: Rscript agreement.R OUTPUT.json")
writeLines(toJSON(list(kappa = kappas, icc = iccs), auto_unbox = TRUE, digits = NA, pretty = TRUE), output)
