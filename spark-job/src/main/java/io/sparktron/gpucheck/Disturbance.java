package io.sparktron.gpucheck;

import io.sparktron.parallel.OwnedPart;
import io.sparktron.parallel.Parameter;
import io.sparktron.tensor.DType;
import io.sparktron.tensor.HalfPrecision;
import io.sparktron.tensor.Queue;
import io.sparktron.tensor.Tensor;
import io.sparktron.train.TrainingState;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.SplittableRandom;

/** The smallest change that the type of the weights knows: how far training strays from it is the measure of how far layouts and devices may. */
public final class Disturbance {
    private Disturbance() {}

    /** Moves every weight to one of its two neighbours, by a random choice that {@code seed} fixes; of an optimizer that updates all of them. */
    public static void apply(Queue queue, TrainingState state, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        for (Parameter parameter : state.parameters().all()) {
            OwnedPart all = parameter.owned();
            ByteBuffer bytes = buffer(all.master());
            queue.read(all.master(), bytes);
            FloatBuffer weights = bytes.asFloatBuffer();
            DType type = all.value().type();
            ByteBuffer halves = buffer(all.value());
            for (int i = 0; i < weights.limit(); i++) {
                weights.put(i, neighbour(weights.get(i), random.nextBoolean(), type));
                if (type != DType.FLOAT32) {
                    halves.putShort(i * Short.BYTES, bits(weights.get(i), type));
                }
            }
            queue.write(bytes, all.master());
            if (type != DType.FLOAT32) {
                queue.write(halves, all.value());
            }
        }
    }

    private static ByteBuffer buffer(Tensor tensor) {
        return ByteBuffer.allocate((int) tensor.bytes()).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static float neighbour(float weight, boolean up, DType type) {
        if (type == DType.FLOAT32) {
            return up ? Math.nextUp(weight) : Math.nextDown(weight);
        }
        int bits = bits(weight, type); // magnitude and sign, so the next larger magnitude is one more
        boolean away = up == (bits >= 0);
        if ((bits & Short.MAX_VALUE) == 0) {
            return fromBits((short) (up ? 1 : Short.MIN_VALUE + 1), type);
        }
        return fromBits((short) (away ? bits + 1 : bits - 1), type);
    }

    private static short bits(float value, DType type) {
        return type == DType.BFLOAT16 ? HalfPrecision.toBFloat16(value) : HalfPrecision.toFloat16(value);
    }

    private static float fromBits(short bits, DType type) {
        return type == DType.BFLOAT16 ? HalfPrecision.fromBFloat16(bits) : HalfPrecision.fromFloat16(bits);
    }
}
