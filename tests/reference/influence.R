# Writes the figures of metafor's influence(), leave1out() and cumul() that tests/robustness compares ours with.
#
#   Rscript tests/reference/influence.R tests/reference/influence.json
#
# R with metafor 3.8 and jsonlite, full digits. The control list is that of random_effects.R, with its reasons.

suppressPackageStartupMessages({
  library(metafor)
  library(jsonlite)
})

control_for <- function(yi, vi) {
  list(
    threshold = 1e-12 * min(1, max(vi)), maxiter = 10000, stepadj = 0.5, tol = 1e-14,
    tau2.max = 1000 * (diff(range(yi))^2 + max(vi))
  )
}

# 15 digits at most, so that both programs start from the same doubles.
cut15 <- function(x) as.numeric(formatC(x, digits = 15, format = "g"))

bcg <- escalc(measure = "RR", ai = tpos, bi = tneg, ci = cpos, di = cneg, data = dat.bcg)
normand <- escalc(measure = "MD", m1i = m1i, sd1i = sd1i, n1i = n1i, m2i = m2i, sd2i = sd2i, n2i = n2i,
                  data = dat.normand1999)
set.seed(20261129)
drawn <- function(k, tau) {
  vi <- exp(runif(k, -4, 0.5))
  list(yi = rnorm(k, -1, sqrt(vi + tau^2)), vi = vi)
}
SETS <- list(
  bcg = list(yi = as.numeric(bcg$yi), vi = bcg$vi),
  normand = list(yi = as.numeric(normand$yi), vi = normand$vi),
  three = drawn(3, 0.5),
  no_heterogeneity = drawn(8, 0),
  many = drawn(25, 0.7),
  outlier = {
    one <- drawn(10, 0.1)
    one$yi[4] <- 6
    one
  }
)

SETS <- lapply(SETS, function(set) list(yi = cut15(set$yi), vi = cut15(set$vi)))

row_of <- function(estimate, lower, upper, tau2) {
  list(estimate = estimate, ci_lower = lower, ci_upper = upper, tau2 = tau2)
}

# One list for each row of what leave1out() and cumul() give.
rows_of <- function(found) {
  lapply(seq_along(found$estimate), function(i) {
    row_of(found$estimate[i], found$ci.lb[i], found$ci.ub[i], found$tau2[i])
  })
}

case_of <- function(set, estimator, test) {
  control <- control_for(set$yi, set$vi)
  fit <- suppressWarnings(rma(set$yi, set$vi, method = estimator, test = test, control = control))
  found <- suppressWarnings(influence(fit))
  one <- found$inf
  list(
    estimator = estimator, test = test,
    influence = list(
      rstudent = one$rstudent, dffits = one$dffits, cooks_d = one$cook.d, cov_r = one$cov.r,
      tau2_del = one$tau2.del, q_del = one$QE.del, hat = one$hat, weight = one$weight,
      dfbetas = found$dfbs$intrcpt, influential = found$is.infl
    ),
    leave_one_out = rows_of(suppressWarnings(leave1out(fit))),
    cumulative = rows_of(suppressWarnings(cumul(fit)))
  )
}

cases <- list()
for (name in names(SETS)) {
  for (estimator in c("REML", "DL", "PM")) {
    for (test in c("adhoc", "knha", "z")) {
      cases[[length(cases) + 1]] <- c(list(set = name), case_of(SETS[[name]], estimator, test))
    }
  }
}
out <- list(metafor = as.character(packageVersion("metafor")), sets = SETS, cases = cases)
target <- commandArgs(trailingOnly = TRUE)[1]
writeLines(toJSON(out, auto_unbox = TRUE, digits = NA, pretty = 0), target)
