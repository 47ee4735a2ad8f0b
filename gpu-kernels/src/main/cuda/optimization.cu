// The update: squares of the gradient, sums in order, what is decided once per step, and AdamW. The mathematics are those of io.sparktron.kernels.Optimization.
//
//   kernel            bytes per element            floor, 355 million elements       on A100 (2.04 TB/s)   on H100 SXM (3.35 TB/s)
//   sum_of_squares    4 read                       1.4 GB                            0.7 ms                0.4 ms
//   adam_w            16 read, 12 written, and     9.9 GB float32                    4.9 ms                3.0 ms
//                     2 written for a 16-bit copy  10.7 GB with the copy             5.2 ms                3.2 ms
//
// Both are bound by memory: 2 operations for 4 bytes, and about 15 for 28. Their loads and stores are four elements wide where the tensors lie on that. sum_of_squares adds in double, 4,096
// additions to a block: at 1/64 of the float32 rate, as on GPUs without fast double arithmetic, that still takes half as long as the loads. adam_w uses as many blocks as fill the GPU, each of which
// computes the factors of the step once, in double.
//
// sum_in_order is one block: the order of its additions is part of the contract, so that all devices agree. 512 loads are in flight while one thread adds the 512 before: about 8 cycles an
// addition, 0.4 ms for the 87,000 chunk sums of 355 million elements.
#include "element.cuh"
#include "reduction.cuh"

#define CHUNK 4096

// The slots of io.sparktron.kernels.StepState.
#define LEARNING_RATE 0
#define LOSS_GRADIENT 1
#define LOSS_SCALE 2
#define ORDER_LOSS_GRADIENT 3
#define SQUARED_NORM 4
#define NORM 5
#define CLIP 6
#define SKIPPED 7
#define UPDATES 8
#define BETA1_POWER 9
#define BETA2_POWER 10
#define TARGETS 11
#define ORDER_SAMPLES 12
#define CLEAN_STEPS 17
#define HYSTERESIS_LEFT 18
#define OVERFLOWED 19
#define FATAL 20

// One block of 256 threads to a chunk; thread t takes elements 4 (t + 256 j) ... + 3 in order, whichever way they are loaded.
extern "C" __global__ void __launch_bounds__(256) sum_of_squares(const float* __restrict__ x, long long n, double* __restrict__ sums) {
    __shared__ double shared[WARP];
    long long start = (long long)blockIdx.x * CHUNK;
    int count = (int)(n - start < CHUNK ? n - start : CHUNK);
    const float* chunk = x + start;
    bool wide = isAligned4(chunk);
    double sum = 0;
    for (int i = 4 * (int)threadIdx.x; i < count; i += 4 * 256) {
        if (wide && i + 4 <= count) {
            float4 values = load4(chunk, i);
            sum += (double)values.x * values.x;
            sum += (double)values.y * values.y;
            sum += (double)values.z * values.z;
            sum += (double)values.w * values.w;
        } else {
            for (int j = i; j < i + 4 && j < count; j++) {
                sum += (double)chunk[j] * chunk[j];
            }
        }
    }
    sum = blockSum(sum, shared);
    if (threadIdx.x == 0) {
        sums[blockIdx.x] = sum;
    }
}

#define TILE 512

// One block of 544 threads: the first adds a tile, the last 512 fetch the next one.
template <typename T>
__device__ __forceinline__ void addInOrder(const T* x, long long n, double* total) {
    __shared__ double tiles[2][TILE];
    int lane = (int)threadIdx.x - WARP;
    double sum = 0;
    for (long long start = -TILE; start < n; start += TILE) {
        int next = (int)((start / TILE + 1) & 1);
        if (lane >= 0 && start + TILE + lane < n) {
            tiles[next][lane] = x[start + TILE + lane];
        }
        if (threadIdx.x == 0 && start >= 0) {
            int count = (int)(n - start < TILE ? n - start : TILE);
            for (int i = 0; i < count; i++) {
                sum += tiles[1 - next][i];
            }
        }
        __syncthreads();
    }
    if (threadIdx.x == 0) {
        *total += sum;
    }
}

extern "C" __global__ void __launch_bounds__(544) sum_floats(const float* x, long long n, double* total) { addInOrder(x, n, total); }

extern "C" __global__ void __launch_bounds__(544) sum_doubles(const double* x, long long n, double* total) { addInOrder(x, n, total); }

extern "C" __global__ void loss_gradients(double* state) {
    state[LOSS_GRADIENT] = state[TARGETS] == 0 ? 0 : state[LOSS_SCALE] / state[TARGETS];
    state[ORDER_LOSS_GRADIENT] = state[ORDER_SAMPLES] == 0 ? 0 : state[LOSS_SCALE] / state[ORDER_SAMPLES];
}

// One thread. `window` is 0 where the loss scale stays as it is.
extern "C" __global__ void decide(
    double* state, double clip, double beta1, double beta2, long long window, int hysteresis, double minimum) {
    double scale = state[LOSS_SCALE];
    double norm = sqrt(state[SQUARED_NORM]) / scale;
    bool finite = isfinite(norm);
    state[NORM] = norm;
    state[SKIPPED] = finite ? 0 : 1;
    state[FATAL] = !finite && (window == 0 || scale <= minimum) ? 1 : 0;
    if (finite) {
        state[CLIP] = (clip == 0 ? 1 : fmin(1.0, clip / (norm + 1e-6))) / scale;
        state[UPDATES] += 1;
        state[BETA1_POWER] *= beta1;
        state[BETA2_POWER] *= beta2;
    }
    if (window == 0) {
        return;
    }
    double clean = finite ? state[CLEAN_STEPS] + 1 : 0;
    double left = state[HYSTERESIS_LEFT];
    if (clean == (double)window) {
        clean = 0;
        left = hysteresis;
        scale = 2 * scale;
    } else if (!finite) {
        left = fmax(left - 1, 0.0);
        scale = left > 0 ? scale : fmax(scale / 2, minimum);
        state[OVERFLOWED] += 1;
    }
    state[CLEAN_STEPS] = clean;
    state[HYSTERESIS_LEFT] = left;
    state[LOSS_SCALE] = scale;
}

// The factors of one update, computed in double and rounded once.
struct Factors {
    float clip;         // of the gradient
    float kept;         // beta1, what stays of the first moment
    float taken;        // 1 - beta1, what enters it
    float keptSquare;   // beta2
    float takenSquare;  // 1 - beta2
    float decay;        // 1 - learning rate x weight decay
    float step;         // learning rate / (1 - beta1^t)
    float unbias;       // 1 / sqrt(1 - beta2^t)
    float epsilon;
};

__device__ __forceinline__ void update(const Factors& by, float* parameter, float gradient, float* first, float* second) {
    float g = gradient * by.clip;
    float m = fmaf(*first, by.kept, g * by.taken);
    float v = fmaf(*second, by.keptSquare, g * g * by.takenSquare);
    float direction = m / fmaf(sqrtf(v), by.unbias, by.epsilon);
    *first = m;
    *second = v;
    *parameter = fmaf(direction, -by.step, *parameter * by.decay);
}

// Four elements to a thread at a time. `values` receives the parameter rounded to the element type; in float32 it is the parameter itself.
extern "C" __global__ void __launch_bounds__(256) adam_w(
    const double* __restrict__ state,
    double beta1,
    double beta2,
    double epsilon,
    double weightDecay,
    float* __restrict__ parameter,
    const float* __restrict__ gradient,
    float* __restrict__ first,
    float* __restrict__ second,
    element* values,
    long long n) {
    __shared__ Factors factors;
    if (state[SKIPPED] == 1) {
        return;
    }
    if (threadIdx.x == 0) {
        double rate = state[LEARNING_RATE];
        factors.clip = (float)state[CLIP];
        factors.kept = (float)beta1;
        factors.taken = (float)(1 - beta1);
        factors.keptSquare = (float)beta2;
        factors.takenSquare = (float)(1 - beta2);
        factors.decay = (float)(1 - rate * weightDecay);
        factors.step = (float)(rate / (1 - state[BETA1_POWER]));
        factors.unbias = (float)(1 / sqrt(1 - state[BETA2_POWER]));
        factors.epsilon = (float)epsilon;
    }
    __syncthreads();
    Factors by = factors;
    bool wide = isAligned4(parameter) && isAligned4(gradient) && isAligned4(first) && isAligned4(second) && isAligned4(values);
    long long stride = 4 * (long long)gridDim.x * blockDim.x;
    for (long long i = 4 * ((long long)blockIdx.x * blockDim.x + threadIdx.x); i < n; i += stride) {
        if (wide && i + 4 <= n) {
            float4 p = load4(parameter, i);
            float4 g = load4(gradient, i);
            float4 m = load4(first, i);
            float4 v = load4(second, i);
            update(by, &p.x, g.x, &m.x, &v.x);
            update(by, &p.y, g.y, &m.y, &v.y);
            update(by, &p.z, g.z, &m.z, &v.z);
            update(by, &p.w, g.w, &m.w, &v.w);
            store4(parameter, i, p);
            store4(first, i, m);
            store4(second, i, v);
#if ELEMENT != 0
            store4(values, i, p);
#endif
        } else {
            for (long long j = i; j < i + 4 && j < n; j++) {
                update(by, parameter + j, gradient[j], first + j, second + j);
#if ELEMENT != 0
                store(values, j, parameter[j]);
#endif
            }
        }
    }
}
