# Writes the Mantel-Haenszel pools of metafor rma.mh() with its defaults.
#
#   Rscript tests/reference/rare_events.R tests/reference/rare_events.json
#
# R with metafor 3.8 and jsonlite.

suppressPackageStartupMessages({
  library(metafor)
  library(jsonlite)
})

SETS <- list(
  bcg = with(dat.bcg, list(a = tpos, n1 = tpos + tneg, c = cpos, n2 = cpos + cneg)),
  rare = list(a = c(0, 1, 2, 0, 3), n1 = c(20, 31, 40, 15, 60), c = c(1, 0, 5, 2, 6), n2 = c(22, 30, 38, 15, 55)),
  nobody = list(a = c(0, 1, 4), n1 = c(20, 31, 40), c = c(0, 3, 5), n2 = c(22, 30, 38)),
  everybody = list(a = c(20, 25, 34), n1 = c(20, 31, 40), c = c(22, 20, 30), n2 = c(22, 30, 38)),
  one_arm_without = list(a = c(0, 0, 0), n1 = c(20, 31, 40), c = c(2, 3, 5), n2 = c(22, 30, 38)),
  uneven = list(a = c(3, 50), n1 = c(9, 1000), c = c(40, 2), n2 = c(900, 12))
)

figure <- function(x) if (length(x) == 0 || is.na(x)) NULL else as.numeric(x)

worked <- function(name) {
  set <- SETS[[name]]
  fits <- lapply(c(RR = "RR", OR = "OR", RD = "RD"), function(measure) {
    fit <- suppressWarnings(rma.mh(
      ai = set$a, n1i = set$n1, ci = set$c, n2i = set$n2, measure = measure, level = 95
    ))
    lapply(
      list(estimate = fit$beta, se = fit$se, ci_lower = fit$ci.lb, ci_upper = fit$ci.ub, p_value = fit$pval,
           q = fit$QE, q_p = fit$QEp, i2 = fit$I2, h2 = fit$H2), figure)
  })
  c(list(name = name), set, list(fits = fits))
}

out <- commandArgs(trailingOnly = TRUE)[1]
writeLines(toJSON(lapply(names(SETS), worked), digits = NA, auto_unbox = TRUE, null = "null", pretty = TRUE), out)
