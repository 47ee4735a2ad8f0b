package io.sparktron.kernels.cuda;

import static io.sparktron.kernels.Tensors.constant;
import static io.sparktron.kernels.Tensors.copyOf;
import static io.sparktron.kernels.Tensors.ints;
import static io.sparktron.kernels.Tensors.longs;
import static io.sparktron.kernels.Tensors.normal;
import static io.sparktron.kernels.Tensors.values;
import static io.sparktron.kernels.Tensors.zeros;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sparktron.kernels.Elementwise;
import io.sparktron.kernels.Kernels;
import io.sparktron.kernels.SampleRows;
import io.sparktron.kernels.StagedKernels;
import io.sparktron.kernels.host.Elements;
import io.sparktron.tensor.DType;
import io.sparktron.tensor.Memory;
import io.sparktron.tensor.Queue;
import io.sparktron.tensor.Shape;
import io.sparktron.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the kernels of GPUs do that those of the host have no counterpart for: work in parts, scratch memory, operands of a type and a place. */
@Tag("doubles")
class CudaRoomsTest {
    /** The least that one strip of columns in 128 chunks needs. */
    private static final long SMALL = 128 * 256 * 2 * Float.BYTES;

    private final CudaDevice device = CudaDevice.open(0);
    private final Queue queue = device.newQueue("test");
    private final CudaWorkspace small = new CudaWorkspace(device, SMALL);

    @AfterEach
    void close() {
        small.close();
        device.close();
    }

    /** Chunks follow from the number of rows alone, so strips change no bit. */
    @ParameterizedTest
    @EnumSource(names = {"FLOAT32", "BFLOAT16"})
    void columnSumsInStripsAreThoseOfAll(DType type) {
        int n = 4100;
        int c = 700;
        Tensor dy = random(1, type, n, c);
        Tensor x = random(2, type, n, c);
        Tensor weight = random(3, type, c);
        Tensor mean = normal(4, n);
        Tensor inverse = constant(0.5, n);
        Tensor[] whole = new Tensor[3];
        Tensor[] strips = new Tensor[3];
        for (Tensor[] sums : List.of(whole, strips)) {
            Kernels kernels = sums == whole ? kernels(type) : cramped(type);
            for (int i = 0; i < 3; i++) {
                sums[i] = normal(5 + i, c);
            }
            kernels.elementwise().biasBackward(queue, dy, sums[0]);
            kernels.normalization().backward(queue, dy, x, weight, mean, inverse, zeros(type, n, c), sums[1], sums[2]);
        }
        for (int i = 0; i < 3; i++) {
            assertThat(values(strips[i])).isEqualTo(values(whole[i]));
            assertThat(values(strips[i])).isNotEqualTo(values(normal(5 + i, c)));
        }
    }

    /** The workspace notes tokens of 32,768 rows at a time. */
    @Test
    void gradientsOfATableInPartsAreThoseOfAll() {
        SplittableRandom random = new SplittableRandom(1);
        int[] tokens = IntStream.range(0, 900).map(i -> random.nextInt(70_000)).toArray();
        tokens[1] = 32_767;
        tokens[2] = 32_768;
        tokens[899] = 32_768;
        Tensor dOut = normal(1, tokens.length, 3);
        Tensor whole = normal(2, 70_000, 3);
        Tensor parts = copyOf(whole);
        kernels(DType.FLOAT32).embedding().backward(queue, ints(tokens), dOut, 0, 69_000, whole);
        cramped(DType.FLOAT32).embedding().backward(queue, ints(tokens), dOut, 0, 69_000, parts);
        assertThat(values(parts)).isEqualTo(values(whole));
        assertThat(Arrays.mismatch(values(parts), values(normal(2, 70_000, 3)))).isGreaterThanOrEqualTo(0);
    }

    /** More than all blocks take at a time, and a part of a vector at the end. */
    @ParameterizedTest
    @EnumSource(names = {"FLOAT32", "BFLOAT16", "FLOAT16"})
    void blocksGoOnToWhatIsLeft(DType type) {
        int n = 256 * 16 * device.multiprocessors() * Vectors.length(type) + 2053;
        Memory memory = device.allocator().allocate("test", 2L * n * Float.BYTES);
        Tensor wide = new Tensor(memory, 0, DType.FLOAT32, Shape.of(n));
        Tensor x = new Tensor(memory, (long) n * Float.BYTES, type, Shape.of(n));
        Elementwise elementwise = new CudaElementwise(device);
        elementwise.fill(queue, x, 1);
        elementwise.add(queue, x, x);
        elementwise.add(queue, x, x);
        elementwise.copy(queue, x, wide);
        ByteBuffer bytes = ByteBuffer.allocateDirect(n * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        queue.read(wide, bytes);
        for (int i = 0; i < n; i++) {
            if (bytes.getFloat(i * Float.BYTES) != 4) {
                throw new AssertionError("element " + i + " is " + bytes.getFloat(i * Float.BYTES) + ", not 4");
            }
        }
        memory.close();
    }

    /** The second queue takes the workspace when the first is done with it. */
    @Test
    void theWorkspaceGoesFromQueueToQueue() {
        Memory memory = device.allocator().allocate("test", 4 * 64 * 300 + 3 * 300 * 4);
        Tensor dy = new Tensor(memory, 0, DType.FLOAT32, Shape.of(64, 300));
        Tensor sums = new Tensor(memory, 4 * 64 * 300, DType.FLOAT32, Shape.of(3, 300));
        Elementwise elementwise = new CudaElementwise(device);
        elementwise.fill(queue, dy, 2);
        queue.awaitHost();
        Queue second = device.newQueue("second");
        Queue third = device.newQueue("third");
        elementwise.biasBackward(queue, dy, sums.rows(0, 1).view(300));
        elementwise.biasBackward(second, dy, sums.rows(1, 1).view(300));
        second.awaitHost();
        ByteBuffer bytes = ByteBuffer.allocateDirect(3 * 300 * 4).order(ByteOrder.LITTLE_ENDIAN);
        third.read(sums, bytes); // does not wait for the first queue
        for (int i = 0; i < 600; i++) {
            assertThat(bytes.getFloat(4 * i)).isEqualTo(128);
        }
        memory.close();
    }

    @Test
    void operandsOfAnotherTypeAreNamed() {
        Kernels kernels = kernels(DType.BFLOAT16);
        Tensor half = zeros(DType.BFLOAT16, 2, 3);
        Tensor row = zeros(DType.BFLOAT16, 3);
        Tensor wide = zeros(2, 3);
        Elementwise elementwise = kernels.elementwise();
        assertThatThrownBy(() -> elementwise.add(queue, half, wide)).hasMessage("y is FLOAT32, expected BFLOAT16");
        assertThatThrownBy(() -> elementwise.bias(queue, half, zeros(3), half))
                .hasMessage("bias is FLOAT32, expected BFLOAT16");
        assertThatThrownBy(() -> elementwise.biasBackward(queue, half, row))
                .hasMessage("dBias is BFLOAT16, expected FLOAT32");
        assertThatThrownBy(() -> elementwise.biasGeluBackward(queue, wide, half, row, half))
                .hasMessage("dy is FLOAT32, expected BFLOAT16");
        Tensor doubles = zeros(DType.FLOAT64, 2, 3);
        assertThatThrownBy(() -> elementwise.add(queue, doubles, doubles))
                .hasMessage("kernels compute in FLOAT32, BFLOAT16 and FLOAT16, not in FLOAT64");
        assertThatThrownBy(() -> elementwise.fill(queue, ints(1), 1))
                .hasMessage("x is INT32; legal: FLOAT64, FLOAT32, BFLOAT16 and FLOAT16");
        assertThatThrownBy(() -> elementwise.copy(queue, half.view(6), longs(1, 2, 3, 4, 5, 6)))
                .hasMessage("y is INT64; legal: FLOAT64, FLOAT32, BFLOAT16 and FLOAT16");
        assertThatThrownBy(() -> kernels.normalization()
                        .forward(queue, half, row, row, 1e-5f, half, zeros(DType.BFLOAT16, 2), zeros(2)))
                .hasMessage("mean is BFLOAT16, expected FLOAT32");
        assertThatThrownBy(() -> kernels.embedding().backward(queue, ints(1, 2), half, 0, 2, half))
                .hasMessage("dTable is BFLOAT16, expected FLOAT32");
        assertThatThrownBy(() -> kernels.embedding().positionsBackward(queue, half, SampleRows.all(longs(1), 2), half))
                .hasMessage("dPositions is BFLOAT16, expected FLOAT32");
        assertThatThrownBy(() -> kernels.crossEntropy().maximum(queue, half, 3, zeros(DType.BFLOAT16, 2)))
                .hasMessage("max is BFLOAT16, expected FLOAT32");
    }

    private Kernels kernels(DType type) {
        return StagedKernels.over(new CudaKernels(device, type), 0);
    }

    /** With the small workspace. */
    private Kernels cramped(DType type) {
        return StagedKernels.over(CudaRooms.of(device, type, small), 0);
    }

    /** Numbers of few bits, quickly. */
    private static Tensor random(long seed, DType type, long... extents) {
        SplittableRandom random = new SplittableRandom(seed);
        Tensor tensor = zeros(type, extents);
        for (long i = 0; i < tensor.elements(); i++) {
            Elements.set(tensor, i, (random.nextInt(255) - 127) / 64.0);
        }
        return tensor;
    }
}
