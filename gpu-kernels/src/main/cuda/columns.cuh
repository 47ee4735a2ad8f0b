// Sums over the rows of a matrix [n, c] in float32, the same bits at every run: the rows are cut into chunks whose number
// follows from n alone. A block adds the rows of one chunk (each of its ROW_LANES rows of threads takes every
// ROW_LANES-th of them, in order, and then theirs are added in order) and leaves the result in scratch memory
// [chunks, width]; addChunks then adds the chunks in an order that is fixed as well. No addition is an atomic one.
#pragma once

#include "reduction.cuh"
#include "vector.cuh"

/** Rows of threads in a block of WARP columns of threads. */
constexpr int ROW_LANES = 8;

/** Columns of one block. */
constexpr int STRIP = WARP * VECTOR;

/** What a block shares for one column sum: [ROW_LANES, STRIP]. */
typedef float StripSums[ROW_LANES][STRIP];

/** Adds up what the block's rows of threads hold, and leaves the block's columns in partial [width]. */
__device__ __forceinline__ void storeChunk(
        const float (&values)[VECTOR], StripSums& shared, float* partial, long long width) {
    __syncthreads();
#pragma unroll
    for (int i = 0; i < VECTOR; i++) {
        shared[threadIdx.y][i * WARP + threadIdx.x] = values[i];  // this order has no bank conflicts
    }
    __syncthreads();
    int at = threadIdx.y * WARP + threadIdx.x;
    long long column = blockIdx.x * (long long)STRIP + at;
    if (at < STRIP && column < width) {
        float sum = 0;
#pragma unroll
        for (int lane = 0; lane < ROW_LANES; lane++) {
            sum += shared[lane][at % VECTOR * WARP + at / VECTOR];
        }
        partial[column] = sum;
    }
}

/**
 * sums[j] += partial[0, j] + partial[1, j] + ... of partial [chunks, width]: a thread adds a run of neighbouring chunks in
 * order, then the runs are added in order. Blocks of (WARP, ROW_LANES), a column a lane.
 */
__device__ __forceinline__ void addChunks(
        const float* partial, int chunks, long long width, float* sums, float (&shared)[ROW_LANES][WARP]) {
    long long column = blockIdx.x * (long long)WARP + threadIdx.x;
    int run = (chunks + ROW_LANES - 1) / ROW_LANES;
    int from = threadIdx.y * run;
    int end = min(from + run, chunks);
    float sum = 0;
    if (column < width) {
#pragma unroll 4
        for (int chunk = from; chunk < end; chunk++) {
            sum += partial[chunk * width + column];
        }
    }
    shared[threadIdx.y][threadIdx.x] = sum;
    __syncthreads();
    if (threadIdx.y == 0 && column < width) {
        float total = 0;
#pragma unroll
        for (int lane = 0; lane < ROW_LANES; lane++) {
            total += shared[lane][threadIdx.x];
        }
        sums[column] += total;
    }
}
