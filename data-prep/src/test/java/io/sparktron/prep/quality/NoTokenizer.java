package io.sparktron.prep.quality;

import io.sparktron.tokenizer.Tokenizer;

/** Finds no tokens. */
final class NoTokenizer implements Tokenizer {
    @Override
    public String name() {
        return "none";
    }

    @Override
    public int vocabulary() {
        return 1;
    }

    @Override
    public int endOfText() {
        return 0;
    }

    @Override
    public int[] encode(String text) {
        return new int[0];
    }

    @Override
    public String decode(int[] ids) {
        return "";
    }
}
