package io.sparktron.prep.duplicates;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/** The distinct shingles of a text: sorted 64-bit hashes. Jaccard indices are exact over these sets. */
final class ShingleSet {
    private final long[] hashes;
    private final int size;

    private ShingleSet(long[] hashes, int size) {
        this.hashes = hashes;
        this.size = size;
    }

    static ShingleSet of(String text, Shingles shingles) {
        Growing all = new Growing();
        shingles.walk(text, all);
        Arrays.sort(all.hashes, 0, all.size);
        int distinct = 0;
        for (int i = 0; i < all.size; i++) {
            if (i == 0 || all.hashes[i] != all.hashes[i - 1]) {
                all.hashes[distinct++] = all.hashes[i];
            }
        }
        return new ShingleSet(all.hashes, distinct);
    }

    /** A set from its {@link #toBytes()}. */
    static ShingleSet of(byte[] bytes) {
        long[] hashes = new long[bytes.length / Long.BYTES];
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asLongBuffer().get(hashes);
        return new ShingleSet(hashes, hashes.length);
    }

    byte[] toBytes() {
        ByteBuffer bytes =
                ByteBuffer.allocate(Math.multiplyExact(size, Long.BYTES)).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asLongBuffer().put(hashes, 0, size);
        return bytes.array();
    }

    int size() {
        return size;
    }

    /** Shared shingles over all shingles of both; 0 if both are empty. */
    double jaccard(ShingleSet other) {
        int i = 0;
        int j = 0;
        int shared = 0;
        while (i < size && j < other.size) {
            long a = hashes[i];
            long b = other.hashes[j];
            shared += a == b ? 1 : 0;
            i += a <= b ? 1 : 0;
            j += b <= a ? 1 : 0;
        }
        long union = (long) size + other.size - shared;
        return union == 0 ? 0 : (double) shared / union;
    }

    private static final class Growing implements Shingles.Sink {
        private long[] hashes = new long[1024];
        private int size;

        @Override
        public void accept(long[] block, int count) {
            if (size + count > hashes.length) {
                hashes = Arrays.copyOf(hashes, Math.max(size + count, (int) Math.min(2L * size, 1 << 30)));
            }
            System.arraycopy(block, 0, hashes, size, count);
            size += count;
        }
    }
}
