package io.sparktron.kernels.oracle;

import static io.sparktron.kernels.Tensors.floats;
import static io.sparktron.kernels.Tensors.values;
import static io.sparktron.kernels.Tensors.zeros;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.sparktron.kernels.host.HostDevice;
import io.sparktron.tensor.Queue;
import io.sparktron.tensor.Tensor;
import org.junit.jupiter.api.Test;

/** A few numbers worked out by hand: the oracle is the only backend that has nothing to be compared with. */
class OracleTest {
    private final HostDevice device = new HostDevice(1);
    private final OracleKernels oracle = new OracleKernels(device);
    private final Queue queue = device.newQueue("test");

    @Test
    void matrixProduct() {
        Tensor a = floats(1, 2, 3, 4, 5, 6).view(2, 3);
        Tensor b = floats(1, 0, 0, 1, 2, 2).view(3, 2);
        Tensor c = floats(10, 20, 30, 40).view(2, 2);
        oracle.matrix().multiply(queue, false, a, false, b, 1, c);
        assertThat(values(c)).containsExactly(10 + 7, 20 + 8, 30 + 16, 40 + 17);
        oracle.matrix().multiply(queue, true, a.view(3, 2), true, b.view(2, 3), 0, c);
        assertThat(values(c)).containsExactly(1, 17, 2, 22);
    }

    @Test
    void layerNormOfTwoElements() {
        Tensor y = zeros(1, 2);
        Tensor mean = zeros(1);
        Tensor inverse = zeros(1);
        oracle.normalization()
                .forward(queue, floats(1, 5).view(1, 2), floats(10, 10), floats(0, 1), 0, y, mean, inverse);
        assertThat(values(y)).containsExactly(-10, 11);
        assertThat(values(mean)).containsExactly(3);
        assertThat(values(inverse)).containsExactly(0.5);
    }

    @Test
    void gelu() {
        Tensor y = zeros(1, 3);
        oracle.elementwise().biasGelu(queue, floats(-1, 0, 1).view(1, 3), zeros(3), y);
        // From the paper's own formula in decimal arithmetic: 0.5 (1 + tanh(0.7978845608 * 1.044715)) = 0.8411919906.
        assertThat(values(y)[0]).isCloseTo(-0.1588080094, within(1e-8));
        assertThat(values(y)[1]).isZero();
        assertThat(values(y)[2]).isCloseTo(0.8411919906, within(6e-8));
    }
}
