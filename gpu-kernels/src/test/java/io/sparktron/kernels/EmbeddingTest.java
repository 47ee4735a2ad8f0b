package io.sparktron.kernels;

import static io.sparktron.kernels.Bounds.abs;
import static io.sparktron.kernels.Bounds.assertRounded;
import static io.sparktron.kernels.Bounds.assertSame;
import static io.sparktron.kernels.Bounds.assertWithin;
import static io.sparktron.kernels.Tensors.copyOf;
import static io.sparktron.kernels.Tensors.ints;
import static io.sparktron.kernels.Tensors.longs;
import static io.sparktron.kernels.Tensors.normal;
import static io.sparktron.kernels.Tensors.values;
import static io.sparktron.kernels.Tensors.zeros;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sparktron.kernels.host.Elements;
import io.sparktron.tensor.Tensor;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

@ParameterizedClass
@MethodSource("io.sparktron.kernels.Backends#ofAllTypes")
record EmbeddingTest(Backends backend) {
    /** Row 0 of the table is index 10; rows 7 and 8 are padding; some tokens lie outside, many are equal. */
    private static final int[] TOKENS = {10, 16, 9, 17, 18, 12, 12, 12, 100, 0, 16, 12, 11};

    private static final long FIRST = 10;
    private static final long USED = 7;
    private static final long[] WIDTHS = {1, 5, 16, 33, 1500};

    @Test
    void forward() {
        for (long h : WIDTHS) {
            Tensor table = backend.round(normal(1, 9, h));
            Tensor expected = backend.zeros(TOKENS.length, h);
            Tensor actual = backend.round(Tensors.constant(Double.NaN, TOKENS.length, h));
            Backends.ORACLE.run(o -> on(o).forward(o.queue(), ints(TOKENS), table, FIRST, USED, expected));
            backend.run(o -> on(o).forward(o.queue(), ints(TOKENS), table, FIRST, USED, actual));
            assertSame("out", actual, expected);
        }
    }

    @Test
    void backward() {
        for (long h : WIDTHS) {
            Tensor dOut = backend.round(normal(1, TOKENS.length, h));
            Tensor start = normal(2, 9, h);
            Tensor expected = copyOf(start);
            Tensor magnitude = abs(start);
            Tensor actual = copyOf(start);
            Backends.ORACLE.run(o -> on(o).backward(o.queue(), ints(TOKENS), dOut, FIRST, USED, expected));
            Backends.ORACLE.run(o -> on(o).backward(o.queue(), ints(TOKENS), abs(dOut), FIRST, USED, magnitude));
            backend.run(o -> on(o).backward(o.queue(), ints(TOKENS), dOut, FIRST, USED, actual));
            assertWithin("dTable", actual, expected, TOKENS.length, magnitude);
            assertSame("in the order of the tokens", actual, sequential(TOKENS, dOut, start, USED));
        }
    }

    /** Rows that occur once, a few times far apart, and hundreds of times. */
    @Test
    void backwardOfManyTokens() {
        SplittableRandom random = new SplittableRandom(1);
        int[] tokens = IntStream.range(0, 3001)
                .map(i -> (int) FIRST + (i % 3 == 0 ? 4 : random.nextInt(2000)))
                .toArray();
        Tensor dOut = backend.round(normal(1, tokens.length, 19));
        Tensor start = normal(2, 2000, 19);
        Tensor actual = copyOf(start);
        backend.run(o -> on(o).backward(o.queue(), ints(tokens), dOut, FIRST, 2000, actual));
        assertSame("dTable", actual, sequential(tokens, dOut, start, 2000));
    }

    private static Tensor sequential(int[] tokens, Tensor dOut, Tensor start, long used) {
        Tensor sums = copyOf(start);
        long h = dOut.extent(1);
        for (int i = 0; i < tokens.length; i++) {
            long row = tokens[i] - FIRST;
            for (long j = 0; j < h && row >= 0 && row < used; j++) {
                Elements.add(sums, row * h + j, Elements.get(dOut, i * h + j));
            }
        }
        return sums;
    }

    /** Row ranges of 3 samples of 5 positions: all, and parts that begin and end inside a sample. */
    private static final int[][] ROWS = {{0, 15}, {0, 4}, {3, 9}, {11, 4}, {14, 1}, {15, 0}};

    private static final Tensor SAMPLES = longs(40, 41, 42);

    @Test
    void positions() {
        for (long h : WIDTHS) {
            for (int[] part : ROWS) {
                SampleRows rows = new SampleRows(SAMPLES, 5, part[0]);
                Tensor positions = backend.round(normal(1, 7, h));
                Tensor start = backend.round(normal(2, part[1], h));
                Tensor expected = copyOf(start);
                Tensor actual = copyOf(start);
                Backends.ORACLE.run(o -> on(o).addPositions(o.queue(), positions, rows, expected));
                backend.run(o -> on(o).addPositions(o.queue(), positions, rows, actual));
                assertRounded("x", actual, expected);
            }
        }
    }

    /** One rounded sum by hand, so that the oracle is not its own witness for which position a row has. */
    @Test
    void aRowTakesThePositionItHasInItsSample() {
        Tensor positions = Tensors.floats(10, 20, 30).view(3, 1);
        Tensor x = backend.round(Tensors.floats(1, 2, 3, 4).view(4, 1));
        SampleRows rows = new SampleRows(SAMPLES, 3, 2);
        backend.run(o -> on(o).addPositions(o.queue(), backend.round(positions), rows, x));
        assertThat(values(x)).containsExactly(31, 12, 23, 34);
        backend.run(o -> on(o).positionsBackward(o.queue(), x, rows, positions));
        assertThat(values(positions)).containsExactly(10 + 12, 20 + 23, 30 + 31 + 34);
    }

    @Test
    void positionsBackward() {
        for (long h : WIDTHS) {
            for (int[] part : ROWS) {
                SampleRows rows = new SampleRows(SAMPLES, 5, part[0]);
                Tensor dx = backend.round(normal(1, part[1], h));
                Tensor start = normal(2, 7, h);
                Tensor expected = copyOf(start);
                Tensor magnitude = abs(start);
                Tensor actual = copyOf(start);
                Backends.ORACLE.run(o -> on(o).positionsBackward(o.queue(), dx, rows, expected));
                Backends.ORACLE.run(o -> on(o).positionsBackward(o.queue(), abs(dx), rows, magnitude));
                backend.run(o -> on(o).positionsBackward(o.queue(), dx, rows, actual));
                assertWithin("dPositions", actual, expected, 3, magnitude);
                assertThat(values(actual.rows(5, 2))).containsExactly(values(start.rows(5, 2)));
            }
        }
    }

    @Test
    void wrongOperandsAreNamed() {
        assertThatThrownBy(() -> backend.run(o -> on(o).forward(o.queue(), ints(1, 2), zeros(5, 3), 0, 6, zeros(2, 3))))
                .hasMessage("rows is 6, must be from 0 to 5");
        assertThatThrownBy(() -> backend.run(o -> on(o).forward(o.queue(), ints(1, 2), zeros(5, 3), 0, 5, zeros(2, 4))))
                .hasMessage("rows of the embedding has shape [2, 4], expected [2, 3]");
        assertThatThrownBy(() -> backend.run(o -> on(o).backward(o.queue(), zeros(2), zeros(2, 3), 0, 5, zeros(5, 3))))
                .hasMessage("tokens is FLOAT32, expected INT32");
        SampleRows rows = new SampleRows(SAMPLES, 5, 3);
        assertThatThrownBy(() -> backend.run(o -> on(o).addPositions(o.queue(), zeros(5, 3), rows, zeros(13, 3))))
                .hasMessage("rows of x is 13, must be from 0 to 12");
        assertThatThrownBy(() -> new SampleRows(SAMPLES, 5, 16)).hasMessage("first is 16, must be from 0 to 15");
        assertThatThrownBy(() -> new SampleRows(ints(1), 5, 0)).hasMessage("positions is INT32, expected INT64");
        assertThatThrownBy(() -> backend.run(o -> on(o).addPositions(o.queue(), zeros(4, 3), rows, zeros(2, 3))))
                .hasMessage("sequence is 5, must be from 0 to 4");
    }

    private static Embedding on(Backends backend) {
        return backend.kernels().embedding();
    }
}
