package io.sparktron.jnccl;

/** Where the factor of {@link JNCCL#ncclRedOpCreatePreMulSum} lies: {@code ncclScalarResidence_t}. */
public final class ncclScalarResidence {
    /** In memory of the device; read when a collective runs. */
    public static final int ncclScalarDevice = 0;

    /** In memory of the host; read during the call that makes the reduction. */
    public static final int ncclScalarHostImmediate = 1;

    private ncclScalarResidence() {}
}
