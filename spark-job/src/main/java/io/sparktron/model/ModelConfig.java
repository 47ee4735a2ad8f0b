package io.sparktron.model;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.sparktron.parallel.Layout;
import io.sparktron.tokens.InvalidInputException;
import java.io.Serializable;
import java.util.Locale;

/**
 * The architecture of a model: GPT-2 (Radford et al. 2019) or BERT (Devlin et al. 2019), with learned positions, an MLP of 4 hidden sizes, tied
 * input and output embedding.
 *
 * @param layers transformer layers
 * @param hidden width of a token's representation
 * @param heads attention heads of a layer; divides {@code hidden}
 * @param sequence tokens of a sample
 * @param positions learned positions, at least {@code sequence}
 * @param vocabulary token ids, without padding
 * @param layerOrder where the layer norms are; {@link LayerOrder#PRE} for GPT
 */
public record ModelConfig(
        Family family,
        int layers,
        int hidden,
        int heads,
        int sequence,
        int positions,
        int vocabulary,
        LayerOrder layerOrder)
        implements Serializable {
    /** Epsilon of every layer norm. */
    public static final float EPSILON = 1e-5f;

    /** So that no size of a model, in bytes and with all that training keeps beside it, leaves 64 bits. */
    private static final double MOST_PARAMETERS = 1e15;

    private static final int MOST_LAYERS = 100_000;

    /** What the layers are put together to, and what they learn. */
    public enum Family {
        /** A decoder that predicts the next token. */
        @JsonProperty("gpt")
        GPT,
        /** An encoder that predicts masked tokens and the order of two segments. */
        @JsonProperty("bert")
        BERT;

        /** The one that is spelled so. */
        public static Family named(String name) {
            return valueOf(name.toUpperCase(Locale.ROOT));
        }

        /** As datasets and settings spell it. */
        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Where a layer's two residuals are taken (paper, section 5.3 and Fig. 7). */
    public enum LayerOrder {
        /** Before the layer norm, as in GPT-2 and in the paper's BERT, whose training that keeps stable as it grows. */
        @JsonProperty("pre")
        PRE,
        /**
         * After it, as in the BERT of Devlin et al. (2019): what they call the norm of the embeddings and of each half is here the norm before the half that
         * follows, and the last one the final norm.
         */
        @JsonProperty("post")
        POST
    }

    public ModelConfig {
        layerOrder = layerOrder == null ? LayerOrder.PRE : layerOrder; // of a checkpoint from before there was a choice
        if (family == Family.GPT && layerOrder == LayerOrder.POST) {
            throw new InvalidInputException("model.layer-order = post, but model.family = gpt; legal: pre");
        }
        positive("model.layers", layers);
        positive("model.hidden", hidden);
        positive("model.heads", heads);
        positive("model.sequence", sequence);
        positive("model.vocabulary", vocabulary);
        requireDivisible(hidden, heads);
        if (positions < sequence) {
            throw new InvalidInputException("model.positions = " + positions + " is less than model.sequence = "
                    + sequence + "; every position needs a vector");
        }
        double parameters = ((double) vocabulary + positions + 12.0 * layers * hidden) * hidden;
        if (parameters > MOST_PARAMETERS || layers > MOST_LAYERS) {
            throw new InvalidInputException("model.layers = " + layers + " of model.hidden = " + hidden + " are "
                    + parameters + " parameters; legal: at most " + MOST_PARAMETERS + ", and at most " + MOST_LAYERS
                    + " layers");
        }
    }

    /** A model with the residuals taken before the layer norms. */
    public ModelConfig(Family family, int layers, int hidden, int heads, int sequence, int positions, int vocabulary) {
        this(family, layers, hidden, heads, sequence, positions, vocabulary, LayerOrder.PRE);
    }

    /** A model of the family GPT. */
    public static ModelConfig gpt(int layers, int hidden, int heads, int sequence, int positions, int vocabulary) {
        return new ModelConfig(Family.GPT, layers, hidden, heads, sequence, positions, vocabulary);
    }

    /** The same model for samples of another length. */
    public ModelConfig withSequence(int other) {
        return new ModelConfig(family, layers, hidden, heads, other, positions, vocabulary, layerOrder);
    }

    /** The same model with another number of ids. */
    public ModelConfig withVocabulary(int other) {
        return new ModelConfig(family, layers, hidden, heads, sequence, positions, other, layerOrder);
    }

    /** Columns of one head, d. */
    public int headSize() {
        return hidden / heads;
    }

    /** Width of the MLP over all ranks. */
    public int mlp() {
        return 4 * hidden;
    }

    /** All parameters, biases and layer norms included, the tied embedding once. */
    public long parameters() {
        long h = hidden;
        return (long) vocabulary * h + (long) positions * h + layers * (12 * h * h + 13 * h) + 2 * h + beyondGpt();
    }

    /** Parameters of the segments' embeddings, the two heads and the pooler. */
    private long beyondGpt() {
        if (family == Family.GPT) {
            return 0;
        }
        long h = hidden;
        long masked = h * h + h + 2 * h + vocabulary;
        long order = h * h + h + ModelParameters.SEGMENTS * (h + 1);
        return ModelParameters.SEGMENTS * h + masked + order;
    }

    /** What it is, in a few words. */
    public String title() {
        return family.name() + (layerOrder == LayerOrder.POST ? " of the original order (post-LN)" : "");
    }

    /** What it is, in one line. */
    public String describe() {
        return String.format(
                Locale.ROOT,
                "%s of %d layers, hidden size %,d, %d heads, sequence %,d, %,d positions, vocabulary %,d",
                title(),
                layers,
                hidden,
                heads,
                sequence,
                positions,
                vocabulary);
    }

    /**
     * Floating-point operations of the matrix products of forward and backward for so many tokens, attention counted whole (Narayanan et al. 2021, appendix,
     * without recomputation). These are the model's operations: what {@link Recompute} does once more is the hardware's, and counts nowhere.
     */
    public double trainingOperations(long tokens) {
        double h = hidden;
        double heads = family == Family.BERT ? 2 * h * h + 2 * h * h / sequence : 0; // the pooler once a sample
        double forward = layers * (24 * h * h + 4 * h * sequence) + 2 * h * vocabulary + heads;
        return 3 * forward * tokens;
    }

    /** Fails unless the heads can share the columns. */
    public static void requireDivisible(int hidden, int heads) {
        if (hidden % heads != 0) {
            throw new InvalidInputException("model.heads = " + heads + " does not divide model.hidden = " + hidden
                    + "; every head has hidden / heads columns");
        }
    }

    /** Fails unless the ranks of a tensor group can share the heads. */
    public static void requireWholeHeads(int heads, Layout layout) {
        if (heads % layout.tensor() != 0) {
            throw new InvalidInputException("parallel.tensor = " + layout.tensor() + " does not divide model.heads = "
                    + heads + "; a rank holds whole heads");
        }
    }

    /** Fails where the ranks of a tensor group share rows and would have unequal shares. */
    public static void requireWholeShares(int sequence, Layout layout) {
        if (layout.sequence() && sequence % layout.tensor() != 0) {
            throw new InvalidInputException("parallel.sequence = true, but parallel.tensor = " + layout.tensor()
                    + " does not divide model.sequence = " + sequence
                    + "; every rank has sequence / tensor rows of it");
        }
    }

    /** Fails unless each layer can be split over the ranks of a tensor group. */
    public void requireDivisible(Layout layout) {
        requireWholeHeads(heads, layout);
        requireWholeShares(sequence, layout);
        if (vocabulary < layout.tensor()) {
            throw new InvalidInputException(
                    "parallel.tensor = " + layout.tensor() + " is more than the vocabulary of " + vocabulary);
        }
    }

    private static void positive(String key, int value) {
        if (value < 1) {
            throw new InvalidInputException(key + " = " + value + ", must be at least 1");
        }
    }
}
