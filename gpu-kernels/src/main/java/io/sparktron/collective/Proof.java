package io.sparktron.collective;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * How both ends of a connection show each other that they know the secret, without telling it: each draws a random challenge and answers the
 * other's with HMAC-SHA256 over both challenges and what the connection is for, keyed by the secret.
 */
final class Proof {
    static final int BYTES = 32;

    private static final String ALGORITHM = "HmacSHA256";
    private static final SecureRandom RANDOM = new SecureRandom();

    private final SecretKeySpec key;

    Proof(String secret) {
        if (secret == null || secret.isEmpty()) {
            throw new CommunicatorException("the secret between ranks is empty; each start must draw one");
        }
        this.key = new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), ALGORITHM);
    }

    static byte[] challenge() {
        byte[] challenge = new byte[BYTES];
        RANDOM.nextBytes(challenge);
        return challenge;
    }

    /** The answer of the end that connects, or of the one that is connected to. */
    byte[] of(boolean connects, byte[] challengeOfConnecting, byte[] challengeOfConnected, Way way) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            mac.update((byte) (connects ? 1 : 2));
            mac.update(challengeOfConnecting);
            mac.update(challengeOfConnected);
            mac.update(ByteBuffer.allocate(12)
                    .putInt(way.from())
                    .putInt(way.to())
                    .putInt(way.use().ordinal())
                    .flip());
            return mac.doFinal();
        } catch (GeneralSecurityException e) {
            throw new CommunicatorException("this JVM has no " + ALGORITHM + ": " + e, e);
        }
    }

    /** Whether two answers are equal; takes the same time wherever they differ. */
    static boolean equal(byte[] one, byte[] other) {
        return MessageDigest.isEqual(one, other);
    }
}
