// What stands between two matrix products, each in one pass over its operands.
//
//   kernel                bytes per element, 16-bit   float32   FLOPs per element (an exponential counts 10)
//   bias                  4  (x, y)                    8          1
//   biasGelu, biasTanh    4                            8         17
//   their backward        6  (dy, x, dx)              12         28
//   biasDropoutResidual   6  (x, residual, out)       12          3, and 18 integer operations for the mask
//   dropout               4                            8          1, and 18
//   add                   6                           12          1
//   columnSums            2                            4          1
//
// Memory decides all of them. A million elements need, at 2.04 TB/s (A100) and 3.35 TB/s (H100): 2.0 and 1.2 us for 4 bytes,
// 2.9 and 1.8 us for 6; at 19.5 and 67 TFLOP/s, 28 FLOPs need 1.4 and 0.4 us. The bias comes from the cache.
//
// Launch shape: a warp takes 32 neighbouring 16-byte vectors of one row, 8 warps as many rows, and a thread goes on to 4 or
// more rows of its vector: so the bias is loaded and widened once, and no index is divided. 256 threads with fewer than
// 64 registers let an SM hold 4 blocks, whose loads cover the latency of memory. Column sums: see columns.cuh; 128 chunks of
// a strip of 32 vectors are at least 384 blocks for 768 columns of 16 bits.
#include "columns.cuh"
#include "philox.cuh"

/** For y = x + bias. */
struct Identity {
    __device__ __forceinline__ float operator()(float u) const { return u; }
};

/**
 * The tanh form of GELU (Hendrycks and Gimpel 2016). Because (1 + tanh z) / 2 = 1 / (1 + exp(-2z)) it is u sigmoid(w) with
 * w = 2 sqrt(2/pi) (u + 0.044715 u^3): nothing cancels, and where exp(-w) overflows the result is -0, its limit.
 */
struct Gelu {
    static constexpr float LINEAR = 1.5957691216057308f;                // 2 sqrt(2/pi)
    static constexpr float CUBED = 0.07135481627260025f;                // 0.044715 of that
    static constexpr float DERIVATIVE_SQUARED = 0.21406444881780076f;   // 3 times that

    __device__ __forceinline__ float operator()(float u) const {
        float w = u * fmaf(u * u, CUBED, LINEAR);
        return u / (expf(-w) + 1.0f);
    }
};

/** sigmoid(w) + u w' sigmoid(w) (1 - sigmoid(w)); the exponential is taken of -|w|, which cannot overflow. */
struct GeluDerivative {
    __device__ __forceinline__ float operator()(float u) const {
        float square = u * u;
        float w = u * fmaf(square, Gelu::CUBED, Gelu::LINEAR);
        float e = expf(-fabsf(w));
        float q = 1.0f / (e + 1.0f);
        float other = e * q;  // 1 - q
        float sigmoid = w < 0.0f ? other : q;
        // Where u^3 overflows, other is 0 and so is the second term.
        float slope = other == 0.0f ? 0.0f : u * fmaf(square, Gelu::DERIVATIVE_SQUARED, Gelu::LINEAR);
        return fmaf(slope, other * q, sigmoid);
    }
};

struct Tanh {
    __device__ __forceinline__ float operator()(float u) const { return tanhf(u); }
};

/** 1 - tanh^2 as 4 e / (1 + e)^2 with e = exp(-2|u|), which cancels nowhere. */
struct TanhDerivative {
    __device__ __forceinline__ float operator()(float u) const {
        float e = expf(-2.0f * fabsf(u));
        float q = 1.0f / (e + 1.0f);
        return 4.0f * e * q * q;
    }
};

/** y = function(x + bias) for x, y [rows, columns]; y may be x. */
template <class Function>
__device__ __forceinline__ void mapRows(
        const element* x, const element* bias, element* y, long long rows, long long columns, bool wide, Function function) {
    Place place(columns);
    if (place.count <= 0) {
        return;
    }
    float shift[VECTOR];
    loadVector(bias + place.column, place.count, wide, shift);
    for (long long row = place.row; row < rows; row += place.stride) {
        long long at = row * columns + place.column;
        float values[VECTOR];
        loadVector(x + at, place.count, wide, values);
#pragma unroll
        for (int i = 0; i < VECTOR; i++) {
            values[i] = function(values[i] + shift[i]);
        }
        storeVector(y + at, place.count, wide, values);
    }
}

/** dx = dy derivative(x + bias) for dy, x, dx [rows, columns]; dx may be dy. */
template <class Derivative>
__device__ __forceinline__ void mapGradient(
        const element* dy,
        const element* x,
        const element* bias,
        element* dx,
        long long rows,
        long long columns,
        bool wide,
        Derivative derivative) {
    Place place(columns);
    if (place.count <= 0) {
        return;
    }
    float shift[VECTOR];
    loadVector(bias + place.column, place.count, wide, shift);
    for (long long row = place.row; row < rows; row += place.stride) {
        long long at = row * columns + place.column;
        float values[VECTOR];
        float gradient[VECTOR];
        loadVector(x + at, place.count, wide, values);
        loadVector(dy + at, place.count, wide, gradient);
#pragma unroll
        for (int i = 0; i < VECTOR; i++) {
            gradient[i] *= derivative(values[i] + shift[i]);
        }
        storeVector(dx + at, place.count, wide, gradient);
    }
}

extern "C" __global__ void __launch_bounds__(256) bias(
        const element* x, const element* bias, element* y, long long rows, long long columns, int wide) {
    mapRows(x, bias, y, rows, columns, wide != 0, Identity());
}

extern "C" __global__ void __launch_bounds__(256) biasGelu(
        const element* x, const element* bias, element* y, long long rows, long long columns, int wide) {
    mapRows(x, bias, y, rows, columns, wide != 0, Gelu());
}

extern "C" __global__ void __launch_bounds__(256) biasTanh(
        const element* x, const element* bias, element* y, long long rows, long long columns, int wide) {
    mapRows(x, bias, y, rows, columns, wide != 0, Tanh());
}

extern "C" __global__ void __launch_bounds__(256) biasGeluBackward(
        const element* dy, const element* x, const element* bias, element* dx, long long rows, long long columns, int wide) {
    mapGradient(dy, x, bias, dx, rows, columns, wide != 0, GeluDerivative());
}

extern "C" __global__ void __launch_bounds__(256) biasTanhBackward(
        const element* dy, const element* x, const element* bias, element* dx, long long rows, long long columns, int wide) {
    mapGradient(dy, x, bias, dx, rows, columns, wide != 0, TanhDerivative());
}

/** The factors of a vector that begins at `column` of row `number`, counted in a micro-batch of samples of `sequence` rows. */
__device__ __forceinline__ void vectorFactors(
    unsigned long long seed,
    unsigned site,
    unsigned threshold,
    float scale,
    const long long* positions,
    long long sequence,
    long long number,
    long long column,
    long long columns,
    float (&factors)[VECTOR]) {
    long long sample = number / sequence;
    long long block = (number - sample * sequence) * ((columns + 3) / 4) + column / 4;
#pragma unroll
    for (int i = 0; i < VECTOR; i += 4) {
        float4 four = dropoutFactors(seed, site, threshold, scale, (unsigned)(block + i / 4), positions[sample]);
        factors[i] = four.x;
        factors[i + 1] = four.y;
        factors[i + 2] = four.z;
        factors[i + 3] = four.w;
    }
}

/** out = residual + dropout(x + bias); out may be x or residual. */
extern "C" __global__ void __launch_bounds__(256) biasDropoutResidual(
        const element* x,
        const element* bias,
        const element* residual,
        element* out,
        long long rows,
        long long columns,
        int wide,
        int active,
        unsigned long long seed,
        unsigned site,
        unsigned threshold,
        float scale,
        const long long* positions,
        long long sequence,
        long long first) {
    Place place(columns);
    if (place.count <= 0) {
        return;
    }
    float shift[VECTOR];
    loadVector(bias + place.column, place.count, wide, shift);
    for (long long row = place.row; row < rows; row += place.stride) {
        long long at = row * columns + place.column;
        float values[VECTOR];
        float sums[VECTOR];
        loadVector(x + at, place.count, wide, values);
        loadVector(residual + at, place.count, wide, sums);
        float factors[VECTOR];
        if (active) {
            vectorFactors(
                seed, site, threshold, scale, positions, sequence, first + row, place.column, columns, factors);
        }
#pragma unroll
        for (int i = 0; i < VECTOR; i++) {
            float branch = values[i] + shift[i];
            sums[i] += active ? branch * factors[i] : branch;
        }
        storeVector(out + at, place.count, wide, sums);
    }
}

/** y = dropout(x), of an active dropout; y may be x. */
extern "C" __global__ void __launch_bounds__(256) dropout(
        const element* x,
        element* y,
        long long rows,
        long long columns,
        int wide,
        unsigned long long seed,
        unsigned site,
        unsigned threshold,
        float scale,
        const long long* positions,
        long long sequence,
        long long first) {
    Place place(columns);
    if (place.count <= 0) {
        return;
    }
    for (long long row = place.row; row < rows; row += place.stride) {
        long long at = row * columns + place.column;
        float values[VECTOR];
        float factors[VECTOR];
        loadVector(x + at, place.count, wide, values);
        vectorFactors(
                seed, site, threshold, scale, positions, sequence, first + row, place.column, columns, factors);
#pragma unroll
        for (int i = 0; i < VECTOR; i++) {
            values[i] *= factors[i];
        }
        storeVector(y + at, place.count, wide, values);
    }
}

/** y += x, both [count]. */
extern "C" __global__ void __launch_bounds__(256) add(const element* x, element* y, long long count, int wide) {
    long long stride = gridDim.x * (long long)blockDim.x * VECTOR;
    for (long long at = (blockIdx.x * (long long)blockDim.x + threadIdx.x) * VECTOR; at < count; at += stride) {
        float values[VECTOR];
        float sums[VECTOR];
        loadVector(x + at, count - at, wide, values);
        loadVector(y + at, count - at, wide, sums);
#pragma unroll
        for (int i = 0; i < VECTOR; i++) {
            sums[i] += values[i];
        }
        storeVector(y + at, count - at, wide, sums);
    }
}

/**
 * partial[k, j] = sum of x[i, j] over the rows i of chunk k = blockIdx.y, for x [rows, columns] and the `width` columns from
 * x on.
 */
extern "C" __global__ void __launch_bounds__(WARP* ROW_LANES) columnSums(
        const element* x, long long rows, long long columns, long long width, long long chunk, int wide, float* partial) {
    __shared__ float shared[ROW_LANES][STRIP];
    long long column = blockIdx.x * (long long)STRIP + threadIdx.x * VECTOR;
    long long end = min((blockIdx.y + 1) * chunk, rows);
    float sums[VECTOR] = {};
    if (column < width) {
        for (long long row = blockIdx.y * chunk + threadIdx.y; row < end; row += ROW_LANES) {
            float values[VECTOR];
            loadVector(x + row * columns + column, width - column, wide, values);
#pragma unroll
            for (int i = 0; i < VECTOR; i++) {
                sums[i] += values[i];
            }
        }
    }
    storeChunk(sums, shared, partial + blockIdx.y * width, width);
}

/** sums[j] += the chunks of partial [chunks, width], in order. */
extern "C" __global__ void __launch_bounds__(WARP* ROW_LANES) addColumnSums(
        const float* partial, int chunks, long long width, float* sums) {
    __shared__ float shared[ROW_LANES][WARP];
    addChunks(partial, chunks, width, sums, shared);
}
