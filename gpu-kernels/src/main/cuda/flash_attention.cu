// Attention in blocks that never writes the scores to memory (Dao, "FlashAttention-2", arXiv 2307.08691), on tensor cores by nvcuda::wmma, for 16-bit types and heads of 64, 96 and 128. Its
// oracle is attention.cu. Forward keeps a number per row, log2 of the sum of its exponentials; backward computes the scores again.
//
// What it must move and compute, for a head of size d of one sample with s positions (half of the FLOPs if causal):
//
//   kernel            bytes           FLOPs        products
//   forward           8 s d           4 s^2 d      Q K^T, P V
//   deltas            4 s d           2 s d
//   backwardKeys     12 s d           8 s^2 d      Q K^T, dO V^T, P^T dO, dS^T Q
//   backwardQueries  10 s d           6 s^2 d      Q K^T, dO V^T, dS K
//
// The FLOPs decide from s of about 300 (A100) on. The floor, at s = 1024, d = 64, not causal, for 1000 heads: forward 268 GFLOP, 0.86 ms at 312 TFLOP/s (A100) and 0.27 ms at 989 TFLOP/s
// (H100); backward 940 GFLOP, 3.0 and 0.95 ms. Two passes of backward compute 14 s^2 d instead of 10, which one pass with atomic additions to dQ would: the price of the same bits every run.
//
// wmma compiles to mma.sync. On an H100 that reaches 60 to 65 % of the peak, which needs wgmma: 62 % in dense products (Luo et al., "Benchmarking and Dissecting the Nvidia Hopper GPU
// Architecture", arXiv 2402.13499, table of mma), and FlashAttention-2, on mma.sync too, reaches 35 % (Shah et al., "FlashAttention-3", arXiv 2407.08608, section 1). So the floor that
// this file can reach on an H100 is 1.6 times the above. A warp of 16 rows reads one fragment of 512 bytes from shared memory (128 bytes a cycle) for each product of 16 x 16 x 16 where the
// other fragment stays in registers (forward), two where not (backward's scores): 4 and 8 cycles, when an H100's tensor cores need 2 to 3 and an A100's 4. So expect half of that at best.
//
// Launch shape: a block of 4 warps a tile of 64 rows, a grid of tiles x heads x samples. 64 rows are what one warp's registers allow: D / 16 accumulators of 8 registers (twice that in
// backwardKeys). Shared memory: at D = 128 at most 63 KiB, which an sm_75 grants; tiles that pass by in backward have 32 rows for its sake.
//
// bfloat16 needs sm_80: below, and for float32, this file has no kernels, and the plain attention is chosen. float32 has no tensor cores but TF32's, which would round to 10 bits; on
// CUDA cores its products are cuBLAS's business, and its runs are for checks.
#if ELEMENT == 2 || (ELEMENT == 1 && (!defined(__CUDA_ARCH__) || __CUDA_ARCH__ >= 800))
#include "flash_backward.cuh"
#include "flash_forward.cuh"
#include "reduction.cuh"

// deltas [b, a, s] = sum over d of dOut out, both [b, s, a, d]. A warp a row.
extern "C" __global__ void __launch_bounds__(BLOCK_THREADS) deltas(
        const element* dOut, const element* out, long long b, long long s, long long a, int d, float* deltas) {
    long long row = (long long)blockIdx.x * BLOCK_WARPS + threadIdx.x / WARP_LANES;
    if (row >= b * s * a) {
        return;
    }
    float sum = 0;
    for (int e = threadIdx.x % WARP_LANES; e < d; e += WARP_LANES) {
        sum += load(dOut, (size_t)row * d + e) * load(out, (size_t)row * d + e);
    }
    sum = warpSum(sum);
    if (threadIdx.x % WARP_LANES == 0) {
        long long head = row % a;
        long long query = row / a % s;
        deltas[(row / a / s * a + head) * s + query] = sum;
    }
}

extern "C" __global__ void __launch_bounds__(BLOCK_THREADS, 3) forward64(
        const element* qkv,
        const int* lengths,
        const long long* positions,
        int s,
        int a,
        int causal,
        float scale,
        long long firstHead,
        unsigned long long seed,
        unsigned site,
        unsigned threshold,
        float keptScale,
        element* out,
        float* logSums) {
    extern __shared__ Line memory[];
    Problem p = {qkv, lengths, positions, s, a, causal != 0, scale, firstHead, seed, site, threshold, keptScale};
    forward<64>(p, memory, out, logSums);
}

extern "C" __global__ void __launch_bounds__(BLOCK_THREADS, 2) forward96(
        const element* qkv,
        const int* lengths,
        const long long* positions,
        int s,
        int a,
        int causal,
        float scale,
        long long firstHead,
        unsigned long long seed,
        unsigned site,
        unsigned threshold,
        float keptScale,
        element* out,
        float* logSums) {
    extern __shared__ Line memory[];
    Problem p = {qkv, lengths, positions, s, a, causal != 0, scale, firstHead, seed, site, threshold, keptScale};
    forward<96>(p, memory, out, logSums);
}

extern "C" __global__ void __launch_bounds__(BLOCK_THREADS, 2) forward128(
        const element* qkv,
        const int* lengths,
        const long long* positions,
        int s,
        int a,
        int causal,
        float scale,
        long long firstHead,
        unsigned long long seed,
        unsigned site,
        unsigned threshold,
        float keptScale,
        element* out,
        float* logSums) {
    extern __shared__ Line memory[];
    Problem p = {qkv, lengths, positions, s, a, causal != 0, scale, firstHead, seed, site, threshold, keptScale};
    forward<128>(p, memory, out, logSums);
}

extern "C" __global__ void __launch_bounds__(BLOCK_THREADS, 3) backwardKeys64(
        const element* qkv,
        const int* lengths,
        const long long* positions,
        int s,
        int a,
        int causal,
        float scale,
        long long firstHead,
        unsigned long long seed,
        unsigned site,
        unsigned threshold,
        float keptScale,
        const element* dOut,
        const float* logSums,
        const float* deltas,
        element* dQkv) {
    extern __shared__ Line memory[];
    Problem p = {qkv, lengths, positions, s, a, causal != 0, scale, firstHead, seed, site, threshold, keptScale};
    backwardKeys<64>(p, memory, dOut, logSums, deltas, dQkv);
}

extern "C" __global__ void __launch_bounds__(BLOCK_THREADS, 2) backwardKeys96(
        const element* qkv,
        const int* lengths,
        const long long* positions,
        int s,
        int a,
        int causal,
        float scale,
        long long firstHead,
        unsigned long long seed,
        unsigned site,
        unsigned threshold,
        float keptScale,
        const element* dOut,
        const float* logSums,
        const float* deltas,
        element* dQkv) {
    extern __shared__ Line memory[];
    Problem p = {qkv, lengths, positions, s, a, causal != 0, scale, firstHead, seed, site, threshold, keptScale};
    backwardKeys<96>(p, memory, dOut, logSums, deltas, dQkv);
}

extern "C" __global__ void __launch_bounds__(BLOCK_THREADS, 2) backwardKeys128(
        const element* qkv,
        const int* lengths,
        const long long* positions,
        int s,
        int a,
        int causal,
        float scale,
        long long firstHead,
        unsigned long long seed,
        unsigned site,
        unsigned threshold,
        float keptScale,
        const element* dOut,
        const float* logSums,
        const float* deltas,
        element* dQkv) {
    extern __shared__ Line memory[];
    Problem p = {qkv, lengths, positions, s, a, causal != 0, scale, firstHead, seed, site, threshold, keptScale};
    backwardKeys<128>(p, memory, dOut, logSums, deltas, dQkv);
}

extern "C" __global__ void __launch_bounds__(BLOCK_THREADS, 3) backwardQueries64(
        const element* qkv,
        const int* lengths,
        const long long* positions,
        int s,
        int a,
        int causal,
        float scale,
        long long firstHead,
        unsigned long long seed,
        unsigned site,
        unsigned threshold,
        float keptScale,
        const element* dOut,
        const float* logSums,
        const float* deltas,
        element* dQkv) {
    extern __shared__ Line memory[];
    Problem p = {qkv, lengths, positions, s, a, causal != 0, scale, firstHead, seed, site, threshold, keptScale};
    backwardQueries<64>(p, memory, dOut, logSums, deltas, dQkv);
}

extern "C" __global__ void __launch_bounds__(BLOCK_THREADS, 2) backwardQueries96(
        const element* qkv,
        const int* lengths,
        const long long* positions,
        int s,
        int a,
        int causal,
        float scale,
        long long firstHead,
        unsigned long long seed,
        unsigned site,
        unsigned threshold,
        float keptScale,
        const element* dOut,
        const float* logSums,
        const float* deltas,
        element* dQkv) {
    extern __shared__ Line memory[];
    Problem p = {qkv, lengths, positions, s, a, causal != 0, scale, firstHead, seed, site, threshold, keptScale};
    backwardQueries<96>(p, memory, dOut, logSums, deltas, dQkv);
}

extern "C" __global__ void __launch_bounds__(BLOCK_THREADS, 2) backwardQueries128(
        const element* qkv,
        const int* lengths,
        const long long* positions,
        int s,
        int a,
        int causal,
        float scale,
        long long firstHead,
        unsigned long long seed,
        unsigned site,
        unsigned threshold,
        float keptScale,
        const element* dOut,
        const float* logSums,
        const float* deltas,
        element* dQkv) {
    extern __shared__ Line memory[];
    Problem p = {qkv, lengths, positions, s, a, causal != 0, scale, firstHead, seed, site, threshold, keptScale};
    backwardQueries<128>(p, memory, dOut, logSums, deltas, dQkv);
}

#endif
