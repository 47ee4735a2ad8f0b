package io.sparktron.tokenizer;

/**
 * The ids of words seen lately: a fixed number of places, each the last word that fell on it. It may be shared by threads without a lock: an entry is immutable and a lost write
 * costs one more encoding.
 */
final class WordCache {
    /** Longer words are rare, and keeping them costs memory. */
    static final int LONGEST = 32;

    private static final int PLACES = 1 << 16;

    private record Entry(String word, int hash, int[] ids) {}

    private final Entry[] places = new Entry[PLACES];

    /** The hash of a part of a text. */
    static int hash(String text, int start, int end) {
        int hash = end - start;
        for (int i = start; i < end; i++) {
            hash = 31 * hash + text.charAt(i);
        }
        return hash;
    }

    /** The ids of that part, not to be changed; null if they are not known. */
    int[] find(String text, int start, int end, int hash) {
        Entry entry = places[place(hash)];
        return entry != null
                        && entry.hash == hash
                        && entry.word.length() == end - start
                        && text.startsWith(entry.word, start)
                ? entry.ids
                : null;
    }

    void put(String word, int hash, int[] ids) {
        places[place(hash)] = new Entry(word, hash, ids);
    }

    private static int place(int hash) {
        return (hash * 0x9E37_79B9) >>> Integer.SIZE - Integer.numberOfTrailingZeros(PLACES);
    }
}
