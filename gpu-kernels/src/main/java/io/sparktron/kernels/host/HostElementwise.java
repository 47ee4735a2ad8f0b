package io.sparktron.kernels.host;

import static io.sparktron.kernels.host.VectorAccess.SPECIES;

import io.sparktron.kernels.Dropout;
import io.sparktron.kernels.Elementwise;
import io.sparktron.kernels.Operands;
import io.sparktron.kernels.SampleRows;
import io.sparktron.tensor.DType;
import io.sparktron.tensor.HostMemory;
import io.sparktron.tensor.Queue;
import io.sparktron.tensor.Tensor;
import jdk.incubator.vector.FloatVector;

/** One pass over memory each. An element's bits depend on its own operands alone, so on no cut. */
final class HostElementwise implements Elementwise {
    @Override
    public void bias(Queue queue, Tensor x, Tensor bias, Tensor y) {
        Operands.rowsAndBias(x, bias);
        Operands.sameShape("y", y, "x", x);
        Floats b = Floats.of("bias", bias);
        rows(queue, x, (from, rows, count) -> {
            Floats in = Floats.of("x", x, from, count);
            Floats out = Floats.of("y", y, from, count);
            addBias(in, b, out, rows, count / rows);
        });
    }

    private static void addBias(Floats x, Floats bias, Floats y, int rows, int columns) {
        int whole = columns - columns % SPECIES.length();
        for (int row = 0; row < rows; row++) {
            int at = row * columns;
            for (int j = 0; j < whole; j += SPECIES.length()) {
                y.store(at + j, x.load(at + j).add(bias.load(j)));
            }
            for (int j = whole; j < columns; j++) {
                y.set(at + j, x.get(at + j) + bias.get(j));
            }
        }
    }

    @Override
    public void biasBackward(Queue queue, Tensor dy, Tensor dBias) {
        Operands.rowsAndBias(dy, dBias);
        Floats.require("dy", dy);
        ColumnSums.add(HostQueue.of(queue).workers(), dy, Floats.of("dBias", dBias));
    }

    @Override
    public void biasGelu(Queue queue, Tensor x, Tensor bias, Tensor y) {
        Operands.rowsAndBias(x, bias);
        Operands.sameShape("y", y, "x", x);
        Floats b = Floats.of("bias", bias);
        rows(queue, x, (from, rows, count) -> {
            Floats in = Floats.of("x", x, from, count);
            Floats out = Floats.of("y", y, from, count);
            gelu(in, b, out, rows, count / rows);
        });
    }

    private static void gelu(Floats x, Floats bias, Floats y, int rows, int columns) {
        int whole = columns - columns % SPECIES.length();
        for (int row = 0; row < rows; row++) {
            int at = row * columns;
            for (int j = 0; j < whole; j += SPECIES.length()) {
                y.store(at + j, Gelu.value(x.load(at + j).add(bias.load(j))));
            }
            for (int j = whole; j < columns; j++) {
                y.set(at + j, Gelu.value(x.get(at + j) + bias.get(j)));
            }
        }
    }

    @Override
    public void biasGeluBackward(Queue queue, Tensor dy, Tensor x, Tensor bias, Tensor dx) {
        Operands.rowsAndBias(x, bias);
        Operands.sameShape("dy", dy, "x", x);
        Operands.sameShape("dx", dx, "x", x);
        Floats b = Floats.of("bias", bias);
        rows(queue, x, (from, rows, count) -> {
            Floats gradient = Floats.of("dy", dy, from, count);
            Floats in = Floats.of("x", x, from, count);
            Floats out = Floats.of("dx", dx, from, count);
            geluBackward(gradient, in, b, out, rows, count / rows);
        });
    }

    private static void geluBackward(Floats dy, Floats x, Floats bias, Floats dx, int rows, int columns) {
        int whole = columns - columns % SPECIES.length();
        for (int row = 0; row < rows; row++) {
            int at = row * columns;
            for (int j = 0; j < whole; j += SPECIES.length()) {
                FloatVector u = x.load(at + j).add(bias.load(j));
                dx.store(at + j, dy.load(at + j).mul(Gelu.derivative(u)));
            }
            for (int j = whole; j < columns; j++) {
                dx.set(at + j, dy.get(at + j) * Gelu.derivative(x.get(at + j) + bias.get(j)));
            }
        }
    }

    @Override
    public void biasTanh(Queue queue, Tensor x, Tensor bias, Tensor y) {
        Operands.rowsAndBias(x, bias);
        Operands.sameShape("y", y, "x", x);
        Floats b = Floats.of("bias", bias);
        rows(queue, x, (from, rows, count) -> {
            Floats in = Floats.of("x", x, from, count);
            Floats out = Floats.of("y", y, from, count);
            tanh(in, b, out, rows, count / rows);
        });
    }

    private static void tanh(Floats x, Floats bias, Floats y, int rows, int columns) {
        int whole = columns - columns % SPECIES.length();
        for (int row = 0; row < rows; row++) {
            int at = row * columns;
            for (int j = 0; j < whole; j += SPECIES.length()) {
                y.store(at + j, Tanh.value(x.load(at + j).add(bias.load(j))));
            }
            for (int j = whole; j < columns; j++) {
                y.set(at + j, Tanh.value(x.get(at + j) + bias.get(j)));
            }
        }
    }

    @Override
    public void biasTanhBackward(Queue queue, Tensor dy, Tensor x, Tensor bias, Tensor dx) {
        Operands.rowsAndBias(x, bias);
        Operands.sameShape("dy", dy, "x", x);
        Operands.sameShape("dx", dx, "x", x);
        Floats b = Floats.of("bias", bias);
        rows(queue, x, (from, rows, count) -> {
            Floats gradient = Floats.of("dy", dy, from, count);
            Floats in = Floats.of("x", x, from, count);
            Floats out = Floats.of("dx", dx, from, count);
            tanhBackward(gradient, in, b, out, rows, count / rows);
        });
    }

    private static void tanhBackward(Floats dy, Floats x, Floats bias, Floats dx, int rows, int columns) {
        int whole = columns - columns % SPECIES.length();
        for (int row = 0; row < rows; row++) {
            int at = row * columns;
            for (int j = 0; j < whole; j += SPECIES.length()) {
                FloatVector u = x.load(at + j).add(bias.load(j));
                dx.store(at + j, dy.load(at + j).mul(Tanh.derivative(u)));
            }
            for (int j = whole; j < columns; j++) {
                dx.set(at + j, dy.get(at + j) * Tanh.derivative(x.get(at + j) + bias.get(j)));
            }
        }
    }

    @Override
    public void biasDropoutResidual(
            Queue queue, Tensor x, Tensor bias, Tensor residual, Dropout dropout, SampleRows rows, Tensor out) {
        Operands.rowsAndBias(x, bias);
        Operands.dropout(x, dropout, rows);
        Operands.sameShape("residual", residual, "x", x);
        Operands.sameShape("out", out, "x", x);
        Floats b = Floats.of("bias", bias);
        rows(queue, x, (from, count, elements) -> {
            Floats in = Floats.of("x", x, from, elements);
            Floats before = Floats.of("residual", residual, from, elements);
            Floats sum = Floats.of("out", out, from, elements);
            int columns = elements / count;
            if (dropout.active()) {
                RowMasks masks = new RowMasks(dropout, rows, columns);
                for (int row = 0; row < count; row++) {
                    masks.draw(from / columns + row).addUnder(in, b, before, sum, row * columns, columns);
                }
            } else {
                addBiasAndResidual(in, b, before, sum, count, columns);
            }
        });
    }

    private static void addBiasAndResidual(Floats x, Floats bias, Floats residual, Floats out, int rows, int columns) {
        int whole = columns - columns % SPECIES.length();
        for (int row = 0; row < rows; row++) {
            int at = row * columns;
            for (int j = 0; j < whole; j += SPECIES.length()) {
                FloatVector branch = x.load(at + j).add(bias.load(j));
                out.store(at + j, residual.load(at + j).add(branch));
            }
            for (int j = whole; j < columns; j++) {
                out.set(at + j, residual.get(at + j) + (x.get(at + j) + bias.get(j)));
            }
        }
    }

    @Override
    public void dropout(Queue queue, Tensor x, Dropout dropout, SampleRows rows, Tensor y) {
        Operands.dropout(x, dropout, rows);
        Operands.sameShape("y", y, "x", x);
        if (!dropout.active()) {
            copy(queue, x, y);
            return;
        }
        rows(queue, x, (from, count, elements) -> {
            Floats in = Floats.of("x", x, from, elements);
            Floats out = Floats.of("y", y, from, elements);
            int columns = elements / count;
            RowMasks masks = new RowMasks(dropout, rows, columns);
            for (int row = 0; row < count; row++) {
                masks.draw(from / columns + row).apply(in, row * columns, out, row * columns, columns);
            }
        });
    }

    @Override
    public void add(Queue queue, Tensor x, Tensor y) {
        Operands.sameShape("y", y, "x", x);
        rows(queue, x.view(x.elements(), 1), (from, rows, count) -> {
            Rows.add(Floats.of("x", x, from, count), Floats.of("y", y, from, count), count);
        });
    }

    @Override
    public void fill(Queue queue, Tensor x, double value) {
        if (x.type() == DType.FLOAT32) {
            rows(queue, x.view(x.elements(), 1), (from, rows, count) -> {
                Floats.of("x", x, from, count).fill(0, count, (float) value);
            });
        } else {
            for (long i = 0; i < x.elements(); i++) {
                Elements.set(x, i, value);
            }
        }
    }

    @Override
    public void copy(Queue queue, Tensor x, Tensor y) {
        Operands.sameElements("x", x, "y", y);
        boolean same = x.type() == y.type();
        boolean halves = Halves.casts(x, y);
        rows(queue, x.view(x.elements(), 1), (from, rows, count) -> {
            if (same) {
                copyBytes(x, y, from, count);
            } else if (halves) {
                Halves.cast(x, y, from, count);
            } else {
                for (long i = from; i < from + count; i++) {
                    Elements.set(y, i, Elements.get(x, i));
                }
            }
        });
    }

    private static void copyBytes(Tensor x, Tensor y, long from, int count) {
        long source = x.offset() + from * x.type().bytes();
        long target = y.offset() + from * y.type().bytes();
        HostMemory sourceMemory = Elements.memory(x);
        HostMemory targetMemory = Elements.memory(y);
        targetMemory
                .window(target)
                .put(
                        HostMemory.inWindow(target),
                        sourceMemory.window(source),
                        HostMemory.inWindow(source),
                        count * x.type().bytes());
    }

    /** Body of a loop over whole rows: elements {@code from ... from + count - 1}, which are {@code rows} rows. */
    @FunctionalInterface
    private interface Body {
        void run(long from, int rows, int count);
    }

    /** Runs the body over the rows of x [n, c]. */
    private static void rows(Queue queue, Tensor x, Body body) {
        long columns = x.extent(1); // c
        Blocks.run(HostQueue.of(queue).workers(), columns == 0 ? 0 : x.extent(0), columns, (from, rows, lanes) -> {
            body.run(from * columns, rows, Math.toIntExact(rows * columns));
        });
    }
}
