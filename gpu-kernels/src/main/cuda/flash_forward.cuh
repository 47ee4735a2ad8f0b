// Forward of blocked attention (Dao, "FlashAttention-2", arXiv 2307.08691, algorithm 1): a block owns 64 queries of one head, 16 to each warp, and the keys and values pass by in tiles of 64.
#pragma once

#include "flash_tile.cuh"

#define SCORE_ROW 72                 // floats; 8 more than the keys, against conflicts of banks
#define WEIGHT_ROW (2 * SCORE_ROW)   // elements: a row's weights take the place of its scores

// The running softmax of a row, held by the two lanes that share it; each has the sum of its own columns.
struct Row {
    float maximum;
    float sum;
};

// Shared memory in front of which the launch counts: keys and values [64, D + 8], then for each warp scores [16, 72] and factors [16].
template <int D>
struct ForwardMemory {
    element* keys;
    element* values;
    float* scores;   // this warp's
    float* factors;  // this warp's

    __device__ __forceinline__ explicit ForwardMemory(Line* memory) {
        int warp = threadIdx.x / WARP_LANES;
        keys = reinterpret_cast<element*>(memory);
        values = keys + OWN_ROWS * (D + SKEW);
        float* rest = reinterpret_cast<float*>(values + OWN_ROWS * (D + SKEW));
        scores = rest + warp * SIDE * SCORE_ROW;
        factors = rest + BLOCK_WARPS * SIDE * SCORE_ROW + warp * SIDE;
    }
};

// The scores of 64 keys become weights exp(score - maximum) in 16 bits, those dropped 0; `factors` gets what the sums so far shrink by. Lanes 2 r and 2 r + 1 share row r and take its groups of four in turn.
__device__ __forceinline__ void softmax(
    const Problem& p, float* scores, float* factors, int query, int firstKey, int visible, long long position, Row& row) {
    int lane = threadIdx.x % WARP_LANES;
    float* mine = scores + lane / 2 * SCORE_ROW;
    float scale = p.binaryScale();
    float x[OWN_ROWS / 2];
    float maximum = row.maximum;
#pragma unroll
    for (int j = 0; j < OWN_ROWS / 8; j++) {
        int column = 4 * (2 * j + lane % 2);
        int left = visible - firstKey - column;  // so many of the four are seen; where none is, no product may have been made
        float4 four = left > 0 ? *reinterpret_cast<float4*>(mine + column) : make_float4(0.0f, 0.0f, 0.0f, 0.0f);
        x[4 * j] = left > 0 ? four.x * scale : __uint_as_float(0xff800000u);
        x[4 * j + 1] = left > 1 ? four.y * scale : __uint_as_float(0xff800000u);
        x[4 * j + 2] = left > 2 ? four.z * scale : __uint_as_float(0xff800000u);
        x[4 * j + 3] = left > 3 ? four.w * scale : __uint_as_float(0xff800000u);
        maximum = fmaxf(maximum, fmaxf(fmaxf(x[4 * j], x[4 * j + 1]), fmaxf(x[4 * j + 2], x[4 * j + 3])));
    }
    maximum = fmaxf(maximum, __shfl_xor_sync(0xffffffffu, maximum, 1));
    float factor = exp2f(row.maximum - maximum);
    float sum = 0;
    element* weights = reinterpret_cast<element*>(mine);
    __syncwarp();  // all scores are read
#pragma unroll
    for (int j = 0; j < OWN_ROWS / 8; j++) {
        int quad = 2 * j + lane % 2;
        unsigned kept = p.threshold == 0 ? 15 : p.kept(query, firstKey / 4 + quad, position);
        alignas(8) element four[4];
#pragma unroll
        for (int i = 0; i < 4; i++) {
            float weight = exp2f(x[4 * j + i] - maximum);
            sum += weight;
            store(four, i, kept >> i & 1 ? weight : 0.0f);
        }
        *reinterpret_cast<uint2*>(weights + 4 * quad) = *reinterpret_cast<uint2*>(four);
    }
    row.sum = row.sum * factor + sum;
    row.maximum = maximum;
    if (lane % 2 == 0) {
        factors[lane / 2] = factor;
    }
    __syncwarp();
}

// Multiplies each row of sums [16, D] with its factor.
template <int D>
__device__ __forceinline__ void scaleRows(Sums* sums, const float* factors, const Places& places) {
    float factor[NUMBERS];
#pragma unroll
    for (int i = 0; i < NUMBERS; i++) {
        factor[i] = factors[places.row(i)];
    }
#pragma unroll
    for (int t = 0; t < D / SIDE; t++) {
#pragma unroll
        for (int i = 0; i < NUMBERS; i++) {
            sums[t].x[i] *= factor[i];
        }
    }
}

// out [b, s, a, d]; logSums [b, a, s] gets log2 of the sum of a row's exponentials, with its maximum.
template <int D>
__device__ __forceinline__ void forward(const Problem& p, Line* memory, element* out, float* logSums) {
    ForwardMemory<D> m(memory);
    int warp = threadIdx.x / WARP_LANES;
    int lane = threadIdx.x % WARP_LANES;
    int length = p.length();
    int firstQuery = (gridDim.x - 1 - blockIdx.x) * OWN_ROWS;  // those that see most keys begin first
    int warpQuery = firstQuery + warp * SIDE;
    int query = warpQuery + lane / 2;
    int visible = p.visible(query, length);
    long long position = p.positions[p.sample()];

    Places places(reinterpret_cast<float*>(m.keys));
    loadTile<D, OWN_ROWS>(m.keys, p.qkv + p.at(0, firstQuery, D), p.stride(D), p.s - firstQuery);
    __syncthreads();
    Left queries[D / SIDE];
#pragma unroll
    for (int t = 0; t < D / SIDE; t++) {
        nvcuda::wmma::load_matrix_sync(queries[t], m.keys + warp * SIDE * (D + SKEW) + SIDE * t, D + SKEW);
    }

    Sums sums[D / SIDE];
    clear<D>(sums);
    Row row = {__uint_as_float(0xff800000u), 0};
    int end = p.visible(firstQuery + OWN_ROWS - 1, length);
    int warpEnd = p.visible(warpQuery + SIDE - 1, length);
    for (int firstKey = 0; firstKey < end; firstKey += OWN_ROWS) {
        __syncthreads();  // the tiles before are used
        loadTile<D, OWN_ROWS>(m.keys, p.qkv + p.at(1, firstKey, D), p.stride(D), length - firstKey);
        loadTile<D, OWN_ROWS>(m.values, p.qkv + p.at(2, firstKey, D), p.stride(D), length - firstKey);
        __syncthreads();
        int parts = min(BLOCK_WARPS, (warpEnd - firstKey + SIDE - 1) / SIDE);  // 16 keys each; beyond them this warp sees nothing
#pragma unroll 1
        for (int part = 0; part < parts; part++) {
            Sums scores;
            nvcuda::wmma::fill_fragment(scores, 0.0f);
#pragma unroll
            for (int t = 0; t < D / SIDE; t++) {
                RightTransposed keys;
                nvcuda::wmma::load_matrix_sync(keys, m.keys + part * SIDE * (D + SKEW) + SIDE * t, D + SKEW);
                nvcuda::wmma::mma_sync(scores, queries[t], keys, scores);
            }
            nvcuda::wmma::store_matrix_sync(m.scores + part * SIDE, scores, SCORE_ROW, nvcuda::wmma::mem_row_major);
        }
        __syncwarp();
        softmax(p, m.scores, m.factors, query, firstKey, visible, position, row);
        scaleRows<D>(sums, m.factors, places);
        const element* weights = reinterpret_cast<const element*>(m.scores);
#pragma unroll 1
        for (int part = 0; part < parts; part++) {
            addWeighted<D>(weights + part * SIDE, WEIGHT_ROW, m.values + part * SIDE * (D + SKEW), sums);
        }
    }
    row.sum += __shfl_xor_sync(0xffffffffu, row.sum, 1);
    __syncwarp();  // the last factors are used
    if (lane % 2 == 0) {
        m.factors[lane / 2] = p.keptScale / row.sum;
        if (query < p.s) {
            logSums[p.rowAt() + query] = row.maximum + log2f(row.sum);
        }
    }
    __syncwarp();
    scaleRows<D>(sums, m.factors, places);
    storeRows<D>(sums, m.scores, out + p.outAt(warpQuery, D), p.outStride(D), p.s - warpQuery);
}
