// Sums and maxima over a block in a fixed order: a tree over the lanes of a warp, then one over the warps. So the bits depend on the block's size and on nothing else.
//
// Every thread of the block calls, with whole warps (a multiple of 32 threads, at most 1024, along x), and every thread gets the result. `shared` is the block's, 32 of the type; it may be
// used again at once for the next reduction: both end with a barrier.
#pragma once

#define WARP 32
#define ALL_LANES 0xffffffffu

struct Sum {
    template <typename T>
    __device__ __forceinline__ T operator()(T a, T b) const {
        return a + b;
    }
};

// What is not a number stays so, unlike in fmaxf.
struct Maximum {
    template <typename T>
    __device__ __forceinline__ T operator()(T a, T b) const {
        return a > b || a != a ? a : b;
    }
};

template <typename T, typename Operation>
__device__ __forceinline__ T reduceWarp(T value, Operation operation) {
    for (int distance = WARP / 2; distance > 0; distance /= 2) {
        value = operation(value, __shfl_xor_sync(ALL_LANES, value, distance));
    }
    return value;
}

template <typename T, typename Operation>
__device__ __forceinline__ T reduceBlock(T value, T neutral, T* shared, Operation operation) {
    int lane = threadIdx.x % WARP;
    int warp = threadIdx.x / WARP;
    value = reduceWarp(value, operation);
    if (lane == 0) {
        shared[warp] = value;
    }
    __syncthreads();
    value = reduceWarp(lane < (int)(blockDim.x / WARP) ? shared[lane] : neutral, operation);
    __syncthreads();
    return value;
}

__device__ __forceinline__ float warpSum(float value) { return reduceWarp(value, Sum()); }
__device__ __forceinline__ double warpSum(double value) { return reduceWarp(value, Sum()); }
__device__ __forceinline__ float warpMaximum(float value) { return reduceWarp(value, Maximum()); }

__device__ __forceinline__ float blockSum(float value, float* shared) { return reduceBlock(value, 0.0f, shared, Sum()); }
__device__ __forceinline__ double blockSum(double value, double* shared) { return reduceBlock(value, 0.0, shared, Sum()); }

__device__ __forceinline__ float blockMaximum(float value, float* shared) {
    return reduceBlock(value, __uint_as_float(0xff800000u), shared, Maximum());  // -infinity
}
