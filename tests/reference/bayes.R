# Writes the posterior of the normal-normal random-effects model with a half-normal prior on tau, by integrate().
#
#   Rscript tests/reference/bayes.R tests/reference/bayes.json
#
# R with jsonlite. Nothing of the code under test is repeated: the integrals run over tau itself, piece by piece.

suppressPackageStartupMessages(library(jsonlite))

SETS <- list(
  list(name = "three", yi = c(-1, -2, -0.4), vi = c(0.04, 0.09, 0.16), scale = 0.5),
  list(name = "two", yi = c(0.2, 0.9), vi = c(0.05, 0.08), scale = 0.5),
  list(name = "homogeneous", yi = c(0.5, 0.51, 0.49, 0.5), vi = c(0.04, 0.05, 0.06, 0.1), scale = 0.5),
  list(name = "points", yi = c(-2.9, -6, -5.2, -3.7, -5.5), vi = c(0.01, 0.09, 0.12, 0.014, 0.11), scale = 1),
  list(name = "wide prior", yi = c(-2.9, -6, -5.2, -3.7, -5.5), vi = c(0.01, 0.09, 0.12, 0.014, 0.11), scale = 10),
  list(name = "bcg", scale = 0.5,
    yi = c(-0.8893, -1.5854, -1.3481, -1.4416, -0.2175, -0.7861, -1.6209, 0.012, -0.4694, -1.3713, -0.3394, 0.4459, -0.0173),
    vi = c(0.3256, 0.1946, 0.4154, 0.02, 0.0512, 0.0069, 0.223, 0.004, 0.0564, 0.073, 0.0124, 0.5325, 0.0714)),
  list(name = "uneven", yi = c(0, 1, 2, 0.4), vi = c(1e-6, 1, 1, 0.5), scale = 0.5)
)

worked <- function(set) {
  yi <- set$yi; vi <- set$vi; s <- set$scale
  at <- function(tau) {
    w <- 1 / (vi + tau^2)
    m <- sum(w * yi) / sum(w)
    list(m = m, v = 1 / sum(w), l = 0.5 * (sum(log(w)) - log(sum(w)) - sum(w * (yi - m)^2)) - tau^2 / (2 * s^2))
  }
  grid <- c(0, exp(seq(log(1e-7), log(12 * s), length.out = 4000)))
  top <- max(sapply(grid, function(t) at(t)$l))
  over <- function(f, upto = 12 * s) {
    cuts <- sort(unique(c(0, pmin(c(10^seq(-6, 0, 0.25) * s, seq(1.25, 12, 0.25) * s), upto))))
    g <- Vectorize(function(tau) { a <- at(tau); exp(a$l - top) * f(a, tau) })
    sum(sapply(seq_len(length(cuts) - 1), function(i)
      integrate(g, cuts[i], cuts[i + 1], rel.tol = 1e-12, abs.tol = 0, stop.on.error = FALSE, subdivisions = 500)$value))
  }
  z <- over(function(a, tau) 1)
  mean <- over(function(a, tau) a$m) / z
  sd <- sqrt(over(function(a, tau) a$v + (a$m - mean)^2) / z)
  below <- function(x) over(function(a, tau) pnorm(x, a$m, sqrt(a$v))) / z
  new <- function(x) over(function(a, tau) pnorm(x, a$m, sqrt(a$v + tau^2))) / z
  solve_for <- function(f, p, low, high) uniroot(function(x) f(x) - p, c(low, high), tol = 1e-13)$root
  ends <- c(min(yi) - 30 * s - 10, max(yi) + 30 * s + 10)
  tau_at <- function(p) solve_for(function(x) over(function(a, tau) 1, x) / z, p, 1e-9, 12 * s)
  c(set, list(
    estimate = mean, sd = sd,
    ci_lower = solve_for(below, 0.025, ends[1], ends[2]), ci_upper = solve_for(below, 0.975, ends[1], ends[2]),
    pi_lower = solve_for(new, 0.025, ends[1], ends[2]), pi_upper = solve_for(new, 0.975, ends[1], ends[2]),
    tau = tau_at(0.5), tau_lower = tau_at(0.025), tau_upper = tau_at(0.975),
    p_mean_below = below(-0.5), p_new_below = new(-0.5)
  ))
}

out <- commandArgs(trailingOnly = TRUE)[1]
writeLines(toJSON(lapply(SETS, worked), digits = NA, auto_unbox = TRUE, pretty = TRUE), out)
