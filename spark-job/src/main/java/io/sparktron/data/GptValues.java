package io.sparktron.data;

/**
 * A row of GPT: s + 1 ids.
 *
 * @param length s + 1
 */
record GptValues(IdList tokens, int length, RowPlace place) implements Values {
    @Override
    public void read(int[] values, int offset) {
        int count = Math.max(0, tokens.read(values, offset, length));
        if (count != length) {
            throw place.illegal(count + " tokens", length + " (the manifest's sequence + 1)");
        }
    }

    @Override
    public void skip() {
        tokens.skip();
    }
}
