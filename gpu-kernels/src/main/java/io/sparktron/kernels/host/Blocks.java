package io.sparktron.kernels.host;

/** Loops over the rows of a matrix in blocks that fit a cache, shared out to the workers. */
final class Blocks {
    /** Elements of a block, unless one row is longer. */
    static final int ELEMENTS = 16 * 1024;

    private Blocks() {}

    /** Body of a loop: rows {@code from ... from + rows - 1}; {@code lanes} is scratch of {@link Lanes#COUNT}. */
    @FunctionalInterface
    interface Body {
        void run(long from, int rows, float[] lanes);
    }

    /**
     * Runs the body over n rows of c elements. A row's result must not depend on the rows that share its block.
     */
    static void run(Workers workers, long n, long c, Body body) {
        long blockRows = Math.max(1, ELEMENTS / Math.max(1, c));
        workers.run((n + blockRows - 1) / blockRows, 1, (worker, first, end) -> {
            float[] lanes = new float[Lanes.COUNT];
            for (long block = first; block < end; block++) {
                long from = block * blockRows;
                body.run(from, (int) Math.min(blockRows, n - from), lanes);
            }
        });
    }
}
