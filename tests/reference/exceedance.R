# Writes the probabilities beyond a threshold, and the prediction intervals they follow, by integrate().
#
#   Rscript tests/reference/exceedance.R tests/reference/exceedance.json
#
# metafor 3.8 has no predict(prob=) (4.x has): the density of the interval's distribution is integrated here, that of t
# or of the normal, with centre and se from rma() and predict(). R with metafor 3.8 and jsonlite.

suppressPackageStartupMessages({
  library(metafor)
  library(jsonlite)
})

beyond <- function(centre, se, df, mid, direction) {
  density <- function(x) if (is.null(df)) dnorm(x, centre, se) else dt((x - centre) / se, df) / se
  end <- if (direction == "lower") -mid else mid
  # From the end to the centre in one piece, and half from there: no tail is cut.
  between <- integrate(density, min(end, centre), max(end, centre), rel.tol = 1e-12, abs.tol = 0, subdivisions = 2000)$value
  inside <- if (direction == "lower") end > centre else end < centre
  if (inside) 0.5 + between else 0.5 - between
}

bcg <- escalc("RR", ai = tpos, bi = tneg, ci = cpos, di = cneg, data = dat.bcg)
SETS <- list(
  bcg = list(yi = as.numeric(bcg$yi), vi = as.numeric(bcg$vi)),
  pain = list(yi = c(-2.85, -5.97, -5.2, -3.7, -5.5), vi = c(0.00875, 0.079, 0.084, 0.014, 0.108)),
  three = list(yi = c(0.50, 0.51, 0.49), vi = c(0.04, 0.05, 0.06))
)

rows <- list()
for (name in names(SETS)) {
  yi <- signif(SETS[[name]]$yi, 15)
  vi <- signif(SETS[[name]]$vi, 15)
  control <- list(threshold = 1e-12 * min(1, max(vi)), maxiter = 10000, stepadj = 0.5)
  for (test in c("adhoc", "z")) {
    fit <- suppressWarnings(rma(yi, vi, method = "REML", test = test, control = control))
    mean <- as.numeric(fit$beta)
    df <- if (test == "z") NULL else length(yi) - 1
    for (direction in c("lower", "higher")) {
      for (mid in c(0.2, 0.55, 1, 4)) {
        rows[[length(rows) + 1]] <- list(
          set = name, yi = yi, vi = vi, test = test, direction = direction, mid = mid,
          p_mean = beyond(mean, fit$se, df, mid, direction),
          p_new = beyond(mean, sqrt(fit$tau2 + fit$se^2), length(yi) - 1, mid, direction)
        )
      }
    }
  }
}

output <- commandArgs(trailingOnly = TRUE)
if (length(output) != 1) stop("usage: Rscript exceedance.R OUTPUT.json")
writeLines(toJSON(rows, auto_unbox = TRUE, digits = NA, pretty = TRUE), output)
