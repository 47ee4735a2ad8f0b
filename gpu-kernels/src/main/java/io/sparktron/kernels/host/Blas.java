package io.sparktron.kernels.host;

import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.openblas.global.openblas_nolapack;

/**
 * Single-precision matrix products of OpenBLAS on bare addresses.
 *
 * <p>OpenBLAS's thread count is global to the process, while the ranks of a local run are threads of one process. So it is set to 1, once, and the
 * host's own workers share a product out: each call is then a function of its operands alone, at any number of concurrent callers.
 */
final class Blas {
    static {
        openblas_nolapack.blas_set_num_threads(1);
    }

    private final Address a = new Address();
    private final Address b = new Address();
    private final Address c = new Address();

    /** One per worker: a call uses its pointers. */
    static Blas[] forWorkers(int workers) {
        Blas[] all = new Blas[workers];
        for (int i = 0; i < workers; i++) {
            all[i] = new Blas();
        }
        return all;
    }

    /** {@code c = alpha op(a) op(b) + beta c} on row-major matrices at addresses; {@code ld...} is the distance of rows in elements. */
    void multiply(
            boolean transposeA,
            boolean transposeB,
            long m,
            long n,
            long k,
            float alpha,
            long a,
            long lda,
            long b,
            long ldb,
            float beta,
            long c,
            long ldc) {
        openblas_nolapack.cblas_sgemm(
                openblas_nolapack.CblasRowMajor,
                transposeA ? openblas_nolapack.CblasTrans : openblas_nolapack.CblasNoTrans,
                transposeB ? openblas_nolapack.CblasTrans : openblas_nolapack.CblasNoTrans,
                Math.toIntExact(m),
                Math.toIntExact(n),
                Math.toIntExact(k),
                alpha,
                this.a.at(a),
                Math.toIntExact(lda),
                this.b.at(b),
                Math.toIntExact(ldb),
                beta,
                this.c.at(c),
                Math.toIntExact(ldc));
    }

    /** A pointer that can be pointed elsewhere, so that a call allocates nothing. */
    private static final class Address extends FloatPointer {
        Address() {
            super((FloatPointer) null);
        }

        Address at(long bytes) {
            address = bytes;
            return this;
        }
    }
}
