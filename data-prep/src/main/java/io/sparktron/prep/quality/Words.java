package io.sparktron.prep.quality;

import java.util.Arrays;

/** One pass over the characters of a text: its words, and tallies of words and characters. Used for one text after the other. */
final class Words {
    /** Words whose arrays are kept for the next text; beyond them memory goes back. */
    private static final int KEPT = 1 << 18;

    /** Words of which n-grams are made, 10 MB of English: what bounds the memory. */
    static final int MOST = 1 << 21;

    private static final int STOP_WORDS = 8;

    private final Ids distinct = new Ids();
    private final long[] kinds = new long[CharacterKinds.KINDS];
    private int[] ids = {}; // [first] equal words have equal ids
    private int[] ends = {}; // [first] characters of the words up to and with this one
    private int first;
    private int count;
    private int characters;
    private int longest;
    private int alphabetic;
    private int stopWords; // a bit for each that has occurred
    private Marks marks = new Marks();

    // The word that is being read.
    private String text;
    private int start;
    private long hash;
    private int length;
    private int letters;

    void read(String from) {
        clear(from);
        boolean afterIdeograph = false;
        for (int i = 0, width; i < from.length(); i += width) {
            char c = from.charAt(i);
            int codePoint = Character.isHighSurrogate(c) ? from.codePointAt(i) : c;
            width = Character.charCount(codePoint);
            byte kind = CharacterKinds.of(codePoint);
            kinds[kind]++;
            marks.next(codePoint, kind);
            if (kind == CharacterKinds.SPACE) {
                closeWord(i);
                continue;
            }
            if (kind == CharacterKinds.IDEOGRAPH || (afterIdeograph && kind != CharacterKinds.OTHER)) {
                closeWord(i);
            }
            if (length == 0) {
                start = i;
                afterIdeograph = false;
            }
            afterIdeograph |= kind == CharacterKinds.IDEOGRAPH;
            letters += kind == CharacterKinds.LETTER || kind == CharacterKinds.IDEOGRAPH ? 1 : 0;
            hash = Hash.with(hash, codePoint);
            length++;
        }
        closeWord(from.length());
        marks.end();
    }

    private void clear(String from) {
        text = from;
        int expected = Math.min(MOST, from.length() / 8 + 16);
        if (ids.length > KEPT) {
            ids = new int[expected];
            ends = new int[expected];
        }
        distinct.clear(expected / 2);
        Arrays.fill(kinds, 0);
        first = count = characters = longest = alphabetic = stopWords = 0;
        marks = new Marks();
        beginWord();
    }

    private void beginWord() {
        hash = Hash.START;
        length = 0;
        letters = 0;
    }

    private void closeWord(int end) {
        if (length == 0) {
            return;
        }
        count++;
        characters += length;
        if (first < MOST) {
            keepWord();
        }
        longest = Math.max(longest, length);
        if (letters > 0) {
            alphabetic++;
        }
        if (letters >= 2 && letters <= 4) {
            stopWords |= stopWord(end);
        }
        beginWord();
    }

    private void keepWord() {
        if (first == ids.length) {
            int more = Math.max(64, 2 * first);
            ids = Arrays.copyOf(ids, more);
            ends = Arrays.copyOf(ends, more);
        }
        ids[first] = distinct.add(Hash.finished(hash));
        ends[first++] = characters;
    }

    /** The bit of the stop word that the word is without what stands around its letters, else 0. */
    private int stopWord(int end) {
        int from = start;
        while (CharacterKinds.of(text.charAt(from)) != CharacterKinds.LETTER) {
            if (++from == end) {
                return 0; // letters beyond the basic plane
            }
        }
        int packed = 0;
        for (int i = from; i < from + letters; i++) {
            if (i >= end || text.charAt(i) > 'z') {
                return 0;
            }
            packed = packed << 8 | text.charAt(i) | 0x20; // lower case
        }
        return switch (packed) {
            case 't' << 16 | 'h' << 8 | 'e' -> 1;
            case 'b' << 8 | 'e' -> 1 << 1;
            case 't' << 8 | 'o' -> 1 << 2;
            case 'o' << 8 | 'f' -> 1 << 3;
            case 'a' << 16 | 'n' << 8 | 'd' -> 1 << 4;
            case 't' << 24 | 'h' << 16 | 'a' << 8 | 't' -> 1 << 5;
            case 'h' << 24 | 'a' << 16 | 'v' << 8 | 'e' -> 1 << 6;
            case 'w' << 24 | 'i' << 16 | 't' << 8 | 'h' -> 1 << STOP_WORDS - 1;
            default -> 0;
        };
    }

    int count() {
        return count;
    }

    /** The words of which more is known than their number: all, or the first {@value #MOST}. */
    int first() {
        return first;
    }

    /** Which word it is, from 1: equal words have equal numbers. @param word below {@link #first} */
    int id(int word) {
        return ids[word];
    }

    /** How often the word with this id occurs. */
    int occurrences(int id) {
        return distinct.count(id);
    }

    /** Characters of the words {@code from ... to - 1}. */
    int characters(int from, int to) {
        return ends[to - 1] - (from == 0 ? 0 : ends[from - 1]);
    }

    /** Characters of all words: all but white space. */
    int characters() {
        return characters;
    }

    int longest() {
        return longest;
    }

    /** Words with at least one letter. */
    int alphabetic() {
        return alphabetic;
    }

    /** How many of the stop words occur. */
    int stopWords() {
        return Integer.bitCount(stopWords);
    }

    /** Characters of one of {@link CharacterKinds}. */
    long characters(byte kind) {
        return kinds[kind];
    }

    /** Characters of all kinds. */
    long allCharacters() {
        return Arrays.stream(kinds).sum();
    }

    Marks marks() {
        return marks;
    }
}
