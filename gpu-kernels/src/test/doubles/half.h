// 16-bit floating-point numbers by their bits; narrowing rounds to nearest, ties to even.
#pragma once
#include <cmath>
#include <cstdint>
#include <cstring>

struct Half {
  uint16_t bits;

  operator float() const {
    _Float16 value;
    std::memcpy(&value, &bits, sizeof value);
    return value;
  }

  static Half of(float x) {
    _Float16 value = static_cast<_Float16>(x);
    Half half;
    std::memcpy(&half.bits, &value, sizeof half.bits);
    return half;
  }
};

struct BFloat {
  uint16_t bits;

  operator float() const {
    uint32_t wide = static_cast<uint32_t>(bits) << 16;
    float value;
    std::memcpy(&value, &wide, sizeof value);
    return value;
  }

  static BFloat of(float x) {
    uint32_t wide;
    std::memcpy(&wide, &x, sizeof wide);
    if (std::isnan(x)) {
      return BFloat{0x7fff};
    }
    return BFloat{static_cast<uint16_t>((wide + 0x7fff + (wide >> 16 & 1)) >> 16)};
  }
};
