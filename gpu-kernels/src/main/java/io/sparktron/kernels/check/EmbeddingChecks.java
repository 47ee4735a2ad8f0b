package io.sparktron.kernels.check;

import io.sparktron.kernels.SampleRows;
import io.sparktron.tensor.DType;
import io.sparktron.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Rows of a table, some of which lie on other ranks, and positions of rows that begin and end inside a sample. */
public final class EmbeddingChecks {
    /** Row 0 of the table is index 10; rows 7 and 8 are padding; some tokens lie outside, many are equal. */
    private static final int[] TOKENS = {10, 16, 9, 17, 18, 12, 12, 12, 100, 0, 16, 12, 11};

    private static final long FIRST = 10;
    private static final long ROWS = 9;
    private static final long USED = 7;
    private static final int MANY_ROWS = 500;
    private static final long[] WIDTHS = {1, 5, 16, 33, 1500};

    /** Samples of so many positions. */
    private static final int SEQUENCE = 5;
    /** First row and number of rows, of three samples. */
    private static final int[][] PARTS = {{0, 15}, {0, 4}, {3, 9}, {11, 4}, {14, 1}, {15, 0}};
    /** No sum over the rows of one position has more terms. */
    private static final int SAMPLES = 3;

    private EmbeddingChecks() {}

    static List<Check> of(DType type) {
        List<Check> checks = new ArrayList<>();
        for (long h : WIDTHS) {
            checks.add(forward(type, h));
            checks.add(backward(type, h));
            for (int[] part : PARTS) {
                checks.add(addPositions(type, h, part));
                checks.add(positionsBackward(type, h, part));
            }
        }
        checks.add(manyTokens(type));
        return checks;
    }

    private static Check forward(DType type, long h) {
        return new Check("embedding.forward", type, "[" + ROWS + ", " + h + "]", host -> {
            Tensor table = host.normal(1, type, ROWS, h);
            Tensor tokens = host.ints(TOKENS);
            Tensor unset = host.unset(type, TOKENS.length, h);
            return new Case(bench -> bench.embedding()
                            .forward(
                                    bench.queue(),
                                    bench.input(tokens),
                                    bench.input(table),
                                    FIRST,
                                    USED,
                                    bench.output("out", unset)))
                    .exact("out");
        });
    }

    private static Check backward(DType type, long h) {
        return backward(type, ROWS, USED, h, TOKENS);
    }

    /** Rows that occur once, a few times far apart, and hundreds of times, as words do. */
    private static Check manyTokens(DType type) {
        SplittableRandom random = new SplittableRandom(1);
        int[] tokens = new int[3001];
        for (int i = 0; i < tokens.length; i++) {
            tokens[i] = (int) FIRST + (i % 3 == 0 ? 4 : random.nextInt(MANY_ROWS));
        }
        return backward(type, MANY_ROWS, MANY_ROWS, 19, tokens);
    }

    private static Check backward(DType type, long rows, long used, long h, int[] ids) {
        String operands = "[" + rows + ", " + h + "] of " + ids.length + " tokens";
        return new Check("embedding.backward", type, operands, host -> {
            Tensor tokens = host.ints(ids);
            Tensor dOut = host.normal(1, type, ids.length, h);
            Tensor start = host.normal(2, DType.FLOAT32, rows, h);
            Tensor magnitude = host.magnitudes(start);
            Oracle.KERNELS.embedding().backward(Oracle.QUEUE, tokens, host.magnitudes(dOut), FIRST, used, magnitude);
            return new Case(bench -> bench.embedding()
                            .backward(
                                    bench.queue(),
                                    bench.input(tokens),
                                    bench.input(dOut),
                                    FIRST,
                                    used,
                                    bench.output("dTable", start)))
                    .within("dTable", Bound.roundings(ids.length, magnitude));
        });
    }

    private static Check addPositions(DType type, long h, int[] part) {
        return new Check("embedding.addPositions", type, title(h, part), host -> {
            Tensor samples = host.longs(40, 41, 42);
            Tensor positions = host.normal(1, type, SEQUENCE + 2, h);
            Tensor start = host.normal(2, type, part[1], h);
            Bound bound = type == DType.FLOAT32 ? Bound.EXACT : Bound.relative("x", i -> 1);
            return new Case(bench -> bench.embedding()
                            .addPositions(
                                    bench.queue(),
                                    bench.input(positions),
                                    new SampleRows(bench.input(samples), SEQUENCE, part[0]),
                                    bench.output("x", start)))
                    .within("x", bound);
        });
    }

    private static Check positionsBackward(DType type, long h, int[] part) {
        return new Check("embedding.positionsBackward", type, title(h, part), host -> {
            Tensor samples = host.longs(40, 41, 42);
            Tensor dx = host.normal(1, type, part[1], h);
            Tensor start = host.normal(2, DType.FLOAT32, SEQUENCE + 2, h);
            Tensor magnitude = host.magnitudes(start);
            Oracle.KERNELS
                    .embedding()
                    .positionsBackward(
                            Oracle.QUEUE, host.magnitudes(dx), new SampleRows(samples, SEQUENCE, part[0]), magnitude);
            return new Case(bench -> bench.embedding()
                            .positionsBackward(
                                    bench.queue(),
                                    bench.input(dx),
                                    new SampleRows(bench.input(samples), SEQUENCE, part[0]),
                                    bench.output("dPositions", start)))
                    .within("dPositions", Bound.roundings(SAMPLES, magnitude));
        });
    }

    private static String title(long h, int[] part) {
        return "[" + part[1] + ", " + h + "] from row " + part[0];
    }
}
