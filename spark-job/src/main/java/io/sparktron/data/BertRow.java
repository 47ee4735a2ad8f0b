package io.sparktron.data;

import io.sparktron.tokens.Manifest;
import org.apache.parquet.column.ColumnReader;

/**
 * A row of BERT: {@code [CLS] A [SEP] B [SEP]}, where B starts, which came first, and labels if the row has any.
 *
 * @param labels null where the file has no such column
 * @param sequence s
 */
record BertRow(
        IdList tokens,
        ColumnReader second,
        ColumnReader swapped,
        IdList labels,
        Manifest.WordPieces special,
        int sequence,
        RowPlace place)
        implements Values {
    @Override
    public void read(int[] values, int offset) {
        int first = offset + BertValues.TOKENS;
        int length = Math.max(0, tokens.read(values, first, sequence));
        if (length > sequence) {
            throw place.illegal(length + " tokens", "at most " + sequence + " (the manifest's sequence)");
        }
        int start = readSecond(length);
        requireToken(values, first, 0, special.cls(), "cls");
        requireToken(values, first, start - 1, special.sep(), "sep");
        requireToken(values, first, length - 1, special.sep(), "sep");
        values[offset + BertValues.LENGTH] = length;
        values[offset + BertValues.SECOND] = start;
        values[offset + BertValues.SWAPPED] = readSwapped() ? 1 : 0;
        values[offset + BertValues.LABELLED] = readLabels(values, first + sequence, length) ? 1 : 0;
    }

    @Override
    public void skip() {
        tokens.skip();
        Values.skipRow(second);
        Values.skipRow(swapped);
        if (labels != null) {
            labels.skip();
        }
    }

    private int readSecond(int length) {
        String legal = "2 to " + (length - 1) + ", as the row has " + length + " tokens, cls and a sep before B";
        if (!Values.isPresent(second)) {
            throw place.illegal("second = null", legal);
        }
        int value = second.getInteger();
        if (value < 2 || value >= length) {
            throw place.illegal("second = " + value, legal);
        }
        second.consume();
        return value;
    }

    private boolean readSwapped() {
        if (!Values.isPresent(swapped)) {
            throw place.illegal("swapped = null", "true or false");
        }
        boolean value = swapped.getBoolean();
        swapped.consume();
        return value;
    }

    private void requireToken(int[] values, int first, int position, int expected, String name) {
        if (values[first + position] != expected) {
            throw place.illegal(
                    "id " + values[first + position] + " at position " + position + " of tokens",
                    expected + " (the manifest's tokenizer." + name + ": a row is cls A sep B sep)");
        }
    }

    /** Whether the row has labels. */
    private boolean readLabels(int[] values, int offset, int length) {
        int count = labels == null ? IdList.NULL : labels.read(values, offset, length);
        if (count != IdList.NULL && count != length) {
            throw place.illegal(count + " labels", length + ", as the row has so many tokens, or null");
        }
        return count != IdList.NULL;
    }
}
