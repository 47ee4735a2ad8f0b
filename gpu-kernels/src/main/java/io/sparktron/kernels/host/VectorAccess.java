package io.sparktron.kernels.host;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * Vector loads and stores outside the heap, the only place that knows how this JDK makes them: up to 18 {@code fromByteBuffer}, from 19
 * on {@code fromMemorySegment}, and no JDK has both. Static final method handles cost nothing once compiled, so one class file serves all.
 *
 * <p>Needs {@code --add-modules jdk.incubator.vector}, which Spark passes to its processes.
 */
final class VectorAccess {
    /** The machine's widest vector of at most {@link Lanes#COUNT} floats. */
    static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED.length() > Lanes.COUNT
            ? FloatVector.SPECIES_512
            : FloatVector.SPECIES_PREFERRED;

    /** As many integers as there are floats. */
    static final VectorSpecies<Integer> INTS = SPECIES.withLanes(int.class);

    /** As many doubles as fill a vector of {@link #SPECIES}. */
    static final VectorSpecies<Double> DOUBLES = SPECIES.withLanes(double.class);

    /** As many floats as there are {@link #DOUBLES}. */
    private static final VectorSpecies<Float> HALF =
            VectorSpecies.of(float.class, VectorShape.forBitSize(SPECIES.vectorBitSize() / 2));

    private static final MethodHandle WINDOW;
    private static final MethodHandle LOAD;
    private static final MethodHandle LOAD_HALF;
    private static final MethodHandle STORE;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            boolean segments = Runtime.version().feature() >= 19;
            Class<?> window = segments ? Class.forName("java.lang.foreign.MemorySegment") : ByteBuffer.class;
            Class<?> index = segments ? long.class : int.class;
            MethodHandle wrap = segments
                    ? lookup.findStatic(
                            window, "ofBuffer", MethodType.methodType(window, Class.forName("java.nio.Buffer")))
                    : MethodHandles.identity(ByteBuffer.class);
            MethodHandle load = lookup.findStatic(
                    FloatVector.class,
                    segments ? "fromMemorySegment" : "fromByteBuffer",
                    MethodType.methodType(FloatVector.class, VectorSpecies.class, window, index, ByteOrder.class));
            MethodHandle store = lookup.findVirtual(
                    FloatVector.class,
                    segments ? "intoMemorySegment" : "intoByteBuffer",
                    MethodType.methodType(void.class, window, index, ByteOrder.class));
            WINDOW = wrap.asType(MethodType.methodType(Object.class, ByteBuffer.class));
            LOAD = of(load, SPECIES);
            LOAD_HALF = of(load, HALF);
            STORE = MethodHandles.insertArguments(store, 3, ByteOrder.LITTLE_ENDIAN)
                    .asType(MethodType.methodType(void.class, FloatVector.class, Object.class, int.class));
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private VectorAccess() {}

    private static MethodHandle of(MethodHandle load, VectorSpecies<Float> species) {
        MethodHandle ofSpecies = MethodHandles.insertArguments(load, 0, species);
        return MethodHandles.insertArguments(ofSpecies, 2, ByteOrder.LITTLE_ENDIAN)
                .asType(MethodType.methodType(FloatVector.class, Object.class, int.class));
    }

    /** What {@link #load} and {@link #store} take for a direct buffer. */
    static Object window(ByteBuffer direct) {
        try {
            return (Object) WINDOW.invokeExact(direct);
        } catch (Throwable thrown) {
            throw unchecked(thrown);
        }
    }

    /** The floats from byte {@code at} of the window on. */
    static FloatVector load(Object window, int at) {
        try {
            return (FloatVector) LOAD.invokeExact(window, at);
        } catch (Throwable thrown) {
            throw unchecked(thrown);
        }
    }

    /** The {@code DOUBLES.length()} floats from byte {@code at} of the window on, widened. */
    static DoubleVector loadDoubles(Object window, int at) {
        FloatVector half;
        try {
            half = (FloatVector) LOAD_HALF.invokeExact(window, at);
        } catch (Throwable thrown) {
            throw unchecked(thrown);
        }
        return (DoubleVector) half.convertShape(VectorOperators.F2D, DOUBLES, 0);
    }

    static void store(FloatVector vector, Object window, int at) {
        try {
            STORE.invokeExact(vector, window, at);
        } catch (Throwable thrown) {
            throw unchecked(thrown);
        }
    }

    /** None of the three throws a checked exception. */
    private static RuntimeException unchecked(Throwable thrown) {
        if (thrown instanceof Error error) {
            throw error;
        }
        return thrown instanceof RuntimeException exception ? exception : new IllegalStateException(thrown);
    }
}
