package io.sparktron.prep.pack;

import io.sparktron.tokens.Sha256;
import java.nio.ByteBuffer;
import java.security.MessageDigest;

/**
 * The key of a document, SHA-256(seed, SHA-256(text)): the order of the keys is the shuffled order of the stream, and what is drawn for a
 * document is drawn from its key. So neither the order of reading nor the number of partitions can matter.
 */
final class DocumentKey {
    private DocumentKey() {}

    /** @param text UTF-8 */
    static byte[] of(long seed, byte[] text) {
        MessageDigest digest = Sha256.digest();
        digest.update(ByteBuffer.allocate(Long.BYTES).putLong(0, seed));
        return digest.digest(Sha256.of(text));
    }

    /** The last 53 bits of a key as a uniform number in [0, 1). */
    static double draw(byte[] key) {
        return (ByteBuffer.wrap(key).getLong(key.length - Long.BYTES) >>> 11) * 0x1p-53;
    }
}
