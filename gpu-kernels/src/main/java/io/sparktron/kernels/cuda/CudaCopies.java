package io.sparktron.kernels.cuda;

import io.sparktron.tensor.DType;
import io.sparktron.tensor.HalfPrecision;
import io.sparktron.tensor.Queue;
import io.sparktron.tensor.Tensor;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import jcuda.driver.JCudaDriver;

/** Copies, casts and one number written everywhere: the driver's own operations, and kernels of {@code copies.cu} for what it has none for. */
final class CudaCopies {
    private static final String FILE = "copies.cu";
    /** The file has no element type: any will do. */
    private static final DType ANY = DType.FLOAT32;

    private static final int FLIGHT = 4;

    private final CudaDevice device;
    private final CudaFunction fillDouble;
    private final Map<DType, Map<DType, CudaFunction>> casts = new EnumMap<>(DType.class);

    CudaCopies(CudaDevice device) {
        this.device = device;
        this.fillDouble = device.functions().get(FILE, ANY, "fillDouble");
    }

    void fill(Queue queue, Tensor x, double value) {
        CudaQueue cuda = CudaQueue.of(queue, device);
        int half = 0;
        switch (x.type()) {
            case FLOAT64 -> {
                Vectors.flat(fillDouble, device, queue, x.elements(), 1)
                        .pass(x)
                        .pass(x.elements())
                        .pass(value)
                        .go();
                return;
            }
            case FLOAT32 -> {
                fill32(cuda, x, x.elements(), Float.floatToRawIntBits((float) value));
                return;
            }
            case BFLOAT16 -> half = HalfPrecision.toBFloat16(value);
            case FLOAT16 -> half = HalfPrecision.toFloat16(value);
            case INT64, INT32 -> throw notFloating("x", x);
        }
        fill16(cuda, x, (short) half);
    }

    /** The first {@code count} elements of an INT32 tensor become 0. */
    void clear(Queue queue, Tensor x, long count) {
        x.expect("tensor to clear", DType.INT32);
        fill32(CudaQueue.of(queue, device), x, count, 0);
    }

    private void fill32(CudaQueue queue, Tensor x, long count, int bits) {
        if (count > 0) {
            device.makeCurrent();
            int result = JCudaDriver.cuMemsetD32Async(Addresses.device(x.address()), bits, count, queue.stream());
            requireSuccess(result, "cuMemsetD32Async", x);
        }
    }

    private void fill16(CudaQueue queue, Tensor x, short bits) {
        if (x.elements() > 0) {
            device.makeCurrent();
            int result =
                    JCudaDriver.cuMemsetD16Async(Addresses.device(x.address()), bits, x.elements(), queue.stream());
            requireSuccess(result, "cuMemsetD16Async", x);
        }
    }

    void copy(Queue queue, Tensor x, Tensor y) {
        CudaQueue cuda = CudaQueue.of(queue, device);
        if (x.type() != y.type()) {
            Vectors.flat(cast(x, y), device, queue, x.elements(), FLIGHT)
                    .pass(x)
                    .pass(y)
                    .pass(x.elements())
                    .go();
        } else if (x.elements() > 0) {
            device.makeCurrent();
            int result = JCudaDriver.cuMemcpyDtoDAsync(
                    Addresses.device(y.address()), Addresses.device(x.address()), x.bytes(), cuda.stream());
            requireSuccess(result, "cuMemcpyDtoDAsync", y);
        }
    }

    private CudaFunction cast(Tensor x, Tensor y) {
        requireFloating("x", x);
        requireFloating("y", y);
        return casts.computeIfAbsent(x.type(), type -> new EnumMap<>(DType.class))
                .computeIfAbsent(y.type(), to -> device.functions().get(FILE, ANY, name(x.type()) + "_to_" + name(to)));
    }

    private static String name(DType type) {
        return type.name().toLowerCase(Locale.ROOT);
    }

    private static void requireFloating(String name, Tensor tensor) {
        if (tensor.type() == DType.INT32 || tensor.type() == DType.INT64) {
            throw notFloating(name, tensor);
        }
    }

    private static IllegalArgumentException notFloating(String name, Tensor tensor) {
        return new IllegalArgumentException(
                name + " is " + tensor.type() + "; legal: FLOAT64, FLOAT32, BFLOAT16 and FLOAT16");
    }

    /** The message is put together only where it is needed. */
    private static void requireSuccess(int result, String call, Tensor tensor) {
        if (result != 0) {
            throw CudaException.of(result, call + " of " + tensor);
        }
    }
}
