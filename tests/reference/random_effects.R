# Writes the figures of metafor that tests/synthesis and tests/effects compare ours with.
#
#   Rscript tests/reference/random_effects.R tests/reference/metafor.json
#
# R with metafor 3.8 and jsonlite (Debian: r-cran-metafor r-cran-metadat r-cran-jsonlite). jsonlite writes 15 digits at
# most, so effects are cut to 15 digits before they are pooled: both programs start from the same doubles.
#
# Why the control list: with metafor's defaults tau^2 is off by up to 2.6 % and Fisher scoring fails in about 1 % of
# random sets. A smaller step and a smaller threshold mend both.

suppressPackageStartupMessages({
  library(metafor)
  library(jsonlite)
})

ESTIMATORS <- c("REML", "ML", "DL", "HE", "PM")
TESTS <- c("adhoc", "knha", "z")

# The threshold is absolute: it shrinks with the scale of small effects.
control_for <- function(yi, vi) {
  list(
    threshold = 1e-12 * min(1, max(vi)), maxiter = 10000, stepadj = 0.5, tol = 1e-14,
    tau2.max = 1000 * (diff(range(yi))^2 + max(vi))
  )
}

# ---- the mean, its interval and the prediction interval --------------------------------------------------------

# t(k - 1) with the se of the printed interval. predict() of this metafor does the same after "adhoc" and "knha" and
# takes the normal quantile after "z", so the interval is worked out here; the first two are held against predict().
prediction <- function(fit, k) {
  if (k < 3) return(list(pi_lower = NULL, pi_upper = NULL))
  half <- qt(0.975, k - 1) * sqrt(fit$tau2 + fit$se^2)
  mean <- as.numeric(fit$beta)
  if (fit$test != "z") {
    own <- predict(fit)
    stopifnot(isTRUE(all.equal(c(own$pi.lb, own$pi.ub), c(mean - half, mean + half), tolerance = 1e-12)))
  }
  list(pi_lower = mean - half, pi_upper = mean + half)
}

mean_of <- function(yi, vi, estimator, test) {
  # "adhoc" raises the factor to 1 and says so in a warning; nothing else is expected.
  fit <- suppressWarnings(rma(yi, vi, method = estimator, test = test, control = control_for(yi, vi)))
  c(
    list(
      estimate = as.numeric(fit$beta), se = fit$se, ci_lower = fit$ci.lb, ci_upper = fit$ci.ub,
      p_value = fit$pval
    ),
    prediction(fit, length(yi))
  )
}

heterogeneity_of <- function(yi, vi, estimator) {
  fit <- rma(yi, vi, method = estimator, test = "z", control = control_for(yi, vi))
  control <- list(tol = 1e-14, maxiter = 10000, tau2.max = control_for(yi, vi)$tau2.max)
  profile <- confint(fit, control = control)$random
  lower <- function(row) profile[row, "ci.lb"]
  upper <- function(row) profile[row, "ci.ub"]
  list(
    tau2 = fit$tau2, tau2_lower = lower("tau^2"), tau2_upper = upper("tau^2"),
    i2 = fit$I2, i2_lower = lower("I^2(%)"), i2_upper = upper("I^2(%)"),
    h2 = fit$H2, h2_lower = lower("H^2"), h2_upper = upper("H^2"),
    q = fit$QE, q_p = fit$QEp
  )
}

case <- function(name, yi, vi) {
  yi <- signif(as.numeric(yi), 15)
  vi <- signif(as.numeric(vi), 15)
  fits <- list()
  for (estimator in ESTIMATORS) {
    means <- lapply(setNames(TESTS, TESTS), function(test) mean_of(yi, vi, estimator, test))
    fits[[estimator]] <- c(heterogeneity_of(yi, vi, estimator), list(means = means))
  }
  list(name = name, k = length(yi), yi = yi, vi = vi, fits = fits)
}

# ---- effects that were published, or written down here ---------------------------------------------------------

case_of <- function(name, effects) case(name, effects$yi, effects$vi)

clasp <- data.frame(
  ai = c(5, 5, 12, 69, 9, 313), n1i = c(156, 303, 565, 1570, 103, 4659),
  ci = c(8, 17, 9, 94, 11, 352), n2i = c(74, 303, 477, 1565, 105, 4650)
)

published <- list(
  case_of("bcg_log_rr", escalc("RR", ai = tpos, bi = tneg, ci = cpos, di = cneg, data = dat.bcg)),
  case_of("bcg_log_or", escalc("OR", ai = tpos, bi = tneg, ci = cpos, di = cneg, data = dat.bcg)),
  case_of("normand1999_md", escalc("MD",
    m1i = m1i, sd1i = sd1i, n1i = n1i, m2i = m2i, sd2i = sd2i, n2i = n2i, data = dat.normand1999
  )),
  case_of("normand1999_smd", escalc("SMD",
    m1i = m1i, sd1i = sd1i, n1i = n1i, m2i = m2i, sd2i = sd2i, n2i = n2i, data = dat.normand1999
  )),
  case_of("hine1989_rd", escalc("RD", ai = ai, n1i = n1i, ci = ci, n2i = n2i, data = dat.hine1989)),
  case("raudenbush1985", dat.raudenbush1985$yi, dat.raudenbush1985$vi),
  case_of("clasp_log_or", escalc("OR", ai = ai, n1i = n1i, ci = ci, n2i = n2i, data = clasp))
)

written <- list(
  case("two_that_agree", c(-1.0, -1.1), c(0.04, 0.09)),
  case("two_that_disagree", c(-3.2, 0.4), c(0.04, 0.09)),
  case("three_almost_equal", c(0.50, 0.51, 0.49), c(0.04, 0.05, 0.06)),
  case("unequal_precision", c(-2.1, -0.3, -1.4, 0.8, -1.0), c(0.0004, 0.9, 0.25, 2.5, 0.01)),
  case("points_of_a_hundred", c(-22.5, -31, -18.25, -40, -9, -27.5), c(12.4, 30.25, 8.41, 55.1, 20.8, 16.7)),
  case("tiny_scale", c(2e-4, 5e-4, -1e-4, 9e-4), c(1e-8, 4e-8, 2e-8, 9e-8))
)

# ---- effects drawn at random, the same in every run ------------------------------------------------------------

drawn <- function(seed, k, tau2) {
  set.seed(seed, kind = "Mersenne-Twister", normal.kind = "Inversion")
  vi <- round(exp(runif(k, log(0.01), log(1))), 6)
  yi <- round(-1 + rnorm(k) * sqrt(vi + tau2), 6)
  case(sprintf("seed_%d_k_%d_tau2_%g", seed, k, tau2), yi, vi)
}
sizes <- c(2, 2, 3, 3, 4, 4, 5, 6, 7, 8, 9, 10, 12, 14, 16, 20, 24, 28, 34, 40)
spreads <- rep(c(0, 0.3, 0.02, 1.5, 0.1), 4)
synthetic <- Map(drawn, 101:120, sizes, spreads)

# ---- effect sizes from summary figures -------------------------------------------------------------------------

# Columns are named as in effects.tsv: 1 the intervention (follow-up), 2 the comparator (baseline). metafor's SMCR
# divides by the SD it calls sd1i; here that is the baseline's, sd2i.
with_effects <- function(data, effects) {
  data$yi <- as.numeric(effects$yi)
  data$vi <- as.numeric(effects$vi)
  data
}

arms <- data.frame(
  n1i = c(20, 34, 12, 51, 8), m1i = c(2.42, 35.1, 3, 1.85, 41.7), sd1i = c(0.5, 11.2, 1.1, 0.73, 9.4),
  n2i = c(22, 31, 12, 49, 9), m2i = c(3.1, 42.6, 2.4, 3.35, 60.2), sd2i = c(0.61, 12.9, 0.9, 1.2, 15.3)
)
pairs <- data.frame(
  n1i = c(26, 26, 40, 9, 120), m1i = c(2.42, 34.81, 18.3, 4.1, 2.9), sd1i = c(0.5, 4.92, 6.1, 1.9, 1.75),
  m2i = c(5.27, 71.12, 31.9, 6.6, 6.8), sd2i = c(0.45, 2.5, 8.8, 1.2, 1.4), ri = c(0.5, 0.5, 0.7, 0, 0.25)
)
counts <- data.frame(
  ai = c(18, 25, 7, 40, 1), n1i = c(20, 30, 25, 44, 15), ci = c(12, 27, 9, 31, 4), n2i = c(20, 31, 24, 45, 16)
)
effect_sizes <- list(
  MD = with_effects(arms, escalc("MD", m1i = m1i, sd1i = sd1i, n1i = n1i, m2i = m2i, sd2i = sd2i, n2i = n2i, data = arms)),
  SMD = with_effects(arms, escalc("SMD", m1i = m1i, sd1i = sd1i, n1i = n1i, m2i = m2i, sd2i = sd2i, n2i = n2i, data = arms)),
  MC = with_effects(pairs, escalc("MC", m1i = m1i, sd1i = sd1i, m2i = m2i, sd2i = sd2i, ni = n1i, ri = ri, data = pairs)),
  SMCR = with_effects(pairs, escalc("SMCR", m1i = m1i, m2i = m2i, sd1i = sd2i, ni = n1i, ri = ri, data = pairs)),
  RR = with_effects(counts, escalc("RR", ai = ai, n1i = n1i, ci = ci, n2i = n2i, data = counts))
)

# ---- written out ----------------------------------------------------------------------------------------------

output <- commandArgs(trailingOnly = TRUE)
if (length(output) != 1) stop("usage: Rscript random_effects.R OUTPUT.json")
reference <- list(
  metafor = as.character(packageVersion("metafor")),
  control = list(threshold = "1e-12 min(1, max(vi))", maxiter = 10000, stepadj = 0.5, tol = 1e-14),
  prediction_interval = "estimate +- t(k - 1) sqrt(tau2 + se^2), se of the printed interval; none for k < 3",
  sets = c(published, written, synthetic),
  effect_sizes = effect_sizes
)
writeLines(toJSON(reference, auto_unbox = TRUE, null = "null", digits = NA, pretty = 1), output)
