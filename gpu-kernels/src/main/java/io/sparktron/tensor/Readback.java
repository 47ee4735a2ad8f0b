package io.sparktron.tensor;

import java.nio.ByteBuffer;

/** A place on the host to which a queue copies in its own order, so that the host can read one result while the device is busy with the next. */
public interface Readback extends AutoCloseable {
    /** Enqueues a copy of the whole tensor, which must fit; what was copied before is lost. */
    void start(Tensor source);

    /**
     * Waits for the copy that was started last, and for nothing that was enqueued after it; throws what made it fail.
     *
     * @return the bytes of the tensor from position 0 to the limit, little-endian; valid until the next start
     */
    ByteBuffer await();

    /** Frees the place, once a copy to it that is under way has ended or cannot end any more. */
    @Override
    void close();
}
