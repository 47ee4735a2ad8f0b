#!/usr/bin/env bash
# The GPUs of this machine, as Spark asks for them (spark.worker.resource.gpu.discoveryScript, spark.executor.resource.gpu.discoveryScript):
# {"name": "gpu", "addresses": ["GPU-8f9d...", ...]}. Named by UUID: nvidia-smi counts GPUs in another order than CUDA, and CUDA only those of CUDA_VISIBLE_DEVICES.
set -euo pipefail

fail() {
  echo "find-gpus.sh: $1" >&2
  exit 1
}

command -v nvidia-smi >/dev/null ||
  fail "no nvidia-smi on the PATH of $(hostname): install NVIDIA's driver there, or set spark.worker.resource.gpu.amount = 0 for a node without GPUs"

listed=$(nvidia-smi --query-gpu=uuid --format=csv,noheader 2>&1) ||
  fail "nvidia-smi fails on $(hostname): $(head -n 1 <<<"$listed")"

addresses=""
while IFS= read -r uuid; do
  uuid=${uuid//[[:space:]]/}
  [ -n "$uuid" ] || continue
  [[ $uuid =~ ^(GPU|MIG)-[0-9a-fA-F-]+$ ]] || fail "nvidia-smi says '$uuid' on $(hostname) where the UUID of a GPU should stand"
  addresses+="${addresses:+, }\"$uuid\""
done <<<"$listed"
[ -n "$addresses" ] || fail "nvidia-smi finds no GPU on $(hostname)"

echo "{\"name\": \"gpu\", \"addresses\": [$addresses]}"
