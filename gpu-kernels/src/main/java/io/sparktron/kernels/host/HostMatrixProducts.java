package io.sparktron.kernels.host;

import io.sparktron.kernels.MatrixProducts;
import io.sparktron.kernels.Operands;
import io.sparktron.tensor.Queue;
import io.sparktron.tensor.Tensor;

/**
 * Products by OpenBLAS. A product is cut along the longer side of c into one block per thread, so its bits are a function of the thread
 * count, and of nothing else that may change between two runs.
 */
final class HostMatrixProducts implements MatrixProducts {
    /** Multiply-adds that are worth a second thread. */
    private static final long WORTH_A_THREAD = 1 << 18;
    /** Blocks start at multiples of this many rows or columns of c: a whole number of OpenBLAS's micro-tiles. */
    private static final long ALIGNMENT = 48;

    private final Blas[] blas;

    HostMatrixProducts(Blas[] blas) {
        this.blas = blas;
    }

    @Override
    public void multiply(
            Queue queue, boolean transposeA, Tensor a, boolean transposeB, Tensor b, float beta, Tensor c) {
        Workers workers = HostQueue.of(queue).workers();
        long k = Operands.product(transposeA, a, transposeB, b, c);
        Floats.require("a", a);
        Floats.require("b", b);
        Floats.require("c", c);
        long m = c.extent(0);
        long n = c.extent(1);
        if (m == 0 || n == 0) {
            return;
        }
        boolean byRows = m >= n;
        long length = byRows ? m : n;
        long tiles = (length + ALIGNMENT - 1) / ALIGNMENT;
        long grain = Math.max(1, WORTH_A_THREAD / Math.max(1, m * n / length * k * ALIGNMENT));
        workers.run(tiles, grain, (worker, firstTile, endTile) -> {
            long first = firstTile * ALIGNMENT;
            long end = Math.min(endTile * ALIGNMENT, length);
            long row = byRows ? first : 0;
            long column = byRows ? 0 : first;
            blas[worker].multiply(
                    transposeA,
                    transposeB,
                    byRows ? end - first : m,
                    byRows ? n : end - first,
                    k,
                    1,
                    a.address() + Float.BYTES * (transposeA ? row : row * k),
                    Math.max(1, a.extent(1)),
                    b.address() + Float.BYTES * (transposeB ? column * k : column),
                    Math.max(1, b.extent(1)),
                    beta,
                    c.address() + Float.BYTES * (row * n + column),
                    n);
        });
    }
}
