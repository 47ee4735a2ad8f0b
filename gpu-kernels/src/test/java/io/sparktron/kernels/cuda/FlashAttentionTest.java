package io.sparktron.kernels.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sparktron.kernels.Attention;
import io.sparktron.kernels.Dropout;
import io.sparktron.tensor.DType;
import io.sparktron.tensor.Memory;
import io.sparktron.tensor.Queue;
import io.sparktron.tensor.Shape;
import io.sparktron.tensor.Tensor;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** When attention runs on tensor cores. What it computes is held to the oracle in {@link CudaChecksTest}. */
@Tag("doubles")
class FlashAttentionTest {
    /** In blocks a number is kept for each row, in the plain form one for each score. */
    @Test
    void sixteenBitsAndThreeSizesOfHeadsGoToTensorCores() {
        try (CudaDevice device = CudaDevice.open(0)) {
            for (DType type : new DType[] {DType.FLOAT32, DType.BFLOAT16, DType.FLOAT16}) {
                Attention attention = new CudaKernels(device, type).attention();
                for (long d : new long[] {8, 63, 64, 80, 96, 128, 160}) {
                    boolean blocked = type != DType.FLOAT32 && (d == 64 || d == 96 || d == 128);
                    assertThat(attention.savedShape(2, 3, 100, d))
                            .isEqualTo(blocked ? Shape.of(2, 3, 100) : Shape.of(2, 3, 100, 100));
                }
            }
        }
    }

    @Test
    void tensorsBeginOnSixteenBytes() {
        try (CudaDevice device = CudaDevice.open(0);
                Memory memory = device.allocator().allocate("activations", 1 << 16)) {
            Attention attention = new CudaKernels(device, DType.FLOAT16).attention();
            Queue queue = device.newQueue("test");
            Tensor qkv = new Tensor(memory, 2, DType.FLOAT16, Shape.of(1, 5, 3, 1, 64));
            Tensor out = new Tensor(memory, 8192, DType.FLOAT16, Shape.of(1, 5, 1, 64));
            Tensor saved = new Tensor(memory, 16384, DType.FLOAT32, Shape.of(1, 1, 5));
            Tensor lengths = new Tensor(memory, 32768, DType.INT32, Shape.of(1));
            Tensor positions = new Tensor(memory, 32768 + 64, DType.INT64, Shape.of(1));
            Tensor none = new Tensor(memory, 0, DType.FLOAT32, Shape.of(0));
            assertThatThrownBy(() -> attention.forward(
                            queue, true, qkv, lengths, Dropout.NONE, positions, 0, 1, saved, none, out))
                    .hasMessage(
                            "qkv begins at byte 2 of activations; attention on tensor cores takes tensors that begin on 16 bytes");
        }
    }
}
