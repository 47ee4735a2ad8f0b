package io.sparktron.kernels.host;

import static io.sparktron.kernels.host.VectorAccess.SPECIES;

import jdk.incubator.vector.FloatVector;

/**
 * Sums over rows as 16 partial sums, whatever the machine's vector width: element i goes to lane i mod 16, and the lanes are
 * added from 0 to 15 at the end. A narrower machine walks the row once per vector of lanes.
 */
final class Lanes {
    /** Logical lanes; the same on every machine, so that sums have the same bits. */
    static final int COUNT = 16;

    private Lanes() {}

    /** The part of a row that fills all lanes; the rest is done one by one. */
    static int whole(int count) {
        return count & -COUNT;
    }

    /** Lane 0 + lane 1 + ... */
    static float total(float[] lanes) {
        float total = lanes[0];
        for (int lane = 1; lane < COUNT; lane++) {
            total += lanes[lane];
        }
        return total;
    }

    /** Sum of {@code count} elements from {@code at} on; {@code lanes} is scratch. */
    static float sum(Floats x, int at, int count, float[] lanes) {
        int whole = whole(count);
        for (int first = 0; first < COUNT; first += SPECIES.length()) {
            FloatVector sum = FloatVector.zero(SPECIES);
            for (int i = first; i < whole; i += COUNT) {
                sum = sum.add(x.load(at + i));
            }
            sum.intoArray(lanes, first);
        }
        for (int i = whole; i < count; i++) {
            lanes[i - whole] += x.get(at + i);
        }
        return total(lanes);
    }

    /** Sum of the products of equal positions; {@code lanes} is scratch. */
    static float dot(Floats x, int xAt, Floats y, int yAt, int count, float[] lanes) {
        int whole = whole(count);
        for (int first = 0; first < COUNT; first += SPECIES.length()) {
            FloatVector sum = FloatVector.zero(SPECIES);
            for (int i = first; i < whole; i += COUNT) {
                sum = x.load(xAt + i).fma(y.load(yAt + i), sum);
            }
            sum.intoArray(lanes, first);
        }
        for (int i = whole; i < count; i++) {
            lanes[i - whole] = Math.fma(x.get(xAt + i), y.get(yAt + i), lanes[i - whole]);
        }
        return total(lanes);
    }

    /** Largest element, -infinity of none; NaN if one is NaN. Exact in any order, so four vectors need not wait for each other. {@code lanes} is scratch. */
    static float max(Floats x, int at, int count, float[] lanes) {
        int width = SPECIES.length();
        int whole = count - count % width;
        FloatVector largest = FloatVector.broadcast(SPECIES, Float.NEGATIVE_INFINITY);
        FloatVector second = largest;
        FloatVector third = largest;
        FloatVector fourth = largest;
        int i = 0;
        for (; i + 4 * width <= whole; i += 4 * width) {
            largest = largest.max(x.load(at + i));
            second = second.max(x.load(at + i + width));
            third = third.max(x.load(at + i + 2 * width));
            fourth = fourth.max(x.load(at + i + 3 * width));
        }
        for (; i < whole; i += width) {
            largest = largest.max(x.load(at + i));
        }
        largest = largest.max(second).max(third.max(fourth));
        float max = Float.NEGATIVE_INFINITY;
        for (; i < count; i++) {
            max = Math.max(max, x.get(at + i));
        }
        largest.intoArray(lanes, 0);
        for (int lane = 0; lane < width; lane++) {
            max = Math.max(max, lanes[lane]);
        }
        return max;
    }

    /**
     * {@code y = exp(x - shift)}, element by element, and the sum of these.
     *
     * @param y may be x
     * @param lanes scratch
     */
    static float exponentials(Floats x, int xAt, float shift, Floats y, int yAt, int count, float[] lanes) {
        int whole = whole(count);
        for (int first = 0; first < COUNT; first += SPECIES.length()) {
            FloatVector sum = FloatVector.zero(SPECIES);
            for (int i = first; i < whole; i += COUNT) {
                FloatVector e = Exponential.exp(x.load(xAt + i).sub(shift));
                y.store(yAt + i, e);
                sum = sum.add(e);
            }
            sum.intoArray(lanes, first);
        }
        for (int i = whole; i < count; i++) {
            float e = Exponential.exp(x.get(xAt + i) - shift);
            y.set(yAt + i, e);
            lanes[i - whole] += e;
        }
        return total(lanes);
    }

    /** The sum of {@link #exponentials}, which are not kept. */
    static float sumOfExponentials(Floats x, int at, float shift, int count, float[] lanes) {
        int whole = whole(count);
        for (int first = 0; first < COUNT; first += SPECIES.length()) {
            FloatVector sum = FloatVector.zero(SPECIES);
            for (int i = first; i < whole; i += COUNT) {
                sum = sum.add(Exponential.exp(x.load(at + i).sub(shift)));
            }
            sum.intoArray(lanes, first);
        }
        for (int i = whole; i < count; i++) {
            lanes[i - whole] += Exponential.exp(x.get(at + i) - shift);
        }
        return total(lanes);
    }
}
