package io.sparktron.kernels;

import io.sparktron.kernels.host.Elements;
import io.sparktron.tensor.Tensor;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/** Checksums of tensors. */
public final class Bits {
    private Bits() {}

    /** CRC-32C of all elements, widened to double, which keeps every bit of a number. */
    public static long checksum(Tensor tensor) {
        ByteBuffer bytes = ByteBuffer.allocate((int) tensor.elements() * Double.BYTES);
        for (long i = 0; i < tensor.elements(); i++) {
            bytes.putDouble(Elements.get(tensor, i));
        }
        CRC32C checksum = new CRC32C();
        checksum.update(bytes.flip());
        return checksum.getValue();
    }
}
