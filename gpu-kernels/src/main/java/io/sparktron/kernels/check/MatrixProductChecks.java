package io.sparktron.kernels.check;

import io.sparktron.tensor.DType;
import io.sparktron.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Dense products of odd sizes, both transposed or not, overwriting or accumulating, into the operands' type and into float32. */
public final class MatrixProductChecks {
    /** m, n, k; the last sum is one that a library cuts into parts. */
    private static final long[][] SIZES = {
        {1, 1, 1},
        {1, 17, 5},
        {17, 1, 5},
        {13, 7, 1},
        {97, 13, 29},
        {13, 131, 23},
        {151, 149, 67},
        {5, 3, 4099}
    };

    private MatrixProductChecks() {}

    static List<Check> of(DType type) {
        List<Check> checks = new ArrayList<>();
        for (DType output : outputs(type)) {
            for (long[] size : SIZES) {
                for (int flags = 0; flags < 8; flags++) {
                    checks.add(product(type, output, size, (flags & 1) != 0, (flags & 2) != 0, flags >> 2));
                }
            }
        }
        return checks;
    }

    private static Set<DType> outputs(DType type) {
        return new LinkedHashSet<>(List.of(type, DType.FLOAT32));
    }

    /** k products, exact where the operands have 16 bits, and as many sums. */
    private static Check product(
            DType type, DType output, long[] size, boolean transposeA, boolean transposeB, float beta) {
        long m = size[0];
        long n = size[1];
        long k = size[2];
        String operands = "[" + m + ", " + k + "]" + (transposeA ? "'" : "") + " x [" + k + ", " + n + "]"
                + (transposeB ? "'" : "") + (beta == 0 ? "" : ", added") + (output == type ? "" : ", to float32");
        return new Check("matrix.multiply", type, operands, host -> {
            Tensor a = transposeA ? host.normal(1, type, k, m) : host.normal(1, type, m, k);
            Tensor b = transposeB ? host.normal(2, type, n, k) : host.normal(2, type, k, n);
            Tensor start = beta == 0 ? host.unset(output, m, n) : host.normal(3, output, m, n);
            Tensor magnitude = beta == 0 ? host.unset(DType.FLOAT64, m, n) : host.magnitudes(start);
            Oracle.KERNELS
                    .matrix()
                    .multiply(
                            Oracle.QUEUE,
                            transposeA,
                            host.magnitudes(a),
                            transposeB,
                            host.magnitudes(b),
                            beta,
                            magnitude);
            return new Case(bench -> bench.matrix()
                            .multiply(
                                    bench.queue(),
                                    transposeA,
                                    bench.input(a),
                                    transposeB,
                                    bench.input(b),
                                    beta,
                                    bench.output("c", start)))
                    .within("c", Bound.roundings(k + 1, magnitude));
        });
    }
}
