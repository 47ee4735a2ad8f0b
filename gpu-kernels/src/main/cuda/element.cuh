// The element types that kernels compute in, and how their numbers are read and written.
//
// A file is compiled once for each type: -DELEMENT=0 (float32), 1 (bfloat16) or 2 (float16); `element` is what lies in memory. Arithmetic is always in float32 (or float64): load widens,
// which is exact, and store rounds to nearest even. With -DCUDA_HEADERS=1 the types are those of cuda_fp16.h and cuda_bf16.h and conversions are single instructions; without, they are
// structures of 16 bits and conversions are integer operations. The bits are the same, of what is not a number too: 0x7fff.
#pragma once

#ifndef ELEMENT
#define ELEMENT 0
#endif

#if defined(CUDA_HEADERS)
#include <cuda_bf16.h>
#include <cuda_fp16.h>
typedef __half float16;
typedef __nv_bfloat16 bfloat16;
#else
struct float16 {
    unsigned short bits;
};
struct bfloat16 {
    unsigned short bits;
};
#endif

#if ELEMENT == 1
typedef bfloat16 element;
#elif ELEMENT == 2
typedef float16 element;
#else
typedef float element;
#endif

#if defined(CUDA_HEADERS)
__device__ __forceinline__ float widen(float16 x) { return __half2float(x); }
__device__ __forceinline__ float widen(bfloat16 x) { return __bfloat162float(x); }
__device__ __forceinline__ void narrow(float value, float16* x) { *x = __float2half_rn(value); }
__device__ __forceinline__ void narrow(float value, bfloat16* x) { *x = __float2bfloat16_rn(value); }
#else
__device__ __forceinline__ float widen(bfloat16 x) { return __uint_as_float((unsigned)x.bits << 16); }

__device__ __forceinline__ float widen(float16 x) {
    unsigned sign = (x.bits & 0x8000u) << 16;
    unsigned magnitude = x.bits & 0x7fffu;
    if (magnitude >= 0x7c00u) {  // infinite or not a number
        return __uint_as_float(sign | 0x7f800000u | magnitude << 13);
    }
    // Shifted, the fraction is right and the exponent, of a subnormal number too, 112 = 127 - 15 too small.
    float wide = __uint_as_float(magnitude << 13) * 5.192296858534828e33f;  // 2^112
    return __uint_as_float(sign | __float_as_uint(wide));
}

__device__ __forceinline__ void narrow(float value, bfloat16* x) {
    unsigned bits = __float_as_uint(value);
    bool notANumber = (bits & 0x7fffffffu) > 0x7f800000u;
    x->bits = (unsigned short)(notANumber ? 0x7fffu : (bits + 0x7fffu + (bits >> 16 & 1u)) >> 16);
}

__device__ __forceinline__ void narrow(float value, float16* x) {
    unsigned bits = __float_as_uint(value);
    unsigned sign = bits >> 16 & 0x8000u;
    unsigned magnitude = bits & 0x7fffffffu;
    unsigned half;
    if (magnitude > 0x7f800000u) {
        sign = 0;
        half = 0x7fffu;
    } else if (magnitude >= 0x477ff000u) {  // 65520, the least that rounds to infinity
        half = 0x7c00u;
    } else if (magnitude < 0x38800000u) {  // 2^-14, the least normal number
        // The last bit of a float at 1/2 is 2^-24, float16's smallest step: the sum rounds there.
        half = __float_as_uint(__uint_as_float(magnitude) + 0.5f) - 0x3f000000u;
    } else {
        half = (magnitude + 0xfffu + (magnitude >> 13 & 1u) - 0x38000000u) >> 13;
    }
    x->bits = (unsigned short)(sign | half);
}
#endif

// A double on its way to 16 bits, where rounding twice could err: towards zero, but to an odd last bit where anything is lost (Boldo and Melquiond, "When double rounding is odd", 2005).
__device__ __forceinline__ float roundToOdd(double value) {
    float nearest = (float)value;
    unsigned bits = __float_as_uint(nearest);
    if ((double)nearest == value || value != value || (bits & 1u)) {
        return nearest;
    }
    return __uint_as_float(fabs((double)nearest) > fabs(value) ? bits - 1u : bits + 1u);
}

__device__ __forceinline__ float load(const float* x, size_t i) { return x[i]; }
__device__ __forceinline__ float load(const bfloat16* x, size_t i) { return widen(x[i]); }
__device__ __forceinline__ float load(const float16* x, size_t i) { return widen(x[i]); }
__device__ __forceinline__ double load(const double* x, size_t i) { return x[i]; }

__device__ __forceinline__ void store(float* x, size_t i, float value) { x[i] = value; }
__device__ __forceinline__ void store(bfloat16* x, size_t i, float value) { narrow(value, x + i); }
__device__ __forceinline__ void store(float16* x, size_t i, float value) { narrow(value, x + i); }
__device__ __forceinline__ void store(double* x, size_t i, float value) { x[i] = value; }

__device__ __forceinline__ void store(float* x, size_t i, double value) { x[i] = (float)value; }
__device__ __forceinline__ void store(bfloat16* x, size_t i, double value) { narrow(roundToOdd(value), x + i); }
__device__ __forceinline__ void store(float16* x, size_t i, double value) { narrow(roundToOdd(value), x + i); }
__device__ __forceinline__ void store(double* x, size_t i, double value) { x[i] = value; }

// Four neighbours at once, in one load or store; x + i lies on 4 elements (isAligned4).
template <typename T>
struct alignas(4 * sizeof(T)) Four {
    T x, y, z, w;
};

template <typename T>
__device__ __forceinline__ bool isAligned4(const T* x) {
    return (size_t)x % (4 * sizeof(T)) == 0;
}

template <typename T>
__device__ __forceinline__ float4 load4(const T* x, size_t i) {
    Four<T> four = *(const Four<T>*)(x + i);
    return make_float4(load(&four.x, 0), load(&four.y, 0), load(&four.z, 0), load(&four.w, 0));
}

template <typename T>
__device__ __forceinline__ void store4(T* x, size_t i, float4 values) {
    Four<T> four;
    store(&four.x, 0, values.x);
    store(&four.y, 0, values.y);
    store(&four.z, 0, values.z);
    store(&four.w, 0, values.w);
    *(Four<T>*)(x + i) = four;
}
