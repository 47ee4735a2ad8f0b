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

    /** What the ids mean: the tokenizer's name, its number of ids, and the id that closes a document. */
    public record Tokenizer(String name, int vocabulary, int endOfText) implements Serializable {
        /** That of a token dataset. */
        public static Tokenizer of(Manifest.Vocabulary tokenizer) {
            return new Tokenizer(tokenizer.name(), tokenizer.vocabulary(), tokenizer.endOfText());
        }
    }

    /** What Adam carries from step to step besides its moments: its count of updates and the powers of beta as accumulated. */
    public record AdamProgress(double updates, double beta1Power, double beta2Power) {
        /** Before the first update. */
        public static final AdamProgress NONE = new AdamProgress(0, 1, 1);
    }
}
