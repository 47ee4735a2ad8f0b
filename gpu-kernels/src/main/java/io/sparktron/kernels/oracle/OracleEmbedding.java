package io.sparktron.kernels.oracle;

import static io.sparktron.kernels.host.Elements.add;
import static io.sparktron.kernels.host.Elements.get;
import static io.sparktron.kernels.host.Elements.getInt;
import static io.sparktron.kernels.host.Elements.set;

import io.sparktron.kernels.Embedding;
import io.sparktron.kernels.Operands;
import io.sparktron.kernels.SampleRows;
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
    public void addPositions(Queue queue, Tensor positions, SampleRows rows, Tensor x) {
        HostQueue.of(queue);
        Operands.positions(positions, rows, x);
        long hidden = x.extent(1); // h
        for (long i = 0; i < x.elements(); i++) {
            long position = (rows.first() + i / hidden) % rows.sequence();
            add(x, i, get(positions, position * hidden + i % hidden));
        }
    }

    @Override
    public void positionsBackward(Queue queue, Tensor dx, SampleRows rows, Tensor dPositions) {
        HostQueue.of(queue);
        Operands.positions(dPositions, rows, dx);
        long hidden = dx.extent(1); // h
        for (long i = 0; i < rows.sequence() * hidden; i++) {
            double sum = 0;
            for (long row = 0; row < dx.extent(0); row++) {
                boolean here = (rows.first() + row) % rows.sequence() == i / hidden;
                sum += here ? get(dx, row * hidden + i % hidden) : 0;
            }
            add(dPositions, i, sum);
        }
    }
}
