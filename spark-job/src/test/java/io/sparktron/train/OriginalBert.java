package io.sparktron.train;

import io.sparktron.model.ModelConfig;
import java.util.Arrays;
import java.util.Map;

/**
 * BERT as Devlin et al. (2019) describe it, slowly and in double: a layer norm after the embeddings and after each half of a layer, none before. The weights stand under
 * our names, which count the norms from the other end.
 */
final class OriginalBert {
    private final ModelConfig config;
    private final Map<String, double[]> weights;
    private final int h;

    /** One sample: its tokens, of which {@code length} are no filling, and what is to be told of it; a label of -100 is none. */
    record Sample(int[] tokens, int[] types, int[] labels, int length, int order) {}

    OriginalBert(ModelConfig config, Map<String, double[]> weights) {
        this.config = config;
        this.weights = weights;
        this.h = config.hidden();
    }

    /** The mean over the masked tokens of all samples plus the mean over the samples of the loss of their order. */
    double loss(Sample... samples) {
        double masked = 0;
        double order = 0;
        int targets = 0;
        for (Sample sample : samples) {
            double[][] x = encode(sample);
            for (int i = 0; i < sample.tokens().length; i++) {
                if (sample.labels()[i] >= 0) {
                    masked += loss(logits(x[i]), sample.labels()[i]);
                    targets++;
                }
            }
            order += loss(scores(x[0]), sample.order());
        }
        return masked / targets + order / samples.length;
    }

    private double[][] encode(Sample sample) {
        int s = sample.tokens().length;
        double[][] x = new double[s][];
        for (int i = 0; i < s; i++) {
            double[] sum = new double[h];
            add(sum, "embedding.word_embeddings.weight", sample.tokens()[i]);
            add(sum, "embedding.position_embeddings.weight", i);
            add(sum, "embedding.tokentype_embeddings.weight", sample.types()[i]);
            x[i] = norm(sum, normBefore(0));
        }
        for (int layer = 0; layer < config.layers(); layer++) {
            String at = "layers." + layer + ".";
            double[][] attended = attention(x, sample.length(), at + "attention.");
            for (int i = 0; i < s; i++) {
                x[i] = norm(sum(x[i], attended[i]), at + "post_attention_layernorm");
                double[] inner = linear(x[i], at + "mlp.dense_h_to_4h");
                double[] outer = linear(gelu(inner), at + "mlp.dense_4h_to_h");
                x[i] = norm(sum(x[i], outer), normBefore(layer + 1));
            }
        }
        return x;
    }

    private String normBefore(int layer) {
        return layer == config.layers() ? "final_layernorm" : "layers." + layer + ".input_layernorm";
    }

    private double[][] attention(double[][] x, int length, String at) {
        int s = x.length;
        int d = config.headSize();
        double[][] heads = new double[s][h];
        double[][] qkv = new double[s][];
        for (int i = 0; i < s; i++) {
            qkv[i] = linear(x[i], at + "query_key_value");
        }
        for (int head = 0; head < config.heads(); head++) {
            for (int i = 0; i < s; i++) {
                double[] p = new double[length];
                for (int j = 0; j < length; j++) {
                    for (int c = head * d; c < (head + 1) * d; c++) {
                        p[j] += qkv[i][c] * qkv[j][h + c] / Math.sqrt(d);
                    }
                }
                double total = 0;
                for (int j = 0; j < length; j++) {
                    p[j] = Math.exp(p[j]);
                    total += p[j];
                }
                for (int j = 0; j < length; j++) {
                    for (int c = head * d; c < (head + 1) * d; c++) {
                        heads[i][c] += p[j] / total * qkv[j][2 * h + c];
                    }
                }
            }
        }
        double[][] y = new double[s][];
        for (int i = 0; i < s; i++) {
            y[i] = linear(heads[i], at + "dense");
        }
        return y;
    }

    private double[] logits(double[] x) {
        double[] normed = norm(gelu(linear(x, "lm_head.dense")), "lm_head.layernorm");
        double[] word = weights.get("embedding.word_embeddings.weight");
        double[] logits = weights.get("lm_head.bias").clone();
        for (int id = 0; id < logits.length; id++) {
            for (int c = 0; c < h; c++) {
                logits[id] += normed[c] * word[id * h + c];
            }
        }
        return logits;
    }

    private double[] scores(double[] first) {
        double[] pooled =
                Arrays.stream(linear(first, "pooler.dense")).map(Math::tanh).toArray();
        return linear(pooled, "binary_head");
    }

    private static double loss(double[] logits, int target) {
        return Math.log(Arrays.stream(logits).map(Math::exp).sum()) - logits[target];
    }

    private void add(double[] sum, String table, int row) {
        for (int c = 0; c < h; c++) {
            sum[c] += weights.get(table)[row * h + c];
        }
    }

    private static double[] sum(double[] a, double[] b) {
        double[] sum = a.clone();
        for (int i = 0; i < sum.length; i++) {
            sum[i] += b[i];
        }
        return sum;
    }

    private double[] linear(double[] x, String name) {
        double[] weight = weights.get(name + ".weight"); // [out, in]
        double[] y = weights.get(name + ".bias").clone();
        for (int out = 0; out < y.length; out++) {
            for (int in = 0; in < x.length; in++) {
                y[out] += weight[out * x.length + in] * x[in];
            }
        }
        return y;
    }

    private double[] norm(double[] x, String name) {
        double mean = Arrays.stream(x).average().orElseThrow();
        double variance =
                Arrays.stream(x).map(v -> (v - mean) * (v - mean)).average().orElseThrow();
        double[] y = new double[x.length];
        for (int i = 0; i < x.length; i++) {
            y[i] = (x[i] - mean) / Math.sqrt(variance + ModelConfig.EPSILON) * weights.get(name + ".weight")[i]
                    + weights.get(name + ".bias")[i];
        }
        return y;
    }

    private static double[] gelu(double[] x) {
        return Arrays.stream(x)
                .map(u -> u / 2 * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (u + 0.044715 * u * u * u))))
                .toArray();
    }
}
