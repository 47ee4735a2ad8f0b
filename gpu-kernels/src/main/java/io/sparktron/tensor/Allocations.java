package io.sparktron.tensor;

import java.util.ArrayDeque;
import java.util.Deque;

/** Memory that is freed together, whoever asked for it: what a rank holds for training, say, also when only part of it could be had. */
public final class Allocations implements AutoCloseable {
    private final Deque<Memory> held = new ArrayDeque<>(); // last first

    /** An allocator whose memory comes from {@code source} and is held here. */
    public Allocator from(Allocator source) {
        return (purpose, bytes) -> {
            Memory memory = source.allocate(purpose, bytes);
            held.push(memory);
            return memory;
        };
    }

    /** All of it, bytes. */
    public long bytes() {
        return held.stream().mapToLong(Memory::bytes).sum();
    }

    /** Frees all of it, the last allocation first; one that cannot be freed does not keep the others. */
    @Override
    public void close() {
        RuntimeException first = null;
        while (!held.isEmpty()) {
            try {
                held.pop().close();
            } catch (RuntimeException e) {
                if (first == null) {
                    first = e;
                } else {
                    first.addSuppressed(e);
                }
            }
        }
        if (first != null) {
            throw first;
        }
    }
}
