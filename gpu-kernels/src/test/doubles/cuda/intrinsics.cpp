// What compiled kernels call.
#include <type_traits>

#include "abi.h"
#include "faults.h"
#include "runner.h"

extern "C" void pretended_touch_atomically(void* address, unsigned size, const void* caller);

using pretended::Exchange;
using pretended::Place;

namespace {

template <class T>
using Signed = std::make_signed_t<T>;

// For what the processor has no instruction.
template <class T, class Change>
T exchange(T* at, Change change) {
  T old = __atomic_load_n(at, __ATOMIC_SEQ_CST);
  while (!__atomic_compare_exchange_n(at, &old, change(old), false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST)) {}
  return old;
}

template <class T>
T atomically(int operation, void* address, T a, T b) {
  auto* at = static_cast<T*>(address);
  switch (operation) {
    case 0: return __atomic_fetch_add(at, a, __ATOMIC_SEQ_CST);
    case 1: {  // compare a, swap b
      T expected = a;
      __atomic_compare_exchange_n(at, &expected, b, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
      return expected;
    }
    case 2: return __atomic_exchange_n(at, a, __ATOMIC_SEQ_CST);
    case 3: return __atomic_fetch_and(at, a, __ATOMIC_SEQ_CST);
    case 4: return __atomic_fetch_or(at, a, __ATOMIC_SEQ_CST);
    case 5: return __atomic_fetch_xor(at, a, __ATOMIC_SEQ_CST);
    case 6: return exchange(at, [a](T old) { return old < a ? old : a; });
    case 7: return exchange(at, [a](T old) { return old > a ? old : a; });
    case 8: return exchange(at, [a](T old) { return Signed<T>(old) < Signed<T>(a) ? old : a; });
    default: return exchange(at, [a](T old) { return Signed<T>(old) > Signed<T>(a) ? old : a; });
  }
}

Runner& inKernel() {
  Runner& runner = Runner::current();
  if (!runner.running()) faults::stop(CUDA_ERROR_LAUNCH_FAILED, ": a call of the GPU's outside of a kernel");
  return runner;
}

}  // namespace

extern "C" {

void pretended_barrier(Place place) { inKernel().barrier(0, place); }

int pretended_barrier_count(int predicate, Place place) { return inKernel().barrier(predicate, place); }

unsigned long long pretended_exchange(Exchange kind, unsigned mask, unsigned long long value, int operand, int width,
                                      Place place) {
  return inKernel().exchange(kind, mask, value, operand, width, place);
}

void pretended_warp_work(void (*work)(void* const* lanes), void* mine, Place place) {
  inKernel().exchange(Exchange::INDEX, 0xFFFFFFFFu, reinterpret_cast<unsigned long long>(mine), 0, 32, place, work);
}

void pretended_refuse(const char* rule, Place place) {
  faults::stop(CUDA_ERROR_LAUNCH_FAILED, inKernel().where() + ", " + Runner::nameOf(place) + ": " + rule);
}

void* pretended_shared(const void* key, const char* name, unsigned long size, unsigned long alignment) {
  return inKernel().shared.variable(key, name, size, alignment);
}

void* pretended_dynamic_shared(unsigned long) { return inKernel().shared.dynamic(); }

unsigned pretended_atomic32(int operation, void* address, unsigned a, unsigned b) {
  pretended_touch_atomically(address, 4, __builtin_return_address(0));
  return atomically(operation, address, a, b);
}

unsigned long long pretended_atomic64(int operation, void* address, unsigned long long a, unsigned long long b) {
  pretended_touch_atomically(address, 8, __builtin_return_address(0));
  return atomically(operation, address, a, b);
}
}
