package io.sparktron.tensor;

import com.sun.jna.LastErrorException;
import com.sun.jna.Pointer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Native memory of this process, outside the Java heap and outside the limits of {@code -Xmx} and {@code MaxDirectMemorySize}.
 *
 * <p>Java code reaches it through windows: byte buffers of up to 1 GiB that start every 512 MiB, so that a span of up to {@link #SPAN}
 * bytes lies whole in one window wherever it starts.
 */
public final class HostMemory implements Memory {
    /** Longest span that is certain to lie in one window, bytes. */
    public static final long SPAN = 1L << 29;

    private static final int SPAN_BITS = 29;

    private final String purpose;
    private final long address;
    private final long bytes;
    private final ByteBuffer[] windows;
    private final Runnable free;
    private boolean closed;

    private HostMemory(String purpose, long address, long bytes, Runnable free) {
        this.purpose = purpose;
        this.address = address;
        this.bytes = bytes;
        this.free = free;
        this.windows = new ByteBuffer[(int) Math.max(1, (bytes + SPAN - 1) >> SPAN_BITS)];
        Pointer pointer = new Pointer(address);
        for (int i = 0; i < windows.length; i++) {
            long base = (long) i << SPAN_BITS;
            windows[i] = pointer.getByteBuffer(base, Math.min(2 * SPAN, bytes - base))
                    .order(ByteOrder.LITTLE_ENDIAN);
        }
    }

    /** Zero-filled private memory; pages are committed when first touched. */
    public static HostMemory allocate(String purpose, long bytes) {
        long length = Math.max(bytes, 1);
        long address;
        try {
            address = LibC.mmap(
                    0, length, LibC.PROT_READ | LibC.PROT_WRITE, LibC.MAP_PRIVATE | LibC.MAP_ANONYMOUS, -1, 0);
        } catch (LastErrorException e) {
            throw new OutOfDeviceMemoryException("no host memory for " + purpose + " of " + bytes + " bytes: errno "
                    + e.getErrorCode() + "; raise spark.executor.memoryOverhead or use fewer ranks on this host");
        }
        LibC.madvise(address, length, LibC.MADV_HUGEPAGE);
        return new HostMemory(purpose, address, bytes, () -> LibC.munmap(address, length));
    }

    /** Memory that something else allocated and that {@code free} returns, once. */
    public static HostMemory wrap(String purpose, long address, long bytes, Runnable free) {
        return new HostMemory(purpose, address, bytes, free);
    }

    @Override
    public String purpose() {
        return purpose;
    }

    @Override
    public long bytes() {
        return bytes;
    }

    @Override
    public long address() {
        return address;
    }

    /**
     * The little-endian window that holds byte {@code offset}, at {@link #inWindow}, and the {@link #SPAN} bytes that follow it. Shared: use absolute
     * indices, never its position or limit.
     */
    public ByteBuffer window(long offset) {
        return windows[(int) (offset >> SPAN_BITS)];
    }

    /** Where byte {@code offset} lies inside {@link #window}. */
    public static int inWindow(long offset) {
        return (int) (offset & (SPAN - 1));
    }

    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            free.run();
        }
    }

    @Override
    public String toString() {
        return purpose + ", " + bytes + " bytes of host memory";
    }
}
