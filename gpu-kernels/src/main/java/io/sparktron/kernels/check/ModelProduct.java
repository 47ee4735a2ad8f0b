package io.sparktron.kernels.check;

import io.sparktron.kernels.Kernels;
import io.sparktron.kernels.host.Elements;
import io.sparktron.tensor.Allocations;
import io.sparktron.tensor.DType;
import io.sparktron.tensor.HostMemory;
import io.sparktron.tensor.Queue;
import io.sparktron.tensor.Shape;
import io.sparktron.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * A matrix product of a real model at its real size. The oracle would take hours for all of it, so elements are drawn and held against their own sums: a wrong leading
 * dimension, transposition or type shows in any of them.
 *
 * @param name which one it is
 * @param m rows of the result
 * @param n columns of the result
 * @param k terms of its sums
 * @param gradient whether it is added to a gradient in float32
 */
public record ModelProduct(
        String name, boolean transposeA, boolean transposeB, long m, long n, long k, boolean gradient) {
    /** The kernel that makes it. */
    public static final String KERNEL = "matrix.multiply";

    private static final int ROWS = 16;
    private static final int COLUMNS = 32;
    private static final long SEED = 7;

    /** Vocabulary of GPT-2, and the multiple to which a GPU pads each rank's share. */
    private static final int VOCABULARY = 50_257;

    private static final int ALIGNMENT = 64;

    /** GPT-2's of 124 and 355 million parameters. */
    private enum Model {
        SMALL("124M", 768),
        MEDIUM("355M", 1024);

        private final String title;
        private final int hidden;

        Model(String title, int hidden) {
            this.title = title;
            this.hidden = hidden;
        }
    }

    /**
     * Forward, and both products of backward, of every matrix of the models.
     *
     * @param rows tokens of a micro-batch
     * @param tensorSizes ranks that a layer is split over
     */
    public static List<ModelProduct> of(long rows, int... tensorSizes) {
        List<ModelProduct> products = new ArrayList<>();
        for (Model model : Model.values()) {
            for (int tensor : tensorSizes) {
                String of = "GPT-2 " + model.title + (tensor == 1 ? "" : " / " + tensor);
                long h = model.hidden;
                long share = (VOCABULARY + tensor - 1) / tensor;
                long vocabulary = (share + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
                addLinear(products, of + " query, key, value", rows, h, 3 * h / tensor);
                addLinear(products, of + " attention out", rows, h / tensor, h);
                addLinear(products, of + " MLP in", rows, h, 4 * h / tensor);
                addLinear(products, of + " MLP out", rows, 4 * h / tensor, h);
                addLinear(products, of + " logits", rows, h, vocabulary);
            }
        }
        return products;
    }

    /** y = x W', dx = dy W, dW += dy' x of W [out, in]. */
    private static void addLinear(List<ModelProduct> products, String name, long rows, long in, long out) {
        products.add(new ModelProduct(name, false, true, rows, out, in, false));
        products.add(new ModelProduct(name + ", dx", false, false, rows, in, out, false));
        products.add(new ModelProduct(name + ", dW", true, false, out, in, rows, true));
    }

    /** Floating-point operations. */
    public double operations() {
        return 2.0 * m * n * k;
    }

    /** The two matrices, and the result. */
    private record Operands(Tensor a, Tensor b, Tensor c) {}

    private Operands allocate(Kernels kernels, Allocations held, DType type) {
        Shape shapeA = transposeA ? Shape.of(k, m) : Shape.of(m, k);
        Shape shapeB = transposeB ? Shape.of(n, k) : Shape.of(k, n);
        return new Operands(
                tensor(kernels, held, type, shapeA),
                tensor(kernels, held, type, shapeB),
                tensor(kernels, held, gradient ? DType.FLOAT32 : type, Shape.of(m, n)));
    }

    private static Tensor tensor(Kernels kernels, Allocations held, DType type, Shape shape) {
        return new Tensor(
                held.from(kernels.device().allocator()).allocate("operand", shape.elements() * type.bytes()),
                0,
                type,
                shape);
    }

    private void enqueue(Kernels kernels, Queue queue, Operands on) {
        kernels.matrix().multiply(queue, transposeA, on.a, transposeB, on.b, gradient ? 1 : 0, on.c);
    }

    /** Seconds that it takes, on numbers that keep the device as busy as a model's. */
    public double seconds(Kernels kernels, Queue queue, DType type, Stopwatch stopwatch) {
        try (Allocations held = new Allocations();
                Allocations memory = new Allocations()) {
            Pattern pattern = new Pattern(new HostTensors(memory.from(HostMemory::allocate)), 1, type);
            Operands on = allocate(kernels, held, type);
            pattern.fill(queue, on.a);
            pattern.fill(queue, on.b);
            return stopwatch.time(queue, () -> enqueue(kernels, queue, on));
        }
    }

    /** Holds elements that are drawn, corners among them, against sums in double. */
    public Outcome check(Kernels kernels, Queue queue, DType type) {
        try (Allocations held = new Allocations();
                Allocations memory = new Allocations()) {
            HostTensors host = new HostTensors(memory.from(HostMemory::allocate));
            Pattern a = new Pattern(host, 1, type);
            Pattern b = new Pattern(host, 2, type);
            Operands on = allocate(kernels, held, type);
            a.fill(queue, on.a);
            b.fill(queue, on.b);
            kernels.elementwise().fill(queue, on.c, gradient ? 1 : Double.NaN);
            enqueue(kernels, queue, on);
            return compare(a, b, on.c, new Room(host, held.from(kernels.device().allocator()), queue), type);
        } catch (RuntimeException e) {
            return Outcome.failed(KERNEL, type, toString(), e);
        }
    }

    private Outcome compare(Pattern a, Pattern b, Tensor c, Room room, DType type) {
        double worst = 0;
        String problem = "";
        for (long row : drawn(m, ROWS)) {
            Tensor line = room.download(c.rows(row, 1));
            for (long column : drawn(n, COLUMNS)) {
                double sum = gradient ? 1 : 0;
                double magnitude = sum;
                for (long i = 0; i < k; i++) {
                    double product = a.at(transposeA ? i * m + row : row * k + i)
                            * b.at(transposeB ? column * k + i : i * n + column);
                    sum += product;
                    magnitude += Math.abs(product);
                }
                double actual = Elements.get(line, column);
                double legal = (k + 1) * Roundoff.FLOAT32 * magnitude + Roundoff.stores(c.type(), actual, sum);
                double share = Math.abs(actual - sum) / legal;
                worst = Double.isNaN(share) ? Double.POSITIVE_INFINITY : Math.max(worst, share);
                if (!(share <= 1) && problem.isEmpty()) {
                    problem = String.format(
                            "c[%d, %d] is %s, must be %s: off by %.3g times the bound",
                            row, column, actual, sum, share);
                }
            }
        }
        return new Outcome(KERNEL, type, toString(), worst, problem);
    }

    /** Indices below {@code extent}, the first and the last among them. */
    private static long[] drawn(long extent, int count) {
        SplittableRandom random = new SplittableRandom(SEED);
        long[] indices = new long[(int) Math.min(extent, count)];
        for (int i = 0; i < indices.length; i++) {
            indices[i] = i == 0 ? 0 : i == 1 ? extent - 1 : random.nextLong(extent);
        }
        return indices;
    }

    @Override
    public String toString() {
        return name + " [" + m + ", " + k + "]" + (transposeA ? "'" : "") + " x [" + k + ", " + n + "]"
                + (transposeB ? "'" : "");
    }
}
