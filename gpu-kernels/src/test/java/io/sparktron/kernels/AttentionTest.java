package io.sparktron.kernels;

import static io.sparktron.kernels.Bounds.assertWithin;
import static io.sparktron.kernels.Tensors.constant;
import static io.sparktron.kernels.Tensors.ints;
import static io.sparktron.kernels.Tensors.normal;
import static io.sparktron.kernels.Tensors.scaledNormal;
import static io.sparktron.kernels.Tensors.zeros;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sparktron.kernels.host.Elements;
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

    @Test
    void forwardAndBackward() {
        for (int[] size : SIZES) {
            for (boolean causal : new boolean[] {true, false}) {
                for (boolean padded : new boolean[] {true, false}) {
                    check(Case.of(size[0], size[1], size[2], size[3], causal, padded));
                }
            }
        }
    }

    private void check(Case problem) {
        Result expected = problem.on(Backends.ORACLE);
        Result actual = problem.on(backend);
        AttentionMagnitudes magnitudes =
                new AttentionMagnitudes(problem.causal, problem.qkv, problem.lengths, problem.dOut);
        assertWithin("out " + problem, actual.out, expected.out, magnitudes.outUnits(), magnitudes.out);
        assertWithin("dQkv " + problem, actual.dQkv, expected.dQkv, magnitudes.dQkvUnits(), magnitudes.dQkv);
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
        for (long e = width; e < 3 * width; e++) {
            assertThat(Elements.get(clean.dQkv, 6 * 3 * width + e)).isZero();
        }
    }

    /** Heads are independent of each other and of the threads that compute them. */
    @Test
    void bitsDoNotDependOnTheThreads() {
        Case problem = Case.of(2, 33, 3, 8, true, false);
        problem.on(backend).assertSame(problem.on(Backends.all().get(0)));
    }

    @Test
    void wrongOperandsAreNamed() {
        Tensor qkv = zeros(2, 5, 3, 1, 4);
        Tensor out = zeros(2, 5, 1, 4);
        Tensor saved = zeros(2, 1, 5, 5);
        assertThatThrownBy(() -> forward(qkv, ints(5, 5, 5), saved, out))
                .hasMessage("lengths has shape [3], expected [2]");
        assertThatThrownBy(() -> forward(qkv, ints(5, 0), saved, out))
                .hasMessage("length of sample 1 is 0, must be from 1 to 5");
        assertThatThrownBy(() -> forward(qkv, ints(6, 5), saved, out))
                .hasMessage("length of sample 0 is 6, must be from 1 to 5");
        assertThatThrownBy(() -> forward(qkv, ints(5, 5), zeros(1), out))
                .hasMessage("saved has shape [1], expected [2, 1, 5, 5]");
        assertThatThrownBy(() -> forward(zeros(2, 5, 2, 1, 4), ints(5, 5), saved, out))
                .hasMessage("qkv has shape [2, 5, 2, 1, 4], expected [2, 5, 3, 1, 4]");
    }

    private void forward(Tensor qkv, Tensor lengths, Tensor saved, Tensor out) {
        backend.run(o -> o.kernels().attention().forward(o.queue(), false, qkv, lengths, saved, out));
    }

    private record Case(boolean causal, Tensor qkv, Tensor lengths, Tensor dOut) {
        /** The last positions of each sample are padding, or none. */
        static Case of(int b, int s, int a, int d, boolean causal, boolean padded) {
            int[] lengths = new int[b];
            for (int i = 0; i < b; i++) {
                lengths[i] = padded ? Math.max(1, s - 1 - 2 * i) : s;
            }
            return new Case(causal, scaledNormal(1, 1.5, b, s, 3, a, d), ints(lengths), normal(2, b, s, a, d));
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
            Tensor scratch = zeros(attention.scratchShape(b, a, s, d).toArray());
            Tensor out = constant(Double.NaN, b, s, a, d);
            Tensor dQkv = constant(Double.NaN, b, s, 3, a, d);
            backend.run(o -> {
                attention.forward(o.queue(), causal, input, lengths, saved, out);
                attention.backward(o.queue(), causal, dOut, input, lengths, saved, out, scratch, dQkv);
            });
            return new Result(out, dQkv);
        }

        @Override
        public String toString() {
            return qkv.shape() + (causal ? " causal" : "");
        }
    }

    private record Result(Tensor out, Tensor dQkv) {
        void assertSame(Result other) {
            Bounds.assertSame("out", out, other.out);
            Bounds.assertSame("dQkv", dQkv, other.dQkv);
        }
    }
}
