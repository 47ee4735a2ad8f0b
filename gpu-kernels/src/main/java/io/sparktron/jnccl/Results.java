package io.sparktron.jnccl;

/** The switch between returned codes and exceptions. */
abstract class Results {
    private static volatile boolean exceptionsEnabled;

    Results() {}

    /**
     * Chooses what happens when a function does not succeed: it returns its {@link ncclResult} (the default, as in JCuda), or throws an
     * {@link NcclException} with that result and NCCL's own explanation. {@code ncclInProgress} is always returned.
     */
    public static void setExceptionsEnabled(boolean enabled) {
        exceptionsEnabled = enabled;
    }

    static int checked(String function, int result) {
        if (exceptionsEnabled && result != ncclResult.ncclSuccess && result != ncclResult.ncclInProgress) {
            String last = NcclLibrary.get().ncclGetLastError(0);
            throw new NcclException(
                    function + " failed with " + ncclResult.stringFor(result) + " (" + result + "): "
                            + (last == null || last.isBlank()
                                    ? NcclLibrary.get().ncclGetErrorString(result)
                                    : last.strip()),
                    result);
        }
        return result;
    }
}
