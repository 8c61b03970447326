"""The fault matrix: one row a fault, acted out against a fault server on loopback (`test_fault_matrix.py`)."""

import pytest

pytest.register_assert_rewrite(*(f"{__name__}.{part}" for part in ("ledger", "page", "place", "process", "wire")))
