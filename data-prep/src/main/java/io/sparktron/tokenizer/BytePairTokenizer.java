package io.sparktron.tokenizer;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;

/**
 * Byte-level byte-pair encoding (Radford et al. 2019, section 2.2) with any vocabulary: text is cut into words ({@link Gpt2Words}), each word's UTF-8 bytes are merged by rank. A lone
 * surrogate, which UTF-8 cannot hold, is encoded as a question mark.
 */
public class BytePairTokenizer implements Tokenizer {
    /** Of one that was trained on its corpus. */
    public static final String NAME = "bpe";

    private final String name;
    private final BytePairVocabulary vocabulary;
    private final int[] byteIds = new int[256];
    private final PairMerges merges;
    private final WordCache cache = new WordCache();

    /** One that was trained, called {@value #NAME}. */
    public BytePairTokenizer(BytePairVocabulary vocabulary) {
        this(NAME, vocabulary);
    }

    BytePairTokenizer(String name, BytePairVocabulary vocabulary) {
        this.name = name;
        this.vocabulary = vocabulary;
        PairRanks ranks = new PairRanks(vocabulary.merges());
        int[] merged = new int[vocabulary.merges()];
        for (int rank = 0; rank < merged.length; rank++) {
            ranks.put(vocabulary.left(rank), vocabulary.right(rank), rank);
            merged[rank] = vocabulary.merged(rank);
        }
        merges = new PairMerges(ranks, merged);
        for (int id = vocabulary.size() - 1; id >= 0; id--) {
            byte[] token = vocabulary.token(id);
            if (token.length == 1) {
                byteIds[token[0] & 0xff] = id;
            }
        }
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public int vocabulary() {
        return vocabulary.size();
    }

    @Override
    public int endOfText() {
        return vocabulary.endOfText();
    }

    @Override
    public Map<String, byte[]> files() {
        return vocabulary.files();
    }

    @Override
    public int[] encode(String text) {
        TokenIds ids = new TokenIds(text.length() / 3);
        int end;
        for (int start = 0; start < text.length(); start = end) {
            end = Gpt2Words.end(text, start);
            int[] word = word(text, start, end);
            ids.add(word, 0, word.length);
        }
        return ids.toArray();
    }

    @Override
    public int count(String text) {
        int count = 0;
        int end;
        for (int start = 0; start < text.length(); start = end) {
            end = Gpt2Words.end(text, start);
            count += word(text, start, end).length;
        }
        return count;
    }

    private int[] word(String text, int start, int end) {
        if (end - start > WordCache.LONGEST) {
            return merge(text.substring(start, end));
        }
        int hash = WordCache.hash(text, start, end);
        int[] known = cache.find(text, start, end, hash);
        if (known != null) {
            return known;
        }
        String word = text.substring(start, end);
        int[] ids = merge(word);
        cache.put(word, hash, ids);
        return ids;
    }

    private int[] merge(String word) {
        byte[] bytes = word.getBytes(StandardCharsets.UTF_8);
        int[] ids = new int[bytes.length];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = byteIds[bytes[i] & 0xff];
        }
        return Arrays.copyOf(ids, merges.merge(ids, ids.length));
    }

    /** The bytes of one token; those of end-of-text spell {@code <|endoftext|>}. @param id from 0 to {@link #vocabulary} - 1 */
    public byte[] bytes(int id) {
        return vocabulary.token(id).clone();
    }

    /** {@inheritDoc} The end-of-text id becomes {@code <|endoftext|>}. */
    @Override
    public String decode(int[] ids) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(4 * ids.length);
        for (int i = 0; i < ids.length; i++) {
            if (ids[i] < 0 || ids[i] >= vocabulary.size()) {
                throw new IllegalArgumentException("Token " + i + " is " + ids[i] + "; legal: 0 to "
                        + (vocabulary.size() - 1) + " (" + name + ")");
            }
            bytes.writeBytes(vocabulary.token(ids[i]));
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }
}
