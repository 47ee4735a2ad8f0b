package io.sparktron.jnccl;

import com.sun.jna.Structure;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/**
 * What names a communicator before it exists. {@link JNCCL#ncclGetUniqueId} fills it on one rank, which sends it to all others, as bytes or as
 * text; each communicator takes a new one.
 */
public final class ncclUniqueId {
    public static final int NCCL_UNIQUE_ID_BYTES = 128;

    private final byte[] internal = new byte[NCCL_UNIQUE_ID_BYTES];

    /** All zero, to be filled. */
    public ncclUniqueId() {}

    /**
     * An id that another rank sent.
     *
     * @param bytes its 128 bytes, which are copied
     */
    public ncclUniqueId(byte[] bytes) {
        if (bytes.length != NCCL_UNIQUE_ID_BYTES) {
            throw new IllegalArgumentException(
                    "a unique id of " + bytes.length + " bytes, must be " + NCCL_UNIQUE_ID_BYTES);
        }
        System.arraycopy(bytes, 0, internal, 0, bytes.length);
    }

    /** The inverse of {@link #toString}. */
    public static ncclUniqueId fromString(String text) {
        return new ncclUniqueId(HexFormat.of().parseHex(text));
    }

    /** A copy of its 128 bytes. */
    public byte[] bytes() {
        return internal.clone();
    }

    byte[] internal() {
        return internal;
    }

    ByValue byValue() {
        ByValue value = new ByValue();
        value.internal = internal.clone();
        return value;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ncclUniqueId id && Arrays.equals(internal, id.internal);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(internal);
    }

    /** 256 hexadecimal digits. */
    @Override
    public String toString() {
        return HexFormat.of().formatHex(internal);
    }

    /** As C passes it: 128 bytes on the stack. */
    public static final class ByValue extends Structure implements Structure.ByValue {
        /** JNA reads it. */
        public byte[] internal = new byte[NCCL_UNIQUE_ID_BYTES];

        @Override
        protected List<String> getFieldOrder() {
            return List.of("internal");
        }
    }
}
