"""The machine that a benchmark ran on, and how busy it was."""

import os
import platform
import sys
from importlib import metadata
from pathlib import Path

from tests.benchmarks.parts import Table

_FLAGS = ("avx2", "fma", "f16c", "avx512f", "avx512_vnni", "avx_vnni", "avx512_bf16", "amx_int8")
_PACKAGES = (
    "verbatim-bot",
    "numpy",
    "onnxruntime",
    "torch",
    "sentence-transformers",
    "transformers",
    "tokenizers",
    "discord.py",
)
_PEERS = ("faiss-cpu", "usearch", "hnswlib", "txtai", "bm25s", "rapidfuzz")


def machine() -> Table:
    """Processor, memory and system."""
    about = _fields(Path("/proc/cpuinfo"))
    flags = about.get("flags", "").split()
    memory = _fields(Path("/proc/meminfo")).get("MemTotal", "").split()
    rows = {
        "processor": about.get("model name") or platform.processor() or platform.machine(),
        "cores": str(os.cpu_count()),
        "flags that matter": " ".join(each for each in _FLAGS if each in flags) or "none",
        "caches": about.get("cache size", ""),
        "memory": f"{int(memory[0]) / 2**20:.1f} GiB" if memory else "",
        "system": f"{_system()}, {platform.system()} {platform.release()}",
        "Python": sys.version.split()[0],
    }
    return Table("Machine", ("", ""), tuple(rows.items()))


def versions() -> Table:
    """The libraries, and the peers with those that are missing."""
    rows = [(name, _version(name)) for name in (*_PACKAGES, *_PEERS)]
    return Table("Versions", ("package", "version"), tuple(rows))


def busy() -> float:
    """Return the busy seconds of all cores since the start of the system; 0 without /proc."""
    first = _fields(Path("/proc/stat"), " ").get("cpu", "").split()
    # user, nice, system, then idle and iowait, irq, softirq (proc(5))
    working = [int(each) for at, each in enumerate(first[:7]) if at not in (3, 4)]
    return sum(working) / os.sysconf("SC_CLK_TCK")


def own() -> float:
    """Return the processor seconds of this process and of the children it has waited for."""
    return sum(os.times()[:4])


def resident(pid: int | str = "self", field: str = "VmRSS") -> float:
    """Return a memory field of a process (proc(5)) in MiB; 0 without /proc."""
    value = _fields(Path(f"/proc/{pid}/status")).get(field, "0").split()
    return int(value[0]) / 1024


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "not installed"


def _system() -> str:
    try:
        return platform.freedesktop_os_release()["PRETTY_NAME"]
    except OSError:
        return platform.platform()


def _fields(path: Path, mark: str = ":") -> dict[str, str]:
    """The first value of each ``name: value`` line."""
    fields: dict[str, str] = {}
    for line in path.read_text().splitlines() if path.exists() else []:
        name, _, value = line.partition(mark)
        fields.setdefault(name.strip(), value.strip())
    return fields
