// The arithmetic of reductions.
#pragma once
#include <cstddef>
#include <cstdint>

// Reduces element by element. The order is that of a ring: which rank comes first depends on the place in the operand, and 16-bit
// numbers are rounded at each rank, so nothing can rely on sums in rank order. A maximum ignores NaN, as NCCL's does.
//
// inputs: by rank, `count` elements each; first: index of their first element in the whole operand; begin: the rank to begin with,
// or -1 to take it from the index.
void reduce(int type, int reduction, int ranks, const char* const* inputs, uint64_t count, uint64_t first, int begin,
            char* output);
