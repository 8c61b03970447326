"""Estimators for interval-censored lags and shares, on arrays and nothing else."""
