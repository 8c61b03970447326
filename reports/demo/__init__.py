"""The whole cycle on the demo market: thirty simulated days, offline, ending with a report."""
