package io.sparktron.convert;

import io.sparktron.storage.Storage;
import io.sparktron.tensor.HostMemory;
import io.sparktron.tokens.InvalidInputException;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.Path;

/** Reads stored tensors as float32, a piece at a time. */
final class WeightReader implements AutoCloseable {
    /** Bytes that are read at once. */
    private static final int PIECE = 1 << 22;

    private final Configuration hadoop;
    private Path path;
    private FSDataInputStream open;

    WeightReader(Configuration hadoop) {
        this.hadoop = hadoop;
    }

    /**
     * Reads a whole tensor, but for rows that only pad it, in our orientation.
     *
     * @param to receives float32, [out, in] of a stored [in, out] where the parameter is transposed
     * @throws InvalidInputException if a value is not finite
     */
    void read(HuggingFaceModel.Weight weight, HostMemory to) throws IOException {
        StoredTensor stored = weight.stored();
        FloatFormat format = stored.format();
        boolean transposed = weight.parameter().transposed();
        long rows = transposed
                ? stored.entry().shape().extent(0)
                : weight.parameter().used(); // in
        long columns = transposed ? stored.entry().shape().extent(1) : 1; // out
        int rowBytes = Math.toIntExact(columns * format.bytes());
        int most = Math.max(1, PIECE / rowBytes);
        for (long first = 0; first < rows; first += most) {
            int count = (int) Math.min(most, rows - first);
            ByteBuffer piece = piece(stored, first * rowBytes, count * rowBytes);
            for (int column = 0; column < columns; column++) {
                long at = (weight.parameter().offset() + column * rows + first) * Float.BYTES;
                ByteBuffer window = to.window(at);
                int start = HostMemory.inWindow(at);
                for (int row = 0; row < count; row++) {
                    int index = row * (int) columns + column;
                    float value = format.at(piece, index);
                    if (!Float.isFinite(value)) {
                        throw notFinite(stored, first * columns + index, value);
                    }
                    window.putFloat(start + row * Float.BYTES, value);
                }
            }
        }
    }

    /** Whether two tensors of one type and shape have the same values. */
    boolean equal(StoredTensor one, StoredTensor other) throws IOException {
        FloatFormat format = one.format();
        long bytes = one.entry().bytes();
        for (long first = 0; first < bytes; first += PIECE) {
            int length = (int) Math.min(PIECE, bytes - first);
            ByteBuffer a = piece(one, first, length);
            ByteBuffer b = piece(other, first, length);
            for (int i = 0; i < length / format.bytes(); i++) {
                if (format.at(a, i) != format.at(b, i)) {
                    return false;
                }
            }
        }
        return true;
    }

    @Override
    public void close() throws IOException {
        if (open != null) {
            open.close();
        }
    }

    private ByteBuffer piece(StoredTensor stored, long first, int length) throws IOException {
        byte[] bytes = new byte[length];
        if (!stored.file().equals(path)) {
            close();
            open = Storage.of(stored.file(), hadoop).open(stored.file());
            path = stored.file();
        }
        try {
            open.readFully(stored.entry().offset() + first, bytes);
        } catch (EOFException e) {
            throw new InvalidInputException(stored.file() + " is torn: it ends inside tensor " + stored.name(), e);
        }
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static InvalidInputException notFinite(StoredTensor stored, long index, float value) {
        return new InvalidInputException(stored.file() + ": element " + index + " of " + stored.name() + " is " + value
                + "; legal: finite numbers");
    }
}
