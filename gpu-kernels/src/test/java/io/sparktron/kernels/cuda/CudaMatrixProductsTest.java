package io.sparktron.kernels.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sparktron.kernels.Elementwise;
import io.sparktron.kernels.cuda.CudaMatrixProducts.Batch;
import io.sparktron.tensor.DType;
import io.sparktron.tensor.Queue;
import io.sparktron.tensor.Shape;
import io.sparktron.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What the tests of all backends do not reach: several queues, several products at once, pairs of types. */
@Tag("doubles")
class CudaMatrixProductsTest {
    private final CudaDevice device = CudaDevice.open(0);
    private final CudaMatrixProducts products = new CudaMatrixProducts(device);
    private final Elementwise elementwise = new CudaElementwise(device);
    private final Queue queue = device.newQueue("test");

    @AfterEach
    void close() {
        device.close();
    }

    /** Each product takes the one before, on the other queue: the workspace that they share orders them. */
    @Test
    void aProductWaitsForTheOneBeforeOnAnotherQueue() {
        Queue other = device.newQueue("other");
        Tensor ones = filled(1, 5, 5);
        Tensor here = filled(1, 5, 5);
        Tensor there = filled(0, 5, 5);
        queue.awaitHost();
        for (int round = 0; round < 6; round++) {
            products.multiply(queue, false, here, false, ones, 0, there);
            products.multiply(other, false, there, false, ones, 0, here);
        }
        assertThat(values(other, here)).containsOnly((float) Math.pow(5, 12));
    }

    /** Matrices of interleaved rows, as those of heads are: column j of all rows is matrix j. */
    @Test
    void severalProductsAtOnce() {
        Tensor a = counting(6, 4); // 4 matrices [6, 1]
        Tensor b = counting(1, 4); // 4 matrices [1, 1]
        Tensor c = filled(Float.NaN, 6, 4);
        products.multiply(queue, false, a, false, b, 0, c, 6, 1, 1, 0.5f, new Batch(4, 4, 1, 4, 1, 4, 1));
        float[] result = values(queue, c);
        for (int i = 0; i < result.length; i++) {
            assertThat(result[i]).isEqualTo(0.5f * i * (i % 4));
        }
    }

    @Test
    void pairsOfTypesAreThoseOfCublas() {
        Tensor half = tensor(DType.FLOAT16, 3, 3);
        Tensor other = tensor(DType.BFLOAT16, 3, 3);
        Tensor wide = tensor(DType.FLOAT32, 3, 3);
        products.multiply(queue, false, half, false, half, 0, wide);
        products.multiply(queue, false, half, false, half, 0, half);
        queue.awaitHost();
        String legal = "; legal: a and b of one type of FLOAT32, BFLOAT16 and FLOAT16, and c of that type or FLOAT32";
        assertThatThrownBy(() -> products.multiply(queue, false, half, false, other, 0, wide))
                .hasMessage("a is FLOAT16, b is BFLOAT16, c is FLOAT32" + legal);
        assertThatThrownBy(() -> products.multiply(queue, false, half, false, half, 0, other))
                .hasMessage("a is FLOAT16, b is FLOAT16, c is BFLOAT16" + legal);
        assertThatThrownBy(() -> products.multiply(queue, false, wide, false, wide, 0, half))
                .hasMessage("a is FLOAT32, b is FLOAT32, c is FLOAT16" + legal);
    }

    private Tensor tensor(DType type, long... extents) {
        Shape shape = Shape.of(extents);
        return new Tensor(device.allocator().allocate("test", shape.elements() * type.bytes()), 0, type, shape);
    }

    private Tensor filled(float value, long... extents) {
        Tensor tensor = tensor(DType.FLOAT32, extents);
        elementwise.fill(queue, tensor, value);
        return tensor;
    }

    /** 0, 1, 2 ... */
    private Tensor counting(long... extents) {
        Tensor tensor = tensor(DType.FLOAT32, extents);
        ByteBuffer bytes = ByteBuffer.allocate((int) tensor.bytes()).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < tensor.elements(); i++) {
            bytes.putFloat(i * Float.BYTES, i);
        }
        queue.write(bytes, tensor);
        return tensor;
    }

    private static float[] values(Queue queue, Tensor tensor) {
        ByteBuffer bytes = ByteBuffer.allocate((int) tensor.bytes()).order(ByteOrder.LITTLE_ENDIAN);
        queue.read(tensor, bytes);
        float[] values = new float[(int) tensor.elements()];
        bytes.asFloatBuffer().get(values);
        return values;
    }
}
