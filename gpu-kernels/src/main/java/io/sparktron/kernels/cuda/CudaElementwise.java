package io.sparktron.kernels.cuda;

import io.sparktron.kernels.Dropout;
import io.sparktron.kernels.Elementwise;
import io.sparktron.kernels.Operands;
import io.sparktron.kernels.SampleRows;
import io.sparktron.tensor.DType;
import io.sparktron.tensor.Queue;
import io.sparktron.tensor.Tensor;

/** The kernels of {@code elementwise.cu}: all operands of a call are of one type, but for the gradient of a bias, which is FLOAT32. */
final class CudaElementwise implements Elementwise {
    private static final String FILE = "elementwise.cu";

    private final CudaDevice device;
    private final CudaWorkspace workspace;
    private final CudaCopies copies;
    private final TypedFunction bias;
    private final TypedFunction biasGelu;
    private final TypedFunction biasTanh;
    private final TypedFunction biasGeluBackward;
    private final TypedFunction biasTanhBackward;
    private final TypedFunction biasDropoutResidual;
    private final TypedFunction dropout;
    private final TypedFunction add;
    private final TypedFunction columnSums;
    private final TypedFunction addColumnSums;

    CudaElementwise(CudaDevice device) {
        this(device, device.workspace());
    }

    CudaElementwise(CudaDevice device, CudaWorkspace workspace) {
        this.device = device;
        this.workspace = workspace;
        this.copies = new CudaCopies(device);
        this.bias = kernel("bias");
        this.biasGelu = kernel("biasGelu");
        this.biasTanh = kernel("biasTanh");
        this.biasGeluBackward = kernel("biasGeluBackward");
        this.biasTanhBackward = kernel("biasTanhBackward");
        this.biasDropoutResidual = kernel("biasDropoutResidual");
        this.dropout = kernel("dropout");
        this.add = kernel("add");
        this.columnSums = kernel("columnSums");
        this.addColumnSums = kernel("addColumnSums");
    }

    private TypedFunction kernel(String name) {
        return new TypedFunction(device.functions(), FILE, name);
    }

    @Override
    public void bias(Queue queue, Tensor x, Tensor bias, Tensor y) {
        map(this.bias, queue, x, bias, y);
    }

    @Override
    public void biasGelu(Queue queue, Tensor x, Tensor bias, Tensor y) {
        map(biasGelu, queue, x, bias, y);
    }

    @Override
    public void biasTanh(Queue queue, Tensor x, Tensor bias, Tensor y) {
        map(biasTanh, queue, x, bias, y);
    }

    /** y = function(x + bias). */
    private void map(TypedFunction function, Queue queue, Tensor x, Tensor bias, Tensor y) {
        Operands.rowsAndBias(x, bias);
        Operands.sameShape("y", y, "x", x);
        bias.expect("bias", x.type());
        y.expect("y", x.type());
        rows(function, queue, x)
                .pass(x)
                .pass(bias)
                .pass(y)
                .pass(x.extent(0))
                .pass(x.extent(1))
                .pass(Vectors.wide(x.extent(1), x, bias, y))
                .go();
    }

    @Override
    public void biasGeluBackward(Queue queue, Tensor dy, Tensor x, Tensor bias, Tensor dx) {
        mapGradient(biasGeluBackward, queue, dy, x, bias, dx);
    }

    @Override
    public void biasTanhBackward(Queue queue, Tensor dy, Tensor x, Tensor bias, Tensor dx) {
        mapGradient(biasTanhBackward, queue, dy, x, bias, dx);
    }

    /** dx = dy derivative(x + bias). */
    private void mapGradient(TypedFunction derivative, Queue queue, Tensor dy, Tensor x, Tensor bias, Tensor dx) {
        Operands.rowsAndBias(x, bias);
        Operands.sameShape("dy", dy, "x", x);
        Operands.sameShape("dx", dx, "x", x);
        bias.expect("bias", x.type());
        dy.expect("dy", x.type());
        dx.expect("dx", x.type());
        rows(derivative, queue, x)
                .pass(dy)
                .pass(x)
                .pass(bias)
                .pass(dx)
                .pass(x.extent(0))
                .pass(x.extent(1))
                .pass(Vectors.wide(x.extent(1), dy, x, bias, dx))
                .go();
    }

    @Override
    public void biasBackward(Queue queue, Tensor dy, Tensor dBias) {
        Operands.rowsAndBias(dy, dBias);
        dBias.expect("dBias", DType.FLOAT32);
        CudaFunction chunkSums = columnSums.of(dy.type());
        long rows = dy.extent(0); // n
        long columns = dy.extent(1); // c
        RowChunks chunks = RowChunks.of(rows);
        long strip = chunks.strip(workspace, 1);
        for (long first = 0; first < columns && rows > 0; first += strip) {
            long width = Math.min(strip, columns - first);
            Tensor partial = workspace.on(queue, DType.FLOAT32); // [chunks, width]
            Tensor from = Vectors.from(dy, first);
            chunkSums
                    .launch(queue)
                    .grid(RowChunks.blocks(width, dy.type()), chunks.count())
                    .threads(Vectors.WARP, RowChunks.rowLanes())
                    .pass(from)
                    .pass(rows)
                    .pass(columns)
                    .pass(width)
                    .pass(chunks.length())
                    .pass(Vectors.wide(columns, from))
                    .pass(partial)
                    .go();
            addColumnSums
                    .of(dy.type())
                    .launch(queue)
                    .grid(Vectors.divide(width, Vectors.WARP))
                    .threads(Vectors.WARP, RowChunks.rowLanes())
                    .pass(partial)
                    .pass(chunks.count())
                    .pass(width)
                    .pass(Vectors.from(dBias, first))
                    .go();
        }
    }

    @Override
    public void biasDropoutResidual(
            Queue queue, Tensor x, Tensor bias, Tensor residual, Dropout dropout, SampleRows rows, Tensor out) {
        Operands.rowsAndBias(x, bias);
        Operands.dropout(x, dropout, rows);
        Operands.sameShape("residual", residual, "x", x);
        Operands.sameShape("out", out, "x", x);
        bias.expect("bias", x.type());
        residual.expect("residual", x.type());
        out.expect("out", x.type());
        rows(biasDropoutResidual, queue, x)
                .pass(x)
                .pass(bias)
                .pass(residual)
                .pass(out)
                .pass(x.extent(0))
                .pass(x.extent(1))
                .pass(Vectors.wide(x.extent(1), x, bias, residual, out))
                .pass(dropout.active() ? 1 : 0)
                .pass(dropout)
                .pass(rows.positions())
                .pass(rows.sequence())
                .pass(rows.first())
                .go();
    }

    @Override
    public void dropout(Queue queue, Tensor x, Dropout dropout, SampleRows rows, Tensor y) {
        Operands.dropout(x, dropout, rows);
        Operands.sameShape("y", y, "x", x);
        y.expect("y", x.type());
        if (!dropout.active()) {
            copies.copy(queue, x, y);
            return;
        }
        rows(this.dropout, queue, x)
                .pass(x)
                .pass(y)
                .pass(x.extent(0))
                .pass(x.extent(1))
                .pass(Vectors.wide(x.extent(1), x, y))
                .pass(dropout)
                .pass(rows.positions())
                .pass(rows.sequence())
                .pass(rows.first())
                .go();
    }

    @Override
    public void add(Queue queue, Tensor x, Tensor y) {
        Operands.sameShape("y", y, "x", x);
        y.expect("y", x.type());
        int vector = Vectors.length(x.type());
        Vectors.flat(add.of(x.type()), device, queue, x.elements(), vector)
                .pass(x)
                .pass(y)
                .pass(x.elements())
                .pass(Vectors.wide(vector, x, y))
                .go();
    }

    @Override
    public void fill(Queue queue, Tensor x, double value) {
        copies.fill(queue, x, value);
    }

    @Override
    public void copy(Queue queue, Tensor x, Tensor y) {
        Operands.sameElements("x", x, "y", y);
        copies.copy(queue, x, y);
    }

    private CudaLaunch rows(TypedFunction function, Queue queue, Tensor x) {
        return Vectors.rows(function.of(x.type()), device, queue, x.type(), x.extent(0), x.extent(1));
    }
}
