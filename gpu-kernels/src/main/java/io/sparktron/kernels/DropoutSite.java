package io.sparktron.kernels;

/** The places of a transformer where values are dropped (paper, Fig. 2 to 4). Their codes are part of every mask, so they never change. */
public enum DropoutSite {
    /** The sum of the embeddings, before the first layer. */
    EMBEDDING(1),
    /** The attention probabilities of a layer. */
    ATTENTION_PROBABILITIES(2),
    /** The output projection of a layer's attention, before its residual is added. */
    ATTENTION_OUTPUT(3),
    /** The second product of a layer's MLP, before its residual is added. */
    MLP_OUTPUT(4);

    private static final int LAYER_BITS = 24;

    private final int code;

    DropoutSite(int code) {
        this.code = code;
    }

    /**
     * The site of one layer, for {@link Dropout#site}.
     *
     * @param layer from 0; 0 where there is one for the whole model
     */
    public int of(int layer) {
        Operands.range("layer", layer, 0, (1 << LAYER_BITS) - 1);
        return code << LAYER_BITS | layer;
    }
}
