"""The same result in several places, checks before pooling, and conflicts."""

from sonospine.reconcile.reconciling import Reconciled, reconcile

__all__ = ["Reconciled", "reconcile"]
