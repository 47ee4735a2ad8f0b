// Of the C library's mathematics, in CUDA's overloads, and of the integer functions of a GPU what the kernels here use.
#pragma once

extern "C" {
double exp(double) noexcept;
float expf(float) noexcept;
float exp2f(float) noexcept;
double fabs(double) noexcept;
float fabsf(float) noexcept;
double floor(double) noexcept;
float floorf(float) noexcept;
double log(double) noexcept;
float logf(float) noexcept;
double log2(double) noexcept;
float log2f(float) noexcept;
double round(double) noexcept;
float roundf(float) noexcept;
double sqrt(double) noexcept;
float sqrtf(float) noexcept;
double tanh(double) noexcept;
float tanhf(float) noexcept;
double fmax(double, double) noexcept;
float fmaxf(float, float) noexcept;
double fmin(double, double) noexcept;
float fminf(float, float) noexcept;
float fmaf(float, float, float) noexcept;
void* memcpy(void*, const void*, size_t) noexcept;
int printf(const char*, ...);
}

inline float exp(float x) { return expf(x); }
inline float fabs(float x) { return fabsf(x); }
inline float floor(float x) { return floorf(x); }
inline float log(float x) { return logf(x); }
inline float log2(float x) { return log2f(x); }
inline float round(float x) { return roundf(x); }
inline float sqrt(float x) { return sqrtf(x); }
inline float tanh(float x) { return tanhf(x); }
inline float fmax(float x, float y) { return fmaxf(x, y); }
inline float fmin(float x, float y) { return fminf(x, y); }

inline bool isfinite(float x) { return __builtin_isfinite(x); }
inline bool isfinite(double x) { return __builtin_isfinite(x); }
inline bool isnan(float x) { return __builtin_isnan(x); }
inline bool isnan(double x) { return __builtin_isnan(x); }

#define PRETENDED_EXTREMA(T)                           \
  constexpr T min(T x, T y) { return y < x ? y : x; }  \
  constexpr T max(T x, T y) { return x < y ? y : x; }
PRETENDED_EXTREMA(int)
PRETENDED_EXTREMA(unsigned)
PRETENDED_EXTREMA(long)
PRETENDED_EXTREMA(unsigned long)
PRETENDED_EXTREMA(long long)
PRETENDED_EXTREMA(unsigned long long)
#undef PRETENDED_EXTREMA
inline float min(float x, float y) { return fminf(x, y); }
inline float max(float x, float y) { return fmaxf(x, y); }
inline double min(double x, double y) { return fmin(x, y); }
inline double max(double x, double y) { return fmax(x, y); }

// The bits of a value as another type.
template <class To, class From>
__forceinline__ To pretended_bits(From from) {
  static_assert(sizeof(To) == sizeof(From), "sizes differ");
  return __builtin_bit_cast(To, from);
}
inline unsigned __float_as_uint(float x) { return pretended_bits<unsigned>(x); }
inline float __uint_as_float(unsigned x) { return pretended_bits<float>(x); }

inline unsigned __umulhi(unsigned x, unsigned y) { return unsigned(static_cast<unsigned long long>(x) * y >> 32); }
inline unsigned long long __umul64hi(unsigned long long x, unsigned long long y) {
  return static_cast<unsigned long long>(static_cast<unsigned __int128>(x) * y >> 64);
}
inline int __popc(unsigned x) { return __builtin_popcount(x); }
inline unsigned __brev(unsigned x) {
  unsigned reversed = 0;
  for (int i = 0; i < 32; i++) reversed |= (x >> i & 1) << (31 - i);
  return reversed;
}

template <class T>
__forceinline__ T __ldg(const T* pointer) {
  return *pointer;
}
