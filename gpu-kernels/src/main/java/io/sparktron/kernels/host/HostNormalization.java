package io.sparktron.kernels.host;

import static io.sparktron.kernels.host.VectorAccess.SPECIES;

import io.sparktron.kernels.Normalization;
import io.sparktron.kernels.Operands;
import io.sparktron.tensor.Queue;
import io.sparktron.tensor.Tensor;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;

/** Layer normalization: rows are shared out for y and dx, strips of columns for the gradients of weight and bias. */
final class HostNormalization implements Normalization {
    @Override
    public void forward(
            Queue queue, Tensor x, Tensor weight, Tensor bias, float epsilon, Tensor y, Tensor mean, Tensor inverse) {
        Workers workers = HostQueue.of(queue).workers();
        Operands.normalization(x, weight, mean, inverse);
        Operands.rowsAndBias(x, bias);
        Operands.sameShape("y", y, "x", x);
        int h = Math.toIntExact(x.extent(1));
        Floats w = Floats.of("weight", weight);
        Floats b = Floats.of("bias", bias);
        Blocks.run(workers, x.extent(0), h, (from, rows, lanes) -> {
            Floats in = Floats.of("x", x, from * h, (long) rows * h);
            Floats out = Floats.of("y", y, from * h, (long) rows * h);
            Floats means = Floats.of("mean", mean, from, rows);
            Floats inverses = Floats.of("inverse", inverse, from, rows);
            for (int row = 0; row < rows; row++) {
                int at = row * h;
                float rowMean = Lanes.sum(in, at, h, lanes) / h;
                float variance = squaredDistances(in, at, rowMean, h, lanes) / h;
                float rowInverse = (float) (1 / Math.sqrt((double) variance + epsilon));
                normalize(in, at, rowMean, rowInverse, w, b, out, h);
                means.set(row, rowMean);
                inverses.set(row, rowInverse);
            }
        });
    }

    /** Sum of the squared distances of a row from its mean. */
    private static float squaredDistances(Floats x, int at, float mean, int count, float[] lanes) {
        int whole = Lanes.whole(count);
        for (int first = 0; first < Lanes.COUNT; first += SPECIES.length()) {
            FloatVector sum = FloatVector.zero(SPECIES);
            for (int i = first; i < whole; i += Lanes.COUNT) {
                FloatVector centered = x.load(at + i).sub(mean);
                sum = centered.fma(centered, sum);
            }
            sum.intoArray(lanes, first);
        }
        for (int i = whole; i < count; i++) {
            float centered = x.get(at + i) - mean;
            lanes[i - whole] = Math.fma(centered, centered, lanes[i - whole]);
        }
        return Lanes.total(lanes);
    }

    private static void normalize(
            Floats x, int at, float mean, float inverse, Floats weight, Floats bias, Floats y, int count) {
        int whole = count - count % SPECIES.length();
        for (int j = 0; j < whole; j += SPECIES.length()) {
            FloatVector normalized = x.load(at + j).sub(mean).mul(inverse);
            y.store(at + j, normalized.fma(weight.load(j), bias.load(j)));
        }
        for (int j = whole; j < count; j++) {
            y.set(at + j, Math.fma((x.get(at + j) - mean) * inverse, weight.get(j), bias.get(j)));
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
        Workers workers = HostQueue.of(queue).workers();
        Operands.normalization(x, weight, mean, inverse);
        Operands.sameShape("dy", dy, "x", x);
        Operands.sameShape("dx", dx, "x", x);
        Operands.sameShape("dWeight", dWeight, "weight", weight);
        Operands.sameShape("dBias", dBias, "weight", weight);
        int h = Math.toIntExact(x.extent(1));
        Floats w = Floats.of("weight", weight);
        addWeightGradient(workers, dy, x, mean, inverse, Floats.of("dWeight", dWeight));
        ColumnSums.add(workers, dy, Floats.of("dBias", dBias));
        Blocks.run(workers, x.extent(0), h, (from, rows, lanes) -> {
            Floats gradient = Floats.of("dy", dy, from * h, (long) rows * h);
            Floats in = Floats.of("x", x, from * h, (long) rows * h);
            Floats out = Floats.of("dx", dx, from * h, (long) rows * h);
            Floats means = Floats.of("mean", mean, from, rows);
            Floats inverses = Floats.of("inverse", inverse, from, rows);
            for (int row = 0; row < rows; row++) {
                int at = row * h;
                float rowMean = means.get(row);
                float rowInverse = inverses.get(row);
                float meanGradient = Lanes.dot(gradient, at, w, 0, h, lanes) / h;
                float meanProduct = meanProduct(gradient, in, at, rowMean, rowInverse, w, h, lanes);
                addGradient(gradient, in, at, rowMean, rowInverse, w, meanGradient, meanProduct, out, h);
            }
        });
    }

    /** Mean over a row of {@code dy weight normalized}. */
    private static float meanProduct(
            Floats dy, Floats x, int at, float mean, float inverse, Floats weight, int count, float[] lanes) {
        int whole = Lanes.whole(count);
        for (int first = 0; first < Lanes.COUNT; first += SPECIES.length()) {
            FloatVector sum = FloatVector.zero(SPECIES);
            for (int j = first; j < whole; j += Lanes.COUNT) {
                FloatVector normalized = x.load(at + j).sub(mean).mul(inverse);
                sum = dy.load(at + j).mul(weight.load(j)).fma(normalized, sum);
            }
            sum.intoArray(lanes, first);
        }
        for (int j = whole; j < count; j++) {
            float normalized = (x.get(at + j) - mean) * inverse;
            lanes[j - whole] = Math.fma(dy.get(at + j) * weight.get(j), normalized, lanes[j - whole]);
        }
        return Lanes.total(lanes) / count;
    }

    /** {@code dx += inverse (dy weight - meanGradient - normalized meanProduct)} over a row. */
    private static void addGradient(
            Floats dy,
            Floats x,
            int at,
            float mean,
            float inverse,
            Floats weight,
            float meanGradient,
            float meanProduct,
            Floats dx,
            int count) {
        int whole = count - count % SPECIES.length();
        FloatVector product = FloatVector.broadcast(SPECIES, -meanProduct);
        FloatVector scale = FloatVector.broadcast(SPECIES, inverse);
        for (int j = 0; j < whole; j += SPECIES.length()) {
            FloatVector normalized = x.load(at + j).sub(mean).mul(inverse);
            FloatVector centered = dy.load(at + j).mul(weight.load(j)).sub(meanGradient);
            dx.store(at + j, normalized.fma(product, centered).fma(scale, dx.load(at + j)));
        }
        for (int j = whole; j < count; j++) {
            float normalized = (x.get(at + j) - mean) * inverse;
            float centered = dy.get(at + j) * weight.get(j) - meanGradient;
            dx.set(at + j, Math.fma(Math.fma(normalized, -meanProduct, centered), inverse, dx.get(at + j)));
        }
    }

    /** {@code dWeight[j] += sum over rows of dy[i, j] normalized[i, j]}, cut like {@link ColumnSums}. */
    private static void addWeightGradient(
            Workers workers, Tensor dy, Tensor x, Tensor mean, Tensor inverse, Floats dWeight) {
        long n = x.extent(0);
        int h = Math.toIntExact(x.extent(1));
        int chunk = ColumnSums.chunk(n);
        int strip = ColumnSums.STRIP;
        workers.run((h + strip - 1) / strip, 1 + Blocks.ELEMENTS / (strip * (n + 1)), (worker, first, end) -> {
            float[] totals = new float[strip];
            float[] sums = new float[strip];
            for (int column = (int) first * strip; column < Math.min(end * strip, h); column += strip) {
                int width = Math.min(strip, h - column);
                Arrays.fill(totals, 0);
                for (long from = 0; from < n; from += chunk) {
                    int rows = (int) Math.min(chunk, n - from);
                    Arrays.fill(sums, 0);
                    addRows(
                            Floats.of("dy", dy, from * h, (long) rows * h),
                            Floats.of("x", x, from * h, (long) rows * h),
                            Floats.of("mean", mean, from, rows),
                            Floats.of("inverse", inverse, from, rows),
                            rows,
                            h,
                            column,
                            width,
                            sums);
                    for (int j = 0; j < width; j++) {
                        totals[j] += sums[j];
                    }
                }
                for (int j = 0; j < width; j++) {
                    dWeight.set(column + j, dWeight.get(column + j) + totals[j]);
                }
            }
        });
    }

    private static void addRows(
            Floats dy, Floats x, Floats mean, Floats inverse, int rows, int h, int column, int width, float[] sums) {
        int whole = width - width % SPECIES.length();
        for (int row = 0; row < rows; row++) {
            int at = row * h + column;
            float rowMean = mean.get(row);
            float rowInverse = inverse.get(row);
            for (int j = 0; j < whole; j += SPECIES.length()) {
                FloatVector normalized = x.load(at + j).sub(rowMean).mul(rowInverse);
                dy.load(at + j)
                        .fma(normalized, FloatVector.fromArray(SPECIES, sums, j))
                        .intoArray(sums, j);
            }
            for (int j = whole; j < width; j++) {
                float normalized = (x.get(at + j) - rowMean) * rowInverse;
                sums[j] = Math.fma(dy.get(at + j), normalized, sums[j]);
            }
        }
    }
}
