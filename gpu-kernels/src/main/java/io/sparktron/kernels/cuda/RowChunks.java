package io.sparktron.kernels.cuda;

import io.sparktron.tensor.DType;

/**
 * How {@code columns.cuh} cuts the rows of a matrix whose columns are summed: into at most {@value #MOST} chunks whose length depends on the number of rows alone, so that
 * the order of additions does. Columns are taken in strips whose partial sums fit the workspace.
 */
record RowChunks(long rows, long length, int count) {
    /** Of columns in a launch: whole blocks. */
    private static final long STRIP = 256;

    private static final int MOST = 128;
    private static final long SHORTEST = 32;
    private static final int ROW_LANES = 8;

    static RowChunks of(long rows) {
        long length = Math.max(SHORTEST, Vectors.divide(Vectors.divide(rows, MOST), ROW_LANES) * ROW_LANES);
        return new RowChunks(rows, length, (int) Vectors.divide(rows, length));
    }

    /** Columns whose partial sums, {@code sums} kinds of them in FLOAT32, fit the workspace: whole blocks, and one at least. */
    long strip(CudaWorkspace workspace, int sums) {
        long columns = workspace.capacity(DType.FLOAT32) / sums / Math.max(1, count);
        return Math.max(1, columns / STRIP) * STRIP;
    }

    /** Blocks across {@code width} columns of a type. */
    static long blocks(long width, DType type) {
        return Vectors.divide(width, (long) Vectors.WARP * Vectors.length(type));
    }

    static int rowLanes() {
        return ROW_LANES;
    }
}
