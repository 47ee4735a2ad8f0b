package io.sparktron.kernels.oracle;

import static io.sparktron.kernels.host.Elements.get;
import static io.sparktron.kernels.host.Elements.set;

import io.sparktron.kernels.MatrixProducts;
import io.sparktron.kernels.Operands;
import io.sparktron.kernels.host.HostQueue;
import io.sparktron.tensor.Queue;
import io.sparktron.tensor.Tensor;

/** Products by the definition: a row times a column. */
final class OracleMatrixProducts implements MatrixProducts {
    @Override
    public void multiply(
            Queue queue, boolean transposeA, Tensor a, boolean transposeB, Tensor b, float beta, Tensor c) {
        HostQueue.of(queue);
        long depth = Operands.product(transposeA, a, transposeB, b, c); // k
        long rows = c.extent(0); // m
        long columns = c.extent(1); // n
        for (long i = 0; i < rows; i++) {
            for (long j = 0; j < columns; j++) {
                double sum = beta == 0 ? 0 : beta * get(c, i * columns + j);
                for (long k = 0; k < depth; k++) {
                    sum += get(a, transposeA ? k * rows + i : i * depth + k)
                            * get(b, transposeB ? j * depth + k : k * columns + j);
                }
                set(c, i * columns + j, sum);
            }
        }
    }
}
