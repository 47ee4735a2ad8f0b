package io.sparktron.kernels.oracle;

import static io.sparktron.kernels.host.Elements.get;
import static io.sparktron.kernels.host.Elements.set;

import io.sparktron.kernels.Elementwise;
import io.sparktron.kernels.Operands;
import io.sparktron.kernels.host.HostQueue;
import io.sparktron.tensor.Queue;
import io.sparktron.tensor.Tensor;

/** Element by element, with the functions of {@link StrictMath}. */
final class OracleElementwise implements Elementwise {
    private static final double SLOPE = Math.sqrt(2 / Math.PI);
    private static final double CUBIC = 0.044715;

    @Override
    public void bias(Queue queue, Tensor x, Tensor bias, Tensor y) {
        HostQueue.of(queue);
        Operands.rowsAndBias(x, bias, y);
        for (long i = 0; i < x.elements(); i++) {
            set(y, i, get(x, i) + get(bias, i % x.extent(1)));
        }
    }

    @Override
    public void biasBackward(Queue queue, Tensor dy, Tensor dBias) {
        HostQueue.of(queue);
        Operands.rowsAndBias(dy, dBias);
        long columns = dy.extent(1); // c
        for (long j = 0; j < columns; j++) {
            double sum = 0;
            for (long i = 0; i < dy.extent(0); i++) {
                sum += get(dy, i * columns + j);
            }
            set(dBias, j, get(dBias, j) + sum);
        }
    }

    @Override
    public void biasGelu(Queue queue, Tensor x, Tensor bias, Tensor y) {
        HostQueue.of(queue);
        Operands.rowsAndBias(x, bias, y);
        for (long i = 0; i < x.elements(); i++) {
            set(y, i, gelu(get(x, i) + get(bias, i % x.extent(1))));
        }
    }

    @Override
    public void biasGeluBackward(Queue queue, Tensor dy, Tensor x, Tensor bias, Tensor dx) {
        HostQueue.of(queue);
        Operands.rowsAndBias(x, bias, dy, dx);
        for (long i = 0; i < x.elements(); i++) {
            set(dx, i, get(dy, i) * geluDerivative(get(x, i) + get(bias, i % x.extent(1))));
        }
    }

    @Override
    public void biasResidual(Queue queue, Tensor x, Tensor bias, Tensor residual, Tensor out) {
        HostQueue.of(queue);
        Operands.rowsAndBias(x, bias, residual, out);
        for (long i = 0; i < x.elements(); i++) {
            set(out, i, get(residual, i) + (get(x, i) + get(bias, i % x.extent(1))));
        }
    }

    @Override
    public void add(Queue queue, Tensor x, Tensor y) {
        HostQueue.of(queue);
        y.expect("y", x.shape().toArray());
        for (long i = 0; i < x.elements(); i++) {
            set(y, i, get(y, i) + get(x, i));
        }
    }

    @Override
    public void fill(Queue queue, Tensor x, double value) {
        HostQueue.of(queue);
        for (long i = 0; i < x.elements(); i++) {
            set(x, i, value);
        }
    }

    @Override
    public void copy(Queue queue, Tensor x, Tensor y) {
        HostQueue.of(queue);
        Operands.sameElements("x", x, "y", y);
        for (long i = 0; i < x.elements(); i++) {
            set(y, i, get(x, i));
        }
    }

    private static double gelu(double u) {
        return u / 2 * (1 + StrictMath.tanh(SLOPE * (u + CUBIC * u * u * u)));
    }

    private static double geluDerivative(double u) {
        double tanh = StrictMath.tanh(SLOPE * (u + CUBIC * u * u * u));
        return (1 + tanh) / 2 + u / 2 * (1 - tanh * tanh) * SLOPE * (1 + 3 * CUBIC * u * u);
    }
}
