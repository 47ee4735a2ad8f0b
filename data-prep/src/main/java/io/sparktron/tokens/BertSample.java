package io.sparktron.tokens;

/**
 * One sample of BERT: {@code [CLS] A [SEP] B [SEP]}, where A and B are consecutive text.
 *
 * @param tokens at most sequence ids
 * @param second where B starts
 * @param swapped whether B came before A in the text: class 1 of the sentence-order prediction
 * @param labels one per token: the id to be predicted there, or -100; null where nothing is masked yet
 */
public record BertSample(int[] tokens, int second, boolean swapped, int[] labels) {
    /** The label of a token that is not to be predicted. */
    public static final int IGNORED = -100;

    /** One whose tokens are not masked. */
    public BertSample(int[] tokens, int second, boolean swapped) {
        this(tokens, second, swapped, null);
    }
}
