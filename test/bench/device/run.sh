#!/usr/bin/env bash
# Runs the benchmarks of this folder, which needs neither a network nor anything installed but the graphics driver, and Python with PyTorch
# as the peer. Flags are those of `npm run bench -- --device …` and replace the ones below. Results: results/results.json and results.md.
set -euo pipefail
cd "$(dirname "$0")"
export ORT_DISABLE_TELEMETRY=1

known=$(ldconfig -p 2>/dev/null || true)

# What the system has not comes from here; what it has stays its own.
mkdir -p found
for library in lib/*; do
  grep -qF "$(basename "$library") " <<<"$known" || ln -sf "../$library" found/
done
export LD_LIBRARY_PATH="${LD_LIBRARY_PATH:+$LD_LIBRARY_PATH:}$PWD/found"

# A container can have NVIDIA's driver without the file that tells Vulkan of it, or with it where Vulkan does not look.
if [ -z "${VK_ICD_FILENAMES-}${VK_DRIVER_FILES-}" ] && command -v nvidia-smi >/dev/null &&
  ! grep -qs nvidia /usr/share/vulkan/icd.d/*.json /etc/vulkan/icd.d/*.json; then
  for manifest in {/usr/local/nvidia,/usr/local,/opt/nvidia}/share/vulkan/icd.d/nvidia_icd.json; do
    if [ -f "$manifest" ]; then export VK_ICD_FILENAMES=$manifest; fi
  done
  if [ -z "${VK_ICD_FILENAMES-}" ]; then
    # The last that is there is taken; the first can do without X.
    for library in libEGL_nvidia.so.0 libGLX_nvidia.so.0; do
      path=$(sed -n "/$library /{s/.*=> //p;q}" <<<"$known")
      if [ -z "$path" ] && [ -e "/usr/local/nvidia/lib64/$library" ]; then path=/usr/local/nvidia/lib64/$library; fi
      if [ -n "$path" ]; then
        printf '{"file_format_version":"1.0.1","ICD":{"library_path":"%s","api_version":"1.3.0"}}\n' "$path" >found/nvidia_icd.json
        export VK_ICD_FILENAMES="$PWD/found/nvidia_icd.json"
      fi
    done
  fi
fi

exec bin/node out/test/bench/device/device.js --device webgpu --batch 32,128 --precision fp32,fp16 --vs-torch --out results "$@"
