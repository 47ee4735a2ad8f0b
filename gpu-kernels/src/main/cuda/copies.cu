// Copies between the floating-point types (casts, to nearest even), and one number written everywhere.
//
//   kernel                     bytes per element
//   cast, float32 to 16 bits   6, and 6 back; between float64 and 16 bits 10; between the 16-bit types 4; of float64 and float32 12
//   fillDouble                 8
//
// Memory decides: the 6 bytes of a master weight on its way to its 16-bit copy take 2.9 us a million at 2.04 TB/s (A100) and 1.8 us
// at 3.35 TB/s (H100). Copies of one type, and 2 and 4 bytes written everywhere, are the driver's own: nothing here.
//
// Launch shape: 256 threads, neighbouring threads take neighbouring elements, each takes four or more, a block apart, whose loads
// are under way together. So a warp's access is one of 64 to 256 bytes whatever the tensors' alignment; no file depends on ELEMENT.
#include "element.cuh"

/** Elements of a thread that are under way together. */
constexpr int FLIGHT = 4;

template <class From, class To>
__device__ __forceinline__ void cast(const From* x, To* y, long long count) {
    long long step = blockDim.x;
    long long stride = gridDim.x * step * FLIGHT;
    for (long long from = blockIdx.x * step * FLIGHT + threadIdx.x; from < count; from += stride) {
        From values[FLIGHT];
#pragma unroll
        for (int i = 0; i < FLIGHT; i++) {
            if (from + i * step < count) {
                values[i] = x[from + i * step];
            }
        }
#pragma unroll
        for (int i = 0; i < FLIGHT; i++) {
            if (from + i * step < count) {
                store(y, from + i * step, load(values, i));
            }
        }
    }
}

extern "C" __global__ void __launch_bounds__(256) float64_to_float32(const double* x, float* y, long long count) {
    cast(x, y, count);
}

extern "C" __global__ void __launch_bounds__(256) float64_to_bfloat16(const double* x, bfloat16* y, long long count) {
    cast(x, y, count);
}

extern "C" __global__ void __launch_bounds__(256) float64_to_float16(const double* x, float16* y, long long count) {
    cast(x, y, count);
}

extern "C" __global__ void __launch_bounds__(256) float32_to_float64(const float* x, double* y, long long count) {
    cast(x, y, count);
}

extern "C" __global__ void __launch_bounds__(256) float32_to_bfloat16(const float* x, bfloat16* y, long long count) {
    cast(x, y, count);
}

extern "C" __global__ void __launch_bounds__(256) float32_to_float16(const float* x, float16* y, long long count) {
    cast(x, y, count);
}

extern "C" __global__ void __launch_bounds__(256) bfloat16_to_float64(const bfloat16* x, double* y, long long count) {
    cast(x, y, count);
}

extern "C" __global__ void __launch_bounds__(256) bfloat16_to_float32(const bfloat16* x, float* y, long long count) {
    cast(x, y, count);
}

extern "C" __global__ void __launch_bounds__(256) bfloat16_to_float16(const bfloat16* x, float16* y, long long count) {
    cast(x, y, count);
}

extern "C" __global__ void __launch_bounds__(256) float16_to_float64(const float16* x, double* y, long long count) {
    cast(x, y, count);
}

extern "C" __global__ void __launch_bounds__(256) float16_to_float32(const float16* x, float* y, long long count) {
    cast(x, y, count);
}

extern "C" __global__ void __launch_bounds__(256) float16_to_bfloat16(const float16* x, bfloat16* y, long long count) {
    cast(x, y, count);
}

/** Every element becomes `value`. */
extern "C" __global__ void __launch_bounds__(256) fillDouble(double* x, long long count, double value) {
    long long stride = gridDim.x * (long long)blockDim.x;
    for (long long i = blockIdx.x * (long long)blockDim.x + threadIdx.x; i < count; i += stride) {
        x[i] = value;
    }
}
