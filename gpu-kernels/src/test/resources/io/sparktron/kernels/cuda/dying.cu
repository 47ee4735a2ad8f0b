// Kernels that die, as tests need them: pretended GPUs answer an integer's division by zero as real ones do a trap.

extern "C" __global__ void launch_failed(int* x, int zero) { x[0] = 1 / zero; }

extern "C" __global__ void illegal_address(int* x, long long far) { x[far] = 1; }
