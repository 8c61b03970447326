"""Made-in-China.com: wholesale listings on hosts of their sellers."""
