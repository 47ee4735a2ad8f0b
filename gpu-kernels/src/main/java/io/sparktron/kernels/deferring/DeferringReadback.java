package io.sparktron.kernels.deferring;

import io.sparktron.tensor.Completion;
import io.sparktron.tensor.Readback;
import io.sparktron.tensor.Tensor;
import java.nio.ByteBuffer;

/** Copies when it is awaited, after what its queue held when it was started and before what came later. */
final class DeferringReadback implements Readback {
    private final DeferringQueue queue;
    private final Readback host;
    private Completion copied;

    DeferringReadback(DeferringQueue queue, Readback host) {
        this.queue = queue;
        this.host = host;
    }

    @Override
    public void start(Tensor source) {
        queue.enqueue(() -> host.start(source));
        copied = queue.mark();
    }

    @Override
    public ByteBuffer await() {
        copied.awaitHost();
        return host.await();
    }

    @Override
    public void close() {
        host.close();
    }
}
