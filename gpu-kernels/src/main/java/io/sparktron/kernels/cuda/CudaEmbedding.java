package io.sparktron.kernels.cuda;

import io.sparktron.kernels.Embedding;
import io.sparktron.kernels.Operands;
import io.sparktron.kernels.SampleRows;
import io.sparktron.tensor.DType;
import io.sparktron.tensor.Queue;
import io.sparktron.tensor.Tensor;

/** The kernels of {@code embedding.cu}. Gradients of tables are FLOAT32, everything else but the tokens of one type. */
final class CudaEmbedding implements Embedding {
    private static final String FILE = "embedding.cu";

    /** Threads of a block that look at a token each, and of one that adds up a row. */
    private static final int LOOKERS = 256;

    private static final int WALKERS = 128;

    private final CudaDevice device;
    private final CudaWorkspace workspace;
    private final CudaCopies copies;
    private final TypedFunction lookUp;
    private final TypedFunction findRows;
    private final TypedFunction sumRows;
    private final TypedFunction addPositions;
    private final TypedFunction sumPositions;

    CudaEmbedding(CudaDevice device) {
        this(device, device.workspace());
    }

    CudaEmbedding(CudaDevice device, CudaWorkspace workspace) {
        this.device = device;
        this.workspace = workspace;
        this.copies = new CudaCopies(device);
        this.lookUp = kernel("lookUp");
        this.findRows = kernel("findRows");
        this.sumRows = kernel("sumRows");
        this.addPositions = kernel("addPositions");
        this.sumPositions = kernel("sumPositions");
    }

    private TypedFunction kernel(String name) {
        return new TypedFunction(device.functions(), FILE, name);
    }

    @Override
    public void forward(Queue queue, Tensor tokens, Tensor table, long first, long rows, Tensor out) {
        Operands.embedding(tokens, table, rows, out);
        table.expect("table", out.type());
        long columns = table.extent(1); // h
        long n = tokens.elements();
        Vectors.rows(lookUp.of(out.type()), device, queue, out.type(), n, columns)
                .pass(tokens)
                .pass(n)
                .pass(table)
                .pass(columns)
                .pass(Vectors.wide(columns, table, out))
                .pass(first)
                .pass(rows)
                .pass(out)
                .go();
    }

    @Override
    public void backward(Queue queue, Tensor tokens, Tensor dOut, long first, long rows, Tensor dTable) {
        Operands.embedding(tokens, dTable, rows, dOut);
        dTable.expect("dTable", DType.FLOAT32);
        long columns = dTable.extent(1); // h
        int n = Math.toIntExact(tokens.elements());
        long most = workspace.capacity(DType.INT32) / 2; // rows whose first and last tokens fit
        for (long part = 0; part < rows; part += most) {
            long count = Math.min(most, rows - part);
            Tensor firsts = workspace.on(queue, DType.INT32); // [count]
            Tensor lasts = Vectors.from(firsts, count); // [count]
            copies.clear(queue, firsts, 2 * count);
            findRows.of(dOut.type())
                    .launch(queue)
                    .grid(Vectors.divide(n, LOOKERS))
                    .threads(LOOKERS)
                    .pass(tokens)
                    .pass(n)
                    .pass(first + part)
                    .pass(count)
                    .pass(firsts)
                    .pass(lasts)
                    .go();
            Tensor sums = dTable.rows(part, count);
            sumRows.of(dOut.type())
                    .launch(queue)
                    .grid(n, Vectors.divide(Vectors.divide(columns, Vectors.length(dOut.type())), WALKERS))
                    .threads(WALKERS)
                    .pass(tokens)
                    .pass(n)
                    .pass(dOut)
                    .pass(columns)
                    .pass(Vectors.wide(columns, dOut))
                    .pass(first + part)
                    .pass(count)
                    .pass(firsts)
                    .pass(lasts)
                    .pass(sums)
                    .pass(Vectors.wide(columns, sums))
                    .go();
        }
    }

    @Override
    public void addPositions(Queue queue, Tensor positions, SampleRows rows, Tensor x) {
        Operands.positions(positions, rows, x);
        positions.expect("positions", x.type());
        long columns = x.extent(1); // h
        Vectors.rows(addPositions.of(x.type()), device, queue, x.type(), x.extent(0), columns)
                .pass(positions)
                .pass(x)
                .pass(x.extent(0))
                .pass(columns)
                .pass(Vectors.wide(columns, positions, x))
                .pass(rows.sequence())
                .pass(rows.first())
                .go();
    }

    @Override
    public void positionsBackward(Queue queue, Tensor dx, SampleRows rows, Tensor dPositions) {
        Operands.positions(dPositions, rows, dx);
        dPositions.expect("dPositions", DType.FLOAT32);
        long columns = dx.extent(1); // h
        Vectors.rows(sumPositions.of(dx.type()), device, queue, dx.type(), rows.sequence(), columns)
                .pass(dx)
                .pass(dPositions)
                .pass(dx.extent(0))
                .pass(columns)
                .pass(Vectors.wide(columns, dx))
                .pass(Vectors.wide(columns, dPositions))
                .pass(rows.sequence())
                .pass(rows.first())
                .go();
    }
}
