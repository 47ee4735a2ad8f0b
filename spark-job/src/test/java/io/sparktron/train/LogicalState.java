package io.sparktron.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparktron.checkpoint.NamedTensor;
import io.sparktron.parallel.Execution;
import io.sparktron.parallel.Parameter;
import io.sparktron.tensor.DType;
import io.sparktron.tensor.HalfPrecision;
import io.sparktron.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/** Weights and moments by logical name, whole, put together from what ranks save: bits, so that two states are equal or not. */
final class LogicalState {
    private final Map<String, int[]> tensors = new TreeMap<>();
    private final Map<String, Integer> written = new TreeMap<>();

    /** Adds what one rank saves. */
    synchronized void add(Execution on, TrainingState state) {
        for (NamedTensor part : state.all()) {
            int[] whole = tensors.computeIfAbsent(
                    part.name(), name -> new int[(int) part.global().elements()]);
            if (part.saved()) {
                int[] bits = bits(on, part.local());
                for (int i = 0; i < bits.length; i++) {
                    whole[index(part, i)] = bits[i];
                }
                written.merge(part.name(), bits.length, Integer::sum);
            }
        }
    }

    /** Fails unless every element was saved once. */
    void requireComplete() {
        tensors.forEach((name, bits) -> assertThat(written.get(name)).as(name).isEqualTo(bits.length));
    }

    /** The bits of a float32 in another type. */
    private static int rounded(int bits, DType type) {
        float value = Float.intBitsToFloat(bits);
        return switch (type) {
            case FLOAT32 -> bits;
            case FLOAT16 -> HalfPrecision.toFloat16(value);
            case BFLOAT16 -> HalfPrecision.toBFloat16(value);
            default -> throw new IllegalArgumentException("no model computes in " + type);
        };
    }

    /** Fails unless what a rank computes with are these weights, rounded to its type. */
    void requireCopies(Execution on, TrainingState state) {
        for (Parameter parameter : state.parameters().all()) {
            NamedTensor copy = new NamedTensor(
                    parameter.name(),
                    parameter.spec().global(),
                    parameter.box(),
                    parameter.used(parameter.value()),
                    false);
            int[] whole = tensors.get(copy.name());
            DType type = copy.local().type();
            ByteBuffer bytes = read(on, copy.local());
            for (int i = 0; i < copy.local().elements(); i++) {
                int saved = whole[index(copy, i)];
                int bits = type == DType.FLOAT32 ? bytes.getInt() : bytes.getShort();
                assertThat(bits).as(parameter.name()).isEqualTo(rounded(saved, type));
            }
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof LogicalState that
                && tensors.keySet().equals(that.tensors.keySet())
                && tensors.keySet().stream().allMatch(name -> Arrays.equals(tensors.get(name), that.tensors.get(name)));
    }

    @Override
    public int hashCode() {
        return tensors.keySet().hashCode();
    }

    /** What differs is what a failed test shows. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        tensors.forEach((name, bits) ->
                text.append(name).append(' ').append(Arrays.hashCode(bits)).append('\n'));
        return text.toString();
    }

    /** Index in the whole tensor of element {@code i} of a part. */
    private static int index(NamedTensor part, int i) {
        long rest = part.first() + i;
        long index = 0;
        long stride = 1;
        for (int dimension = part.global().rank() - 1; dimension >= 0; dimension--) {
            long extent = part.box().extent()[dimension];
            index += (part.box().start()[dimension] + rest % extent) * stride;
            rest /= extent;
            stride *= part.global().extent(dimension);
        }
        return (int) index;
    }

    private static int[] bits(Execution on, Tensor tensor) {
        tensor.expect("saved tensor", DType.FLOAT32);
        int[] bits = new int[(int) tensor.elements()];
        read(on, tensor).asIntBuffer().get(bits);
        return bits;
    }

    private static ByteBuffer read(Execution on, Tensor tensor) {
        ByteBuffer bytes = ByteBuffer.allocate((int) tensor.bytes()).order(ByteOrder.LITTLE_ENDIAN);
        on.queue().read(tensor, bytes);
        return bytes;
    }
}
