package io.sparktron.collective;

import io.sparktron.tensor.HostMemory;
import io.sparktron.tensor.Tensor;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The shared memory that a rank made, and that of its peers which it has mapped. */
final class Segments implements AutoCloseable {
    private final int rank;
    /** Segments of this rank by address. */
    private final Map<Long, Segment> own = new ConcurrentHashMap<>();

    /** Segments of peers; touched by the rank's own thread only. */
    private final Map<Segment.Handle, Segment> mapped = new HashMap<>();

    private int serial;
    private boolean closed;

    Segments(int rank) {
        this.rank = rank;
    }

    /** Memory of this rank that peers reach; {@code data} gives its pages back as soon as it is closed here. */
    synchronized Segment create(String purpose, long bytes, boolean data) {
        if (closed) {
            throw new CommunicatorException("rank " + rank + " asks for memory for " + purpose + " after it has left");
        }
        Segment segment = Segment.create(rank, serial++, purpose, bytes, data, own::remove);
        own.put(segment.memory().address(), segment);
        return segment;
    }

    /** How peers find the tensor's memory; null if it is not shared. */
    Segment.Handle locate(Tensor tensor) {
        Segment segment = own.get(tensor.memory().address());
        return segment == null || segment.memory() != tensor.memory() ? null : segment.handle();
    }

    /** The memory behind a handle, mapped here when it is first asked for. */
    HostMemory reach(Member owner, Segment.Handle handle) {
        if (handle.owner() == rank) {
            for (Segment segment : own.values()) {
                if (segment.handle().serial() == handle.serial()) {
                    return segment.memory();
                }
            }
            throw new IllegalStateException("rank " + rank + " has no segment " + handle);
        }
        return mapped.computeIfAbsent(handle, h -> Segment.open(owner, h)).memory();
    }

    /** Frees and unmaps everything. */
    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            own.values().forEach(segment -> segment.memory().close());
            mapped.values().forEach(segment -> segment.memory().close());
        }
    }
}
