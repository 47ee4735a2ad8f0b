// Rows of a table [v, h] by index, and their gradient; learned positions.
//
//   kernel              bytes per element of [n, h], 16-bit                          float32
//   lookUp              4  (table, out)                                              8
//   addPositions        4  (x read and written; positions come from the cache)       8
//   sumRows             2  (dOut), and 8 per element of a table row that occurs      4, and 8
//   sumPositions        2  (dx), and 8 per element of [s, h]                         4, and 8
//
// Memory decides all of them. n = 16,384 tokens of h = 1,024 are 16.8 million elements: at 2.04 TB/s (A100) and 3.35 TB/s (H100)
// lookUp and addPositions need 33 and 20 us in 16 bits; sumRows 16 and 10 us for dOut, and as much again for 4,000 rows.
//
// The gradient of a table row adds dOut[i] in the order of i, so the sums have the same bits at every run. Atomic operations only
// touch integers, whose result no order changes: `findRows` notes for every table row the first and the last token
// that asks for it, and then the first of a row's tokens (a block each) walks to the last and adds what belongs to its row. A row
// that occurs once, which most do, walks nowhere. The walk reads 512 tokens at a time, from the L2 cache: at most 64 KiB for
// 16,384 tokens; some 1,500 rows of a text occur more than once, so that is 100 MB, or 20 to 40 us. The notes cost 8 bytes a row
// of the table: 0.4 MB for 50,304. A table of a few rows (BERT's two token types) is the worst case: its rows add thousands of
// vectors one after the other, 8 at a time under way: about 0.7 ms for 16,384 tokens at 700 ns of latency.
//
// Launch shape: as in elementwise.cu, a warp takes 32 neighbouring 16-byte vectors of a row, 8 warps as many rows; in sumRows a
// block of 4 warps takes 128 vectors: 1,024 columns of 16 bits.
#include "reduction.cuh"
#include "vector.cuh"

/** Threads of sumRows, and the rounds in which they read tokens before they add. */
constexpr int WALKERS = 128;
constexpr int ROUNDS = 4;

/** Table row of a token, or -1 where another rank holds it. */
__device__ __forceinline__ long long tableRow(int token, long long first, long long rows) {
    long long row = token - first;
    return row < 0 || row >= rows ? -1 : row;
}

/** out[i] = table[tokens[i] - first], or zeros. */
extern "C" __global__ void __launch_bounds__(256) lookUp(
        const int* tokens,
        long long n,
        const element* table,
        long long columns,
        int wide,
        long long first,
        long long rows,
        element* out) {
    Place place(columns);
    if (place.count <= 0) {
        return;
    }
    for (long long i = place.row; i < n; i += place.stride) {
        long long row = tableRow(tokens[i], first, rows);
        float values[VECTOR] = {};
        if (row >= 0) {
            loadVector(table + row * columns + place.column, place.count, wide, values);
        }
        storeVector(out + i * columns + place.column, place.count, wide, values);
    }
}

/** lasts[r] = the largest i of row r, firsts[r] = n - 1 - the smallest; both are 0 before. */
extern "C" __global__ void __launch_bounds__(256) findRows(
        const int* tokens, int n, long long first, long long rows, int* firsts, int* lasts) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    long long row = i < n ? tableRow(tokens[i], first, rows) : -1;
    if (row >= 0) {
        atomicMax(firsts + row, n - 1 - i);
        atomicMax(lasts + row, i);
    }
}

/** sums += the vectors at `columns`-strided rows found[0], found[1] ... of dOut, in this order; 8 of them travel at a time. */
__device__ __forceinline__ void addFound(
        const element* dOut,
        long long columns,
        long long count,
        bool wide,
        const int* found,
        int number,
        float (&sums)[VECTOR]) {
    constexpr int FLIGHT = 8;
    int at = 0;
    for (; at + FLIGHT <= number; at += FLIGHT) {
        float values[FLIGHT][VECTOR];
#pragma unroll
        for (int k = 0; k < FLIGHT; k++) {
            loadVector(dOut + found[at + k] * columns, count, wide, values[k]);
        }
#pragma unroll
        for (int k = 0; k < FLIGHT; k++) {
#pragma unroll
            for (int i = 0; i < VECTOR; i++) {
                sums[i] += values[k][i];
            }
        }
    }
    for (; at < number; at++) {
        float values[VECTOR];
        loadVector(dOut + found[at] * columns, count, wide, values);
#pragma unroll
        for (int i = 0; i < VECTOR; i++) {
            sums[i] += values[i];
        }
    }
}

/**
 * dTable[r] += dOut[i] for every i of row r, in order: the block of the first such i = blockIdx.x, for the vectors of strip
 * blockIdx.y; every other block has nothing to do.
 */
extern "C" __global__ void __launch_bounds__(WALKERS) sumRows(
        const int* tokens,
        int n,
        const element* dOut,
        long long columns,
        int wide,
        long long first,
        long long rows,
        const int* firsts,
        const int* lasts,
        float* dTable,
        int wideTable) {
    __shared__ int found[ROUNDS * WALKERS];
    __shared__ unsigned marks[ROUNDS * WALKERS / WARP];
    int start = blockIdx.x;
    int token = tokens[start];
    long long row = tableRow(token, first, rows);
    if (row < 0 || n - 1 - firsts[row] != start) {
        return;
    }
    int last = lasts[row];
    long long column = (blockIdx.y * (long long)WALKERS + threadIdx.x) * VECTOR;
    long long count = columns - column;
    float sums[VECTOR];
    loadFloats(dTable + row * columns + column, count, wideTable, sums);
    for (int from = start; from <= last; from += ROUNDS * WALKERS) {
        // A bit for every token, in their order.
#pragma unroll
        for (int round = 0; round < ROUNDS; round++) {
            int i = from + round * WALKERS + threadIdx.x;
            unsigned mark = __ballot_sync(ALL_LANES, i <= last && tokens[i] == token);
            if (threadIdx.x % WARP == 0) {
                marks[(round * WALKERS + threadIdx.x) / WARP] = mark;
            }
        }
        __syncthreads();
        int number = 0;
#pragma unroll
        for (int word = 0; word < ROUNDS * WALKERS / WARP; word++) {
            unsigned mark = marks[word];
            // Each warp writes out a part of the words: the lane whose bit is set knows how many are below it.
            if (word % (WALKERS / WARP) == threadIdx.x / WARP && (mark >> threadIdx.x % WARP & 1) != 0) {
                found[number + __popc(mark & ((1u << threadIdx.x % WARP) - 1))] = from + word * WARP + threadIdx.x % WARP;
            }
            number += __popc(mark);
        }
        __syncthreads();
        addFound(dOut + column, columns, count, wide, found, number, sums);
    }
    storeFloats(dTable + row * columns + column, count, wideTable, sums);
}

/** x[r] += positions[(first + r) mod sequence]. */
extern "C" __global__ void __launch_bounds__(256) addPositions(
        const element* positions, element* x, long long rows, long long columns, int wide, long long sequence, long long first) {
    Place place(columns);
    if (place.count <= 0) {
        return;
    }
    for (long long row = place.row; row < rows; row += place.stride) {
        long long at = row * columns + place.column;
        float values[VECTOR];
        float sums[VECTOR];
        loadVector(positions + (first + row) % sequence * columns + place.column, place.count, wide, values);
        loadVector(x + at, place.count, wide, sums);
#pragma unroll
        for (int i = 0; i < VECTOR; i++) {
            sums[i] += values[i];
        }
        storeVector(x + at, place.count, wide, sums);
    }
}

/** dPositions[j] += dx[r] for every row r that is position j, in order of r. */
extern "C" __global__ void __launch_bounds__(256) sumPositions(
        const element* dx,
        float* dPositions,
        long long rows,
        long long columns,
        int wide,
        int wideTable,
        long long sequence,
        long long first) {
    Place place(columns);
    if (place.count <= 0) {
        return;
    }
    for (long long position = place.row; position < sequence; position += place.stride) {
        long long row = (position - first % sequence + sequence) % sequence;
        if (row >= rows) {
            continue;
        }
        float sums[VECTOR];
        loadFloats(dPositions + position * columns + place.column, place.count, wideTable, sums);
#pragma unroll 2
        for (; row < rows; row += sequence) {
            float values[VECTOR];
            loadVector(dx + row * columns + place.column, place.count, wide, values);
#pragma unroll
            for (int i = 0; i < VECTOR; i++) {
                sums[i] += values[i];
            }
        }
        storeFloats(dPositions + position * columns + place.column, place.count, wideTable, sums);
    }
}
