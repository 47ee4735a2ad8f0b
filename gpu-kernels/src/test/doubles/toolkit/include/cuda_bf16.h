// CUDA's bfloat16, as far as kernels use it: storage, conversions, arithmetic through float.
#pragma once

struct __nv_bfloat16_raw {
  unsigned short x;
};

struct __align__(2) __nv_bfloat16 {
  unsigned short bits;

  __nv_bfloat16() = default;
  __nv_bfloat16(float value);
  __nv_bfloat16(double value) : __nv_bfloat16(float(value)) {}
  __nv_bfloat16(int value) : __nv_bfloat16(float(value)) {}
  __nv_bfloat16(const __nv_bfloat16_raw& raw) : bits(raw.x) {}
  operator float() const { return __uint_as_float(unsigned(bits) << 16); }
  operator __nv_bfloat16_raw() const { return {bits}; }
};
using nv_bfloat16 = __nv_bfloat16;

inline unsigned short __bfloat16_as_ushort(__nv_bfloat16 value) { return value.bits; }
inline __nv_bfloat16 __ushort_as_bfloat16(unsigned short bits) { return __nv_bfloat16_raw{bits}; }
inline float __bfloat162float(__nv_bfloat16 value) { return __uint_as_float(unsigned(value.bits) << 16); }

// To nearest, ties to even; NaN becomes 0x7FFF, as the GPU's conversion makes it.
inline __nv_bfloat16 __float2bfloat16_rn(float value) {
  if (isnan(value)) return __nv_bfloat16_raw{0x7FFF};
  unsigned bits = __float_as_uint(value);
  return __nv_bfloat16_raw{static_cast<unsigned short>((bits + 0x7FFF + (bits >> 16 & 1)) >> 16)};
}
inline __nv_bfloat16 __float2bfloat16(float value) { return __float2bfloat16_rn(value); }
inline __nv_bfloat16::__nv_bfloat16(float value) : bits(__float2bfloat16_rn(value).bits) {}

inline __nv_bfloat16 __hadd(__nv_bfloat16 x, __nv_bfloat16 y) { return __bfloat162float(x) + __bfloat162float(y); }
inline __nv_bfloat16 __hsub(__nv_bfloat16 x, __nv_bfloat16 y) { return __bfloat162float(x) - __bfloat162float(y); }
inline __nv_bfloat16 __hmul(__nv_bfloat16 x, __nv_bfloat16 y) { return __bfloat162float(x) * __bfloat162float(y); }
inline __nv_bfloat16 __hneg(__nv_bfloat16 x) { return __nv_bfloat16_raw{static_cast<unsigned short>(x.bits ^ 0x8000)}; }
inline bool __hisnan(__nv_bfloat16 x) { return (x.bits & 0x7FFF) > 0x7F80; }
inline __nv_bfloat16 operator+(__nv_bfloat16 x, __nv_bfloat16 y) { return __hadd(x, y); }
inline __nv_bfloat16 operator-(__nv_bfloat16 x, __nv_bfloat16 y) { return __hsub(x, y); }
inline __nv_bfloat16 operator*(__nv_bfloat16 x, __nv_bfloat16 y) { return __hmul(x, y); }
inline __nv_bfloat16 operator-(__nv_bfloat16 x) { return __hneg(x); }

struct __align__(4) __nv_bfloat162 {
  __nv_bfloat16 x, y;
};
using nv_bfloat162 = __nv_bfloat162;
inline __nv_bfloat162 make_bfloat162(__nv_bfloat16 x, __nv_bfloat16 y) { return {x, y}; }
inline __nv_bfloat162 __halves2bfloat162(__nv_bfloat16 x, __nv_bfloat16 y) { return {x, y}; }
inline __nv_bfloat162 __floats2bfloat162_rn(float x, float y) { return {__float2bfloat16_rn(x), __float2bfloat16_rn(y)}; }
inline float2 __bfloat1622float2(__nv_bfloat162 pair) { return {__bfloat162float(pair.x), __bfloat162float(pair.y)}; }
inline float __low2float(__nv_bfloat162 pair) { return __bfloat162float(pair.x); }
inline float __high2float(__nv_bfloat162 pair) { return __bfloat162float(pair.y); }
