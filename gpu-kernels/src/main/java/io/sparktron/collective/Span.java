package io.sparktron.collective;

import io.sparktron.tensor.HostMemory;
import io.sparktron.tensor.Tensor;

/** Bytes of host memory from {@code offset} on. */
record Span(HostMemory memory, long offset) {
    static Span of(Tensor tensor) {
        if (tensor.memory() instanceof HostMemory memory) {
            return new Span(memory, tensor.offset());
        }
        throw new IllegalArgumentException(tensor + " is not in host memory");
    }

    Span plus(long bytes) {
        return bytes == 0 ? this : new Span(memory, offset + bytes);
    }

    /** All of them, each {@code bytes} bytes further on; null stays null. */
    static Span[] plus(Span[] spans, long bytes) {
        Span[] shifted = new Span[spans.length];
        for (int i = 0; i < spans.length; i++) {
            shifted[i] = spans[i] == null ? null : spans[i].plus(bytes);
        }
        return shifted;
    }

    /** Copies the first {@code bytes} bytes, which may overlap the destination's. */
    void copyTo(Span destination, long bytes) {
        if (equals(destination)) {
            return;
        }
        for (long done = 0; done < bytes; done += HostMemory.SPAN) {
            long from = offset + done;
            long to = destination.offset + done;
            destination
                    .memory
                    .window(to)
                    .put(HostMemory.inWindow(to), memory.window(from), HostMemory.inWindow(from), (int)
                            Math.min(HostMemory.SPAN, bytes - done));
        }
    }
}
