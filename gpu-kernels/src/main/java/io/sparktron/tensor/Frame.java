package io.sparktron.tensor;

/**
 * The activations of one micro-batch in flight: a stack over one allocation. {@link #take} pushes, {@link #release} pops back
 * to a mark, so inside a frame the last taken is the first released. A frame may be larger than what is used; {@link #peak} tells how
 * much was ever used, which is how the memory plan sizes it.
 */
public final class Frame {
    /** Every tensor starts on this boundary: a cache line, and the alignment of vector loads. */
    public static final int ALIGNMENT = 64;

    private final Memory memory;
    private long top;
    private long peak;

    public Frame(Memory memory) {
        this.memory = memory;
    }

    /** An uninitialised tensor on top of the stack. */
    public Tensor take(DType type, long... extents) {
        Shape shape = Shape.of(extents);
        long end = top + roundUp(shape.elements() * type.bytes());
        if (end > memory.bytes()) {
            throw new OutOfDeviceMemoryException("frame " + memory.purpose() + " of " + memory.bytes() + " bytes has "
                    + (memory.bytes() - top) + " left, and a " + type + shape + " was asked for");
        }
        Tensor tensor = new Tensor(memory, top, type, shape);
        top = end;
        peak = Math.max(peak, top);
        return tensor;
    }

    /** The current height, to {@link #release} to later. */
    public long mark() {
        return top;
    }

    /** Pops everything taken since {@code mark}. */
    public void release(long mark) {
        if (mark < 0 || mark > top) {
            throw new IllegalArgumentException("release to " + mark + " of a frame at height " + top);
        }
        top = mark;
    }

    /** Greatest height so far, bytes. */
    public long peak() {
        return peak;
    }

    private static long roundUp(long bytes) {
        return (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    }
}
