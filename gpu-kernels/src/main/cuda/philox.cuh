// Philox4x32-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011) and the masks of dropout drawn from it; the bits of io.sparktron.random.Philox and
// io.sparktron.kernels.Dropout. About 100 integer operations for four words.
#pragma once

// The four words of one block: key = seed, counter words 0 and 1, and 2 and 3 from the low and the high half of `position`.
__device__ __forceinline__ uint4 philox(unsigned long long seed, unsigned c0, unsigned c1, unsigned long long position) {
    unsigned c2 = (unsigned)position;
    unsigned c3 = (unsigned)(position >> 32);
    unsigned k0 = (unsigned)seed;
    unsigned k1 = (unsigned)(seed >> 32);
    for (int round = 0; round < 10; round++) {
        unsigned high0 = __umulhi(0xD2511F53u, c0);
        unsigned low0 = 0xD2511F53u * c0;
        unsigned high2 = __umulhi(0xCD9E8D57u, c2);
        unsigned low2 = 0xCD9E8D57u * c2;
        c0 = high2 ^ c1 ^ k0;
        c1 = low2;
        c2 = high0 ^ c3 ^ k1;
        c3 = low0;
        k0 += 0x9E3779B9u;
        k1 += 0xBB67AE85u;
    }
    return make_uint4(c0, c1, c2, c3);
}

// The factors of elements 4 block ... 4 block + 3 of one sample: 0 where dropped, else `scale`. `block` counts row-major with rows padded to 4; `position` is the sample's in the run.
__device__ __forceinline__ float4 dropoutFactors(
    unsigned long long seed, unsigned site, unsigned threshold, float scale, unsigned block, long long position) {
    uint4 words = philox(seed, block, site, (unsigned long long)position);
    return make_float4(
        words.x >= threshold ? scale : 0.0f,
        words.y >= threshold ? scale : 0.0f,
        words.z >= threshold ? scale : 0.0f,
        words.w >= threshold ? scale : 0.0f);
}

// The factor of one element, counted the same way.
__device__ __forceinline__ float dropoutFactor(
    unsigned long long seed, unsigned site, unsigned threshold, float scale, unsigned long long element, long long position) {
    float4 factors = dropoutFactors(seed, site, threshold, scale, (unsigned)(element / 4), position);
    switch (element % 4) {
        case 0:
            return factors.x;
        case 1:
            return factors.y;
        case 2:
            return factors.z;
        default:
            return factors.w;
    }
}
