package io.sparktron.prep.duplicates;

import java.io.Serializable;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Four bits of every hash of a signature (b-bit MinHash, Li and König 2010): where two texts agree in clearly fewer than texts at the threshold do, their
 * shingles need not be compared. Two sketches agree in a hash with probability p = J + (1 - J) / 16; asked for are n p - 4 sqrt(n p (1 - p)) agreements
 * with p at the threshold, which a pair above it misses once in 30,000 at most. That spares nearly all comparisons among pages that share their
 * boilerplate.
 *
 * @param hashes n
 * @param needed agreements
 */
record Sketch(int hashes, int needed) implements Serializable {
    private static final int BITS = 4;
    private static final int HASHES_OF_LONG = Long.SIZE / BITS;
    private static final double SIGMAS = 4;
    private static final long LOWEST = 0x1111111111111111L;

    static Sketch of(DuplicateSettings settings) {
        int n = settings.banding().hashes();
        double p = settings.threshold() + (1 - settings.threshold()) / (1 << BITS);
        return new Sketch(n, Math.max(0, (int) Math.ceil(n * p - SIGMAS * Math.sqrt(n * p * (1 - p)))));
    }

    static byte[] pack(int[] signature) {
        long[] longs = new long[(signature.length + HASHES_OF_LONG - 1) / HASHES_OF_LONG];
        for (int i = 0; i < signature.length; i++) {
            long bits = (signature[i] * 0x9E3779B1) >>> (Integer.SIZE - BITS);
            longs[i / HASHES_OF_LONG] |= bits << (i % HASHES_OF_LONG * BITS);
        }
        ByteBuffer bytes = ByteBuffer.allocate(longs.length * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asLongBuffer().put(longs);
        return bytes.array();
    }

    static long[] unpack(byte[] bytes) {
        long[] longs = new long[bytes.length / Long.BYTES];
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asLongBuffer().get(longs);
        return longs;
    }

    /** Whether the texts of two sketches may be similar. */
    boolean admits(long[] a, long[] b) {
        int differ = 0;
        for (int i = 0; i < a.length; i++) {
            long bits = a[i] ^ b[i];
            bits |= bits >>> 1;
            bits |= bits >>> 2;
            differ += Long.bitCount(bits & LOWEST);
        }
        return hashes - differ >= needed;
    }
}
