"""The most memory that this process held, for benchmarks that run as processes of their own."""

from pathlib import Path


def peak_mib() -> float:
    """MiB held at most. Linux only: `ru_maxrss` would be that of the parent, which a child inherits."""
    for line in Path("/proc/self/status").read_text(encoding="ascii", errors="replace").splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    raise RuntimeError("this kernel does not tell how much memory a process held")
