package io.sparktron.train;

import io.sparktron.parallel.Parameter;
import io.sparktron.tensor.Queue;
import io.sparktron.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.SplittableRandom;

/** The smallest change that float32 knows: how far training strays from it is the measure of how far layouts may. */
public final class Disturbance {
    private Disturbance() {}

    /** Moves every weight to one of its two neighbours, by a random choice that {@code seed} fixes. */
    public static void apply(Queue queue, TrainingState state, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        for (Parameter parameter : state.parameters().all()) {
            Tensor value = parameter.value();
            ByteBuffer bytes = ByteBuffer.allocate((int) value.bytes()).order(ByteOrder.LITTLE_ENDIAN);
            queue.read(value, bytes);
            FloatBuffer weights = bytes.asFloatBuffer();
            for (int i = 0; i < weights.limit(); i++) {
                float weight = weights.get(i);
                weights.put(i, random.nextBoolean() ? Math.nextUp(weight) : Math.nextDown(weight));
            }
            queue.write(bytes, value);
        }
    }
}
