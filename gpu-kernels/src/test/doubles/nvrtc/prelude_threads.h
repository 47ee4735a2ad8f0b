// Barriers, shuffles, votes and atomics. Each call carries the line that it stands in.
#pragma once

#define PRETENDED_PLACE \
  pretended::Place place = { __builtin_FILE(), __builtin_LINE() }

inline void __syncthreads(PRETENDED_PLACE) { pretended_barrier(place); }
inline int __syncthreads_count(int predicate, PRETENDED_PLACE) { return pretended_barrier_count(predicate, place); }
inline int __syncthreads_or(int predicate, PRETENDED_PLACE) { return pretended_barrier_count(predicate, place) > 0; }
inline int __syncthreads_and(int predicate, PRETENDED_PLACE) {
  return pretended_barrier_count(predicate == 0, place) == 0;
}
inline void __syncwarp(unsigned mask = 0xFFFFFFFFu, PRETENDED_PLACE) {
  pretended_exchange(pretended::Exchange::SYNC, mask, 0, 0, 32, place);
}
inline unsigned __activemask() = delete;  // what it returns is not defined well enough to rely on

inline unsigned __ballot_sync(unsigned mask, int predicate, PRETENDED_PLACE) {
  return unsigned(pretended_exchange(pretended::Exchange::BALLOT, mask, predicate != 0, 0, 32, place));
}
inline int __any_sync(unsigned mask, int predicate, PRETENDED_PLACE) {
  return pretended_exchange(pretended::Exchange::BALLOT, mask, predicate != 0, 0, 32, place) != 0;
}
inline int __all_sync(unsigned mask, int predicate, PRETENDED_PLACE) {
  return pretended_exchange(pretended::Exchange::BALLOT, mask, predicate == 0, 0, 32, place) == 0;
}

template <class T>
__forceinline__ T pretended_shuffle(pretended::Exchange kind, unsigned mask, T value, int operand, int width,
                                    pretended::Place place) {
  static_assert(sizeof(T) <= 8, "a shuffle moves at most 8 bytes");
  unsigned long long bits = 0;
  __builtin_memcpy(&bits, &value, sizeof(T));
  bits = pretended_exchange(kind, mask, bits, operand, width, place);
  __builtin_memcpy(&value, &bits, sizeof(T));
  return value;
}
template <class T>
inline T __shfl_sync(unsigned mask, T value, int lane, int width = 32, PRETENDED_PLACE) {
  return pretended_shuffle(pretended::Exchange::INDEX, mask, value, lane, width, place);
}
template <class T>
inline T __shfl_up_sync(unsigned mask, T value, unsigned delta, int width = 32, PRETENDED_PLACE) {
  return pretended_shuffle(pretended::Exchange::UP, mask, value, int(delta), width, place);
}
template <class T>
inline T __shfl_down_sync(unsigned mask, T value, unsigned delta, int width = 32, PRETENDED_PLACE) {
  return pretended_shuffle(pretended::Exchange::DOWN, mask, value, int(delta), width, place);
}
template <class T>
inline T __shfl_xor_sync(unsigned mask, T value, int lanes, int width = 32, PRETENDED_PLACE) {
  return pretended_shuffle(pretended::Exchange::XOR, mask, value, lanes, width, place);
}
#undef PRETENDED_PLACE

// Integers only: sums of floats by atomics would not repeat bit for bit.
enum { PRETENDED_ADD, PRETENDED_CAS, PRETENDED_SWAP, PRETENDED_AND, PRETENDED_OR, PRETENDED_XOR, PRETENDED_MIN,
       PRETENDED_MAX, PRETENDED_SIGNED_MIN, PRETENDED_SIGNED_MAX };
using pretended_u64 = unsigned long long;

#define PRETENDED_ATOMIC(NAME, OPERATION, SIGNED_OPERATION)                                        \
  inline unsigned NAME(unsigned* at, unsigned v) { return pretended_atomic32(OPERATION, at, v, 0); } \
  inline int NAME(int* at, int v) { return int(pretended_atomic32(SIGNED_OPERATION, at, unsigned(v), 0)); } \
  inline pretended_u64 NAME(pretended_u64* at, pretended_u64 v) { return pretended_atomic64(OPERATION, at, v, 0); }
PRETENDED_ATOMIC(atomicAdd, PRETENDED_ADD, PRETENDED_ADD)
PRETENDED_ATOMIC(atomicExch, PRETENDED_SWAP, PRETENDED_SWAP)
PRETENDED_ATOMIC(atomicAnd, PRETENDED_AND, PRETENDED_AND)
PRETENDED_ATOMIC(atomicOr, PRETENDED_OR, PRETENDED_OR)
PRETENDED_ATOMIC(atomicXor, PRETENDED_XOR, PRETENDED_XOR)
PRETENDED_ATOMIC(atomicMin, PRETENDED_MIN, PRETENDED_SIGNED_MIN)
PRETENDED_ATOMIC(atomicMax, PRETENDED_MAX, PRETENDED_SIGNED_MAX)
#undef PRETENDED_ATOMIC
inline unsigned atomicCAS(unsigned* at, unsigned compare, unsigned value) {
  return pretended_atomic32(PRETENDED_CAS, at, compare, value);
}
inline int atomicCAS(int* at, int compare, int value) {
  return int(pretended_atomic32(PRETENDED_CAS, at, unsigned(compare), unsigned(value)));
}
inline pretended_u64 atomicCAS(pretended_u64* at, pretended_u64 compare, pretended_u64 value) {
  return pretended_atomic64(PRETENDED_CAS, at, compare, value);
}
void atomicAdd(float*, float) = delete;
void atomicAdd(double*, double) = delete;

inline void __threadfence() { pretended_fence(); }
