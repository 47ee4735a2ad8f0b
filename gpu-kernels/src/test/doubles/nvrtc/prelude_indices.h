// threadIdx and its like: constants of a GPU thread, read by assembler so that they are no accesses to memory that the checks
// would count.
#pragma once

namespace pretended {

// Before the macros below take these words.
constexpr unsigned long THREAD_INDEX = __builtin_offsetof(Thread, threadIdx);
constexpr unsigned long BLOCK_INDEX = __builtin_offsetof(Block, blockIdx);
constexpr unsigned long BLOCK_SIZE = __builtin_offsetof(Block, blockDim);
constexpr unsigned long GRID_SIZE = __builtin_offsetof(Block, gridDim);

__forceinline__ const Thread* thread() {
  const Thread* own;
  asm("movq pretended_thread@gottpoff(%%rip), %0\n\tmovq %%fs:(%0), %0" : "=r"(own));
  return own;
}

__forceinline__ const Block* block() {
  const Block* own;
  asm("movq %c2(%1), %0" : "=r"(own) : "r"(thread()), "i"(__builtin_offsetof(Thread, block)));
  return own;
}

template <unsigned long OFFSET>
__forceinline__ unsigned read(const void* from) {
  unsigned value;
  asm("movl %c2(%1), %0" : "=r"(value) : "r"(from), "i"(OFFSET));
  return value;
}

template <unsigned long OFFSET>
__forceinline__ uint3 triple(const void* from) {
  return {read<OFFSET>(from), read<OFFSET + 4>(from), read<OFFSET + 8>(from)};
}

}  // namespace pretended

#define threadIdx (::pretended::triple<::pretended::THREAD_INDEX>(::pretended::thread()))
#define blockIdx (::pretended::triple<::pretended::BLOCK_INDEX>(::pretended::block()))
#define blockDim (::pretended::triple<::pretended::BLOCK_SIZE>(::pretended::block()))
#define gridDim (::pretended::triple<::pretended::GRID_SIZE>(::pretended::block()))
