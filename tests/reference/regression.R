# Writes the figures of metafor that tests/synthesis compares meta-regressions, subgroups and permutation tests with.
#
#   Rscript tests/reference/regression.R tests/reference/regression.json
#
# R with metafor 3.8 and jsonlite (Debian: r-cran-metafor r-cran-metadat r-cran-jsonlite). The control list is that of
# random_effects.R: with metafor's defaults tau^2 is off by up to 2.6 %.

suppressPackageStartupMessages({
  library(metafor)
  library(jsonlite)
})

ESTIMATORS <- c("REML", "ML", "DL", "HE", "PM", "FE")
TESTS <- c("adhoc", "knha", "z")

control_for <- function(yi, vi) {
  list(
    threshold = 1e-12 * min(1, max(vi)), maxiter = 10000, stepadj = 0.5, tol = 1e-14,
    tau2.max = 1000 * (diff(range(yi))^2 + max(vi))
  )
}

# ---- one meta-regression, every estimator and test --------------------------------------------------------------

fit_of <- function(yi, vi, design, estimator, test) {
  # "adhoc" raises the factor to 1 and says so in a warning; nothing else is expected.
  suppressWarnings(rma(
    yi, vi, mods = design, intercept = FALSE, method = estimator, test = test, control = control_for(yi, vi)
  ))
}

coefficients_of <- function(fit) {
  list(
    estimate = as.numeric(fit$beta), se = fit$se, ci_lower = fit$ci.lb, ci_upper = fit$ci.ub, p_value = fit$pval,
    qm = fit$QM, qm_p = fit$QMp
  )
}

one_fit <- function(yi, vi, design, estimator) {
  fits <- lapply(setNames(TESTS, TESTS), function(test) fit_of(yi, vi, design, estimator, test))
  fit <- fits$z
  figures <- list(
    tau2 = fit$tau2, i2 = fit$I2, h2 = fit$H2, r2 = fit$R2, qe = fit$QE, qe_p = fit$QEp,
    tests = lapply(fits, coefficients_of)
  )
  if (estimator != "FE") {
    profile <- confint(fit, control = list(tol = 1e-14, maxiter = 10000, tau2.max = control_for(yi, vi)$tau2.max))
    figures$tau2_lower <- profile$random["tau^2", "ci.lb"]
    figures$tau2_upper <- profile$random["tau^2", "ci.ub"]
  }
  figures
}

# jsonlite writes 15 digits at most: figures are cut to 15 digits first, so that both programs read the same doubles.
case <- function(name, yi, vi, mods) {
  yi <- signif(as.numeric(yi), 15)
  vi <- signif(as.numeric(vi), 15)
  mods <- as.matrix(signif(mods, 15))
  design <- cbind(intrcpt = 1, mods)
  fits <- lapply(setNames(ESTIMATORS, ESTIMATORS), function(estimator) one_fit(yi, vi, design, estimator))
  list(
    name = name, k = length(yi), yi = yi, vi = vi, terms = colnames(design), design = unname(design), fits = fits
  )
}

bcg <- escalc("RR", ai = tpos, bi = tneg, ci = cpos, di = cneg, data = dat.bcg)
allocation <- model.matrix(~ factor(alloc), dat.bcg)[, -1]
colnames(allocation) <- c("random", "systematic")

drawn <- function(seed, k, tau2, moderators) {
  set.seed(seed, kind = "Mersenne-Twister", normal.kind = "Inversion")
  vi <- round(exp(runif(k, log(0.01), log(1))), 6)
  mods <- matrix(round(rnorm(k * moderators), 4), k)
  colnames(mods) <- paste0("mod", seq_len(moderators))
  yi <- round(-1 + 0.4 * mods[, 1] + rnorm(k) * sqrt(vi + tau2), 6)
  case(sprintf("seed_%d_k_%d_tau2_%g_mods_%d", seed, k, tau2, moderators), yi, vi, mods)
}

cases <- c(
  list(
    case("bcg_ablat", bcg$yi, bcg$vi, cbind(ablat = dat.bcg$ablat)),
    case("bcg_ablat_year", bcg$yi, bcg$vi, cbind(ablat = dat.bcg$ablat, year = dat.bcg$year)),
    case("bcg_alloc", bcg$yi, bcg$vi, allocation),
    case("bcg_ablat_alloc", bcg$yi, bcg$vi, cbind(ablat = dat.bcg$ablat, allocation)),
    case("raudenbush_weeks", dat.raudenbush1985$yi, dat.raudenbush1985$vi, cbind(weeks = dat.raudenbush1985$weeks))
  ),
  Map(
    drawn, 201:212, c(4, 5, 6, 8, 10, 12, 15, 20, 25, 30, 40, 60),
    rep(c(0.3, 0, 0.05, 1.2), 3), rep(c(1, 2, 1, 3), 3)
  )
)

# ---- subgroups -------------------------------------------------------------------------------------------------

subgroups_of <- function(name, yi, vi, group) {
  yi <- signif(as.numeric(yi), 15)
  vi <- signif(as.numeric(vi), 15)
  levels <- sort(unique(group))
  estimators <- setdiff(ESTIMATORS, "FE")
  separate <- lapply(setNames(estimators, estimators), function(estimator) {
    pools <- lapply(levels, function(level) {
      here <- group == level
      rma(yi[here], vi[here], method = estimator, test = "z", control = control_for(yi[here], vi[here]))
    })
    between <- rma(
      yi = sapply(pools, function(pool) as.numeric(pool$beta)), sei = sapply(pools, function(pool) pool$se),
      method = "FE"
    )
    list(
      estimate = sapply(pools, function(pool) as.numeric(pool$beta)), se = sapply(pools, function(pool) pool$se),
      tau2 = sapply(pools, function(pool) pool$tau2), q = between$QE, p = between$QEp
    )
  })
  common <- lapply(setNames(estimators, estimators), function(estimator) {
    means <- rma(yi, vi, mods = ~ factor(group) - 1, method = estimator, control = control_for(yi, vi))
    tests <- lapply(setNames(TESTS, TESTS), function(test) {
      fit <- suppressWarnings(rma(
        yi, vi, mods = ~ factor(group), method = estimator, test = test, control = control_for(yi, vi)
      ))
      list(qm = fit$QM, qm_p = fit$QMp)
    })
    list(estimate = as.numeric(means$beta), se = means$se, tau2 = means$tau2, tests = tests)
  })
  list(name = name, yi = yi, vi = vi, group = group, levels = levels, separate = separate, common = common)
}

set.seed(31, kind = "Mersenne-Twister", normal.kind = "Inversion")
three <- rep(c("a", "b", "c"), c(4, 7, 3))
three_vi <- round(exp(runif(14, log(0.01), log(1))), 6)
three_yi <- round(c(-1, -0.5, 0.3)[match(three, c("a", "b", "c"))] + rnorm(14) * sqrt(three_vi + 0.1), 6)
subgroups <- list(
  subgroups_of("bcg_alloc", bcg$yi, bcg$vi, as.character(dat.bcg$alloc)),
  subgroups_of("three_groups", three_yi, three_vi, three)
)

# ---- permutation tests, exact ----------------------------------------------------------------------------------

permuted <- function(name, yi, vi, mods, estimator, test) {
  yi <- signif(as.numeric(yi), 15)
  vi <- signif(as.numeric(vi), 15)
  mods <- as.matrix(signif(mods, 15))
  design <- cbind(intrcpt = 1, mods)
  fit <- suppressWarnings(rma(
    yi, vi, mods = mods, method = estimator, test = test, control = control_for(yi, vi)
  ))
  result <- permutest(fit, exact = TRUE, progbar = FALSE, retpermdist = TRUE)
  list(
    name = name, yi = yi, vi = vi, terms = colnames(design), design = unname(design), estimator = estimator,
    test = test, p_value = result$pval, qm_p = result$QMp, permutations = NROW(result$zval.perm)
  )
}

first <- 1:6
some <- c(1, 3, 4, 5, 8, 12, 13)
permutations <- list(
  permuted("six_distinct", bcg$yi[first], bcg$vi[first], cbind(ablat = c(44, 55, 42, 52, 13, 40)), "REML", "adhoc"),
  permuted("six_distinct_knha", bcg$yi[first], bcg$vi[first], cbind(ablat = dat.bcg$ablat[first]), "DL", "knha"),
  permuted("two_groups", bcg$yi, bcg$vi, cbind(random = as.numeric(dat.bcg$alloc == "random")), "REML", "z"),
  permuted("two_groups_pm", bcg$yi, bcg$vi, cbind(system = as.numeric(dat.bcg$alloc == "systematic")), "PM", "adhoc"),
  permuted(
    "two_moderators", bcg$yi[some], bcg$vi[some],
    cbind(far = as.numeric(dat.bcg$ablat[some] > 30), late = as.numeric(dat.bcg$year[some] > 1968)), "REML", "z"
  )
)

# ---- written out ----------------------------------------------------------------------------------------------

output <- commandArgs(trailingOnly = TRUE)
if (length(output) != 1) stop("usage: Rscript regression.R OUTPUT.json")
reference <- list(
  metafor = as.character(packageVersion("metafor")),
  cases = cases, subgroups = subgroups, permutations = permutations
)
writeLines(toJSON(reference, auto_unbox = TRUE, null = "null", digits = NA, pretty = 1), output)
