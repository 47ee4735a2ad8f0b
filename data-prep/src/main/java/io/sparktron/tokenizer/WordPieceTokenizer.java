package io.sparktron.tokenizer;

import io.sparktron.tokens.InvalidInputException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.Consumer;

/**
 * The tokenizer of BERT (Devlin et al. 2019, section 3): words of {@link BasicTokenizer}, each cut into the longest pieces of the vocabulary that fit, from its
 * start on; pieces after the first begin with {@code ##}. A word that cannot be cut so, or has more than {@value #LONGEST_WORD} code points, is [UNK].
 */
public final class WordPieceTokenizer implements Tokenizer {
    public static final String NAME = "wordpiece";

    static final int LONGEST_WORD = 100;

    private final WordPieceVocabulary vocabulary;
    private final BasicTokenizer basic;
    private final int unknown;
    private final int longestPiece; // chars, without ##

    /**
     * @param lowerCase whether text is lower-cased, and accents stripped, as for the "uncased" models
     * @throws InvalidInputException if the vocabulary lacks a special piece
     */
    public WordPieceTokenizer(WordPieceVocabulary vocabulary, boolean lowerCase) {
        this.vocabulary = vocabulary;
        this.basic = new BasicTokenizer(lowerCase);
        WordPieceVocabulary.SPECIAL.forEach(this::id);
        this.unknown = id(WordPieceVocabulary.UNKNOWN);
        this.longestPiece = vocabulary.ids().keySet().stream()
                .mapToInt(String::length)
                .max()
                .orElse(0);
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public int vocabulary() {
        return vocabulary.size();
    }

    /** {@inheritDoc} Of BERT that is [SEP]. */
    @Override
    public int endOfText() {
        return id(WordPieceVocabulary.SEP);
    }

    /** The id of a special piece. */
    public int id(String special) {
        OptionalInt id = vocabulary.find(special);
        return id.orElseThrow(() -> new InvalidInputException("the WordPiece vocabulary of " + vocabulary.size()
                + " pieces has no " + special + "; legal: one with " + String.join(", ", WordPieceVocabulary.SPECIAL)));
    }

    /** {@inheritDoc} {@code vocab.txt}, and {@code tokenizer.json} for Hugging Face's libraries. */
    @Override
    public Map<String, byte[]> files() {
        Map<String, byte[]> files = new LinkedHashMap<>();
        files.put(WordPieceVocabulary.FILE_NAME, vocabulary.bytes());
        files.put(BytePairFiles.TOKENIZER, HuggingFaceJson.wordPieces(vocabulary, basic.lowerCase()));
        return files;
    }

    @Override
    public int[] encode(String text) {
        TokenIds ids = new TokenIds(text.length() / 4);
        basic.split(text, word -> cut(word, ids));
        return ids.toArray();
    }

    /** {@inheritDoc} Words are separated by one blank, pieces of a word by nothing. */
    @Override
    public String decode(int[] ids) {
        return decode(vocabulary, ids);
    }

    /** The text of ids of any WordPiece vocabulary, also of one without special pieces. */
    public static String decode(WordPieceVocabulary vocabulary, int[] ids) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < ids.length; i++) {
            if (ids[i] < 0 || ids[i] >= vocabulary.size()) {
                throw new IllegalArgumentException("Token " + i + " is " + ids[i] + "; legal: 0 to "
                        + (vocabulary.size() - 1) + " (" + NAME + ")");
            }
            String piece = vocabulary.piece(ids[i]);
            if (i > 0 && vocabulary.continues(ids[i])) {
                text.append(piece, WordPieceVocabulary.CONTINUATION.length(), piece.length());
            } else {
                text.append(i == 0 ? "" : " ").append(piece);
            }
        }
        return text.toString();
    }

    /** Appends the pieces of a word. */
    private void cut(String word, TokenIds ids) {
        int before = ids.count();
        boolean known = isKnowable(word);
        for (int start = 0; known && start < word.length(); ) {
            int end = longest(word, start, ids);
            known = end > start;
            start = end;
        }
        if (!known) {
            ids.truncate(before);
            ids.add(unknown);
        }
    }

    /** Appends the longest piece at {@code start} and returns where it ends; {@code start} if there is none. */
    private int longest(String word, int start, TokenIds ids) {
        Map<String, Integer> all = vocabulary.ids();
        for (int end = Math.min(word.length(), start + longestPiece); end > start; end--) {
            if (end < word.length() && Character.isLowSurrogate(word.charAt(end))) {
                continue;
            }
            String part = word.substring(start, end);
            Integer id = all.get(start == 0 ? part : WordPieceVocabulary.CONTINUATION + part);
            if (id != null) {
                ids.add(id);
                return end;
            }
        }
        return start;
    }

    /** The words of a text that can be known: those of at most {@value #LONGEST_WORD} code points. */
    public static void words(String text, boolean lowerCase, Consumer<String> words) {
        new BasicTokenizer(lowerCase).split(text, word -> {
            if (isKnowable(word)) {
                words.accept(word);
            }
        });
    }

    private static boolean isKnowable(String word) {
        return word.length() <= LONGEST_WORD || word.codePointCount(0, word.length()) <= LONGEST_WORD;
    }
}
