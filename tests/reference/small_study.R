# Writes the figures of metafor that tests/synthesis compares tests of small-study effects with.
#
#   Rscript tests/reference/small_study.R tests/reference/small_study.json
#
# R with metafor 3.8 and jsonlite (Debian: r-cran-metafor r-cran-metadat r-cran-jsonlite). The control list is that of
# random_effects.R. The form of Egger's test for standardised differences and PET-PEESE are regressions by lm().

suppressPackageStartupMessages({
  library(metafor)
  library(jsonlite)
})

ESTIMATORS <- c("REML", "ML", "DL", "HE", "PM")

control_for <- function(yi, vi) {
  list(
    threshold = 1e-12 * min(1, max(vi)), maxiter = 10000, stepadj = 0.5, tol = 1e-14,
    tau2.max = 1000 * (diff(range(yi))^2 + max(vi))
  )
}

# ---- regressions -----------------------------------------------------------------------------------------------

regressed <- function(yi, vi, x) {
  fit <- lm(yi ~ x, weights = 1 / vi)
  table <- coef(summary(fit))
  bounds <- confint(fit)
  one <- function(row) {
    list(
      estimate = table[row, 1], se = table[row, 2], statistic = table[row, 3], p_value = table[row, 4],
      ci_lower = bounds[row, 1], ci_upper = bounds[row, 2]
    )
  }
  list(limit = one(1), slope = one(2))
}

random_of <- function(yi, vi, estimator) {
  fit <- rma(yi, vi, method = estimator, test = "z", control = control_for(yi, vi))
  test <- regtest(fit, model = "rma", ret.fit = TRUE)
  list(
    statistic = test$zval, p_value = test$pval, limit = as.numeric(test$est), ci_lower = test$ci.lb,
    ci_upper = test$ci.ub, slope = as.numeric(test$fit$beta)[2]
  )
}

# ---- trim and fill ---------------------------------------------------------------------------------------------

filled <- function(yi, vi, estimator, k0, side) {
  fit <- suppressWarnings(rma(yi, vi, method = estimator, test = "adhoc", control = control_for(yi, vi)))
  # The filled pool is fitted anew with Wald's test and the default control list: do it again as the first was done.
  result <- tryCatch(trimfill(fit, estimator = k0, side = side, control = control_for(yi, vi)), error = function(e) NULL)
  if (is.null(result)) return(NULL)
  again <- suppressWarnings(rma(
    as.numeric(result$yi), as.numeric(result$vi), method = estimator, test = "adhoc", control = control_for(yi, vi)
  ))
  list(
    side = result$side, missing = result$k0, se_missing = result$se.k0,
    p_missing = if (is.na(result$p.k0)) NULL else result$p.k0,
    estimate = as.numeric(again$beta), se = again$se, ci_lower = again$ci.lb, ci_upper = again$ci.ub,
    tau2 = again$tau2, yi = I(as.numeric(result$yi)[result$fill]), vi = I(as.numeric(result$vi)[result$fill])
  )
}

case <- function(name, yi, vi, n1 = NULL, n2 = NULL) {
  yi <- signif(as.numeric(yi), 15)
  vi <- signif(as.numeric(vi), 15)
  lm_form <- regtest(yi, vi, model = "lm")
  egger <- regressed(yi, vi, sqrt(vi))
  stopifnot(isTRUE(all.equal(
    c(lm_form$zval, lm_form$pval, lm_form$est, lm_form$ci.lb),
    c(egger$slope$statistic, egger$slope$p_value, egger$limit$estimate, egger$limit$ci_lower), tolerance = 1e-10
  )))
  rank <- suppressWarnings(ranktest(yi, vi))
  fills <- list()
  for (estimator in ESTIMATORS) {
    for (k0 in c("L0", "R0")) {
      for (side in c("rule", "left", "right")) {
        fills[[paste(estimator, k0, side)]] <- filled(yi, vi, estimator, k0, if (side == "rule") NULL else side)
      }
    }
  }
  list(
    name = name, yi = yi, vi = vi, n1 = n1, n2 = n2, egger = egger, peese = regressed(yi, vi, vi),
    smd_safe = if (is.null(n1)) NULL else regressed(yi, vi, sqrt(1 / n1 + 1 / n2)),
    random = lapply(setNames(ESTIMATORS, ESTIMATORS), function(estimator) random_of(yi, vi, estimator)),
    begg = list(tau = as.numeric(rank$tau), p_value = rank$pval), trim_and_fill = fills
  )
}

# ---- effects ---------------------------------------------------------------------------------------------------

bcg <- escalc("RR", ai = tpos, bi = tneg, ci = cpos, di = cneg, data = dat.bcg)

# Small studies show more, on the side of the sign.
drawn <- function(seed, k, tau2, sign) {
  set.seed(seed, kind = "Mersenne-Twister", normal.kind = "Inversion")
  vi <- round(exp(runif(k, log(0.01), log(1))), 6)
  yi <- round(sign * (0.2 + 0.8 * sqrt(vi)) + rnorm(k) * sqrt(vi + tau2), 6)
  case(sprintf("seed_%d_k_%d_tau2_%g_sign_%d", seed, k, tau2, sign), yi, vi)
}

smd <- function(seed, k) {
  set.seed(seed, kind = "Mersenne-Twister", normal.kind = "Inversion")
  n1 <- sample(8:90, k, replace = TRUE)
  n2 <- n1 + sample(-3:3, k, replace = TRUE)
  effects <- escalc(
    "SMD", m1i = round(0.6 + rnorm(k) * sqrt(1 / n1 + 1 / n2 + 0.05), 4), sd1i = rep(1, k), n1i = n1, m2i = rep(0, k),
    sd2i = rep(1, k), n2i = n2
  )
  case(sprintf("smd_seed_%d_k_%d", seed, k), effects$yi, effects$vi, n1, n2)
}

cases <- c(
  list(
    case("bcg_log_rr", bcg$yi, bcg$vi),
    case("raudenbush1985", dat.raudenbush1985$yi, dat.raudenbush1985$vi)
  ),
  Map(drawn, 301:308, c(10, 11, 12, 15, 18, 22, 30, 40), rep(c(0, 0.05, 0.3, 0.01), 2), rep(c(1, -1), 4)),
  list(smd(321, 12), smd(322, 25))
)

# ---- written out ----------------------------------------------------------------------------------------------

output <- commandArgs(trailingOnly = TRUE)
if (length(output) != 1) stop("usage: Rscript small_study.R OUTPUT.json")
reference <- list(metafor = as.character(packageVersion("metafor")), cases = cases)
writeLines(toJSON(reference, auto_unbox = TRUE, null = "null", digits = NA, pretty = 1), output)
