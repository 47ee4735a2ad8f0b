#include "reduce.h"

#include <cmath>
#include <type_traits>

#include "../half.h"
#include "nccl.h"

namespace {

constexpr uint64_t BLOCK = 512;  // elements that begin with the same rank

// 16-bit numbers are combined in float32.
template <typename T>
using Wide = std::conditional_t<std::is_class_v<T>, float, T>;

template <typename T>
T narrow(Wide<T> value) {
  if constexpr (std::is_class_v<T>) {
    return T::of(value);
  } else {
    return value;
  }
}

// Integers wrap.
template <typename W>
W combine(int reduction, W a, W b) {
  if constexpr (std::is_integral_v<W>) {
    using U = std::make_unsigned_t<W>;
    switch (reduction) {
      case PROD:
        return static_cast<W>(static_cast<uint64_t>(static_cast<U>(a)) * static_cast<U>(b));
      case MAX:
        return a > b ? a : b;
      case MIN:
        return a < b ? a : b;
      default:
        return static_cast<W>(static_cast<U>(a) + static_cast<U>(b));
    }
  } else {
    switch (reduction) {
      case PROD:
        return a * b;
      case MAX:
        return std::fmax(a, b);
      case MIN:
        return std::fmin(a, b);
      default:
        return a + b;
    }
  }
}

template <typename T>
void fold(int reduction, int ranks, const char* const* inputs, uint64_t count, uint64_t first, int begin,
          char* output) {
  for (uint64_t i = 0; i < count; i++) {
    int rank = begin >= 0 ? begin : static_cast<int>((1 + (first + i) / BLOCK) % ranks);
    T sum = reinterpret_cast<const T*>(inputs[rank])[i];
    for (int hop = 1; hop < ranks; hop++) {
      rank = rank + 1 == ranks ? 0 : rank + 1;
      sum = narrow<T>(combine<Wide<T>>(reduction, sum, reinterpret_cast<const T*>(inputs[rank])[i]));
    }
    if (reduction == AVG) {
      sum = narrow<T>(static_cast<Wide<T>>(sum) / static_cast<Wide<T>>(ranks));
    }
    reinterpret_cast<T*>(output)[i] = sum;
  }
}

}  // namespace

void reduce(int type, int reduction, int ranks, const char* const* inputs, uint64_t count, uint64_t first, int begin,
            char* output) {
  auto with = [&](auto element) {
    fold<decltype(element)>(reduction, ranks, inputs, count, first, begin, output);
  };
  switch (type) {
    case INT8:
      return with(int8_t{});
    case UINT8:
      return with(uint8_t{});
    case INT32:
      return with(int32_t{});
    case UINT32:
      return with(uint32_t{});
    case INT64:
      return with(int64_t{});
    case UINT64:
      return with(uint64_t{});
    case FLOAT16:
      return with(Half{});
    case FLOAT32:
      return with(float{});
    case FLOAT64:
      return with(double{});
    case BFLOAT16:
      return with(BFloat{});
  }
}
