package io.sparktron.collective;

import io.sparktron.tensor.DType;
import io.sparktron.tensor.HalfPrecision;
import io.sparktron.tensor.HostMemory;
import java.nio.ByteBuffer;

/**
 * Combines equally long operands element by element: ((x0 + x1) + x2) + ... in the order given, whatever the length. 16-bit operands are added in float32, and
 * the sum is rounded to 16 bits once, at the end.
 *
 * <p>A block at a time goes through arrays on the heap that stay in the first-level cache: loops over arrays become vector code on every
 * JVM, and every operand is read, and every destination written, once.
 */
abstract class Reducer {
    private static final int BLOCK = 4096;

    private final int elementBytes;

    private Reducer(DType type) {
        this.elementBytes = type.bytes();
    }

    /** With scratch memory of its own: for one thread. */
    static Reducer of(DType type) {
        return switch (type) {
            case FLOAT32 -> new Float32();
            case FLOAT64 -> new Float64();
            case INT32 -> new Int32();
            case INT64 -> new Int64();
            case FLOAT16 -> new Half(type, HalfPrecision::fromFloat16, HalfPrecision::toFloat16);
            case BFLOAT16 -> new Half(type, HalfPrecision::fromBFloat16, HalfPrecision::toBFloat16);
        };
    }

    /**
     * Every destination [count] becomes the reduction of all sources [count]. A destination may be one of the sources.
     */
    final void reduce(Reduction reduction, Span[] sources, Span[] destinations, long count) {
        for (long first = 0; first < count; first += BLOCK) {
            int elements = (int) Math.min(BLOCK, count - first);
            long skip = first * elementBytes;
            load(window(sources[0], skip), at(sources[0], skip), elements);
            for (int i = 1; i < sources.length; i++) {
                ByteBuffer window = window(sources[i], skip);
                if (reduction == Reduction.SUM) {
                    add(window, at(sources[i], skip), elements);
                } else {
                    max(window, at(sources[i], skip), elements);
                }
            }
            for (Span destination : destinations) {
                store(window(destination, skip), at(destination, skip), elements);
            }
        }
    }

    private static ByteBuffer window(Span span, long skip) {
        return span.memory().window(span.offset() + skip);
    }

    /** In elements. */
    private int at(Span span, long skip) {
        return HostMemory.inWindow(span.offset() + skip) / elementBytes;
    }

    /** {@code result = x}, where x is {@code elements} elements of the window from element {@code at} on. */
    abstract void load(ByteBuffer window, int at, int elements);

    /** {@code result += x}. */
    abstract void add(ByteBuffer window, int at, int elements);

    /** {@code result = max(result, x)}; NaN if either is. */
    abstract void max(ByteBuffer window, int at, int elements);

    /** {@code x = result}. */
    abstract void store(ByteBuffer window, int at, int elements);

    private static final class Float32 extends Reducer {
        private final float[] result = new float[BLOCK];
        private final float[] x = new float[BLOCK];

        Float32() {
            super(DType.FLOAT32);
        }

        @Override
        void load(ByteBuffer window, int at, int elements) {
            window.asFloatBuffer().get(at, result, 0, elements);
        }

        @Override
        void add(ByteBuffer window, int at, int elements) {
            window.asFloatBuffer().get(at, x, 0, elements);
            for (int i = 0; i < elements; i++) {
                result[i] += x[i];
            }
        }

        @Override
        void max(ByteBuffer window, int at, int elements) {
            window.asFloatBuffer().get(at, x, 0, elements);
            for (int i = 0; i < elements; i++) {
                result[i] = Math.max(result[i], x[i]);
            }
        }

        @Override
        void store(ByteBuffer window, int at, int elements) {
            window.asFloatBuffer().put(at, result, 0, elements);
        }
    }

    /** Both 16-bit types: a float32 inside. */
    private static final class Half extends Reducer {
        private final Widening widening;
        private final Rounding rounding;
        private final float[] result = new float[BLOCK];
        private final short[] x = new short[BLOCK];

        Half(DType type, Widening widening, Rounding rounding) {
            super(type);
            this.widening = widening;
            this.rounding = rounding;
        }

        private interface Widening {
            float apply(short bits);
        }

        private interface Rounding {
            short apply(float value);
        }

        @Override
        void load(ByteBuffer window, int at, int elements) {
            window.asShortBuffer().get(at, x, 0, elements);
            for (int i = 0; i < elements; i++) {
                result[i] = widening.apply(x[i]);
            }
        }

        @Override
        void add(ByteBuffer window, int at, int elements) {
            window.asShortBuffer().get(at, x, 0, elements);
            for (int i = 0; i < elements; i++) {
                result[i] += widening.apply(x[i]);
            }
        }

        @Override
        void max(ByteBuffer window, int at, int elements) {
            window.asShortBuffer().get(at, x, 0, elements);
            for (int i = 0; i < elements; i++) {
                result[i] = Math.max(result[i], widening.apply(x[i]));
            }
        }

        @Override
        void store(ByteBuffer window, int at, int elements) {
            for (int i = 0; i < elements; i++) {
                x[i] = rounding.apply(result[i]);
            }
            window.asShortBuffer().put(at, x, 0, elements);
        }
    }

    private static final class Float64 extends Reducer {
        private final double[] result = new double[BLOCK];
        private final double[] x = new double[BLOCK];

        Float64() {
            super(DType.FLOAT64);
        }

        @Override
        void load(ByteBuffer window, int at, int elements) {
            window.asDoubleBuffer().get(at, result, 0, elements);
        }

        @Override
        void add(ByteBuffer window, int at, int elements) {
            window.asDoubleBuffer().get(at, x, 0, elements);
            for (int i = 0; i < elements; i++) {
                result[i] += x[i];
            }
        }

        @Override
        void max(ByteBuffer window, int at, int elements) {
            window.asDoubleBuffer().get(at, x, 0, elements);
            for (int i = 0; i < elements; i++) {
                result[i] = Math.max(result[i], x[i]);
            }
        }

        @Override
        void store(ByteBuffer window, int at, int elements) {
            window.asDoubleBuffer().put(at, result, 0, elements);
        }
    }

    private static final class Int32 extends Reducer {
        private final int[] result = new int[BLOCK];
        private final int[] x = new int[BLOCK];

        Int32() {
            super(DType.INT32);
        }

        @Override
        void load(ByteBuffer window, int at, int elements) {
            window.asIntBuffer().get(at, result, 0, elements);
        }

        @Override
        void add(ByteBuffer window, int at, int elements) {
            window.asIntBuffer().get(at, x, 0, elements);
            for (int i = 0; i < elements; i++) {
                result[i] += x[i];
            }
        }

        @Override
        void max(ByteBuffer window, int at, int elements) {
            window.asIntBuffer().get(at, x, 0, elements);
            for (int i = 0; i < elements; i++) {
                result[i] = Math.max(result[i], x[i]);
            }
        }

        @Override
        void store(ByteBuffer window, int at, int elements) {
            window.asIntBuffer().put(at, result, 0, elements);
        }
    }

    private static final class Int64 extends Reducer {
        private final long[] result = new long[BLOCK];
        private final long[] x = new long[BLOCK];

        Int64() {
            super(DType.INT64);
        }

        @Override
        void load(ByteBuffer window, int at, int elements) {
            window.asLongBuffer().get(at, result, 0, elements);
        }

        @Override
        void add(ByteBuffer window, int at, int elements) {
            window.asLongBuffer().get(at, x, 0, elements);
            for (int i = 0; i < elements; i++) {
                result[i] += x[i];
            }
        }

        @Override
        void max(ByteBuffer window, int at, int elements) {
            window.asLongBuffer().get(at, x, 0, elements);
            for (int i = 0; i < elements; i++) {
                result[i] = Math.max(result[i], x[i]);
            }
        }

        @Override
        void store(ByteBuffer window, int at, int elements) {
            window.asLongBuffer().put(at, result, 0, elements);
        }
    }
}
