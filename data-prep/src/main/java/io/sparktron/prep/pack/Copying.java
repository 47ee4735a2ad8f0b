package io.sparktron.prep.pack;

import io.sparktron.tokens.Sha256;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Row;

/** How often each document stands in its split, and the keys of its copies, by which they lie apart. */
record Copying() implements Serializable {
    /** How often a document stands in its split. @param document {@code id, source, split, key ...} */
    int copies(Row document) {
        return 1;
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

    /** SHA-256 of a key and a 64-bit number; other draws ({@link KeyedDraws}) come from the key and a 32-bit number. */
    static byte[] digest(byte[] key, long number) {
        return Sha256.of(ByteBuffer.allocate(key.length + Long.BYTES)
                .put(key)
                .putLong(number)
                .array());
    }
}
