package io.sparktron.kernels.cuda;

import java.util.Optional;
import jcuda.driver.CUresult;
import jcuda.driver.CUstream;
import jcuda.driver.JCudaDriver;

/** A call of the CUDA driver, NVRTC or cuBLAS failed; the message names the call, its code and what to do about it. */
public final class CudaException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** What the driver calls an uncorrectable error of memory that it could contain; newer than JCuda's list. */
    private static final int CUDA_ERROR_CONTAINED = 226;

    private final int code;
    private final boolean gpuLost;

    CudaException(String message, int code) {
        this(message, code, false);
    }

    CudaException(String message, int code, boolean gpuLost) {
        super(message);
        this.code = code;
        this.gpuLost = gpuLost;
    }

    /**
     * Whether the GPU, and not what it was asked for, is to blame: another process may compute on it again, or on another. In this process every later call fails.
     */
    public boolean gpuLost() {
        return gpuLost;
    }

    /** What has made the current context's GPU useless to this process, if something has; does not wait. */
    static Optional<CudaException> lossOfCurrent() {
        int result = JCudaDriver.cuStreamQuery(new CUstream());
        return isLoss(result) ? Optional.of(of(result, "cuStreamQuery")) : Optional.empty();
    }

    /** An illegal address (700) is none: it stands for a defect of a kernel, which the next process would meet again. */
    static boolean isLoss(int result) {
        return switch (result) {
            case CUresult.CUDA_ERROR_DEVICE_UNAVAILABLE,
                    CUresult.CUDA_ERROR_ECC_UNCORRECTABLE,
                    CUresult.CUDA_ERROR_NVLINK_UNCORRECTABLE,
                    CUDA_ERROR_CONTAINED,
                    CUresult.CUDA_ERROR_LAUNCH_FAILED,
                    CUresult.CUDA_ERROR_UNKNOWN -> true;
            default -> false;
        };
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
                result,
                isLoss(result));
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
            case CUresult.CUDA_ERROR_ILLEGAL_ADDRESS ->
                "; a kernel touched memory that"
                        + " is not its own, and every later call of this process fails too: compute-sanitizer names it";
            case CUresult.CUDA_ERROR_LAUNCH_FAILED ->
                "; a kernel died of a fault of the GPU (dmesg says NVRM: Xid) or of its own (compute-sanitizer names it)";
            case CUresult.CUDA_ERROR_DEVICE_UNAVAILABLE,
                    CUresult.CUDA_ERROR_NVLINK_UNCORRECTABLE,
                    CUresult.CUDA_ERROR_UNKNOWN -> "; look at nvidia-smi, and for NVRM: Xid in dmesg";
            case CUresult.CUDA_ERROR_ECC_UNCORRECTABLE, CUDA_ERROR_CONTAINED ->
                "; the GPU's memory is damaged: look at nvidia-smi -q -d ECC";
            default -> "";
        };
    }
}
