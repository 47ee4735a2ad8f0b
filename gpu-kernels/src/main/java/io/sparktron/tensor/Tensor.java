package io.sparktron.tensor;

/**
 * A dense row-major view of {@link Memory}: address, type and shape. Immutable and without ownership; views share storage.
 */
public final class Tensor {
    private final Memory memory;
    private final long offset;
    private final DType type;
    private final Shape shape;

    /**
     * @param offset bytes from the start of {@code memory}, a multiple of the element size
     */
    public Tensor(Memory memory, long offset, DType type, Shape shape) {
        long bytes = Math.multiplyExact(shape.elements(), type.bytes());
        if (offset < 0 || offset % type.bytes() != 0 || Math.addExact(offset, bytes) > memory.bytes()) {
            throw new IllegalArgumentException("tensor " + type + shape + " at byte " + offset + " does not fit "
                    + memory.purpose() + " of " + memory.bytes() + " bytes, or is not aligned to its elements");
        }
        this.memory = memory;
        this.offset = offset;
        this.type = type;
        this.shape = shape;
    }

    public Memory memory() {
        return memory;
    }

    /** Bytes from the start of {@link #memory()}. */
    public long offset() {
        return offset;
    }

    public DType type() {
        return type;
    }

    public Shape shape() {
        return shape;
    }

    public long extent(int dimension) {
        return shape.extent(dimension);
    }

    public long elements() {
        return shape.elements();
    }

    public long bytes() {
        return shape.elements() * type.bytes();
    }

    /** The device's own address of the first element. */
    public long address() {
        return memory.address() + offset;
    }

    /** The same elements under another shape of equal size. */
    public Tensor view(long... extents) {
        return view(Shape.of(extents));
    }

    /** The same elements under another shape of equal size. */
    public Tensor view(Shape other) {
        if (other.elements() != shape.elements()) {
            throw new IllegalArgumentException("cannot view " + shape + " as " + other + ": " + shape.elements()
                    + " against " + other.elements() + " elements");
        }
        return new Tensor(memory, offset, type, other);
    }

    /** Rows {@code first ... first + rows - 1} along dimension 0. */
    public Tensor rows(long first, long rows) {
        if (first < 0 || rows < 0 || first + rows > shape.extent(0)) {
            throw new IndexOutOfBoundsException(
                    "rows " + first + " to " + (first + rows) + " of a tensor of shape " + shape);
        }
        return new Tensor(memory, offset + first * shape.rowElements() * type.bytes(), type, shape.with(0, rows));
    }

    /** Fails unless the shape is the given one; {@code name} is the operand's name in the error. */
    public Tensor expect(String name, long... extents) {
        Shape expected = Shape.of(extents);
        if (!shape.equals(expected)) {
            throw new IllegalArgumentException(name + " has shape " + shape + ", expected " + expected);
        }
        return this;
    }

    /** Fails unless the type is the given one; {@code name} is the operand's name in the error. */
    public Tensor expect(String name, DType expected) {
        if (type != expected) {
            throw new IllegalArgumentException(name + " is " + type + ", expected " + expected);
        }
        return this;
    }

    @Override
    public String toString() {
        return type + "" + shape + " in " + memory.purpose() + " at byte " + offset;
    }
}
