package io.sparktron.kernels.host;

import io.sparktron.kernels.Embedding;
import io.sparktron.kernels.Operands;
import io.sparktron.kernels.SampleRows;
import io.sparktron.tensor.Queue;
import io.sparktron.tensor.Tensor;

/** Table rows. In backward the workers share columns, so that every row is added to in the order of the tokens. */
final class HostEmbedding implements Embedding {
    @Override
    public void forward(Queue queue, Tensor tokens, Tensor table, long first, long rows, Tensor out) {
        Workers workers = HostQueue.of(queue).workers();
        Operands.embedding(tokens, table, rows, out);
        Floats.require("table", table);
        int h = Math.toIntExact(table.extent(1));
        Blocks.run(workers, tokens.elements(), h, (from, count, lanes) -> {
            Floats target = Floats.of("out", out, from * h, (long) count * h);
            for (int i = 0; i < count; i++) {
                long row = Elements.getInt(tokens, from + i) - first;
                if (row >= 0 && row < rows) {
                    Rows.copy(Floats.of("table", table, row * h, h), target, i * h, h);
                } else {
                    target.fill(i * h, h, 0);
                }
            }
        });
    }

    @Override
    public void backward(Queue queue, Tensor tokens, Tensor dOut, long first, long rows, Tensor dTable) {
        Workers workers = HostQueue.of(queue).workers();
        Operands.embedding(tokens, dTable, rows, dOut);
        Floats.require("dOut", dOut);
        Floats.require("dTable", dTable);
        long n = tokens.elements();
        long h = dTable.extent(1);
        workers.run(h, 1 + Blocks.ELEMENTS / (n + 1), (worker, column, end) -> {
            for (long i = 0; i < n; i++) {
                long row = Elements.getInt(tokens, i) - first;
                if (row >= 0 && row < rows) {
                    int width = (int) (end - column);
                    Rows.add(
                            Floats.of("dOut", dOut, i * h + column, width),
                            Floats.of("dTable", dTable, row * h + column, width),
                            width);
                }
            }
        });
    }

    @Override
    public void addPositions(Queue queue, Tensor positions, SampleRows rows, Tensor x) {
        Workers workers = HostQueue.of(queue).workers();
        Operands.positions(positions, rows, x);
        Floats.require("positions", positions);
        int h = Math.toIntExact(x.extent(1));
        Blocks.run(workers, x.extent(0), h, (from, count, lanes) -> {
            for (long i = from; i < from + count; i++) {
                long position = (rows.first() + i) % rows.sequence();
                Rows.add(Floats.of("positions", positions, position * h, h), Floats.of("x", x, i * h, h), h);
            }
        });
    }

    @Override
    public void positionsBackward(Queue queue, Tensor dx, SampleRows rows, Tensor dPositions) {
        Workers workers = HostQueue.of(queue).workers();
        Operands.positions(dPositions, rows, dx);
        Floats.require("dx", dx);
        Floats.require("dPositions", dPositions);
        long n = dx.extent(0);
        long s = rows.sequence();
        int h = Math.toIntExact(dx.extent(1));
        Blocks.run(workers, s, (n + s - 1) / s * h, (from, count, lanes) -> {
            for (long position = from; position < from + count; position++) {
                Floats target = Floats.of("dPositions", dPositions, position * h, h);
                for (long row = Math.floorMod(position - rows.first(), s); row < n; row += s) {
                    Rows.add(Floats.of("dx", dx, row * h, h), target, h);
                }
            }
        });
    }
}
