package io.sparktron.kernels.oracle;

import static io.sparktron.kernels.host.Elements.add;
import static io.sparktron.kernels.host.Elements.get;
import static io.sparktron.kernels.host.Elements.set;

import io.sparktron.kernels.Normalization;
import io.sparktron.kernels.Operands;
import io.sparktron.kernels.host.HostQueue;
import io.sparktron.tensor.Queue;
import io.sparktron.tensor.Tensor;

/** Layer normalization, a row at a time. */
final class OracleNormalization implements Normalization {
    @Override
    public void forward(
            Queue queue, Tensor x, Tensor weight, Tensor bias, float epsilon, Tensor y, Tensor mean, Tensor inverse) {
        HostQueue.of(queue);
        Operands.normalization(x, weight, mean, inverse);
        Operands.rowsAndBias(x, bias);
        Operands.sameShape("y", y, "x", x);
        long rows = x.extent(0); // n
        long hidden = x.extent(1); // h
        for (long i = 0; i < rows; i++) {
            double sum = 0;
            for (long j = 0; j < hidden; j++) {
                sum += get(x, i * hidden + j);
            }
            double rowMean = sum / hidden;
            double squares = 0;
            for (long j = 0; j < hidden; j++) {
                double centered = get(x, i * hidden + j) - rowMean;
                squares += centered * centered;
            }
            double rowInverse = 1 / Math.sqrt(squares / hidden + epsilon);
            for (long j = 0; j < hidden; j++) {
                double normalized = (get(x, i * hidden + j) - rowMean) * rowInverse;
                set(y, i * hidden + j, normalized * get(weight, j) + get(bias, j));
            }
            set(mean, i, rowMean);
            set(inverse, i, rowInverse);
        }
    }

    @Override
    public void backward(
            Queue queue,
            Tensor dy,
            Tensor x,
            Tensor weight,
            Tensor mean,
            Tensor inverse,
            Tensor dx,
            Tensor dWeight,
            Tensor dBias) {
        HostQueue.of(queue);
        Operands.normalization(x, weight, mean, inverse);
        Operands.sameShape("dy", dy, "x", x);
        Operands.sameShape("dx", dx, "x", x);
        Operands.sameShape("dWeight", dWeight, "weight", weight);
        Operands.sameShape("dBias", dBias, "weight", weight);
        long rows = x.extent(0); // n
        long hidden = x.extent(1); // h
        double[] weightSums = new double[(int) hidden]; // [h]
        double[] biasSums = new double[(int) hidden]; // [h]
        for (long i = 0; i < rows; i++) {
            double rowInverse = get(inverse, i);
            double sum = 0; // of dNormalized
            double product = 0; // of dNormalized * normalized
            for (int j = 0; j < hidden; j++) {
                double normalized = (get(x, i * hidden + j) - get(mean, i)) * rowInverse;
                double dNormalized = get(dy, i * hidden + j) * get(weight, j);
                sum += dNormalized;
                product += dNormalized * normalized;
                weightSums[j] += get(dy, i * hidden + j) * normalized;
                biasSums[j] += get(dy, i * hidden + j);
            }
            for (int j = 0; j < hidden; j++) {
                double normalized = (get(x, i * hidden + j) - get(mean, i)) * rowInverse;
                double dNormalized = get(dy, i * hidden + j) * get(weight, j);
                add(dx, i * hidden + j, rowInverse * (dNormalized - sum / hidden - normalized * product / hidden));
            }
        }
        for (int j = 0; j < hidden; j++) {
            add(dWeight, j, weightSums[j]);
            add(dBias, j, biasSums[j]);
        }
    }
}
