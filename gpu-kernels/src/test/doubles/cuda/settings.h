// What the environment says about the pretended GPUs.
#pragma once
#include <cstddef>
#include <cstdint>

enum class FiberOrder { FORWARD, REVERSE, RANDOM };

struct Settings {
  int gpus;             // SPARKTRON_PRETENDED_GPUS, 1 where unset, at most 7
  size_t memory;        // SPARKTRON_PRETENDED_MEMORY, bytes a GPU
  int capability;       // SPARKTRON_PRETENDED_CAPABILITY, 80 = compute capability 8.0
  int driver;           // SPARKTRON_PRETENDED_DRIVER, the newest CUDA that it serves, 12060 = 12.6
  int delay;            // SPARKTRON_STREAM_DELAY_MS, before work starts that nobody waits for
  FiberOrder order;     // SPARKTRON_FIBER_ORDER, of threads in a block and of blocks in a grid
  uint64_t seed;        // of a random order
};

const Settings& settings();
