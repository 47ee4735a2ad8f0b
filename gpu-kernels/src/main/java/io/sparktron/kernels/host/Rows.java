package io.sparktron.kernels.host;

import static io.sparktron.kernels.host.VectorAccess.SPECIES;

/** The two loops over a row that several kernels share. */
final class Rows {
    private Rows() {}

    /** {@code y[i] += x[i]}. */
    static void add(Floats x, Floats y, int count) {
        int whole = count - count % SPECIES.length();
        for (int i = 0; i < whole; i += SPECIES.length()) {
            y.store(i, y.load(i).add(x.load(i)));
        }
        for (int i = whole; i < count; i++) {
            y.set(i, y.get(i) + x.get(i));
        }
    }

    /** {@code y[at + i] = x[i]}. */
    static void copy(Floats x, Floats y, int at, int count) {
        int whole = count - count % SPECIES.length();
        for (int i = 0; i < whole; i += SPECIES.length()) {
            y.store(at + i, x.load(i));
        }
        for (int i = whole; i < count; i++) {
            y.set(at + i, x.get(i));
        }
    }

    /** {@code x[at + i] *= factor}. */
    static void scale(Floats x, int at, float factor, int count) {
        int whole = count - count % SPECIES.length();
        for (int i = 0; i < whole; i += SPECIES.length()) {
            x.store(at + i, x.load(at + i).mul(factor));
        }
        for (int i = whole; i < count; i++) {
            x.set(at + i, x.get(at + i) * factor);
        }
    }
}
