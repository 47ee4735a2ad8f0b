// The C library's mathematics, in CUDA's overloads, and the integer and rounding functions of a GPU.
#pragma once

extern "C" {
double acos(double) noexcept;
float acosf(float) noexcept;
double acosh(double) noexcept;
float acoshf(float) noexcept;
double asin(double) noexcept;
float asinf(float) noexcept;
double asinh(double) noexcept;
float asinhf(float) noexcept;
double atan(double) noexcept;
float atanf(float) noexcept;
double atanh(double) noexcept;
float atanhf(float) noexcept;
double cbrt(double) noexcept;
float cbrtf(float) noexcept;
double ceil(double) noexcept;
float ceilf(float) noexcept;
double cos(double) noexcept;
float cosf(float) noexcept;
double cosh(double) noexcept;
float coshf(float) noexcept;
double erf(double) noexcept;
float erff(float) noexcept;
double erfc(double) noexcept;
float erfcf(float) noexcept;
double exp(double) noexcept;
float expf(float) noexcept;
double exp2(double) noexcept;
float exp2f(float) noexcept;
double expm1(double) noexcept;
float expm1f(float) noexcept;
double fabs(double) noexcept;
float fabsf(float) noexcept;
double floor(double) noexcept;
float floorf(float) noexcept;
double lgamma(double) noexcept;
float lgammaf(float) noexcept;
double log(double) noexcept;
float logf(float) noexcept;
double log10(double) noexcept;
float log10f(float) noexcept;
double log1p(double) noexcept;
float log1pf(float) noexcept;
double log2(double) noexcept;
float log2f(float) noexcept;
double nearbyint(double) noexcept;
float nearbyintf(float) noexcept;
double rint(double) noexcept;
float rintf(float) noexcept;
double round(double) noexcept;
float roundf(float) noexcept;
double sin(double) noexcept;
float sinf(float) noexcept;
double sinh(double) noexcept;
float sinhf(float) noexcept;
double sqrt(double) noexcept;
float sqrtf(float) noexcept;
double tan(double) noexcept;
float tanf(float) noexcept;
double tanh(double) noexcept;
float tanhf(float) noexcept;
double tgamma(double) noexcept;
float tgammaf(float) noexcept;
double trunc(double) noexcept;
float truncf(float) noexcept;
double atan2(double, double) noexcept;
float atan2f(float, float) noexcept;
double copysign(double, double) noexcept;
float copysignf(float, float) noexcept;
double fdim(double, double) noexcept;
float fdimf(float, float) noexcept;
double fmax(double, double) noexcept;
float fmaxf(float, float) noexcept;
double fmin(double, double) noexcept;
float fminf(float, float) noexcept;
double fmod(double, double) noexcept;
float fmodf(float, float) noexcept;
double hypot(double, double) noexcept;
float hypotf(float, float) noexcept;
double nextafter(double, double) noexcept;
float nextafterf(float, float) noexcept;
double pow(double, double) noexcept;
float powf(float, float) noexcept;
double remainder(double, double) noexcept;
float remainderf(float, float) noexcept;
double fma(double, double, double) noexcept;
float fmaf(float, float, float) noexcept;
double ldexp(double, int) noexcept;
float ldexpf(float, int) noexcept;
double frexp(double, int*) noexcept;
float frexpf(float, int*) noexcept;
double modf(double, double*) noexcept;
float modff(float, float*) noexcept;
void sincos(double, double*, double*) noexcept;
void sincosf(float, float*, float*) noexcept;
int ilogb(double) noexcept;
int ilogbf(float) noexcept;
double scalbn(double, int) noexcept;
float scalbnf(float, int) noexcept;
long lrint(double) noexcept;
long lrintf(float) noexcept;
long long llrint(double) noexcept;
long long llrintf(float) noexcept;
int abs(int) noexcept;
long labs(long) noexcept;
long long llabs(long long) noexcept;
void* memcpy(void*, const void*, size_t) noexcept;
void* memset(void*, int, size_t) noexcept;
int printf(const char*, ...);
}

inline float acos(float x) { return acosf(x); }
inline float acosh(float x) { return acoshf(x); }
inline float asin(float x) { return asinf(x); }
inline float asinh(float x) { return asinhf(x); }
inline float atan(float x) { return atanf(x); }
inline float atanh(float x) { return atanhf(x); }
inline float cbrt(float x) { return cbrtf(x); }
inline float ceil(float x) { return ceilf(x); }
inline float cos(float x) { return cosf(x); }
inline float cosh(float x) { return coshf(x); }
inline float erf(float x) { return erff(x); }
inline float erfc(float x) { return erfcf(x); }
inline float exp(float x) { return expf(x); }
inline float exp2(float x) { return exp2f(x); }
inline float expm1(float x) { return expm1f(x); }
inline float fabs(float x) { return fabsf(x); }
inline float floor(float x) { return floorf(x); }
inline float lgamma(float x) { return lgammaf(x); }
inline float log(float x) { return logf(x); }
inline float log10(float x) { return log10f(x); }
inline float log1p(float x) { return log1pf(x); }
inline float log2(float x) { return log2f(x); }
inline float nearbyint(float x) { return nearbyintf(x); }
inline float rint(float x) { return rintf(x); }
inline float round(float x) { return roundf(x); }
inline float sin(float x) { return sinf(x); }
inline float sinh(float x) { return sinhf(x); }
inline float sqrt(float x) { return sqrtf(x); }
inline float tan(float x) { return tanf(x); }
inline float tanh(float x) { return tanhf(x); }
inline float tgamma(float x) { return tgammaf(x); }
inline float trunc(float x) { return truncf(x); }
inline float atan2(float x, float y) { return atan2f(x, y); }
inline float copysign(float x, float y) { return copysignf(x, y); }
inline float fdim(float x, float y) { return fdimf(x, y); }
inline float fmax(float x, float y) { return fmaxf(x, y); }
inline float fmin(float x, float y) { return fminf(x, y); }
inline float fmod(float x, float y) { return fmodf(x, y); }
inline float hypot(float x, float y) { return hypotf(x, y); }
inline float nextafter(float x, float y) { return nextafterf(x, y); }
inline float pow(float x, float y) { return powf(x, y); }
inline float remainder(float x, float y) { return remainderf(x, y); }
inline float fma(float x, float y, float z) { return fmaf(x, y, z); }
inline float ldexp(float x, int e) { return ldexpf(x, e); }
inline float scalbn(float x, int e) { return scalbnf(x, e); }
inline float rsqrtf(float x) { return 1.0f / sqrtf(x); }
inline double rsqrt(double x) { return 1.0 / sqrt(x); }
inline float rsqrt(float x) { return rsqrtf(x); }
inline float exp10f(float x) { return powf(10.0f, x); }
inline float abs(float x) { return fabsf(x); }
inline double abs(double x) { return fabs(x); }
inline long long abs(long long x) { return llabs(x); }

inline bool isfinite(float x) { return __builtin_isfinite(x); }
inline bool isfinite(double x) { return __builtin_isfinite(x); }
inline bool isnan(float x) { return __builtin_isnan(x); }
inline bool isnan(double x) { return __builtin_isnan(x); }
inline bool isinf(float x) { return __builtin_isinf(x); }
inline bool isinf(double x) { return __builtin_isinf(x); }
inline bool signbit(float x) { return __builtin_signbit(x); }
inline bool signbit(double x) { return __builtin_signbit(x); }

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
inline int __float_as_int(float x) { return pretended_bits<int>(x); }
inline float __uint_as_float(unsigned x) { return pretended_bits<float>(x); }
inline float __int_as_float(int x) { return pretended_bits<float>(x); }
inline long long __double_as_longlong(double x) { return pretended_bits<long long>(x); }
inline double __longlong_as_double(long long x) { return pretended_bits<double>(x); }

inline unsigned __umulhi(unsigned x, unsigned y) { return unsigned(static_cast<unsigned long long>(x) * y >> 32); }
inline int __mulhi(int x, int y) { return int(static_cast<long long>(x) * y >> 32); }
inline unsigned long long __umul64hi(unsigned long long x, unsigned long long y) {
  return static_cast<unsigned long long>(static_cast<unsigned __int128>(x) * y >> 64);
}
inline int __popc(unsigned x) { return __builtin_popcount(x); }
inline int __popcll(unsigned long long x) { return __builtin_popcountll(x); }
inline int __clz(int x) { return x == 0 ? 32 : __builtin_clz(unsigned(x)); }
inline int __clzll(long long x) { return x == 0 ? 64 : __builtin_clzll(static_cast<unsigned long long>(x)); }
inline int __ffs(int x) { return __builtin_ffs(x); }
inline unsigned __brev(unsigned x) {
  unsigned reversed = 0;
  for (int i = 0; i < 32; i++) reversed |= (x >> i & 1) << (31 - i);
  return reversed;
}

// Rounded once, never contracted with what follows.
inline float __fadd_rn(float x, float y) { return x + y; }
inline float __fsub_rn(float x, float y) { return x - y; }
inline float __fmul_rn(float x, float y) { return x * y; }
inline float __fdiv_rn(float x, float y) { return x / y; }
inline float __fmaf_rn(float x, float y, float z) { return fmaf(x, y, z); }
inline float __fsqrt_rn(float x) { return sqrtf(x); }
inline float __frcp_rn(float x) { return 1.0f / x; }
inline double __dadd_rn(double x, double y) { return x + y; }
inline double __dmul_rn(double x, double y) { return x * y; }
inline double __fma_rn(double x, double y, double z) { return fma(x, y, z); }
inline int __float2int_rn(float x) { return int(rintf(x)); }
inline int __float2int_rz(float x) { return int(x); }
inline float __int2float_rn(int x) { return float(x); }
inline float __uint2float_rn(unsigned x) { return float(x); }
inline float __double2float_rn(double x) { return float(x); }
inline float __ull2float_rn(unsigned long long x) { return float(x); }
inline double __ull2double_rn(unsigned long long x) { return double(x); }

template <class T>
__forceinline__ T __ldg(const T* pointer) {
  return *pointer;
}
