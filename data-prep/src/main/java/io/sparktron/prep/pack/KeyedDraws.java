package io.sparktron.prep.pack;

import io.sparktron.tokens.Sha256;
import java.nio.ByteBuffer;

/**
 * Random numbers that belong to a document: SHA-256 of its key and a counter, so that they depend on seed and content alone. (Philox, which training
 * draws from, is no part of data preparation, and the key that decides a document's place and split is such a digest already.)
 */
final class KeyedDraws {
    private static final double UNIT = 0x1p-53;

    private final byte[] key;
    private ByteBuffer block = ByteBuffer.allocate(0);
    private int blocks;

    KeyedDraws(byte[] key) {
        this.key = key;
    }

    /** A number in [0, 1), in steps of 2^-53. */
    double unit() {
        if (!block.hasRemaining()) {
            block = ByteBuffer.wrap(digest(key, blocks++));
        }
        return (block.getLong() >>> 11) * UNIT;
    }

    /** A number of {@code 0 ... bound - 1}. */
    int below(int bound) {
        return (int) (unit() * bound);
    }

    /** SHA-256 of a key and a number. */
    static byte[] digest(byte[] key, int number) {
        return Sha256.of(ByteBuffer.allocate(key.length + Integer.BYTES)
                .put(key)
                .putInt(number)
                .array());
    }
}
