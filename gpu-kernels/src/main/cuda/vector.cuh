// Sixteen bytes at a time: the widest access that a thread has. Rows are walked in vectors of VECTOR elements; where a
// tensor does not begin on 16 bytes, or its rows do not, and at the end of a row, the same elements come one by one.
#pragma once

#include "element.cuh"

/** Elements of one access. */
constexpr int VECTOR = 16 / sizeof(element);

/** One access, as it travels and as what it holds. */
union Packed {
    uint4 raw;
    element values[VECTOR];
};

/** The first `count` elements from `from` on, widened; what is beyond them is 0. `wide`: `from` lies on 16 bytes. */
__device__ __forceinline__ void loadVector(const element* from, long long count, bool wide, float (&values)[VECTOR]) {
    if (wide && count >= VECTOR) {
        Packed packed;
        packed.raw = *reinterpret_cast<const uint4*>(from);
#pragma unroll
        for (int i = 0; i < VECTOR; i++) {
            values[i] = load(packed.values, i);
        }
    } else {
#pragma unroll
        for (int i = 0; i < VECTOR; i++) {
            values[i] = i < count ? load(from, i) : 0.0f;
        }
    }
}

/** Stores the first `count` values, rounded to nearest even. */
__device__ __forceinline__ void storeVector(element* to, long long count, bool wide, const float (&values)[VECTOR]) {
    if (wide && count >= VECTOR) {
        Packed packed;
#pragma unroll
        for (int i = 0; i < VECTOR; i++) {
            store(packed.values, i, values[i]);
        }
        *reinterpret_cast<uint4*>(to) = packed.raw;
    } else {
#pragma unroll
        for (int i = 0; i < VECTOR; i++) {
            if (i < count) {
                store(to, i, values[i]);
            }
        }
    }
}

/** As loadVector, of numbers that are float32 whatever the element type is. */
__device__ __forceinline__ void loadFloats(const float* from, long long count, bool wide, float (&values)[VECTOR]) {
    if (wide && count >= VECTOR) {
#pragma unroll
        for (int i = 0; i < VECTOR; i += 4) {
            float4 part = *reinterpret_cast<const float4*>(from + i);
            values[i] = part.x;
            values[i + 1] = part.y;
            values[i + 2] = part.z;
            values[i + 3] = part.w;
        }
    } else {
#pragma unroll
        for (int i = 0; i < VECTOR; i++) {
            values[i] = i < count ? from[i] : 0.0f;
        }
    }
}

/** As storeVector, of numbers that are float32 whatever the element type is. */
__device__ __forceinline__ void storeFloats(float* to, long long count, bool wide, const float (&values)[VECTOR]) {
    if (wide && count >= VECTOR) {
#pragma unroll
        for (int i = 0; i < VECTOR; i += 4) {
            *reinterpret_cast<float4*>(to + i) = make_float4(values[i], values[i + 1], values[i + 2], values[i + 3]);
        }
    } else {
#pragma unroll
        for (int i = 0; i < VECTOR; i++) {
            if (i < count) {
                to[i] = values[i];
            }
        }
    }
}

/**
 * A thread's place in a matrix [rows, columns] whose rows lie across blockDim.x lanes: one vector of columns, and every
 * gridDim.y * blockDim.y-th row, so that what depends on the column alone is read once.
 */
struct Place {
    long long column;  // the first of its vector
    long long count;   // columns of the vector that exist, from 1; 0 or less: the thread has nothing to do
    long long row;     // the first
    long long stride;  // rows to the next

    __device__ __forceinline__ explicit Place(long long columns) {
        column = (blockIdx.x * (long long)blockDim.x + threadIdx.x) * VECTOR;
        count = columns - column;
        row = blockIdx.y * (long long)blockDim.y + threadIdx.y;
        stride = gridDim.y * (long long)blockDim.y;
    }
};
