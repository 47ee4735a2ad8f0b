// Layer normalization over the last dimension of [n, h] (Ba et al. 2016), forward and backward.
//
//   kernel          bytes per element, 16-bit                         float32   FLOPs per element
//   normalize       4   (x, y)                                        8           9
//   inputGradient   8   (dy, x, dx read and written)                 16          14
//   weightSums      4   (dy, x)                                       8           6
//
// Memory decides all of them. A million elements need, at 2.04 TB/s (A100) and 3.35 TB/s (H100): 2.0 and 1.2 us for 4 bytes,
// 3.9 and 2.4 us for 8; at 19.5 and 67 TFLOP/s, 14 FLOPs need 0.7 and 0.2 us. The two kernels of backward read dy and x
// twice; in one kernel they would be read once, but the partial sums of every block would then be as wide as h, in
// scratch memory that grows with it.
//
// Launch shape: a block a row, a thread a 16-byte vector of it up to 512 threads. The row is walked three times (mean;
// squared distances from it, so that nothing cancels; result), the second and third time in the L1 cache: 2 to 24 KiB.
// Sums over rows: see columns.cuh.
#include "columns.cuh"
#include "reduction.cuh"

/** The sum over a row of term(values), the same in every thread of the block. */
template <class Term>
__device__ __forceinline__ float rowSum(const element* x, long long columns, bool wide, float* shared, Term term) {
    float sum = 0;
    for (long long column = threadIdx.x * VECTOR; column < columns; column += blockDim.x * VECTOR) {
        float values[VECTOR];
        loadVector(x + column, columns - column, wide, values);
#pragma unroll
        for (int i = 0; i < VECTOR; i++) {
            if (column + i < columns) {
                sum += term(values[i]);
            }
        }
    }
    return blockSum(sum, shared);
}

struct Value {
    __device__ __forceinline__ float operator()(float x) const { return x; }
};

struct SquaredDistance {
    float mean;

    __device__ __forceinline__ float operator()(float x) const { return (x - mean) * (x - mean); }
};

/** y = (x - mean) inverse weight + bias, inverse = 1 / sqrt(variance + epsilon), of row blockIdx.x of x [n, h]. */
extern "C" __global__ void __launch_bounds__(512) normalize(
        const element* x,
        const element* weight,
        const element* bias,
        float epsilon,
        element* y,
        float* mean,
        float* inverse,
        long long columns,
        int wide) {
    __shared__ float shared[WARP];
    const element* row = x + blockIdx.x * columns;
    element* result = y + blockIdx.x * columns;
    float rowMean = rowSum(row, columns, wide, shared, Value()) / (float)columns;
    float variance = rowSum(row, columns, wide, shared, SquaredDistance{rowMean}) / (float)columns;
    float rowInverse = 1.0f / sqrtf(variance + epsilon);
    for (long long column = threadIdx.x * VECTOR; column < columns; column += blockDim.x * VECTOR) {
        float values[VECTOR];
        float scale[VECTOR];
        float shift[VECTOR];
        loadVector(row + column, columns - column, wide, values);
        loadVector(weight + column, columns - column, wide, scale);
        loadVector(bias + column, columns - column, wide, shift);
#pragma unroll
        for (int i = 0; i < VECTOR; i++) {
            values[i] = fmaf((values[i] - rowMean) * rowInverse, scale[i], shift[i]);
        }
        storeVector(result + column, columns - column, wide, values);
    }
    if (threadIdx.x == 0) {
        mean[blockIdx.x] = rowMean;
        inverse[blockIdx.x] = rowInverse;
    }
}

/** dx += inverse (dy weight - mean(dy weight) - normalized mean(dy weight normalized)) of row blockIdx.x, means over the row. */
extern "C" __global__ void __launch_bounds__(512) inputGradient(
        const element* dy,
        const element* x,
        const element* weight,
        const float* mean,
        const float* inverse,
        element* dx,
        long long columns,
        int wide) {
    __shared__ float shared[WARP];
    long long start = blockIdx.x * columns;
    float rowMean = mean[blockIdx.x];
    float rowInverse = inverse[blockIdx.x];
    float sum = 0;      // of dy weight
    float product = 0;  // of dy weight normalized
    for (long long column = threadIdx.x * VECTOR; column < columns; column += blockDim.x * VECTOR) {
        float values[VECTOR];
        float gradient[VECTOR];
        float scale[VECTOR];
        loadVector(x + start + column, columns - column, wide, values);
        loadVector(dy + start + column, columns - column, wide, gradient);
        loadVector(weight + column, columns - column, wide, scale);
#pragma unroll
        for (int i = 0; i < VECTOR; i++) {
            float scaled = gradient[i] * scale[i];  // 0 beyond the row
            sum += scaled;
            product = fmaf(scaled, (values[i] - rowMean) * rowInverse, product);
        }
    }
    float meanGradient = blockSum(sum, shared) / (float)columns;
    float meanProduct = blockSum(product, shared) / (float)columns;
    for (long long column = threadIdx.x * VECTOR; column < columns; column += blockDim.x * VECTOR) {
        float values[VECTOR];
        float gradient[VECTOR];
        float scale[VECTOR];
        float sums[VECTOR];
        loadVector(x + start + column, columns - column, wide, values);
        loadVector(dy + start + column, columns - column, wide, gradient);
        loadVector(weight + column, columns - column, wide, scale);
        loadVector(dx + start + column, columns - column, wide, sums);
#pragma unroll
        for (int i = 0; i < VECTOR; i++) {
            float normalized = (values[i] - rowMean) * rowInverse;
            float centered = gradient[i] * scale[i] - meanGradient;
            sums[i] = fmaf(fmaf(-normalized, meanProduct, centered), rowInverse, sums[i]);
        }
        storeVector(dx + start + column, columns - column, wide, sums);
    }
}

/**
 * weights[k, j] = sum of dy[i, j] normalized[i, j], biases[k, j] = sum of dy[i, j], over the rows i of chunk k = blockIdx.y;
 * for dy, x [rows, columns] and the `width` columns from dy and x on.
 */
extern "C" __global__ void __launch_bounds__(WARP* ROW_LANES) weightSums(
        const element* dy,
        const element* x,
        const float* mean,
        const float* inverse,
        long long rows,
        long long columns,
        long long width,
        long long chunk,
        int wide,
        float* weights,
        float* biases) {
    __shared__ float shared[ROW_LANES][STRIP];
    long long column = blockIdx.x * (long long)STRIP + threadIdx.x * VECTOR;
    long long end = min((blockIdx.y + 1) * chunk, rows);
    float products[VECTOR] = {};
    float sums[VECTOR] = {};
    if (column < width) {
        for (long long row = blockIdx.y * chunk + threadIdx.y; row < end; row += ROW_LANES) {
            float values[VECTOR];
            float gradient[VECTOR];
            loadVector(x + row * columns + column, width - column, wide, values);
            loadVector(dy + row * columns + column, width - column, wide, gradient);
            float rowMean = mean[row];
            float rowInverse = inverse[row];
#pragma unroll
            for (int i = 0; i < VECTOR; i++) {
                products[i] = fmaf(gradient[i], (values[i] - rowMean) * rowInverse, products[i]);
                sums[i] += gradient[i];
            }
        }
    }
    storeChunk(products, shared, weights + blockIdx.y * width, width);
    storeChunk(sums, shared, biases + blockIdx.y * width, width);
}

/** dWeight[j] += the chunks of weights [chunks, width], in order, where blockIdx.y is 0; dBias += those of biases where it is 1. */
extern "C" __global__ void __launch_bounds__(WARP* ROW_LANES) addWeightSums(
        const float* weights, const float* biases, int chunks, long long width, float* dWeight, float* dBias) {
    __shared__ float shared[ROW_LANES][WARP];
    bool first = blockIdx.y == 0;
    addChunks(first ? weights : biases, chunks, width, first ? dWeight : dBias, shared);
}
