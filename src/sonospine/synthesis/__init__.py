"""Pooling: from effects with their variances to a mean, its interval and the heterogeneity around it."""
