// What a compiled kernel and libcuda know of each other. Both include it, so it includes nothing itself.
#pragma once

struct uint3 {
  unsigned x, y, z;
};

namespace pretended {

struct Block {
  uint3 blockIdx, blockDim, gridDim;
};

struct Thread {
  uint3 threadIdx;
  const Block* block;
};

// One per __global__ function; NVRTC's double appends them to the source.
struct Kernel {
  const char* name;
  unsigned parameters;
  const unsigned* sizes;    // bytes of each parameter
  const unsigned* offsets;  // where each lies in one packed buffer
  unsigned launchBound;     // of __launch_bounds__, or 0
  void (*call)(void* const* arguments);
};

// Names a place in the source.
struct Place {
  const char* file;
  int line;
};

enum class Exchange : int { INDEX, UP, DOWN, XOR, BALLOT, SYNC };

}  // namespace pretended

extern "C" {
// The thread that runs now on this worker. In libcuda's own static block, so that reading it costs two loads.
extern __thread pretended::Thread* pretended_thread __attribute__((tls_model("initial-exec")));

void pretended_barrier(pretended::Place place);
// The barrier with a vote: returns how many threads of the block came with a predicate other than 0.
int pretended_barrier_count(int predicate, pretended::Place place);
// Waits for the lanes of the mask, then returns what this lane gets.
unsigned long long pretended_exchange(pretended::Exchange kind, unsigned mask, unsigned long long value, int operand,
                                      int width, pretended::Place place);
// Waits for all lanes of the warp; the last to arrive runs the work once, with what each lane brought.
void pretended_warp_work(void (*work)(void* const* lanes), void* mine, pretended::Place place);

// Stops the kernel for a rule that it broke.
[[noreturn]] void pretended_refuse(const char* rule, pretended::Place place);

void pretended_fence();

// A __shared__ variable of this block, by a key that is unique to it.
void* pretended_shared(const void* key, const char* name, unsigned long size, unsigned long alignment);
void* pretended_dynamic_shared(unsigned long alignment);

unsigned pretended_atomic32(int operation, void* address, unsigned a, unsigned b);
unsigned long long pretended_atomic64(int operation, void* address, unsigned long long a, unsigned long long b);
}
