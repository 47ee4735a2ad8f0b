package io.sparktron.tokenizer;

import com.knuddels.jtokkit.Encodings;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;

/**
 * OpenAI's table {@code r50k_base}, as JTokkit carries it: a line for each token, its bytes in Base64 and its id, in order of the ids. Bytes come first, then tokens in the order in which training
 * made them. The table does not tell of which two a token was made: these are what the merges before it make of its bytes.
 */
final class R50kTable {
    private static final int BYTES = 256;
    private static final int TOKENS = 50_256;
    private static final String FILE = "r50k_base.tiktoken";

    private R50kTable() {}

    static BytePairVocabulary read() {
        byte[][] tokens = new byte[TOKENS + 1][];
        try (InputStream in = Encodings.class.getResourceAsStream(FILE)) {
            if (in == null) {
                throw new IllegalStateException("JTokkit's " + FILE + " is not on the class path");
            }
            String[] lines = new String(in.readAllBytes(), StandardCharsets.US_ASCII).split("\n");
            for (int id = 0; id < TOKENS; id++) {
                int blank = lines[id].indexOf(' ');
                tokens[id] = Base64.getDecoder().decode(lines[id].substring(0, blank));
                if (!lines[id].substring(blank + 1).strip().equals(String.valueOf(id))) {
                    throw new IllegalStateException(
                            "line " + (id + 1) + " of JTokkit's " + FILE + " is " + lines[id] + "; legal: id " + id);
                }
            }
        } catch (IOException broken) {
            throw new UncheckedIOException("JTokkit's " + FILE + " cannot be read", broken);
        }
        tokens[TOKENS] = BytePairVocabulary.END_OF_TEXT.getBytes(StandardCharsets.US_ASCII);
        return new BytePairVocabulary(tokens, merges(tokens), TOKENS);
    }

    private static int[] merges(byte[][] tokens) {
        int[] byteIds = new int[BYTES];
        for (int id = 0; id < BYTES; id++) {
            byteIds[tokens[id][0] & 0xff] = id;
        }
        int[] merges = new int[3 * (TOKENS - BYTES)];
        PairRanks ranks = new PairRanks(TOKENS - BYTES);
        int[] merged = new int[TOKENS - BYTES];
        Arrays.setAll(merged, rank -> BYTES + rank);
        PairMerges before = new PairMerges(ranks, merged);
        for (int rank = 0; rank < merged.length; rank++) {
            byte[] token = tokens[BYTES + rank];
            int[] parts = new int[token.length];
            Arrays.setAll(parts, i -> byteIds[token[i] & 0xff]);
            if (before.merge(parts, parts.length) != 2) {
                throw new IllegalStateException("token " + (BYTES + rank) + " of JTokkit's " + FILE + " is no pair");
            }
            ranks.put(parts[0], parts[1], rank);
            merges[3 * rank] = parts[0];
            merges[3 * rank + 1] = parts[1];
            merges[3 * rank + 2] = BYTES + rank;
        }
        return merges;
    }
}
