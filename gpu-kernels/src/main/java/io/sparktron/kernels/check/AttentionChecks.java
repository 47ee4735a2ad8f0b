package io.sparktron.kernels.check;

import io.sparktron.kernels.Attention;
import io.sparktron.kernels.Dropout;
import io.sparktron.kernels.DropoutSite;
import io.sparktron.kernels.host.Elements;
import io.sparktron.tensor.DType;
import io.sparktron.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/** Attention forward, and backward on what forward kept; what is padding as a key or a value holds NaN. */
public final class AttentionChecks {
    /** b, s, a, d: odd ones, and the head sizes that a blocked kernel may have been made for, with rows in up to three of its tiles. */
    private static final int[][] SIZES = {
        {1, 1, 1, 1},
        {2, 5, 3, 7},
        {1, 17, 1, 8},
        {3, 33, 2, 5},
        {2, 131, 1, 3},
        {2, 131, 1, 64},
        {1, 65, 1, 96},
        {1, 71, 1, 128}
    };

    private static final Set<Integer> BLOCKED = Set.of(64, 96, 128); // head sizes

    private static final Dropout DROPOUT = new Dropout(0.3, 2_026, DropoutSite.ATTENTION_PROBABILITIES.of(5));
    private static final long FIRST_HEAD = 2;

    private AttentionChecks() {}

    static List<Check> of(DType type) {
        List<Check> checks = new ArrayList<>();
        for (int[] size : SIZES) {
            for (boolean causal : new boolean[] {true, false}) {
                for (boolean padded : new boolean[] {true, false}) {
                    for (Dropout dropout : List.of(Dropout.NONE, DROPOUT)) {
                        String operands = Arrays.toString(size)
                                + (causal ? ", causal" : "")
                                + (padded ? ", padded" : "")
                                + (dropout.active() ? ", dropping " + dropout.probability() : "");
                        if (!dropout.active()) { // backward looks at what forward made, too
                            checks.add(forward(type, size, causal, padded, operands));
                        }
                        checks.add(backward(type, size, causal, padded, dropout, operands));
                    }
                }
            }
        }
        return checks;
    }

    private static Check forward(DType type, int[] size, boolean causal, boolean padded, String operands) {
        return placed(size, new Check("attention.forward", type, operands, host -> {
            Problem problem = Problem.of(host, type, size, causal, padded, Dropout.NONE);
            return new Case(problem::forward).within("out", out(problem.magnitudes()));
        }));
    }

    private static Check backward(
            DType type, int[] size, boolean causal, boolean padded, Dropout dropout, String operands) {
        return placed(size, new Check("attention.backward", type, operands, host -> {
            Problem problem = Problem.of(host, type, size, causal, padded, dropout);
            AttentionMagnitudes magnitudes = problem.magnitudes();
            return new Case(problem::backward)
                    .within("out", out(magnitudes))
                    .within("dQkv", Bound.roundings(magnitudes.dQkvUnits(), magnitudes.dQkv()));
        }));
    }

    /** Where attention may run on tensor cores operands begin where memory does, else anywhere. */
    private static Check placed(int[] size, Check check) {
        return check.type() != DType.FLOAT32 && BLOCKED.contains(size[3]) ? check.aligned() : check;
    }

    private static Bound out(AttentionMagnitudes magnitudes) {
        return Bound.roundings(magnitudes.outUnits(), magnitudes.out());
    }

    private record Problem(
            HostTensors host,
            boolean causal,
            Tensor qkv,
            Tensor poisoned,
            Tensor lengths,
            Tensor dOut,
            Dropout dropout,
            Tensor positions) {
        /** The last positions of each sample are padding, or none. */
        static Problem of(HostTensors host, DType type, int[] size, boolean causal, boolean padded, Dropout dropout) {
            int b = size[0];
            int s = size[1];
            int a = size[2];
            int d = size[3];
            int[] lengths = new int[b];
            long[] positions = new long[b];
            for (int i = 0; i < b; i++) {
                lengths[i] = padded ? Math.max(1, s - 1 - 2 * i) : s;
                positions[i] = (1L << 32) * i + 17;
            }
            Tensor qkv = host.scaled(1, 1.5, type, b, s, 3, a, d);
            Tensor poisoned = host.map(qkv, type, v -> v);
            long width = (long) a * d;
            for (int sample = 0; sample < b; sample++) {
                for (long i = lengths[sample]; i < s; i++) {
                    for (long e = width; e < 3 * width; e++) {
                        Elements.set(poisoned, (sample * (long) s + i) * 3 * width + e, Double.NaN);
                    }
                }
            }
            Tensor dOut = host.normal(2, type, b, s, a, d);
            return new Problem(host, causal, qkv, poisoned, host.ints(lengths), dOut, dropout, host.longs(positions));
        }

        AttentionMagnitudes magnitudes() {
            return new AttentionMagnitudes(host, causal, qkv, lengths, dropout, dOut);
        }

        void forward(Bench bench) {
            new Run(bench).forward(bench);
        }

        void backward(Bench bench) {
            Run run = new Run(bench);
            run.forward(bench);
            run.backward(bench);
        }

        /** Operands on a device, and what forward leaves for backward. */
        private final class Run {
            private final long b = qkv.extent(0);
            private final long s = qkv.extent(1);
            private final long a = qkv.extent(3);
            private final long d = qkv.extent(4);
            private final Tensor input;
            private final Tensor visible;
            private final Tensor places;
            private final Tensor saved;
            private final Tensor out;

            Run(Bench bench) {
                input = bench.input(poisoned);
                visible = bench.input(lengths);
                places = bench.input(positions);
                saved = bench.scratch(bench.attention().savedShape(b, a, s, d));
                out = bench.output("out", host.unset(qkv.type(), b, s, a, d));
            }

            void forward(Bench bench) {
                Attention attention = bench.attention();
                Tensor scratch = bench.scratch(attention.forwardScratchShape(dropout, b, a, s, d));
                attention.forward(
                        bench.queue(),
                        causal,
                        input,
                        visible,
                        dropout,
                        places,
                        FIRST_HEAD,
                        heads(),
                        saved,
                        scratch,
                        out);
            }

            void backward(Bench bench) {
                Attention attention = bench.attention();
                Tensor scratch = bench.scratch(attention.backwardScratchShape(dropout, b, a, s, d));
                attention.backward(
                        bench.queue(),
                        causal,
                        bench.input(dOut),
                        input,
                        visible,
                        dropout,
                        places,
                        FIRST_HEAD,
                        heads(),
                        saved,
                        out,
                        scratch,
                        bench.output("dQkv", host.unset(qkv.type(), b, s, 3, a, d)));
            }

            private long heads() {
                return FIRST_HEAD + a + 1;
            }
        }
    }
}
