package io.sparktron.prep.pack;

import io.sparktron.tokens.Sha256;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.Row;

/**
 * How often each document stands in its split, and the keys of its copies, by which they lie apart.
 *
 * @param quotas [sources] what the training split takes of each; empty = every document once
 */
record Copying(List<Quota> quotas) implements Serializable {
    static final Copying ONCE = new Copying(List.of());

    /**
     * What is taken of a source.
     *
     * @param copies of every document
     * @param lastDraw documents whose draw is at most this have one copy more; null = none has
     * @param lastId the last of them, of those with this draw
     */
    record Quota(int copies, byte[] lastDraw, long lastId) implements Serializable {
        private int of(byte[] key, long id) {
            if (lastDraw == null) {
                return copies;
            }
            int order = Arrays.compareUnsigned(draw(key), lastDraw);
            return order < 0 || order == 0 && id <= lastId ? copies + 1 : copies;
        }
    }

    /** How often a document stands in its split. @param document {@code id, source, split, key ...} */
    int copies(Row document) {
        boolean blended = !quotas.isEmpty() && document.getString(2).equals(Splits.TRAIN);
        return blended ? quotas.get(document.getInt(1)).of(document.getAs(3), document.getLong(0)) : 1;
    }

    /** The keys of a document's copies, the first of them its own. @param document {@code id, source, split, key ...} */
    List<byte[]> keys(Row document) {
        byte[] key = document.getAs(3);
        List<byte[]> keys = new ArrayList<>();
        for (int copy = 0; copy < copies(document); copy++) {
            keys.add(copy == 0 ? key : digest(key, copy));
        }
        return keys;
    }

    /** By which a part of a source is drawn; it says nothing of the document's place, which its key decides. */
    static byte[] draw(byte[] key) {
        return digest(key, 0);
    }

    /** SHA-256 of a key and a 64-bit number; other draws ({@link KeyedDraws}) come from the key and a 32-bit number. */
    private static byte[] digest(byte[] key, long number) {
        return Sha256.of(ByteBuffer.allocate(key.length + Long.BYTES)
                .put(key)
                .putLong(number)
                .array());
    }
}
