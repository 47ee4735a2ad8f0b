// Cross entropy over logits [n, v] whose columns are split over ranks, in parts around two reductions (paper, section 3).
//
//   kernel     bytes per logit, 16-bit   float32   FLOPs per logit (an exponential counts 10)
//   maximum    2                         4           1
//   sums       2                         4          12
//   gradient   4  (logits, dLogits)      8          12
//   losses, correct: per row only
//
// Memory decides all of them. n = 16,384 rows of v = 50,304 logits of 16 bits are 1.65 GB: maximum and sums need 0.81 ms each
// at 2.04 TB/s (A100) and 0.49 ms at 3.35 TB/s (H100), gradient twice that; 12 FLOPs a logit need 0.5 ms at 19.5 TFLOP/s
// and 0.15 ms at 67.
//
// Launch shape: a block a row, a thread a 16-byte vector of it up to 512 threads, so an SM holds 4 rows and their loads
// cover the latency of memory. Each thread adds its vectors in order, the block adds its threads in a fixed order.
#include "reduction.cuh"
#include "vector.cuh"

/** A target that is not predicted. */
constexpr int IGNORED = -100;

/** max[i] of the used columns of row i = blockIdx.x. */
extern "C" __global__ void __launch_bounds__(512) maximum(
        const element* logits, long long width, long long columns, int wide, float* max) {
    __shared__ float shared[WARP];
    const element* row = logits + blockIdx.x * width;
    float largest = __uint_as_float(0xFF800000u);  // -infinity
    for (long long column = threadIdx.x * VECTOR; column < columns; column += blockDim.x * VECTOR) {
        float values[VECTOR];
        loadVector(row + column, columns - column, wide, values);
#pragma unroll
        for (int i = 0; i < VECTOR; i++) {
            if (column + i < columns) {
                largest = Maximum()(largest, values[i]);
            }
        }
    }
    largest = blockMaximum(largest, shared);
    if (threadIdx.x == 0) {
        max[blockIdx.x] = largest;
    }
}

/** The column of row i's target here, or -1 where another rank holds it or it is ignored. */
__device__ __forceinline__ long long targetColumn(int target, long long first, long long columns) {
    long long column = target - first;
    return target == IGNORED || column < 0 || column >= columns ? -1 : column;
}

/** sums[0, i] and sums[1, i] of row i = blockIdx.x of n = gridDim.x. */
extern "C" __global__ void __launch_bounds__(512) sums(
        const element* logits,
        long long width,
        long long columns,
        int wide,
        const float* max,
        const int* targets,
        long long first,
        float* sums) {
    __shared__ float shared[WARP];
    const element* row = logits + blockIdx.x * width;
    float shift = max[blockIdx.x];
    float sum = 0;
    for (long long column = threadIdx.x * VECTOR; column < columns; column += blockDim.x * VECTOR) {
        float values[VECTOR];
        loadVector(row + column, columns - column, wide, values);
#pragma unroll
        for (int i = 0; i < VECTOR; i++) {
            if (column + i < columns) {
                sum += expf(values[i] - shift);
            }
        }
    }
    sum = blockSum(sum, shared);
    if (threadIdx.x == 0) {
        long long target = targetColumn(targets[blockIdx.x], first, columns);
        sums[blockIdx.x] = sum;
        sums[(size_t)gridDim.x + blockIdx.x] = target < 0 ? 0.0f : load(row, target) - shift;
    }
}

/** losses[i] = log(sums[0, i]) - sums[1, i], 0 where ignored; the logarithm in double, one a row. */
extern "C" __global__ void __launch_bounds__(256) losses(
        const float* sums, const int* targets, float* losses, long long rows) {
    long long stride = gridDim.x * (long long)blockDim.x;
    for (long long row = blockIdx.x * (long long)blockDim.x + threadIdx.x; row < rows; row += stride) {
        bool ignored = targets[row] == IGNORED;
        losses[row] = ignored ? 0.0f : (float)(log((double)sums[row]) - (double)sums[rows + row]);
    }
}

/** total += rows that are not ignored and have sums[1, i] = 0. One block of 1,024: it counts in integers. */
extern "C" __global__ void __launch_bounds__(1024) correct(
        const float* sums, const int* targets, long long rows, double* total) {
    __shared__ int count;
    if (threadIdx.x == 0) {
        count = 0;
    }
    __syncthreads();
    int own = 0;
    for (long long row = threadIdx.x; row < rows; row += blockDim.x) {
        own += targets[row] != IGNORED && sums[rows + row] == 0.0f ? 1 : 0;
    }
    atomicAdd(&count, own);
    __syncthreads();
    if (threadIdx.x == 0) {
        *total += (double)count;
    }
}

/**
 * dLogits[i, j] = (exp(logits[i, j] - max[i]) / sums[0, i] - [j = target]) scale of row i = blockIdx.x; 0 where ignored and from
 * column `columns` on. dLogits may be logits: a thread reads a vector before it writes it.
 */
extern "C" __global__ void __launch_bounds__(512) gradient(
        const element* logits,
        long long width,
        long long columns,
        int wide,
        const float* max,
        const float* sums,
        const int* targets,
        long long first,
        const double* scale,
        element* dLogits) {
    const element* row = logits + blockIdx.x * width;
    element* result = dLogits + blockIdx.x * width;
    int target = targets[blockIdx.x];
    long long used = target == IGNORED ? 0 : columns;
    long long hit = targetColumn(target, first, columns);
    float shift = max[blockIdx.x];
    double sum = sums[blockIdx.x];
    float factor = (float)(*scale / sum);
    for (long long column = threadIdx.x * VECTOR; column < width; column += blockDim.x * VECTOR) {
        float values[VECTOR];
        loadVector(row + column, used - column, wide, values);
#pragma unroll
        for (int i = 0; i < VECTOR; i++) {
            float exponential = expf(values[i] - shift);
            values[i] = column + i < used ? exponential * factor : 0.0f;
            if (column + i == hit) {
                values[i] = (float)((exponential / sum - 1.0) * *scale);
            }
        }
        storeVector(result + column, width - column, wide, values);
    }
}
