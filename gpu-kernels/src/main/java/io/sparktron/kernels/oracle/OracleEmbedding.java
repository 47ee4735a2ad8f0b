package io.sparktron.kernels.oracle;

import static io.sparktron.kernels.host.Elements.add;
import static io.sparktron.kernels.host.Elements.get;
import static io.sparktron.kernels.host.Elements.getInt;
import static io.sparktron.kernels.host.Elements.set;

import io.sparktron.kernels.Embedding;
import io.sparktron.kernels.Operands;
import io.sparktron.kernels.host.HostQueue;
import io.sparktron.tensor.Queue;
import io.sparktron.tensor.Tensor;

/** Table rows, one token at a time. */
final class OracleEmbedding implements Embedding {
    @Override
    public void forward(Queue queue, Tensor tokens, Tensor table, long first, long rows, Tensor out) {
        HostQueue.of(queue);
        Operands.embedding(tokens, table, rows, out);
        long hidden = table.extent(1); // h
        for (long i = 0; i < tokens.elements(); i++) {
            long row = getInt(tokens, i) - first;
            for (long j = 0; j < hidden; j++) {
                set(out, i * hidden + j, row >= 0 && row < rows ? get(table, row * hidden + j) : 0);
            }
        }
    }

    @Override
    public void backward(Queue queue, Tensor tokens, Tensor dOut, long first, long rows, Tensor dTable) {
        HostQueue.of(queue);
        Operands.embedding(tokens, dTable, rows, dOut);
        long hidden = dTable.extent(1); // h
        for (long row = 0; row < rows; row++) {
            double[] sums = new double[(int) hidden]; // [h]
            for (long i = 0; i < tokens.elements(); i++) {
                for (int j = 0; j < hidden && getInt(tokens, i) - first == row; j++) {
                    sums[j] += get(dOut, i * hidden + j);
                }
            }
            for (int j = 0; j < hidden; j++) {
                add(dTable, row * hidden + j, sums[j]);
            }
        }
    }

    @Override
    public void addPositions(Queue queue, Tensor positions, Tensor x) {
        HostQueue.of(queue);
        Operands.positions(positions, x);
        long sampleElements = x.extent(1) * x.extent(2); // s h
        for (long i = 0; i < x.elements(); i++) {
            add(x, i, get(positions, i % sampleElements));
        }
    }

    @Override
    public void positionsBackward(Queue queue, Tensor dx, Tensor dPositions) {
        HostQueue.of(queue);
        Operands.positions(dPositions, dx);
        long sampleElements = dx.extent(1) * dx.extent(2); // s h
        for (long i = 0; i < sampleElements; i++) {
            double sum = 0;
            for (long sample = 0; sample < dx.extent(0); sample++) {
                sum += get(dx, sample * sampleElements + i);
            }
            add(dPositions, i, sum);
        }
    }
}
