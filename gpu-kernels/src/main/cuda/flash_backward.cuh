// Backward of blocked attention (Dao, "FlashAttention-2", arXiv 2307.08691, algorithm 2) in two passes, so that each sum has one owner and no atomic addition changes its order from run to
// run: one block owns 64 keys and lets the queries pass by (dK and dV), another owns 64 queries and lets the keys pass by (dQ). Both compute the weights again:
//
//   P = 2^(binary scale Q K^T - log sum),  dS = P (M dO V^T - delta),  delta = sum over d of dO out,  with the factors M of dropout;
//   dV = (P M)^T dO,  dK = scale dS^T Q,  dQ = scale dS K.
//
// Nothing is summed along a row of scores, so P and dS are made where the accumulators of the two products are, number by number.
#pragma once

#include "flash_tile.cuh"

#define PASSING_ROW (PASSING_ROWS + SKEW)  // elements of a row of P or dS in shared memory

// [64, D + 8] of what is owned, [32, D + 8] of what passes by, of each two matrices; then for each warp weights P and dS [16, 40], row statistics [64] each, and bits of the mask.
template <int D>
struct BackwardMemory {
    element* own;           // queries or keys
    element* ownOther;      // dOut or values
    element* passing;       // keys or queries
    element* passingOther;  // values or dOut
    element* weights;       // this warp's
    element* gradients;     // this warp's
    float* logSums;
    float* deltas;
    unsigned short* bits;   // this warp's, [32]

    __device__ __forceinline__ explicit BackwardMemory(Line* memory) {
        int warp = threadIdx.x / WARP_LANES;
        own = reinterpret_cast<element*>(memory);
        ownOther = own + OWN_ROWS * (D + SKEW);
        passing = ownOther + OWN_ROWS * (D + SKEW);
        passingOther = passing + PASSING_ROWS * (D + SKEW);
        element* rest = passingOther + PASSING_ROWS * (D + SKEW);
        weights = rest + warp * 2 * SIDE * PASSING_ROW;
        gradients = weights + SIDE * PASSING_ROW;
        logSums = reinterpret_cast<float*>(rest + BLOCK_WARPS * 2 * SIDE * PASSING_ROW);
        deltas = logSums + OWN_ROWS;
        bits = reinterpret_cast<unsigned short*>(deltas + OWN_ROWS) + warp * PASSING_ROWS;
    }

    // Where a warp collects its result when all tiles are used.
    __device__ __forceinline__ float* stage() { return reinterpret_cast<float*>(own) + threadIdx.x / WARP_LANES * STAGE; }
};

// Statistics of `rows` queries from `first` on; the rest of `count` become 0.
template <int D>
__device__ __forceinline__ void loadStatistics(
    const BackwardMemory<D>& m, const Problem& p, const float* logSums, const float* deltas, int first, int count) {
    for (int i = threadIdx.x; i < count; i += BLOCK_THREADS) {
        bool there = first + i < p.s;
        m.logSums[i] = there ? logSums[p.rowAt() + first + i] : 0.0f;
        m.deltas[i] = there ? deltas[p.rowAt() + first + i] : 0.0f;
    }
}

// P of one number.
__device__ __forceinline__ float probability(const Problem& p, float score, float logSum, int query, int key, int length) {
    bool seen = query < p.s && key < p.visible(query, length);
    return seen ? exp2f(score * p.binaryScale() - logSum) : 0.0f;
}

template <int D>
__device__ __forceinline__ void scaleSums(Sums* sums, float scale) {
#pragma unroll
    for (int t = 0; t < D / SIDE; t++) {
#pragma unroll
        for (int i = 0; i < NUMBERS; i++) {
            sums[t].x[i] *= scale;
        }
    }
}

// dK and dV of the block's keys: the scores are taken transposed, a row to a key.
template <int D>
__device__ __forceinline__ void backwardKeys(
    const Problem& p, Line* memory, const element* dOut, const float* logSums, const float* deltas, element* dQkv) {
    BackwardMemory<D> m(memory);
    int warp = threadIdx.x / WARP_LANES;
    int lane = threadIdx.x % WARP_LANES;
    int length = p.length();
    int firstKey = blockIdx.x * OWN_ROWS;
    int warpKey = firstKey + warp * SIDE;
    long long position = p.positions[p.sample()];
    bool dropping = p.threshold != 0;

    Places places(reinterpret_cast<float*>(m.own));
    loadTile<D, OWN_ROWS>(m.own, p.qkv + p.at(1, firstKey, D), p.stride(D), length - firstKey);
    loadTile<D, OWN_ROWS>(m.ownOther, p.qkv + p.at(2, firstKey, D), p.stride(D), length - firstKey);
    const element* keys = m.own + warp * SIDE * (D + SKEW);
    const element* values = m.ownOther + warp * SIDE * (D + SKEW);
    Sums dKeys[D / SIDE];
    Sums dValues[D / SIDE];
    clear<D>(dKeys);
    clear<D>(dValues);
    int end = firstKey < length ? p.s : 0;  // nobody sees padding
    for (int firstQuery = p.causal ? firstKey : 0; firstQuery < end; firstQuery += PASSING_ROWS) {
        __syncthreads();  // the tiles before are used
        loadTile<D, PASSING_ROWS>(m.passing, p.qkv + p.at(0, firstQuery, D), p.stride(D), p.s - firstQuery);
        loadTile<D, PASSING_ROWS>(m.passingOther, dOut + p.outAt(firstQuery, D), p.outStride(D), p.s - firstQuery);
        loadStatistics(m, p, logSums, deltas, firstQuery, PASSING_ROWS);
        if (dropping) {
            m.bits[lane] = (unsigned short)p.keptOfSixteen(firstQuery + lane, warpKey, position);
        }
        __syncthreads();
#pragma unroll 1
        for (int part = 0; part < PASSING_ROWS / SIDE; part++) {
            if (p.causal && firstQuery + (part + 1) * SIDE <= warpKey) {
                continue;  // all of these queries come before all of the warp's keys
            }
            int rows = part * SIDE * (D + SKEW);
            Sums scores;
            Sums dWeights;
            nvcuda::wmma::fill_fragment(scores, 0.0f);
            nvcuda::wmma::fill_fragment(dWeights, 0.0f);
            addScores<D>(keys, m.passing + rows, scores);
            addScores<D>(values, m.passingOther + rows, dWeights);
#pragma unroll
            for (int i = 0; i < NUMBERS; i++) {
                int row = places.row(i);
                int column = part * SIDE + places.column(i);
                float weight = probability(p, scores.x[i], m.logSums[column], firstQuery + column, warpKey + row, length);
                float factor = !dropping || m.bits[column] >> row & 1 ? p.keptScale : 0.0f;
                size_t at = row * PASSING_ROW + column;
                store(m.weights, at, weight * factor);
                store(m.gradients, at, weight * (factor * dWeights.x[i] - m.deltas[column]));
            }
            __syncwarp();
            addWeighted<D>(m.weights + part * SIDE, PASSING_ROW, m.passingOther + rows, dValues);
            addWeighted<D>(m.gradients + part * SIDE, PASSING_ROW, m.passing + rows, dKeys);
        }
    }
    __syncthreads();
    scaleSums<D>(dKeys, p.scale);
    storeRows<D>(dKeys, m.stage(), dQkv + p.at(1, warpKey, D), p.stride(D), p.s - warpKey);
    storeRows<D>(dValues, m.stage(), dQkv + p.at(2, warpKey, D), p.stride(D), p.s - warpKey);
}

// dQ of the block's queries.
template <int D>
__device__ __forceinline__ void backwardQueries(
    const Problem& p, Line* memory, const element* dOut, const float* logSums, const float* deltas, element* dQkv) {
    BackwardMemory<D> m(memory);
    int warp = threadIdx.x / WARP_LANES;
    int lane = threadIdx.x % WARP_LANES;
    int length = p.length();
    int firstQuery = (gridDim.x - 1 - blockIdx.x) * OWN_ROWS;  // those that see most keys begin first
    int warpRow = warp * SIDE;
    int warpQuery = firstQuery + warpRow;
    long long position = p.positions[p.sample()];
    bool dropping = p.threshold != 0;

    Places places(reinterpret_cast<float*>(m.own));
    loadTile<D, OWN_ROWS>(m.own, p.qkv + p.at(0, firstQuery, D), p.stride(D), p.s - firstQuery);
    loadTile<D, OWN_ROWS>(m.ownOther, dOut + p.outAt(firstQuery, D), p.outStride(D), p.s - firstQuery);
    loadStatistics(m, p, logSums, deltas, firstQuery, OWN_ROWS);
    const element* queries = m.own + warpRow * (D + SKEW);
    const element* dRows = m.ownOther + warpRow * (D + SKEW);
    Sums dQueries[D / SIDE];
    clear<D>(dQueries);
    int end = p.visible(firstQuery + OWN_ROWS - 1, length);
    int warpEnd = p.visible(warpQuery + SIDE - 1, length);
    for (int firstKey = 0; firstKey < end; firstKey += PASSING_ROWS) {
        __syncthreads();  // the tiles before are used
        loadTile<D, PASSING_ROWS>(m.passing, p.qkv + p.at(1, firstKey, D), p.stride(D), length - firstKey);
        loadTile<D, PASSING_ROWS>(m.passingOther, p.qkv + p.at(2, firstKey, D), p.stride(D), length - firstKey);
        if (dropping) {
            m.bits[lane] = (unsigned short)p.keptOfSixteen(warpQuery + lane / 2, firstKey + lane % 2 * SIDE, position);
        }
        __syncthreads();
#pragma unroll 1
        for (int part = 0; part < PASSING_ROWS / SIDE && firstKey + part * SIDE < warpEnd; part++) {
            int rows = part * SIDE * (D + SKEW);
            Sums scores;
            Sums dWeights;
            nvcuda::wmma::fill_fragment(scores, 0.0f);
            nvcuda::wmma::fill_fragment(dWeights, 0.0f);
            addScores<D>(queries, m.passing + rows, scores);
            addScores<D>(dRows, m.passingOther + rows, dWeights);
#pragma unroll
            for (int i = 0; i < NUMBERS; i++) {
                int row = places.row(i);
                int column = places.column(i);
                float weight = probability(
                    p, scores.x[i], m.logSums[warpRow + row], warpQuery + row, firstKey + part * SIDE + column, length);
                float factor = !dropping || m.bits[2 * row + part] >> column & 1 ? p.keptScale : 0.0f;
                float gradient = weight * (factor * dWeights.x[i] - m.deltas[warpRow + row]);
                store(m.gradients, row * PASSING_ROW + part * SIDE + column, gradient);
            }
            __syncwarp();
            addWeighted<D>(m.gradients + part * SIDE, PASSING_ROW, m.passing + rows, dQueries);
        }
    }
    __syncthreads();
    scaleSums<D>(dQueries, p.scale);
    storeRows<D>(dQueries, m.stage(), dQkv + p.at(0, warpQuery, D), p.stride(D), p.s - warpQuery);
}
