package io.sparktron.tokenizer;

import java.util.Map;

/**
 * The byte-level byte-pair encoding of GPT-2 (Radford et al. 2019, section 2.2): 256 bytes, 50,000 merges and end-of-text; ids equal those of OpenAI's and Hugging Face's
 * GPT-2 tokenizers.
 */
public final class Gpt2Tokenizer extends BytePairTokenizer {
    public static final String NAME = "gpt2";

    /** Shared, as are its table and the words that it has seen. */
    private static final class Shared {
        static final Gpt2Tokenizer GPT2 = new Gpt2Tokenizer();
    }

    private Gpt2Tokenizer() {
        super(NAME, R50kTable.read());
    }

    /** {@inheritDoc} Everyone has those of GPT-2. */
    @Override
    public Map<String, byte[]> files() {
        return Map.of();
    }

    /** The one of this process. */
    public static Gpt2Tokenizer get() {
        return Shared.GPT2;
    }
}
