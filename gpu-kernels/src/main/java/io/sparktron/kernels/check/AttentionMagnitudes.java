package io.sparktron.kernels.check;

import io.sparktron.kernels.Dropout;
import io.sparktron.kernels.host.Elements;
import io.sparktron.tensor.DType;
import io.sparktron.tensor.Tensor;

/**
 * Every sum of attention with each term's magnitude in its place, in double, and from them the roundings that a result may show. A blocked kernel that feeds tensor cores
 * rounds probabilities, and the gradients of scores, to the type of the operands before it multiplies with them, and takes the sums of dOut and out from the stored out.
 */
public final class AttentionMagnitudes {
    private final int s;
    private final int a;
    private final int d;
    private final Tensor qkv;
    private final Tensor dOut;
    private final Tensor out;
    private final Tensor dQkv;

    private double largestScore;

    /** Largest factor of a probability: where everything is kept with the scale of dropout, no term is smaller than it is. */
    private final double scale;

    public AttentionMagnitudes(
            HostTensors host, boolean causal, Tensor qkv, Tensor lengths, Dropout dropout, Tensor dOut) {
        this.scale = dropout.scale();
        this.s = (int) qkv.extent(1);
        this.a = (int) qkv.extent(3);
        this.d = (int) qkv.extent(4);
        this.qkv = qkv;
        this.dOut = dOut;
        this.out = host.zeros(DType.FLOAT64, dOut.shape().toArray());
        this.dQkv = host.zeros(DType.FLOAT64, qkv.shape().toArray());
        for (int sample = 0; sample < qkv.extent(0); sample++) {
            int length = Elements.getInt(lengths, sample);
            for (int head = 0; head < a; head++) {
                for (int i = 0; i < s; i++) {
                    addQuery(sample, head, i, causal ? Math.min(i + 1, length) : length);
                }
            }
        }
    }

    /** [b, s, a, d]: sum of p |v|. */
    public Tensor out() {
        return out;
    }

    /** [b, s, 3, a, d]. */
    public Tensor dQkv() {
        return dQkv;
    }

    /** Of out: the probability's units, its factor and s sums; in 16 bits a rounding of the probability more. */
    public double outUnits() {
        return probabilityUnits() + 1 + s + stored(1);
    }

    /**
     * Of dQkv: an entry of the score gradient has p, and p again in the row's mean; each times a factor; sums of d, s and s terms; and a scale. In 16 bits a rounding of
     * the probability or of the score's gradient, and one of each term of the mean.
     */
    public double dQkvUnits() {
        return 2 * (probabilityUnits() + 1) + d + 2 * s + 6 + stored(3);
    }

    /** So many roundings to the operands' type, in those of float32; its own are counted already. */
    private double stored(int roundings) {
        return qkv.type() == DType.FLOAT32 ? 0 : roundings * Roundoff.unit(qkv.type()) / Roundoff.FLOAT32;
    }

    /**
     * Relative error of a probability, in units: the score's d products, its scale, its distance from the largest score and the exponential, in
     * itself and in the sum; the s terms of the sum; the quotient's two roundings.
     */
    private double probabilityUnits() {
        return 2 * (2 * (d + 3) * largestScore + 3) + s + 2;
    }

    private void addQuery(int sample, int head, int i, int visible) {
        double[] p = probabilities(sample, head, i, visible);
        double[] dp = new double[visible];
        double mean = 0;
        for (int j = 0; j < visible; j++) {
            for (int e = 0; e < d; e++) {
                double dy = Math.abs(Elements.get(dOut, outIndex(sample, i, head, e)));
                double value = magnitude(sample, j, 2, head, e);
                dp[j] += scale * dy * value;
                Elements.add(out, outIndex(sample, i, head, e), scale * p[j] * value);
                Elements.add(dQkv, index(sample, j, 2, head, e), scale * p[j] * dy);
            }
            mean += p[j] * dp[j];
        }
        for (int j = 0; j < visible; j++) {
            double dScore = p[j] * (dp[j] + mean) / Math.sqrt(d);
            for (int e = 0; e < d; e++) {
                Elements.add(dQkv, index(sample, i, 0, head, e), dScore * magnitude(sample, j, 1, head, e));
                Elements.add(dQkv, index(sample, j, 1, head, e), dScore * magnitude(sample, i, 0, head, e));
            }
        }
    }

    private double[] probabilities(int sample, int head, int i, int visible) {
        double[] p = new double[visible];
        double max = Double.NEGATIVE_INFINITY;
        for (int j = 0; j < visible; j++) {
            double score = 0;
            for (int e = 0; e < d; e++) {
                p[j] += Elements.get(qkv, index(sample, i, 0, head, e))
                        * Elements.get(qkv, index(sample, j, 1, head, e));
                score += magnitude(sample, i, 0, head, e) * magnitude(sample, j, 1, head, e);
            }
            p[j] /= Math.sqrt(d);
            max = Math.max(max, p[j]);
            largestScore = Math.max(largestScore, score / Math.sqrt(d));
        }
        double sum = 0;
        for (int j = 0; j < visible; j++) {
            p[j] = Math.exp(p[j] - max);
            sum += p[j];
        }
        for (int j = 0; j < visible; j++) {
            p[j] /= sum;
        }
        return p;
    }

    private double magnitude(int sample, int i, int part, int head, int e) {
        return Math.abs(Elements.get(qkv, index(sample, i, part, head, e)));
    }

    private long index(int sample, int i, int part, int head, int e) {
        return (((sample * (long) s + i) * 3 + part) * a + head) * d + e;
    }

    private long outIndex(int sample, int i, int head, int e) {
        return ((sample * (long) s + i) * a + head) * d + e;
    }
}
