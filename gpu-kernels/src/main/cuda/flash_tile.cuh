// What the passes of blocked attention share: tiles of 64 or 32 rows in shared memory, fragments of tensor cores, where the numbers of a fragment lie, and the masks of dropout.
//
// A block has 4 warps and owns a tile of 64 rows, 16 to each warp. D is the size of a head, a multiple of 32.
#pragma once

#include <mma.h>

#include "element.cuh"
#include "philox.cuh"

#define SIDE 16          // of a fragment
#define WARP_LANES 32
#define BLOCK_WARPS 4
#define BLOCK_THREADS (WARP_LANES * BLOCK_WARPS)
#define OWN_ROWS (SIDE * BLOCK_WARPS)
#define PASSING_ROWS 32  // of a tile that passes by in backward
#define SKEW 8           // elements between rows of a tile in shared memory, so that 8 rows of 16 bytes lie in different banks

typedef nvcuda::wmma::fragment<nvcuda::wmma::matrix_a, SIDE, SIDE, SIDE, element, nvcuda::wmma::row_major> Left;
typedef nvcuda::wmma::fragment<nvcuda::wmma::matrix_b, SIDE, SIDE, SIDE, element, nvcuda::wmma::row_major> Right;
typedef nvcuda::wmma::fragment<nvcuda::wmma::matrix_b, SIDE, SIDE, SIDE, element, nvcuda::wmma::col_major> RightTransposed;
typedef nvcuda::wmma::fragment<nvcuda::wmma::accumulator, SIDE, SIDE, SIDE, float> Sums;

#define NUMBERS (SIDE * SIDE / WARP_LANES)  // of an accumulator, in each lane

// Shared memory is cut into pieces that start on 128 bytes: wmma asks for 32.
struct alignas(128) Line {
    unsigned char bytes[128];
};

// What one head of one sample is made of.
struct Problem {
    const element* qkv;  // [b, s, 3, a, d]
    const int* lengths;  // [b]
    const long long* positions;  // [b]
    int s;
    int a;
    bool causal;
    float scale;  // 1 / sqrt(d)
    long long firstHead;
    unsigned long long seed;
    unsigned site;
    unsigned threshold;  // 0: nothing is dropped
    float keptScale;

    __device__ __forceinline__ int head() const { return blockIdx.y; }
    __device__ __forceinline__ int sample() const { return blockIdx.z; }
    __device__ __forceinline__ int length() const { return lengths[sample()]; }
    // The scores in units of log 2, so that the exponential is one of base 2.
    __device__ __forceinline__ float binaryScale() const { return scale * 1.44269504f; }
    // Elements from a position to the next in [b, s, a, d] and in qkv.
    __device__ __forceinline__ size_t outStride(int d) const { return (size_t)a * d; }
    __device__ __forceinline__ size_t stride(int d) const { return 3 * outStride(d); }
    // Where this head's query (part 0), key (1) or value (2) at a position begins.
    __device__ __forceinline__ size_t at(int part, int position, int d) const {
        return (((size_t)sample() * s + position) * 3 + part) * outStride(d) + (size_t)head() * d;
    }
    // The same in [b, s, a, d].
    __device__ __forceinline__ size_t outAt(int position, int d) const {
        return ((size_t)sample() * s + position) * outStride(d) + (size_t)head() * d;
    }
    // Of this head's first query in [b, a, s].
    __device__ __forceinline__ size_t rowAt() const { return ((size_t)sample() * a + head()) * s; }
    // Keys 0 ... visible - 1 are seen by a query.
    __device__ __forceinline__ int visible(int query, int length) const { return causal ? min(query + 1, length) : length; }

    // Which of the keys 4 quad ... 4 quad + 3 a query keeps: a bit for each.
    __device__ __forceinline__ unsigned kept(int query, int quad, long long position) const {
        unsigned quads = (unsigned)(s + 3) / 4;
        unsigned block = (unsigned)((firstHead + head()) * s + query) * quads + quad;
        uint4 words = philox(seed, block, site, (unsigned long long)position);
        return (words.x >= threshold) | (words.y >= threshold) << 1 | (words.z >= threshold) << 2 | (words.w >= threshold) << 3;
    }

    // The same for 16 keys from a multiple of 16 on.
    __device__ __forceinline__ unsigned keptOfSixteen(int query, int firstKey, long long position) const {
        unsigned bits = 0;
        for (int quad = 0; quad < SIDE / 4; quad++) {
            bits |= kept(query, firstKey / 4 + quad, position) << 4 * quad;
        }
        return bits;
    }
};

// Where in its 16 x 16 tile each number of an accumulator lies. CUDA leaves that open but for this: it is the same for all fragments of one type. So it is read from a tile that holds its own
// indices, and kept in two registers.
struct Places {
    unsigned indices[NUMBERS / 4];  // 16 row + column, a byte each

    // The whole block calls; `tile`, of 256 floats, is free afterwards.
    __device__ __forceinline__ explicit Places(float* tile) {
        for (int i = threadIdx.x; i < SIDE * SIDE; i += BLOCK_THREADS) {
            tile[i] = (float)i;
        }
        __syncthreads();
        Sums found;
        nvcuda::wmma::load_matrix_sync(found, tile, SIDE, nvcuda::wmma::mem_row_major);
#pragma unroll
        for (int i = 0; i < NUMBERS / 4; i++) {
            indices[i] = 0;
        }
#pragma unroll
        for (int i = 0; i < NUMBERS; i++) {
            indices[i / 4] |= (unsigned)found.x[i] << 8 * (i % 4);
        }
        __syncthreads();
    }

    __device__ __forceinline__ int row(int i) const { return indices[i / 4] >> (8 * (i % 4) + 4) & 15; }
    __device__ __forceinline__ int column(int i) const { return indices[i / 4] >> 8 * (i % 4) & 15; }
};

// Copies ROWS rows of D elements, 16 bytes at a time; those from `rows` on become 0 and are not read. The whole block calls.
template <int D, int ROWS>
__device__ __forceinline__ void loadTile(element* tile, const element* from, size_t stride, int rows) {
    const int chunks = D / 8;
    for (int i = threadIdx.x; i < ROWS * chunks; i += BLOCK_THREADS) {
        int row = i / chunks;
        int column = i % chunks * 8;
        uint4 chunk = make_uint4(0, 0, 0, 0);
        if (row < rows) {
            chunk = *reinterpret_cast<const uint4*>(from + row * stride + column);
        }
        *reinterpret_cast<uint4*>(tile + row * (D + SKEW) + column) = chunk;
    }
}

// product += rows [16, D] of a tile times the transpose of rows [16, D] of another.
template <int D>
__device__ __forceinline__ void addScores(const element* rows, const element* others, Sums& product) {
#pragma unroll 2
    for (int t = 0; t < D / SIDE; t++) {
        Left left;
        RightTransposed right;
        nvcuda::wmma::load_matrix_sync(left, rows + SIDE * t, D + SKEW);
        nvcuda::wmma::load_matrix_sync(right, others + SIDE * t, D + SKEW);
        nvcuda::wmma::mma_sync(product, left, right, product);
    }
}

// sums [16, D] += weights [16, 16] times rows [16, D] of a tile.
template <int D>
__device__ __forceinline__ void addWeighted(const element* weights, int stride, const element* rows, Sums* sums) {
    Left left;
    nvcuda::wmma::load_matrix_sync(left, weights, stride);
#pragma unroll
    for (int t = 0; t < D / SIDE; t++) {
        Right right;
        nvcuda::wmma::load_matrix_sync(right, rows + SIDE * t, D + SKEW);
        nvcuda::wmma::mma_sync(sums[t], left, right, sums[t]);
    }
}

#define STAGE_ROW 40  // floats
#define STAGE (SIDE * STAGE_ROW)

// Writes a warp's sums [16, D] to `rows` rows of a tensor, through a stage of the warp's own of 16 rows of 40 floats, 32 columns at a time.
template <int D>
__device__ __forceinline__ void storeRows(const Sums* sums, float* stage, element* to, size_t stride, int rows) {
    int lane = threadIdx.x % WARP_LANES;
    int row = lane / 2;
    int column = lane % 2 * SIDE;
#pragma unroll
    for (int t = 0; t < D / SIDE; t += 2) {
        nvcuda::wmma::store_matrix_sync(stage, sums[t], STAGE_ROW, nvcuda::wmma::mem_row_major);
        nvcuda::wmma::store_matrix_sync(stage + SIDE, sums[t + 1], STAGE_ROW, nvcuda::wmma::mem_row_major);
        __syncwarp();
        if (row < rows) {
            for (int half = 0; half < SIDE; half += 8) {
                alignas(16) element chunk[8];
                for (int i = 0; i < 8; i++) {
                    store(chunk, i, stage[row * STAGE_ROW + column + half + i]);
                }
                *reinterpret_cast<uint4*>(to + row * stride + SIDE * t + column + half) = *reinterpret_cast<uint4*>(chunk);
            }
        }
        __syncwarp();
    }
}

template <int D>
__device__ __forceinline__ void clear(Sums* sums) {
#pragma unroll
    for (int t = 0; t < D / SIDE; t++) {
        nvcuda::wmma::fill_fragment(sums[t], 0.0f);
    }
}
