package io.sparktron.collective;

import io.sparktron.collective.nccl.NcclCommunicator;
import io.sparktron.collective.nccl.NcclSettings;
import io.sparktron.kernels.cuda.CudaDevice;
import io.sparktron.tensor.Allocator;
import io.sparktron.tensor.DType;
import io.sparktron.tensor.HalfPrecision;
import io.sparktron.tensor.Queue;
import io.sparktron.tensor.Shape;
import io.sparktron.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.List;

/** Runs ranks as threads of the test, each with a pretended GPU. */
final class NcclRanks {
    static final NcclSettings SETTINGS = new NcclSettings(true, Duration.ofMinutes(10));

    private NcclRanks() {}

    @FunctionalInterface
    interface Program<R> {
        R run(Communicator gpus, Queue queue, Communicator hosts) throws Exception;
    }

    static <R> List<R> run(int ranks, Program<R> program) {
        return RankThreads.run(Placement.TOGETHER, ranks, host -> onGpu(host, SETTINGS, program));
    }

    static <R> List<RankThreads.Outcome<R>> outcomes(int ranks, NcclSettings settings, Program<R> program) {
        return RankThreads.outcomes(
                Placement.TOGETHER, ranks, RankThreads.LIMIT, host -> onGpu(host, settings, program));
    }

    /** Gives a rank its GPU and runs a program. */
    static <R> R onGpu(Communicator host, NcclSettings settings, Program<R> program) throws Exception {
        try (CudaDevice device = CudaDevice.open(host.rank());
                Communicator gpus = NcclCommunicator.open(host, device, settings)) {
            return program.run(gpus, device.newQueue("compute"), host);
        }
    }

    /** A tensor with these numbers, at an odd place in an allocation of its own. */
    static Tensor tensor(Allocator allocator, Queue queue, DType type, float... values) {
        Tensor tensor = empty(allocator, type, values.length);
        ByteBuffer bytes = ByteBuffer.allocateDirect((int) tensor.bytes()).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : values) {
            switch (type) {
                case FLOAT64 -> bytes.putDouble(value);
                case FLOAT32 -> bytes.putFloat(value);
                case BFLOAT16 -> bytes.putShort(HalfPrecision.toBFloat16((double) value));
                case FLOAT16 -> bytes.putShort(HalfPrecision.toFloat16((double) value));
                case INT64 -> bytes.putLong((long) value);
                case INT32 -> bytes.putInt((int) value);
            }
        }
        queue.write(bytes.flip(), tensor);
        return tensor;
    }

    static Tensor empty(Allocator allocator, DType type, long elements) {
        long before = 13;
        return new Tensor(
                allocator.allocate("operand", (elements + 2 * before) * type.bytes()),
                before * type.bytes(),
                type,
                Shape.of(elements));
    }

    /** The numbers of a tensor after all that the queue holds. */
    static float[] read(Queue queue, Tensor tensor) {
        ByteBuffer bytes = ByteBuffer.allocateDirect((int) tensor.bytes()).order(ByteOrder.LITTLE_ENDIAN);
        queue.read(tensor, bytes);
        float[] values = new float[(int) tensor.elements()];
        for (int i = 0; i < values.length; i++) {
            values[i] = switch (tensor.type()) {
                case FLOAT64 -> (float) bytes.getDouble();
                case FLOAT32 -> bytes.getFloat();
                case BFLOAT16 -> HalfPrecision.fromBFloat16(bytes.getShort());
                case FLOAT16 -> HalfPrecision.fromFloat16(bytes.getShort());
                case INT64 -> bytes.getLong();
                case INT32 -> bytes.getInt();
            };
        }
        return values;
    }
}
