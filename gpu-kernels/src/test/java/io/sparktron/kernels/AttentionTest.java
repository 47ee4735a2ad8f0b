package io.sparktron.kernels;

import static io.sparktron.kernels.Bounds.assertWithin;
import static io.sparktron.kernels.Tensors.constant;
import static io.sparktron.kernels.Tensors.ints;
import static io.sparktron.kernels.Tensors.longs;
import static io.sparktron.kernels.Tensors.normal;
import static io.sparktron.kernels.Tensors.scaledNormal;
import static io.sparktron.kernels.Tensors.values;
import static io.sparktron.kernels.Tensors.zeros;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sparktron.kernels.check.AttentionMagnitudes;
import io.sparktron.kernels.host.Elements;
import io.sparktron.random.Philox;
import io.sparktron.tensor.Shape;
import io.sparktron.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

@ParameterizedClass
@MethodSource("io.sparktron.kernels.Backends#all")
record AttentionTest(Backends backend) {
    /** b, s, a, d. */
    private static final int[][] SIZES = {
        {1, 1, 1, 1}, {2, 5, 3, 7}, {1, 17, 1, 8}, {3, 33, 2, 5}, {1, 67, 5, 16}, {2, 131, 2, 3}
    };

    static final Dropout DROPOUT = new Dropout(0.3, 2_026, DropoutSite.ATTENTION_PROBABILITIES.of(5));

    @Test
    void forwardAndBackward() {
        for (int[] size : SIZES) {
            for (boolean causal : new boolean[] {true, false}) {
                for (boolean padded : new boolean[] {true, false}) {
                    Case problem = Case.of(size[0], size[1], size[2], size[3], causal, padded);
                    check(problem);
                    check(problem.with(DROPOUT));
                }
            }
        }
    }

    private void check(Case problem) {
        Result expected = problem.on(Backends.ORACLE);
        Result actual = problem.on(backend);
        AttentionMagnitudes magnitudes = new AttentionMagnitudes(
                Tensors.HOST, problem.causal, problem.qkv, problem.lengths, problem.dropout, problem.dOut);
        assertWithin("out " + problem, actual.out, expected.out, magnitudes.outUnits(), magnitudes.out());
        assertWithin("dQkv " + problem, actual.dQkv, expected.dQkv, magnitudes.dQkvUnits(), magnitudes.dQkv());
        problem.on(backend).assertSame(actual);
    }

    /** A padded position may hold anything as key and value: nobody looks, and they have no gradient. */
    @Test
    void paddingIsNotRead() {
        Case problem = Case.of(2, 7, 2, 5, false, true);
        Tensor poisoned = Tensors.copyOf(problem.qkv);
        long width = 2 * 5; // a d
        for (int sample = 0; sample < 2; sample++) {
            for (int i = Elements.getInt(problem.lengths, sample); i < 7; i++) {
                for (long e = width; e < 3 * width; e++) {
                    Elements.set(poisoned, (sample * 7L + i) * 3 * width + e, Double.NaN);
                }
            }
        }
        Result clean = problem.on(backend);
        problem.on(backend, poisoned).assertSame(clean);
        problem.with(DROPOUT)
                .on(backend, poisoned)
                .assertSame(problem.with(DROPOUT).on(backend));
        for (long e = width; e < 3 * width; e++) {
            assertThat(Elements.get(clean.dQkv, 6 * 3 * width + e)).isZero();
        }
    }

    /** A rank that holds some of the heads drops of them what a rank that holds all would. */
    @Test
    void someHeadsAreDroppedLikeAllTogether() {
        Case all = Case.of(2, 37, 5, 3, false, true).with(DROPOUT);
        Result whole = all.on(backend);
        for (int[] split : new int[][] {{0, 1, 5}, {0, 2, 3, 5}, {0, 1, 2, 3, 4, 5}}) {
            for (int part = 1; part < split.length; part++) {
                Case some = all.heads(split[part - 1], split[part]);
                some.on(backend).assertSame(whole.heads(split[part - 1], split[part]));
            }
        }
    }

    /** Where a mask has been at work: with one key at most of what a query sees the value itself is there or not. */
    @Test
    void theMaskIsThatOfTheDefinition() {
        int s = 5;
        int a = 3;
        Dropout dropout = new Dropout(0.5, 7, DropoutSite.ATTENTION_PROBABILITIES.of(2));
        Tensor qkv = constant(1, 1, s, 3, a, 1);
        Case problem = new Case(false, qkv, ints(1), constant(1, 1, s, a, 1), dropout, longs(11), 4, 8);
        double[] out = values(problem.on(backend).out); // [s, a], every query sees key 0 alone
        for (int query = 0; query < s; query++) {
            for (int head = 0; head < a; head++) {
                int[] words = new int[Philox.WORDS];
                long element = ((4 + head) * s + query) * 8L; // s padded to 8
                Philox.block(7, element / 4 | (long) dropout.site() << 32, 11, words);
                assertThat(out[query * a + head]).isEqualTo(words[0] < 0 ? 2 : 0);
            }
        }
        assertThat(out).contains(0, 2);
    }

    /** 32 bits count the blocks of a mask; where nothing is dropped a model may have any number of heads. */
    @Test
    void onlyAMaskLimitsTheElements() {
        Case all = Case.of(1, 5, 2, 3, true, false);
        Case many =
                new Case(true, all.qkv, all.lengths, all.dOut, Dropout.NONE, all.positions, all.firstHead, 1L << 34);
        many.on(backend).assertSame(all.on(backend));
        assertThatThrownBy(() -> many.with(DROPOUT).on(backend)).hasMessageStartingWith("masked elements of a sample");
    }

    @Test
    void wrongOperandsAreNamed() {
        Tensor qkv = zeros(2, 5, 3, 1, 4);
        Tensor out = zeros(2, 5, 1, 4);
        Tensor saved = zeros(2, 1, 5, 5);
        assertThatThrownBy(() -> forward(qkv, ints(5, 5, 5), saved, out))
                .hasMessage("lengths has shape [3], expected [2]");
        assertThatThrownBy(() -> forward(qkv, ints(5, 5), zeros(1), out))
                .hasMessage("saved has shape [1], expected [2, 1, 5, 5]");
        assertThatThrownBy(() -> forward(zeros(2, 5, 2, 1, 4), ints(5, 5), saved, out))
                .hasMessage("qkv has shape [2, 5, 2, 1, 4], expected [2, 5, 3, 1, 4]");
        assertThatThrownBy(() -> forward(qkv, ints(5, 5), longs(1), 0, saved, out))
                .hasMessage("positions has shape [1], expected [2]");
        assertThatThrownBy(() -> forward(qkv, ints(5, 5), ints(1, 2), 0, saved, out))
                .hasMessage("positions is INT32, expected INT64");
        assertThatThrownBy(() -> forward(qkv, ints(5, 5), longs(1, 2), 3, saved, out))
                .hasMessage("firstHead is 3, must be from 0 to 2");
    }

    private void forward(Tensor qkv, Tensor lengths, Tensor saved, Tensor out) {
        forward(qkv, lengths, longs(1, 2), 0, saved, out);
    }

    private void forward(Tensor qkv, Tensor lengths, Tensor positions, long first, Tensor saved, Tensor out) {
        Attention attention = backend.kernels().attention();
        Tensor scratch = scratch(attention.forwardScratchShape(DROPOUT, 2, 1, 5, 4));
        backend.run(o -> o.kernels()
                .attention()
                .forward(o.queue(), false, qkv, lengths, DROPOUT, positions, first, 3, saved, scratch, out));
    }

    private static Tensor scratch(Shape shape) {
        return constant(Double.NaN, shape.toArray());
    }

    record Case(
            boolean causal,
            Tensor qkv,
            Tensor lengths,
            Tensor dOut,
            Dropout dropout,
            Tensor positions,
            long firstHead,
            long heads) {
        /** The last positions of each sample are padding, or none. */
        static Case of(int b, int s, int a, int d, boolean causal, boolean padded) {
            int[] lengths = new int[b];
            long[] positions = new long[b];
            for (int i = 0; i < b; i++) {
                lengths[i] = padded ? Math.max(1, s - 1 - 2 * i) : s;
                positions[i] = (1L << 32) * i + 17;
            }
            Tensor qkv = scaledNormal(1, 1.5, b, s, 3, a, d);
            Tensor dOut = normal(2, b, s, a, d);
            return new Case(causal, qkv, ints(lengths), dOut, Dropout.NONE, longs(positions), 2, a + 3);
        }

        Case with(Tensor otherLengths) {
            return new Case(causal, qkv, otherLengths, dOut, dropout, positions, firstHead, heads);
        }

        Case with(Dropout other) {
            return new Case(causal, qkv, lengths, dOut, other, positions, firstHead, heads);
        }

        Case heads(int from, int to) {
            return new Case(
                    causal,
                    slice(qkv, 3, from, to),
                    lengths,
                    slice(dOut, 2, from, to),
                    dropout,
                    positions,
                    firstHead + from,
                    heads);
        }

        Result on(Backends backend) {
            return on(backend, qkv);
        }

        Result on(Backends backend, Tensor input) {
            Attention attention = backend.kernels().attention();
            long b = qkv.extent(0);
            long s = qkv.extent(1);
            long a = qkv.extent(3);
            long d = qkv.extent(4);
            Tensor saved = zeros(attention.savedShape(b, a, s, d).toArray());
            Tensor forward = scratch(attention.forwardScratchShape(dropout, b, a, s, d));
            Tensor backward = scratch(attention.backwardScratchShape(dropout, b, a, s, d));
            Tensor out = constant(Double.NaN, b, s, a, d);
            Tensor dQkv = constant(Double.NaN, b, s, 3, a, d);
            backend.run(o -> {
                attention.forward(
                        o.queue(), causal, input, lengths, dropout, positions, firstHead, heads, saved, forward, out);
                attention.backward(
                        o.queue(), causal, dOut, input, lengths, dropout, positions, firstHead, heads, saved, out,
                        backward, dQkv);
            });
            return new Result(out, dQkv);
        }

        @Override
        public String toString() {
            return qkv.shape() + (causal ? " causal " : " ") + dropout;
        }
    }

    record Result(Tensor out, Tensor dQkv) {
        Result heads(int from, int to) {
            return new Result(slice(out, 2, from, to), slice(dQkv, 3, from, to));
        }

        void assertSame(Result other) {
            Bounds.assertSame("out", out, other.out);
            Bounds.assertSame("dQkv", dQkv, other.dQkv);
        }
    }

    /** Indices {@code from ... to - 1} along one dimension, a copy. */
    private static Tensor slice(Tensor tensor, int dimension, int from, int to) {
        Tensor slice = zeros(tensor.shape().with(dimension, to - from).toArray());
        long inner = 1;
        for (int i = dimension + 1; i < tensor.shape().rank(); i++) {
            inner *= tensor.extent(i);
        }
        long width = (to - from) * inner;
        for (long i = 0; i < slice.elements(); i++) {
            long source = i / width * tensor.extent(dimension) * inner + from * inner + i % width;
            Elements.set(slice, i, Elements.get(tensor, source));
        }
        return slice;
    }
}
