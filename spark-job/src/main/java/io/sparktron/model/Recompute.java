package io.sparktron.model;

import io.sparktron.kernels.Attention;
import java.util.Locale;

/** Which activations are computed again in backward instead of being kept from forward (train.recompute). The bits of losses and gradients are those of none. */
public enum Recompute {
    /** None. */
    NONE,
    /**
     * The attention core: its probabilities are not kept, and its kernel runs once more (Korthikanti et al. 2022, section 5). Where the kernel keeps no probabilities anyway
     * there is nothing to gain, and nothing runs again.
     */
    SELECTIVE,
    /**
     * Every layer whole: only its input is kept (Chen et al. 2016; paper, section 5). What is never read again is not computed again: the layer's last product and its
     * sum over the tensor group.
     */
    FULL;

    /** Whether this is selective, but the kernel keeps less than the probabilities: then it is none. */
    public boolean isWithoutEffect(Attention kernel, ModelConfig config) {
        long sequence = config.sequence();
        return this == SELECTIVE
                && kernel.savedShape(1, 1, sequence, config.headSize()).elements() < sequence * sequence;
    }

    /** As settings spell it. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
