// CUDA's half, as far as kernels use it: storage, conversions, arithmetic through float.
#pragma once

struct __half_raw {
  unsigned short x;
};

struct __align__(2) __half {
  unsigned short bits;

  __half() = default;
  __half(float value);
  __half(double value) : __half(float(value)) {}
  __half(int value) : __half(float(value)) {}
  __half(const __half_raw& raw) : bits(raw.x) {}
  operator float() const;
  operator __half_raw() const { return {bits}; }
};
using half = __half;

inline unsigned short __half_as_ushort(__half value) { return value.bits; }
inline __half __ushort_as_half(unsigned short bits) { return __half_raw{bits}; }
inline short __half_as_short(__half value) { return short(value.bits); }
inline __half __short_as_half(short bits) { return __half_raw{static_cast<unsigned short>(bits)}; }

inline float __half2float(__half value) {
  // As a float the bits are 2^112 times too small, subnormal ones included.
  float magnitude = __uint_as_float(unsigned(value.bits & 0x7FFF) << 13) * 0x1p112f;
  unsigned result = __float_as_uint(magnitude);
  if (magnitude >= 65536.0f) result |= 0x7F800000u;
  return __uint_as_float(result | unsigned(value.bits & 0x8000) << 16);
}

// To nearest, ties to even; NaN becomes 0x7FFF, as the GPU's conversion makes it.
inline __half __float2half_rn(float value) {
  if (isnan(value)) return __half_raw{0x7FFF};
  return __half_raw{pretended_bits<unsigned short>(static_cast<_Float16>(value))};
}
inline __half __float2half(float value) { return __float2half_rn(value); }
inline __half __double2half(double value) {
  if (isnan(value)) return __half_raw{0x7FFF};
  return __half_raw{pretended_bits<unsigned short>(static_cast<_Float16>(value))};
}
inline __half::__half(float value) : bits(__float2half_rn(value).bits) {}
inline __half::operator float() const { return __half2float(*this); }

inline __half __hadd(__half x, __half y) { return __half2float(x) + __half2float(y); }
inline __half __hsub(__half x, __half y) { return __half2float(x) - __half2float(y); }
inline __half __hmul(__half x, __half y) { return __half2float(x) * __half2float(y); }
inline __half __hdiv(__half x, __half y) { return __half2float(x) / __half2float(y); }
inline __half __hneg(__half x) { return __half_raw{static_cast<unsigned short>(x.bits ^ 0x8000)}; }
inline bool __hisnan(__half x) { return (x.bits & 0x7FFF) > 0x7C00; }
inline int __hisinf(__half x) { return (x.bits & 0x7FFF) != 0x7C00 ? 0 : x.bits >> 15 ? -1 : 1; }
inline __half operator+(__half x, __half y) { return __hadd(x, y); }
inline __half operator-(__half x, __half y) { return __hsub(x, y); }
inline __half operator*(__half x, __half y) { return __hmul(x, y); }
inline __half operator/(__half x, __half y) { return __hdiv(x, y); }
inline __half operator-(__half x) { return __hneg(x); }

struct __align__(4) __half2 {
  __half x, y;
};
using half2 = __half2;
inline __half2 make_half2(__half x, __half y) { return {x, y}; }
inline __half2 __halves2half2(__half x, __half y) { return {x, y}; }
inline __half2 __floats2half2_rn(float x, float y) { return {__float2half_rn(x), __float2half_rn(y)}; }
inline float2 __half22float2(__half2 pair) { return {__half2float(pair.x), __half2float(pair.y)}; }
inline float __low2float(__half2 pair) { return __half2float(pair.x); }
inline float __high2float(__half2 pair) { return __half2float(pair.y); }
