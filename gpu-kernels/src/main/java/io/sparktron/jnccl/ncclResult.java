package io.sparktron.jnccl;

/** What functions of NCCL return: {@code ncclResult_t}. */
public final class ncclResult {
    /** It succeeded. */
    public static final int ncclSuccess = 0;

    /** A call of CUDA failed. */
    public static final int ncclUnhandledCudaError = 1;

    /** A call of the system failed. */
    public static final int ncclSystemError = 2;

    /** A check inside NCCL failed: a defect of NCCL, or damaged memory. */
    public static final int ncclInternalError = 3;

    /** An argument has a value that it may not have. */
    public static final int ncclInvalidArgument = 4;

    /** The call is wrong in its place: ranks disagree, a group is not closed, two ranks share a GPU. */
    public static final int ncclInvalidUsage = 5;

    /** A peer has ended, or the network has failed. */
    public static final int ncclRemoteError = 6;

    /** A communicator that does not block is still at work; {@link JNCCL#ncclCommGetAsyncError} tells the end. Not an error. */
    public static final int ncclInProgress = 7;

    private ncclResult() {}

    /** The name of a result. */
    public static String stringFor(int result) {
        return switch (result) {
            case ncclSuccess -> "ncclSuccess";
            case ncclUnhandledCudaError -> "ncclUnhandledCudaError";
            case ncclSystemError -> "ncclSystemError";
            case ncclInternalError -> "ncclInternalError";
            case ncclInvalidArgument -> "ncclInvalidArgument";
            case ncclInvalidUsage -> "ncclInvalidUsage";
            case ncclRemoteError -> "ncclRemoteError";
            case ncclInProgress -> "ncclInProgress";
            default -> "unknown NCCL result " + result;
        };
    }
}
