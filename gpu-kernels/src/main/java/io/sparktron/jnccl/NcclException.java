package io.sparktron.jnccl;

import jcuda.CudaException;

/** A function of NCCL did not succeed and {@link JNCCL#setExceptionsEnabled exceptions are enabled}, or NCCL cannot be used at all. */
public final class NcclException extends CudaException {
    private static final long serialVersionUID = 1L;

    private final int result;

    NcclException(String message, int result) {
        super(message);
        this.result = result;
    }

    NcclException(String message, Throwable cause) {
        super(message, cause);
        this.result = ncclResult.ncclSystemError;
    }

    /** What the function returned, of {@link ncclResult}; {@code ncclSystemError} where there is no library to call. */
    public int result() {
        return result;
    }
}
