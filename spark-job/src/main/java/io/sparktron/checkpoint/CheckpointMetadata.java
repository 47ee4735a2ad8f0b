package io.sparktron.checkpoint;

import io.sparktron.model.ModelConfig;
import io.sparktron.parallel.Layout;
import io.sparktron.tokens.Manifest;
import java.io.Serializable;
import java.util.List;

/**
 * What a checkpoint says besides its tensors.
 *
 * @param step updates made
 * @param consumed samples used so far
 * @param seed of initial weights and sample order
 * @param datasetFingerprint of the training data
 * @param layout that wrote it, for people: any layout loads it
 * @param metrics the lines of {@code metrics.jsonl} since the checkpoint before
 */
public record CheckpointMetadata(
        long step,
        long consumed,
        ModelConfig model,
        Tokenizer tokenizer,
        long seed,
        String datasetFingerprint,
        AdamProgress adam,
        Layout layout,
        List<String> metrics) {

    /**
     * What the ids mean.
     *
     * @param vocabulary number of ids
     * @param endOfText the id that closes a document
     */
    public record Tokenizer(String name, int vocabulary, int endOfText) implements Serializable {
        private static final int DIGITS = 16;

        /** That of a token dataset. */
        public static Tokenizer of(Manifest.Vocabulary tokenizer) {
            String digest = tokenizer.digest();
            String name = digest == null ? tokenizer.name() : withDigest(tokenizer.name(), digest);
            return new Tokenizer(name, tokenizer.vocabulary(), tokenizer.endOfText());
        }

        /**
         * The name of one with a vocabulary of its own: it has the first digits of the digest in it, as those of one size are not the same.
         *
         * @param sha256 of the vocabulary's file, in hexadecimal digits
         */
        public static String withDigest(String name, String sha256) {
            return name + ":" + sha256.substring(0, DIGITS);
        }
    }

    /**
     * What the optimizer carries from step to step besides the moments.
     *
     * @param updates Adam's count
     * @param beta1Power beta1 to that power, as accumulated
     * @param beta2Power beta2 to that power, as accumulated
     */
    public record AdamProgress(double updates, double beta1Power, double beta2Power, LossScale lossScale) {
        /** Without loss scaling. */
        public AdamProgress(double updates, double beta1Power, double beta2Power) {
            this(updates, beta1Power, beta2Power, LossScale.NONE);
        }

        /** Before the first update. */
        public static final AdamProgress NONE = new AdamProgress(0, 1, 1);
    }

    /**
     * The loss scale of the next step and what decides of the ones after it.
     *
     * @param scale that the loss of the next step is multiplied with
     * @param cleanSteps in a row at this scale
     * @param hysteresisLeft overflows that are still let pass
     * @param overflowed steps so far that were skipped
     */
    public record LossScale(double scale, double cleanSteps, double hysteresisLeft, double overflowed) {
        /** Of a run that scales no loss: with loss scaling, the hysteresis is not spent before an overflow. */
        public static final LossScale NONE = new LossScale(1, 0, 0, 0);
    }
}
