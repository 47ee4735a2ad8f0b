package io.sparktron.kernels.oracle;

import static io.sparktron.kernels.host.Elements.get;
import static io.sparktron.kernels.host.Elements.getLong;
import static io.sparktron.kernels.host.Elements.set;

import io.sparktron.kernels.Dropout;
import io.sparktron.kernels.Elementwise;
import io.sparktron.kernels.Operands;
import io.sparktron.kernels.SampleRows;
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
        Operands.rowsAndBias(x, bias);
        Operands.sameShape("y", y, "x", x);
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
        Operands.rowsAndBias(x, bias);
        Operands.sameShape("y", y, "x", x);
        for (long i = 0; i < x.elements(); i++) {
            set(y, i, gelu(get(x, i) + get(bias, i % x.extent(1))));
        }
    }

    @Override
    public void biasGeluBackward(Queue queue, Tensor dy, Tensor x, Tensor bias, Tensor dx) {
        HostQueue.of(queue);
        Operands.rowsAndBias(x, bias);
        Operands.sameShape("dy", dy, "x", x);
        Operands.sameShape("dx", dx, "x", x);
        for (long i = 0; i < x.elements(); i++) {
            set(dx, i, get(dy, i) * geluDerivative(get(x, i) + get(bias, i % x.extent(1))));
        }
    }

    @Override
    public void biasTanh(Queue queue, Tensor x, Tensor bias, Tensor y) {
        HostQueue.of(queue);
        Operands.rowsAndBias(x, bias);
        Operands.sameShape("y", y, "x", x);
        for (long i = 0; i < x.elements(); i++) {
            set(y, i, StrictMath.tanh(get(x, i) + get(bias, i % x.extent(1))));
        }
    }

    @Override
    public void biasTanhBackward(Queue queue, Tensor dy, Tensor x, Tensor bias, Tensor dx) {
        HostQueue.of(queue);
        Operands.rowsAndBias(x, bias);
        Operands.sameShape("dy", dy, "x", x);
        Operands.sameShape("dx", dx, "x", x);
        for (long i = 0; i < x.elements(); i++) {
            double cosh = StrictMath.cosh(get(x, i) + get(bias, i % x.extent(1)));
            set(dx, i, get(dy, i) / (cosh * cosh));
        }
    }

    @Override
    public void biasDropoutResidual(
            Queue queue, Tensor x, Tensor bias, Tensor residual, Dropout dropout, SampleRows rows, Tensor out) {
        HostQueue.of(queue);
        Operands.rowsAndBias(x, bias);
        Operands.dropout(x, dropout, rows);
        Operands.sameShape("residual", residual, "x", x);
        Operands.sameShape("out", out, "x", x);
        for (long i = 0; i < x.elements(); i++) {
            double branch = get(x, i) + get(bias, i % x.extent(1));
            set(out, i, get(residual, i) + branch * factor(dropout, rows, i, x.extent(1)));
        }
    }

    @Override
    public void dropout(Queue queue, Tensor x, Dropout dropout, SampleRows rows, Tensor y) {
        HostQueue.of(queue);
        Operands.dropout(x, dropout, rows);
        Operands.sameShape("y", y, "x", x);
        for (long i = 0; i < x.elements(); i++) {
            set(y, i, get(x, i) * factor(dropout, rows, i, x.extent(1)));
        }
    }

    /** Of element i of a tensor [n, h]. */
    private static double factor(Dropout dropout, SampleRows rows, long i, long columns) {
        long row = rows.first() + i / columns; // of [b s]
        long position = getLong(rows.positions(), row / rows.sequence());
        long element = row % rows.sequence() * Dropout.paddedRow(columns) + i % columns;
        return OracleDropout.factor(dropout, position, element);
    }

    @Override
    public void add(Queue queue, Tensor x, Tensor y) {
        HostQueue.of(queue);
        Operands.sameShape("y", y, "x", x);
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
        return u * sigmoid(argument(u));
    }

    private static double geluDerivative(double u) {
        double w = argument(u);
        return sigmoid(w) + u * 2 * SLOPE * (1 + 3 * CUBIC * u * u) * sigmoid(w) * sigmoid(-w);
    }

    private static double argument(double u) {
        return 2 * SLOPE * (u + CUBIC * u * u * u);
    }

    /** {@code (1 + tanh(w / 2)) / 2}; written so, it does not cancel where w is far below zero. */
    private static double sigmoid(double w) {
        return 1 / (1 + StrictMath.exp(-w));
    }
}
