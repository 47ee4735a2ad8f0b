package io.sparktron.jnccl;

/** Reductions: {@code ncclRedOp_t}. {@link JNCCL#ncclRedOpCreatePreMulSum} makes further ones. */
public final class ncclRedOp {
    public static final int ncclSum = 0;
    public static final int ncclProd = 1;
    public static final int ncclMax = 2;
    public static final int ncclMin = 3;

    /** The sum over all ranks divided by their number. */
    public static final int ncclAvg = 4;

    private ncclRedOp() {}

    /** The name of a reduction. */
    public static String stringFor(int operation) {
        return switch (operation) {
            case ncclSum -> "ncclSum";
            case ncclProd -> "ncclProd";
            case ncclMax -> "ncclMax";
            case ncclMin -> "ncclMin";
            case ncclAvg -> "ncclAvg";
            default -> "NCCL reduction " + operation;
        };
    }
}
