package io.sparktron.kernels.check;

import io.sparktron.kernels.host.Elements;
import io.sparktron.tensor.DType;
import io.sparktron.tensor.Queue;
import io.sparktron.tensor.Tensor;

/** Normal numbers that repeat after a prime number of elements: operands of any size of which the host need not hold more. */
final class Pattern {
    private static final int PERIOD = 524_287;

    private final Tensor values;
    private final double[] wide = new double[PERIOD];

    Pattern(HostTensors host, long seed, DType type) {
        this.values = host.normal(seed, type, PERIOD);
        for (int i = 0; i < PERIOD; i++) {
            wide[i] = Elements.get(values, i);
        }
    }

    /** Element {@code index} of every tensor that was filled. */
    double at(long index) {
        return wide[(int) (index % PERIOD)];
    }

    /** Enqueues the copies that fill a tensor of the pattern's type. */
    void fill(Queue queue, Tensor tensor) {
        Tensor flat = tensor.view(tensor.elements());
        for (long first = 0; first < flat.elements(); first += PERIOD) {
            long count = Math.min(PERIOD, flat.elements() - first);
            queue.write(Room.bytes(values.rows(0, count)), flat.rows(first, count));
        }
    }
}
