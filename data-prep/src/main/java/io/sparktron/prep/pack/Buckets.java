package io.sparktron.prep.pack;

import java.nio.ByteBuffer;

/** Equal ranges of keys, each of them a partition. */
public final class Buckets {
    private Buckets() {}

    /** Keys are uniform, so equal ranges of their first 31 bits are about equally full. */
    public static int of(byte[] key, int buckets) {
        long first = ByteBuffer.wrap(key).getInt() >>> 1;
        return (int) (first * buckets >>> 31);
    }
}
