# Writes the figures that tests/effects compare the effect sizes and conversions with.
#
#   Rscript tests/reference/effect_sizes.R tests/reference/effect_sizes.json
#
# Effect sizes are those of metafor's escalc(). Its 3.8.1 has no conv.fivenum() and no conv.wald() (both from 4.0 on),
# and takes t statistics for the SMD alone (p values from 4.0 on), so the conversions start here from what they ought to
# find: a test or an interval is made with qt(), pt() or t.test() from a known SD, and the conversion has to get it back.
# What Luo, Wan and Shi approximate (expected ranges, optimal weights, critical values) is computed here without their
# formulas: by integrals over the order statistics of a normal sample, and by seeded draws for the test of skewness.

suppressPackageStartupMessages({
  library(metafor)
  library(jsonlite)
})

with_effects <- function(data, effects) {
  data$yi <- as.numeric(effects$yi)
  data$vi <- as.numeric(effects$vi)
  stopifnot(all(is.finite(data$yi)), all(is.finite(data$vi)))
  data
}

# ---- two groups ------------------------------------------------------------------------------------------------

# Two people an arm, unequal arms, equal means, negative means, tiny and large units, a large trial.
arms <- data.frame(
  n1i = c(20, 34, 12, 51, 8, 2, 3, 25, 400, 15000, 60, 7),
  m1i = c(2.42, 35.1, 3, 1.85, 41.7, 1.5, -4.2, -2.31, 48.25, 0.0031, 5, 1200.5),
  sd1i = c(0.5, 11.2, 1.1, 0.73, 9.4, 0.4, 1.9, 1.8, 20.3, 0.0009, 2.2, 310),
  n2i = c(22, 31, 12, 49, 9, 2, 40, 27, 390, 15010, 60, 5),
  m2i = c(3.1, 42.6, 2.4, 3.35, 60.2, 4, -1.1, -1.07, 51, 0.0029, 5, 2210.25),
  sd2i = c(0.61, 12.9, 0.9, 1.2, 15.3, 0.9, 2.6, 2.05, 19.8, 0.0011, 2.9, 455)
)
of_arms <- function(measure, data, ...) {
  with_effects(data, escalc(measure,
    m1i = m1i, sd1i = sd1i, n1i = n1i, m2i = m2i, sd2i = sd2i, n2i = n2i, data = data, ...
  ))
}
positive <- arms[arms$m1i > 0 & arms$m2i > 0, ]

# ---- one group, baseline and follow-up -------------------------------------------------------------------------

# 1 is the follow-up, 2 the baseline. Three people, r from -0.4 to 0.999, worsening, no change, values below 0.
pairs <- data.frame(
  n1i = c(26, 26, 40, 9, 120, 3, 4, 55, 2000, 18, 31),
  m1i = c(2.42, 34.81, 18.3, 4.1, 2.9, 1.2, 7.5, -3.2, 24.6, 52, 6.6),
  sd1i = c(0.5, 4.92, 6.1, 1.9, 1.75, 0.8, 2.1, 1.4, 15.5, 11.3, 2),
  m2i = c(5.27, 71.12, 31.9, 6.6, 6.8, 3.9, 5.1, -1.9, 41.3, 52, 7.1),
  sd2i = c(0.45, 2.5, 8.8, 1.2, 1.4, 1.1, 1.7, 1.6, 16.1, 10.9, 2),
  ri = c(0.5, 0.5, 0.7, 0, 0.25, 0.9, -0.4, 0.95, 0.6, 0.33, 0.999)
)
of_pairs <- function(measure, ...) {
  with_effects(pairs, escalc(measure,
    m1i = m1i, sd1i = sd1i, m2i = m2i, sd2i = sd2i, ni = n1i, ri = ri, data = pairs, ...
  ))
}
# metafor's SMCR divides by the SD it calls sd1i; here that is the baseline's, sd2i.
of_baseline <- function(...) {
  with_effects(pairs, escalc("SMCR", m1i = m1i, m2i = m2i, sd1i = sd2i, ni = n1i, ri = ri, data = pairs, ...))
}
with_change_sd <- function(data) {
  data$sd_change <- sqrt(data$sd1i^2 + data$sd2i^2 - 2 * data$ri * data$sd1i * data$sd2i)
  data
}
changes <- data.frame(mi = c(-2.4, 0.8, -31.25, 4, -0.02), sdi = c(1.2, 2.9, 14.1, 0.5, 0.3), ni = c(36, 11, 240, 2, 58))

# ---- counts ----------------------------------------------------------------------------------------------------

counts <- data.frame(
  ai = c(18, 25, 7, 40, 1, 4, 1, 512), n1i = c(20, 30, 25, 44, 15, 123, 2, 10240),
  ci = c(12, 27, 9, 31, 4, 11, 1, 600), n2i = c(20, 31, 24, 45, 16, 139, 3, 10300)
)
# A cell of 0: no events in one arm or everybody, in one arm or both.
zeros <- data.frame(ai = c(0, 3, 20, 5, 0), n1i = c(20, 25, 20, 5, 12), ci = c(3, 0, 12, 2, 9), n2i = c(21, 24, 22, 9, 9))
of_counts <- function(measure, data, ...) {
  with_effects(data, escalc(measure, ai = ai, n1i = n1i, ci = ci, n2i = n2i, data = data, ...))
}
# everybody with the event in one arm, somebody in both: metafor's RR and RD add nothing with add = 0.
whole <- data.frame(ai = c(20, 5), n1i = c(20, 5), ci = c(12, 2), n2i = c(22, 9))
proportions <- data.frame(xi = c(3, 17, 49, 1, 700), ni = c(10, 20, 50, 2, 9000))
edges <- data.frame(xi = c(0, 12), ni = c(15, 12))
of_proportion <- function(data, ...) with_effects(data, escalc("PLO", xi = xi, ni = ni, data = data, ...))

escalc_rows <- list(
  MD = of_arms("MD", arms),
  SMD_LS = of_arms("SMD", arms, vtype = "LS"),
  SMD_LS2 = of_arms("SMD", arms, vtype = "LS2"),
  ROM = of_arms("ROM", positive),
  MC = of_pairs("MC"),
  MN = with_effects(changes, escalc("MN", mi = mi, sdi = sdi, ni = ni, data = changes)),
  SMCR_LS = of_baseline(vtype = "LS"),
  SMCR_LS2 = of_baseline(vtype = "LS2"),
  SMCC_LS = with_change_sd(of_pairs("SMCC", vtype = "LS")),
  SMCC_LS2 = with_change_sd(of_pairs("SMCC", vtype = "LS2")),
  RR = of_counts("RR", counts, add = 0),
  OR = of_counts("OR", counts, add = 0),
  RD = of_counts("RD", counts, add = 0),
  RR_whole = of_counts("RR", whole, add = 0),
  RD_zeros = of_counts("RD", zeros[1:4, ], add = 0),
  RR_half = of_counts("RR", zeros, add = 1 / 2, to = "only0"),
  OR_half = of_counts("OR", zeros, add = 1 / 2, to = "only0"),
  RD_half = of_counts("RD", zeros, add = 1 / 2, to = "only0"),
  PLO = of_proportion(proportions),
  PLO_half = of_proportion(edges, add = 1 / 2, to = "only0")
)

# ---- tests and intervals made from a known SD ------------------------------------------------------------------

one_group <- function(mean, sd, n, level) {
  t <- mean / (sd / sqrt(n))
  df <- if (n < 60) n - 1 else Inf # the rule of the Handbook: t below 60 people, normal from 60 on
  half <- qt(0.5 + level / 200, df) * sd / sqrt(n)
  list(
    mean = mean, sd = sd, n = n, level = level, se = sd / sqrt(n), t = t, p = 2 * pt(-abs(t), n - 1),
    lower = mean - half, upper = mean + half
  )
}
two_groups <- function(difference, sd, n1, n2, level) {
  se <- sd * sqrt(1 / n1 + 1 / n2)
  t <- difference / se
  df <- if (max(n1, n2) < 60) n1 + n2 - 2 else Inf
  half <- qt(0.5 + level / 200, df) * se
  # escalc() takes the same t: its g has to be ours of a difference and the SD within groups.
  effect <- escalc("SMD", ti = t, n1i = n1, n2i = n2)
  list(
    difference = difference, sd = sd, n1 = n1, n2 = n2, level = level, t = t, p = 2 * pt(-abs(t), n1 + n2 - 2),
    p_normal = 2 * pnorm(-abs(t)), lower = difference - half, upper = difference + half,
    yi = as.numeric(effect$yi), vi = as.numeric(effect$vi)
  )
}
raw <- function(values) { # t.test() on raw numbers, and the SD of their changes
  test <- t.test(values)
  list(
    n = length(values), mean = mean(values), sd = sd(values), t = unname(test$statistic), p = test$p.value,
    lower = test$conf.int[1], upper = test$conf.int[2]
  )
}
raw_two <- function(x, y) {
  test <- t.test(x, y, var.equal = TRUE)
  n1 <- length(x)
  n2 <- length(y)
  list(
    n1 = n1, n2 = n2, mean1 = mean(x), sd1 = sd(x), mean2 = mean(y), sd2 = sd(y),
    difference = mean(x) - mean(y), sd = sqrt(((n1 - 1) * var(x) + (n2 - 1) * var(y)) / (n1 + n2 - 2)),
    sd_together = sd(c(x, y)), mean_together = mean(c(x, y)), t = unname(test$statistic), p = test$p.value,
    lower = test$conf.int[1], upper = test$conf.int[2]
  )
}
x <- c(3.5, -1.25, 4, 2.75, 0.5, 6.25, 1)
y <- c(-2, 0.25, 1.5, -3.75, 2.5)
conversions <- list(
  one_group = list(
    one_group(-2.4, 1.2, 36, 95), one_group(0.8, 2.9, 11, 90), one_group(-31.25, 14.1, 240, 95),
    one_group(4, 0.5, 2, 99), one_group(-0.9, 2.2, 59, 95), one_group(-0.9, 2.2, 60, 95)
  ),
  two_groups = list(
    two_groups(-1.3, 2.1, 25, 22, 95), two_groups(6.5, 18.2, 140, 133, 95), two_groups(-0.4, 1.1, 5, 3, 90),
    two_groups(2.25, 4.75, 59, 58, 99), two_groups(2.25, 4.75, 60, 58, 95)
  ),
  raw_one = list(raw(x), raw(x - 5)),
  raw_two = list(raw_two(x, y), raw_two(y + 10, x))
)

# ---- order statistics of a normal sample, by numeric integration -----------------------------------------------

# E X(r) of n standard normal values; E X(r)X(s) by Gauss-Legendre quadrature: with U uniform, U(s) is beta(s, n-s+1)
# and U(r)/U(s), independent of it, beta(r, s-r).
expected <- function(r, n) {
  density <- function(z) {
    z * exp(lgamma(n + 1) - lgamma(r) - lgamma(n - r + 1) + (r - 1) * pnorm(z, log.p = TRUE) +
      (n - r) * pnorm(z, lower.tail = FALSE, log.p = TRUE) + dnorm(z, log = TRUE))
  }
  integrate(density, -Inf, Inf, rel.tol = 1e-11, subdivisions = 2000)$value
}
legendre <- function(k) { # nodes and weights on (0, 1): Golub & Welsch
  i <- seq_len(k - 1)
  beta <- i / sqrt(4 * i^2 - 1)
  matrix <- diag(0, k)
  matrix[cbind(i, i + 1)] <- matrix[cbind(i + 1, i)] <- beta
  found <- eigen(matrix, symmetric = TRUE)
  list(node = (found$values + 1) / 2, weight = found$vectors[1, ]^2)
}
rule <- legendre(160)
product_moment <- function(r, s, n) {
  upper <- qbeta(rule$node, s, n - s + 1)
  if (r == s) return(sum(rule$weight * qnorm(upper)^2))
  share <- qbeta(rule$node, r, s - r)
  sum(outer(rule$weight, rule$weight) * outer(share, upper, function(a, b) qnorm(a * b)) * rep(qnorm(upper), each = 160))
}
covariance <- function(ranks, n) {
  centre <- vapply(ranks, expected, 0, n = n)
  k <- length(ranks)
  found <- matrix(0, k, k)
  for (i in seq_len(k)) {
    for (j in i:k) found[i, j] <- found[j, i] <- product_moment(ranks[i], ranks[j], n) - centre[i] * centre[j]
  }
  found
}
# The weights of midrange, midquartile range and median with the least variance: V^-1 1 / 1'V^-1 1; of range and
# quartile distance, each divided by its expectation, likewise.
least_variance <- function(v) {
  solved <- solve(v, rep(1, nrow(v)))
  solved / sum(solved)
}
short <- function(figure) signif(figure, 9) # integrals: the last digits are the machine's
order_statistics <- function(q) {
  n <- 4 * q + 1
  ranks <- c(1, q + 1, 2 * q + 1, 3 * q + 1, n)
  v <- covariance(ranks, n)
  mids <- rbind(c(0.5, 0, 0, 0, 0.5), c(0, 0.5, 0, 0.5, 0), c(0, 0, 1, 0, 0))
  of_mids <- mids %*% v %*% t(mids)
  xi <- 2 * expected(n, n)
  eta <- 2 * expected(3 * q + 1, n)
  spans <- rbind(c(-1, 0, 0, 0, 1) / xi, c(0, -1, 0, 1, 0) / eta)
  of_spans <- spans %*% v %*% t(spans)
  five <- least_variance(of_mids)
  list(
    n = n, xi = short(xi), eta = short(eta), range_weight = short(least_variance(of_mids[c(1, 3), c(1, 3)])[1]),
    quartile_weight = short(least_variance(of_mids[2:3, 2:3])[1]), five_weights = short(five[1:2]),
    sd_weight = short(least_variance(of_spans)[1])
  )
}

# ---- the test of skewness, by seeded draws ---------------------------------------------------------------------

# The 95th percentile of each statistic of Shi et al. in normal samples of n = 4 Q + 1.
skewness <- function(q, draws = 40000) {
  set.seed(1000 + q, kind = "Mersenne-Twister", normal.kind = "Inversion")
  n <- 4 * q + 1
  # the order statistics of a uniform sample, from gamma gaps: only five of the n values are needed
  gaps <- vapply(c(1, q, q, q, q, 1), function(shape) rgamma(draws, shape), numeric(draws))
  uniform <- t(apply(gaps, 1, cumsum))
  x <- qnorm(uniform[, 1:5] / uniform[, 6])
  of_range <- abs(x[, 1] + x[, 5] - 2 * x[, 3]) / (x[, 5] - x[, 1])
  of_quartiles <- abs(x[, 2] + x[, 4] - 2 * x[, 3]) / (x[, 4] - x[, 2])
  both <- pmax(2.65 * log(0.6 * n) / sqrt(n) * of_range, of_quartiles)
  upper <- function(statistic) unname(quantile(statistic, 0.95))
  list(
    n = n, draws = draws, range = short(upper(of_range)),
    quartiles = short(upper(of_quartiles)), five = short(upper(both))
  )
}

# ---- written out -----------------------------------------------------------------------------------------------

output <- commandArgs(trailingOnly = TRUE)
if (length(output) != 1) stop("usage: Rscript effect_sizes.R OUTPUT.json")
reference <- list(
  metafor = as.character(packageVersion("metafor")),
  escalc = escalc_rows,
  conversions = conversions,
  order_statistics = lapply(c(1, 2, 3, 5, 10, 20, 50), order_statistics),
  skewness = lapply(c(1, 2, 3, 5, 10, 25, 50, 100), skewness)
)
writeLines(toJSON(reference, auto_unbox = TRUE, null = "null", digits = NA, pretty = 1), output)
