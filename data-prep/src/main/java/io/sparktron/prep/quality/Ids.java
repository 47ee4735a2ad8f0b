package io.sparktron.prep.quality;

import java.util.Arrays;

/**
 * Numbers 64-bit keys 1, 2, 3 ... in the order of their first appearance, and counts how often each came. Open addressing in arrays that are used again for the next
 * text, of which only as much is cleared as that text may need.
 */
final class Ids {
    private static final int SMALLEST = 16;
    /** Slots that are kept for the next text; beyond them memory goes back. */
    private static final int KEPT = 1 << 18;

    private long[] keys = new long[SMALLEST];
    private int[] ids = new int[SMALLEST]; // 0 = free
    private int[] counts = new int[SMALLEST]; // [id]
    private int slots;
    private int size;

    /** @param expected keys, at about which there is room without growing */
    Ids clear(int expected) {
        slots = SMALLEST;
        while (slots / 4 * 3 < expected) {
            slots <<= 1;
        }
        if (ids.length < slots || ids.length > Math.max(slots, KEPT)) {
            keys = new long[slots];
            ids = new int[slots];
        } else {
            Arrays.fill(ids, 0, slots, 0);
        }
        if (counts.length > KEPT) {
            counts = new int[SMALLEST];
        }
        size = 0;
        return this;
    }

    /** The id of {@code key}, which now has come once more. */
    int add(long key) {
        int slot = slot(key);
        while (ids[slot] != 0) {
            if (keys[slot] == key) {
                counts[ids[slot]]++;
                return ids[slot];
            }
            slot = (slot + 1) & (slots - 1);
        }
        keys[slot] = key;
        ids[slot] = ++size;
        if (size >= counts.length) {
            counts = Arrays.copyOf(counts, 2 * counts.length);
        }
        counts[size] = 1;
        int id = size;
        if (size > slots / 4 * 3) {
            grow();
        }
        return id;
    }

    /** How often the key of {@code id} has come. */
    int count(int id) {
        return counts[id];
    }

    /** Number of different keys. */
    int size() {
        return size;
    }

    private int slot(long key) {
        long mixed = key * 0x9E3779B97F4A7C15L; // Fibonacci hashing: the upper bits depend on all
        return (int) (mixed >>> 33) & (slots - 1);
    }

    private void grow() {
        long[] oldKeys = keys;
        int[] oldIds = ids;
        int old = slots;
        slots <<= 1;
        keys = new long[slots];
        ids = new int[slots];
        for (int i = 0; i < old; i++) {
            if (oldIds[i] != 0) {
                int slot = slot(oldKeys[i]);
                while (ids[slot] != 0) {
                    slot = (slot + 1) & (slots - 1);
                }
                keys[slot] = oldKeys[i];
                ids[slot] = oldIds[i];
            }
        }
    }
}
