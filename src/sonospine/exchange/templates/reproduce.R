# Pools effects.csv again with metafor, and compares every figure with what sonospine printed (pools.csv).
#
#   Rscript reproduce.R
#
# Ends with status 0 where every figure agrees, with status 1 and the list of those that do not. Tried with metafor 3.8.
# The rules: one effect is not pooled, its own interval stands; two are pooled with the conservative Hartung-Knapp
# interval and with Wald's, without a prediction interval; from three on the estimator and the interval that were
# configured (columns estimator and ci_method), and estimate +/- t(k - 1) * sqrt(tau2 + se^2) as prediction interval.

suppressPackageStartupMessages(library(metafor))

# Largest difference from a printed figure. Figures are printed with ten significant digits; two iterations towards
# the same maximum of a flat likelihood differ by more than that, which shows in tau2 first.
allowed <- function(name, printed) 1e-9 + (if (name == "tau2") 1e-5 else 1e-6) * abs(printed)
compared <- c("estimate", "se", "ci_lower", "ci_upper", "p_value", "tau2", "pi_lower", "pi_upper")

# Names of the test of metafor (rma, argument test).
tests <- c("hksj-conservative" = "adhoc", "hksj" = "knha", "wald" = "z")

script <- sub("^--file=", "", grep("^--file=", commandArgs(FALSE), value = TRUE))
folder <- if (length(script)) dirname(gsub("~+~", " ", script, fixed = TRUE)) else "."

sheet <- function(name) {
  path <- file.path(folder, name)
  if (!file.exists(path)) stop("no such file: ", path, call. = FALSE)
  remark <- startsWith(readLines(path, n = 1, encoding = "UTF-8"), "#")
  read.csv(path, skip = as.integer(remark), colClasses = "character", check.names = FALSE,
           na.strings = character(), encoding = "UTF-8")
}

number <- function(text) suppressWarnings(as.numeric(text))

# The effects of a pool; the other value of a conflict stands in for the primary one of the same study and arms.
members <- function(effects, pool) {
  rows <- effects[effects$analysis == pool$analysis & effects$variant == "primary", ]
  if (!startsWith(pool$variant, "other_value")) return(rows)
  other <- effects[effects$analysis == pool$analysis & effects$variant == "other_value", ]
  people <- function(x) paste(x$study_id, x$arm_1, x$arm_2, sep = "\r")
  place <- match(people(rows), people(other))
  rows[!is.na(place), ] <- other[place[!is.na(place)], ]
  rows
}

# One study: its own interval, which its row gives where the study printed one.
single <- function(row, level) {
  fit <- rma(number(row$yi), number(row$vi), method = "EE", level = level)
  own <- function(column, otherwise) if (nzchar(row[[column]])) number(row[[column]]) else otherwise
  list(estimate = as.numeric(fit$beta), se = fit$se, p_value = fit$pval,
       ci_lower = own("ci_lower", fit$ci.lb), ci_upper = own("ci_upper", fit$ci.ub))
}

figures <- function(rows, pool) {
  level <- number(pool$level)
  if (nrow(rows) == 1) return(single(rows, level))
  if (pool$estimator == "MH") {
    fit <- rma.mh(ai = number(rows$ai), n1i = number(rows$n1i), ci = number(rows$ci), n2i = number(rows$n2i),
                  measure = rows$measure[1], level = level)
    return(list(estimate = as.numeric(fit$beta), se = fit$se, p_value = fit$pval,
                ci_lower = fit$ci.lb, ci_upper = fit$ci.ub))
  }
  yi <- number(rows$yi)
  vi <- number(rows$vi)
  method <- if (pool$estimator == "CE") "EE" else pool$estimator
  # The defaults stop early (2 per cent of tau2 in some sets): iterate to the end.
  control <- list(threshold = 1e-12 * min(1, max(vi)), maxiter = 100000, stepadj = 0.5, tol = 1e-14,
                  tau2.max = 1000 * (diff(range(yi))^2 + max(vi)))
  fit <- suppressWarnings(rma(yi, vi, method = method, test = tests[[pool$ci_method]], level = level,
                              control = control))
  found <- list(estimate = as.numeric(fit$beta), se = fit$se, p_value = fit$pval,
                ci_lower = fit$ci.lb, ci_upper = fit$ci.ub)
  if (method == "EE") return(found)
  found$tau2 <- fit$tau2
  if (nrow(rows) < 3) return(found)
  half <- qt(0.5 + level / 200, nrow(rows) - 1) * sqrt(fit$tau2 + fit$se^2)
  c(found, list(pi_lower = found$estimate - half, pi_upper = found$estimate + half))
}

effects <- sheet("effects.csv")
pools <- sheet("pools.csv")
faults <- character()
checked <- 0
for (i in seq_len(nrow(pools))) {
  pool <- pools[i, ]
  rows <- members(effects, pool)
  named <- paste0(pool$analysis, ", ", pool$variant)
  if (nrow(rows) != number(pool$k)) {
    faults <- c(faults, paste0(named, ": k: ", pool$k, " printed, ", nrow(rows), " in effects.csv"))
    next
  }
  found <- figures(rows, pool)
  for (name in compared) {
    printed <- number(pool[[name]])
    theirs <- if (is.null(found[[name]])) NA else found[[name]]
    if (is.na(printed) && is.na(theirs)) next
    checked <- checked + 1
    if (is.na(printed) || is.na(theirs) || abs(printed - theirs) > allowed(name, printed)) {
      faults <- c(faults, paste0(named, ": ", name, ": ", if (is.na(printed)) "nothing" else pool[[name]],
                                 " printed, ", format(theirs, digits = 10), " in metafor"))
    }
  }
  cat(sprintf("%-60s k = %-3d estimate %s [%s, %s]\n", named, nrow(rows), format(found$estimate, digits = 6),
              format(found$ci_lower, digits = 6), format(found$ci_upper, digits = 6)))
}
if (length(faults)) {
  stop(length(faults), " of ", checked, " figures differ from what was printed by more than 1e-9 + 1e-6 of it ",
       "(tau2: 1e-5):\n", paste(faults, collapse = "\n"), call. = FALSE)
}
cat(checked, "figures of", nrow(pools), "pools agree\n")
