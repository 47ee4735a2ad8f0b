package io.sparktron.kernels.cuda;

import jcuda.driver.CUresult;
import jcuda.driver.JCudaDriver;

/** A call of the CUDA driver, NVRTC or cuBLAS failed; the message names the call, its code and what to do about it. */
public final class CudaException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int code;

    CudaException(String message, int code) {
        super(message);
        this.code = code;
    }

    /** What the call returned; of which library the message says. */
    public int code() {
        return code;
    }

    /**
     * Fails unless the driver's call succeeded.
     *
     * @param result of the call
     * @param call its name, with what it was about
     */
    static void check(int result, String call) {
        if (result != CUresult.CUDA_SUCCESS) {
            throw of(result, call);
        }
    }

    static CudaException of(int result, String call) {
        String[] text = {null};
        String what = JCudaDriver.cuGetErrorString(result, text) == CUresult.CUDA_SUCCESS ? ": " + text[0] : "";
        return new CudaException(
                call + " failed with " + CUresult.stringFor(result) + " (" + result + ")" + what + advice(result),
                result);
    }

    private static String advice(int result) {
        return switch (result) {
            case CUresult.CUDA_ERROR_NO_DEVICE -> "; look at nvidia-smi and at CUDA_VISIBLE_DEVICES";
            case CUresult.CUDA_ERROR_SYSTEM_DRIVER_MISMATCH, CUresult.CUDA_ERROR_COMPAT_NOT_SUPPORTED_ON_DEVICE ->
                "; libcuda.so.1 and the kernel's NVIDIA module"
                        + " are of different drivers: install one driver, or restart the machine after its update";
            case CUresult.CUDA_ERROR_UNSUPPORTED_PTX_VERSION ->
                "; this driver is older than libnvrtc.so.12, which compiled"
                        + " the kernel: update the driver or install the CUDA 12 libraries of its version";
            case CUresult.CUDA_ERROR_OUT_OF_MEMORY -> "; use more tensor ranks or a smaller train.micro-batch";
            case CUresult.CUDA_ERROR_ILLEGAL_ADDRESS, CUresult.CUDA_ERROR_LAUNCH_FAILED ->
                "; a kernel touched memory that"
                        + " is not its own, and every later call of this process fails too: compute-sanitizer names it";
            case CUresult.CUDA_ERROR_ECC_UNCORRECTABLE -> "; the GPU's memory is damaged: look at nvidia-smi -q -d ECC";
            default -> "";
        };
    }
}
