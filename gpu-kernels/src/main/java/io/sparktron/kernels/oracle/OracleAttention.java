package io.sparktron.kernels.oracle;

import static io.sparktron.kernels.host.Elements.get;
import static io.sparktron.kernels.host.Elements.getInt;
import static io.sparktron.kernels.host.Elements.getLong;
import static io.sparktron.kernels.host.Elements.set;

import io.sparktron.kernels.Attention;
import io.sparktron.kernels.Dropout;
import io.sparktron.kernels.Operands;
import io.sparktron.kernels.host.HostQueue;
import io.sparktron.tensor.Queue;
import io.sparktron.tensor.Shape;
import io.sparktron.tensor.Tensor;

/** Attention by the definition, a query at a time. Keeps nothing: backward computes the probabilities again, in double. */
final class OracleAttention implements Attention {
    private static final int QUERY = 0;
    private static final int KEY = 1;
    private static final int VALUE = 2;

    @Override
    public Shape savedShape(long b, long a, long s, long d) {
        return Shape.of(0);
    }

    @Override
    public Shape forwardScratchShape(Dropout dropout, long b, long a, long s, long d) {
        return Shape.of(0);
    }

    @Override
    public Shape backwardScratchShape(Dropout dropout, long b, long a, long s, long d) {
        return Shape.of(0);
    }

    @Override
    public void forward(
            Queue queue,
            boolean causal,
            Tensor qkv,
            Tensor lengths,
            Dropout dropout,
            Tensor positions,
            long firstHead,
            long heads,
            Tensor saved,
            Tensor scratch,
            Tensor out) {
        HostQueue.of(queue);
        Operands.attention(qkv, lengths, out);
        Operands.attentionDropout(qkv, dropout, positions, firstHead, heads);
        for (long sample = 0; sample < qkv.extent(0); sample++) {
            for (long head = 0; head < qkv.extent(3); head++) {
                Head h = new Head(qkv, sample, head);
                for (int i = 0; i < h.sequence; i++) {
                    double[] p = h.probabilities(i, visible(causal, lengths, sample, i));
                    double[] kept = h.factors(dropout, getLong(positions, sample), firstHead, i, p.length);
                    for (int e = 0; e < h.size; e++) {
                        double sum = 0;
                        for (int j = 0; j < p.length; j++) {
                            sum += p[j] * kept[j] * get(qkv, h.index(VALUE, j, e));
                        }
                        set(out, h.outIndex(i, e), sum);
                    }
                }
            }
        }
    }

    @Override
    public void backward(
            Queue queue,
            boolean causal,
            Tensor dOut,
            Tensor qkv,
            Tensor lengths,
            Dropout dropout,
            Tensor positions,
            long firstHead,
            long heads,
            Tensor saved,
            Tensor out,
            Tensor scratch,
            Tensor dQkv) {
        HostQueue.of(queue);
        Operands.attention(qkv, lengths, out);
        Operands.attentionDropout(qkv, dropout, positions, firstHead, heads);
        Operands.sameShape("dOut", dOut, "out", out);
        Operands.sameShape("dQkv", dQkv, "qkv", qkv);
        for (long sample = 0; sample < qkv.extent(0); sample++) {
            for (long head = 0; head < qkv.extent(3); head++) {
                Head h = new Head(qkv, sample, head);
                double[][][] gradient = new double[3][h.sequence][h.size]; // [3, s, d]
                for (int i = 0; i < h.sequence; i++) {
                    double[] p = h.probabilities(i, visible(causal, lengths, sample, i));
                    double[] kept = h.factors(dropout, getLong(positions, sample), firstHead, i, p.length);
                    addGradient(h, i, p, kept, dOut, gradient);
                }
                for (int part = QUERY; part <= VALUE; part++) {
                    for (int i = 0; i < h.sequence; i++) {
                        for (int e = 0; e < h.size; e++) {
                            set(dQkv, h.index(part, i, e), gradient[part][i][e]);
                        }
                    }
                }
            }
        }
    }

    /** Adds what query {@code i} with probabilities {@code p} and their factors {@code kept} contributes to {@code gradient} [3, s, d]. */
    private static void addGradient(Head h, int i, double[] p, double[] kept, Tensor dOut, double[][][] gradient) {
        double[] dp = new double[p.length];
        double mean = 0; // sum of p dp
        for (int j = 0; j < p.length; j++) {
            for (int e = 0; e < h.size; e++) {
                double d = get(dOut, h.outIndex(i, e));
                dp[j] += kept[j] * d * get(h.qkv, h.index(VALUE, j, e));
                gradient[VALUE][j][e] += p[j] * kept[j] * d;
            }
            mean += p[j] * dp[j];
        }
        for (int j = 0; j < p.length; j++) {
            double dScore = p[j] * (dp[j] - mean) / Math.sqrt(h.size);
            for (int e = 0; e < h.size; e++) {
                gradient[QUERY][i][e] += dScore * get(h.qkv, h.index(KEY, j, e));
                gradient[KEY][j][e] += dScore * get(h.qkv, h.index(QUERY, i, e));
            }
        }
    }

    /** Positions {@code 0 ... visible - 1} are seen by position i. */
    private static int visible(boolean causal, Tensor lengths, long sample, int i) {
        int length = getInt(lengths, sample);
        return causal ? Math.min(i + 1, length) : length;
    }

    /** One head of one sample inside qkv [b, s, 3, a, d]. */
    private static final class Head {
        private final Tensor qkv;
        private final long sample;
        private final long head;
        private final long heads;
        private final int sequence;
        private final int size;

        Head(Tensor qkv, long sample, long head) {
            this.qkv = qkv;
            this.sample = sample;
            this.head = head;
            this.heads = qkv.extent(3);
            this.sequence = (int) qkv.extent(1);
            this.size = (int) qkv.extent(4);
        }

        /** Row-major index of element e of the query, key or value at position i. */
        long index(int part, int i, int e) {
            return (((sample * sequence + i) * 3 + part) * heads + head) * size + e;
        }

        /** Row-major index in [b, s, a, d]. */
        long outIndex(int i, int e) {
            return ((sample * sequence + i) * heads + head) * size + e;
        }

        /** What dropout multiplies the first {@code visible} probabilities of query i with. */
        double[] factors(Dropout dropout, long position, long firstHead, int i, int visible) {
            double[] factors = new double[visible];
            long row = ((firstHead + head) * sequence + i) * Dropout.paddedRow(sequence);
            for (int j = 0; j < visible; j++) {
                factors[j] = OracleDropout.factor(dropout, position, row + j);
            }
            return factors;
        }

        /** Softmax of query i over the first {@code visible} keys. */
        double[] probabilities(int i, int visible) {
            double[] p = new double[visible];
            double max = Double.NEGATIVE_INFINITY;
            for (int j = 0; j < visible; j++) {
                for (int e = 0; e < size; e++) {
                    p[j] += get(qkv, index(QUERY, i, e)) * get(qkv, index(KEY, j, e));
                }
                p[j] /= Math.sqrt(size);
                max = Math.max(max, p[j]);
            }
            double sum = 0;
            for (int j = 0; j < visible; j++) {
                p[j] = StrictMath.exp(p[j] - max);
                sum += p[j];
            }
            for (int j = 0; j < visible; j++) {
                p[j] /= sum;
            }
            return p;
        }
    }
}
