// What NVRTC knows without any include, for g++. No header of the host is in reach of a kernel, as with NVRTC.
#pragma once
#include "abi.h"

using size_t = decltype(sizeof(0));
using ptrdiff_t = decltype(static_cast<char*>(nullptr) - static_cast<char*>(nullptr));
using clock_t = long;

#define __CUDACC__ 1
#define __CUDACC_RTC__ 1
#define __NVCC__ 1
#define __CUDACC_VER_MAJOR__ 12
#define __CUDACC_VER_MINOR__ 6
#define __global__ __attribute__((used))
#define __device__
#define __host__
#define __forceinline__ inline __attribute__((always_inline))
#define __noinline__ __attribute__((noinline))
#define __align__(n) __attribute__((aligned(n)))

constexpr int warpSize = 32;

#include "prelude_indices.h"
#include "prelude_vectors.h"
#include "prelude_math.h"
#include "prelude_threads.h"
#include "prelude_kernel.h"
