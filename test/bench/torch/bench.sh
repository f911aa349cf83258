#!/usr/bin/env bash
# The peer on a CPU: Debian's PyTorch, tuned so that the comparison is fair: the OpenMP build of OpenBLAS, and a malloc
# that keeps large blocks; without them PyTorch is up to twice as slow. The last line printed is one JSON object.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
openblas=/usr/lib/x86_64-linux-gnu/openblas-openmp
if ! /usr/bin/python3 -c 'import torch' 2>/dev/null || [ ! -d "$openblas" ]; then
  echo 'PyTorch is missing: apt-get install -y --no-install-recommends python3-torch python3-numpy libopenblas0-openmp' >&2
  exit 1
fi
export LD_LIBRARY_PATH=$openblas MALLOC_MMAP_MAX_=0 MALLOC_TRIM_THRESHOLD_=34359738368 MALLOC_TOP_PAD_=268435456
exec /usr/bin/python3 -W ignore "$here/bench.py" "$@"
