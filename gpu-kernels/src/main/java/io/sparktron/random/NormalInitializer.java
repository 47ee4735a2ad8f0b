package io.sparktron.random;

import io.sparktron.tensor.Shape;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Initial weights N(0, standard deviation^2) of a logical tensor, slice by slice. An element's value follows from the seed, the parameter's
 * name and the element's place in the unsplit tensor alone.
 *
 * <p>Element {@code e} is the row-major index in the unsplit tensor with rows (the last dimension) padded to {@link Philox#WORDS}. Its counter is
 * (e div 4, low half of the name's hash; high half of the hash, all ones). The last word keeps these counters apart from those of samples,
 * whose 64-bit positions are not negative. Words 0 and 1, and words 2 and 3, of a block are a Box-Muller pair, computed in double by
 * {@link StrictMath}, whose bits are the same on every JVM.
 */
public final class NormalInitializer {
    private static final long NO_SAMPLE = 0xFFFFFFFFL << 32;
    private static final double UNIT = 0x1p-32;

    private NormalInitializer() {}

    /**
     * Writes a box of the tensor as little-endian float32, row-major, from the destination's position on; position and limit stay.
     *
     * @param name the parameter's logical name
     * @param global shape of the unsplit tensor
     * @param start first index of the box in each dimension
     * @param local extents of the box
     * @param destination at least {@code local.elements() * 4} bytes remaining
     */
    public static void fill(
            long seed,
            String name,
            Shape global,
            long[] start,
            Shape local,
            double standardDeviation,
            ByteBuffer destination) {
        requireBox(name, global, start, local);
        if (destination.remaining() < local.elements() * Float.BYTES) {
            throw new IllegalArgumentException("destination for " + name + local + " has " + destination.remaining()
                    + " bytes remaining, needs " + local.elements() * Float.BYTES);
        }
        ByteBuffer target = destination.duplicate().order(ByteOrder.LITTLE_ENDIAN);
        Row row = new Row(seed, hash(name), standardDeviation);
        int last = global.rank() - 1;
        long paddedRow = roundUp(global.extent(last));
        long rowElements = local.extent(last);
        long[] index = start.clone();
        for (long done = 0; done < local.elements(); done += rowElements) {
            long first = rowNumber(global, index) * paddedRow + start[last];
            row.write(first, rowElements, target, target.position() + (int) done * Float.BYTES);
            advance(index, start, local);
        }
    }

    /** FNV-1a, 64 bits, of the name in UTF-8. */
    static long hash(String name) {
        long hash = 0xcbf29ce484222325L;
        for (byte b : name.getBytes(StandardCharsets.UTF_8)) {
            hash = (hash ^ b & 0xff) * 0x100000001b3L;
        }
        return hash;
    }

    /** Row-major number of the row that holds {@code index}. */
    private static long rowNumber(Shape global, long[] index) {
        long row = 0;
        for (int i = 0; i < index.length - 1; i++) {
            row = row * global.extent(i) + index[i];
        }
        return row;
    }

    /** The next row of the box, in row-major order; the last dimension stays. */
    private static void advance(long[] index, long[] start, Shape local) {
        for (int i = index.length - 2; i >= 0; i--) {
            if (++index[i] < start[i] + local.extent(i)) {
                return;
            }
            index[i] = start[i];
        }
    }

    private static long roundUp(long extent) {
        return (extent + Philox.WORDS - 1) / Philox.WORDS * Philox.WORDS;
    }

    private static void requireBox(String name, Shape global, long[] start, Shape local) {
        boolean inside = start.length == global.rank() && local.rank() == global.rank();
        for (int i = 0; inside && i < start.length; i++) {
            inside = start[i] >= 0 && start[i] + local.extent(i) <= global.extent(i);
        }
        if (!inside) {
            throw new IllegalArgumentException(
                    "box " + local + " at " + Arrays.toString(start) + " does not lie in " + name + global);
        }
        long blocks = global.elements() == 0
                ? 0
                : Math.multiplyExact(
                        global.elements() / global.extent(global.rank() - 1),
                        roundUp(global.extent(global.rank() - 1)) / Philox.WORDS);
        if (blocks > 1L << 32) {
            throw new IllegalArgumentException(name + global + " has more than 2^34 elements, rows padded to 4");
        }
    }

    /** Consecutive elements of one row, a block of four at a time. */
    private static final class Row {
        private final long seed;
        private final long hash;
        private final double standardDeviation;
        private final int[] words = new int[Philox.WORDS];
        private final double[] normals = new double[Philox.WORDS];

        Row(long seed, long hash, double standardDeviation) {
            this.seed = seed;
            this.hash = hash;
            this.standardDeviation = standardDeviation;
        }

        /** Elements {@code first ... first + count - 1}, to byte {@code at} and on. */
        void write(long first, long count, ByteBuffer target, int at) {
            int put = at;
            for (long element = first; element < first + count; element++) {
                int word = (int) (element % Philox.WORDS);
                if (word == 0 || element == first) {
                    draw(element / Philox.WORDS);
                }
                target.putFloat(put, (float) (standardDeviation * normals[word]));
                put += Float.BYTES;
            }
        }

        private void draw(long block) {
            Philox.block(seed, block | hash << 32, hash >>> 32 | NO_SAMPLE, words);
            for (int i = 0; i < Philox.WORDS; i += 2) {
                // In the open interval (0, 1), so that the logarithm is finite: no value lies beyond 6.8 deviations.
                double uniform = ((words[i] & 0xFFFFFFFFL) + 0.5) * UNIT;
                double radius = Math.sqrt(-2 * StrictMath.log(uniform));
                double angle = 2 * Math.PI * UNIT * (words[i + 1] & 0xFFFFFFFFL);
                normals[i] = radius * StrictMath.cos(angle);
                normals[i + 1] = radius * StrictMath.sin(angle);
            }
        }
    }
}
