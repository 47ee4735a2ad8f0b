// What plain attention does between its matrix products: scale, causal mask, key lengths, softmax and dropout, forward and backward, and keys or values without their padding. The products
// themselves (Q K^T, P V and the four of backward) are cuBLAS's. It takes any head size and type, keeps the probabilities, and is the oracle of flash_attention.cu.
//
//   kernel           bytes per score [b, a, s, s], 16-bit            float32   FLOPs per score
//   softmax          10  (scores read, probabilities; weights)       12        6, and 25 integer operations where dropped
//   softmaxBackward  12  (probabilities, dScores; both in 16 bits)   16        5, and twice 25
//
// Memory decides, and the square of s: 12 heads of 1024 positions have 12.6 million scores, so softmax needs at least 62 us on an A100 (2.04 TB/s) and 38 us on an H100 (3.35 TB/s),
// backward 74 and 45 us. Their FLOPs take 4 us at 19.5 TFLOP/s. The products write and read 4 to 14 bytes per score besides: that is what the blocked kernel saves.
//
// Launch shape: a block of 128 threads a row; a thread takes four keys in a row, which is one block of Philox. Rows are read two or three times, after the first from the L1 cache (4 s bytes).
#include "element.cuh"
#include "philox.cuh"
#include "reduction.cuh"

/** Row blockIdx.x of [b, a, s, s]. */
struct ScoreRow {
    int sample;
    int head;
    int query;
    int visible;  // keys 0 ... visible - 1 are seen

    __device__ __forceinline__ ScoreRow(const int* lengths, int a, int s, bool causal) {
        unsigned long long row = blockIdx.x;
        query = (int)(row % s);
        head = (int)(row / s % a);
        sample = (int)(row / s / a);
        int length = lengths[sample];
        visible = causal && query + 1 < length ? query + 1 : length;
    }

    /** Block of Philox of keys 4 quad ... 4 quad + 3. */
    __device__ __forceinline__ unsigned maskBlock(long long firstHead, int s, int quad) const {
        return (unsigned)((firstHead + head) * s + query) * ((unsigned)(s + 3) / 4) + quad;
    }
};

/** The factors of keys 4 quad ... 4 quad + 3. */
__device__ __forceinline__ void factorsOf(
        const ScoreRow& row,
        long long firstHead,
        int s,
        int quad,
        long long position,
        unsigned long long seed,
        unsigned site,
        unsigned threshold,
        float keptScale,
        float* factors) {
    float4 four = make_float4(1, 1, 1, 1);
    if (threshold != 0) {
        four = dropoutFactors(seed, site, threshold, keptScale, row.maskBlock(firstHead, s, quad), position);
    }
    factors[0] = four.x;
    factors[1] = four.y;
    factors[2] = four.z;
    factors[3] = four.w;
}

/** scores become probabilities, in place; weights, which may lie there too, what dropout leaves of them. All [b, a, s, s]; what is not seen becomes 0, whatever it held. */
extern "C" __global__ void __launch_bounds__(128) softmax(
        float* scores,
        element* weights,
        const int* lengths,
        const long long* positions,
        int a,
        int s,
        int causal,
        long long firstHead,
        unsigned long long seed,
        unsigned site,
        unsigned threshold,
        float keptScale) {
    __shared__ float shared[WARP];
    ScoreRow row(lengths, a, s, causal != 0);
    float* x = scores + (size_t)blockIdx.x * s;
    element* left = weights + (size_t)blockIdx.x * s;
    float maximum = __uint_as_float(0xff800000u);  // -infinity
    for (int j = threadIdx.x; j < row.visible; j += blockDim.x) {
        maximum = Maximum()(maximum, x[j]);
    }
    maximum = blockMaximum(maximum, shared);
    float sum = 0;
    for (int j = threadIdx.x; j < row.visible; j += blockDim.x) {
        sum += expf(x[j] - maximum);
    }
    float inverse = 1 / blockSum(sum, shared);
    long long position = positions[row.sample];
    for (int quad = threadIdx.x; 4 * quad < s; quad += blockDim.x) {
        float factors[4];
        factorsOf(row, firstHead, s, quad, position, seed, site, threshold, keptScale, factors);
        for (int i = 0; i < 4 && 4 * quad + i < s; i++) {
            int j = 4 * quad + i;
            float p = j < row.visible ? expf(x[j] - maximum) * inverse : 0.0f;
            x[j] = p;
            store(left, j, p * factors[i]);
        }
    }
}

/**
 * dWeights, the gradient of the weights, becomes that of the scores, p (factor dWeight - mean), in dScores, which for float32 may lie in its place; mean is the sum of p factor dWeight.
 * weights becomes what dropout left of the probabilities and may lie in their place. All [b, a, s, s]; what is not seen has no gradient, whatever dWeights holds.
 */
extern "C" __global__ void __launch_bounds__(128) softmaxBackward(
        const float* probabilities,
        const float* dWeights,
        element* weights,
        element* dScores,
        const int* lengths,
        const long long* positions,
        int a,
        int s,
        int causal,
        long long firstHead,
        unsigned long long seed,
        unsigned site,
        unsigned threshold,
        float keptScale) {
    __shared__ float shared[WARP];
    ScoreRow row(lengths, a, s, causal != 0);
    const float* p = probabilities + (size_t)blockIdx.x * s;
    const float* dp = dWeights + (size_t)blockIdx.x * s;
    element* left = weights + (size_t)blockIdx.x * s;
    element* ds = dScores + (size_t)blockIdx.x * s;
    long long position = positions[row.sample];
    float sum = 0;
    for (int quad = threadIdx.x; 4 * quad < row.visible; quad += blockDim.x) {
        float factors[4];
        factorsOf(row, firstHead, s, quad, position, seed, site, threshold, keptScale, factors);
        for (int i = 0; i < 4 && 4 * quad + i < row.visible; i++) {
            sum += p[4 * quad + i] * factors[i] * dp[4 * quad + i];
        }
    }
    float mean = blockSum(sum, shared);
    for (int quad = threadIdx.x; 4 * quad < s; quad += blockDim.x) {
        float factors[4];
        factorsOf(row, firstHead, s, quad, position, seed, site, threshold, keptScale, factors);
        for (int i = 0; i < 4 && 4 * quad + i < s; i++) {
            int j = 4 * quad + i;
            bool seen = j < row.visible;
            float probability = seen ? p[j] : 0.0f;
            float gradient = seen ? probability * (factors[i] * dp[j] - mean) : 0.0f;
            store(left, j, probability * factors[i]);
            store(ds, j, gradient);
        }
    }
}

/** clean [b, s, a, d] = part (1: keys, 2: values) of qkv [b, s, 3, a, d], with 0 for padding, which may hold anything. Block: a position of a sample. */
extern "C" __global__ void __launch_bounds__(128) withoutPadding(
        const element* qkv, const int* lengths, int part, long long s, long long width, element* clean) {
    long long row = blockIdx.x;
    bool there = row % s < lengths[row / s];
    const element* from = qkv + (row * 3 + part) * width;
    element* to = clean + row * width;
    for (long long i = threadIdx.x; i < width; i += blockDim.x) {
        if (there) {
            to[i] = from[i];
        } else {
            store(to, i, 0.0f);
        }
    }
}
