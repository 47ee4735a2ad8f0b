package io.sparktron.prep.pack;

import io.sparktron.tokenizer.WordPieceTraining;
import io.sparktron.tokens.InvalidInputException;
import java.io.Serializable;

/**
 * What preparing samples for BERT needs besides {@link PackSettings}. The comment of each component gives its key on the command line.
 *
 * @param vocabularySize {@code prep.vocabulary-size}: pieces of the WordPiece vocabulary that is trained on the corpus, at most; without a part where a file is given
 * @param vocabularyFile {@code prep.vocabulary-file}: a vocabulary to be used instead, a piece a line; null to train one
 * @param lowerCase {@code prep.lower-case}: lower-cases the text and strips accents
 * @param shortSequences {@code prep.short-sequences}: share of samples that are filled up to a drawn length only
 */
public record BertSettings(int vocabularySize, String vocabularyFile, boolean lowerCase, double shortSequences)
        implements Serializable {
    /** {@code [CLS] a [SEP] b [SEP]}. */
    public static final int SHORTEST_SEQUENCE = 5;

    private static final int LARGEST_VOCABULARY = 1 << 20;

    public BertSettings {
        if (vocabularyFile == null
                && (vocabularySize < WordPieceTraining.SMALLEST || vocabularySize > LARGEST_VOCABULARY)) {
            throw new InvalidInputException("prep.vocabulary-size = " + vocabularySize + "; legal: "
                    + WordPieceTraining.SMALLEST + " to " + LARGEST_VOCABULARY);
        }
        if (!(shortSequences >= 0 && shortSequences <= 1)) {
            throw new InvalidInputException("prep.short-sequences = " + shortSequences + "; legal: 0 to 1");
        }
    }

    /** The defaults: a vocabulary of 30,522 pieces, lower case, a tenth of short samples. */
    public static BertSettings defaults() {
        return new BertSettings(30522, null, true, 0.1);
    }
}
