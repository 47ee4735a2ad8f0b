package io.sparktron.kernels.cuda;

import io.sparktron.kernels.Attention;
import io.sparktron.kernels.Dropout;
import io.sparktron.kernels.Operands;
import io.sparktron.tensor.DType;
import io.sparktron.tensor.Queue;
import io.sparktron.tensor.Shape;
import io.sparktron.tensor.Tensor;
import java.util.HashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Attention on tensor cores where there are such for the type and the size of a head, else in its plain form. Which one, and why, the log says once for each size of a head.
 */
public final class CudaAttention implements Attention {
    private static final Logger LOG = LoggerFactory.getLogger(CudaAttention.class);

    /** The oldest architecture whose tensor cores take bfloat16. */
    private static final int BFLOAT16_CORES = 80;

    private final DType type;
    private final PlainAttention plain;
    private final FlashAttention flash;
    private final String hindrance; // of tensor cores at any size of a head, or null
    private final Map<Long, Attention> chosen = new HashMap<>(); // by size of a head

    /**
     * @param type of qkv, out and their gradients
     */
    CudaAttention(CudaDevice device, DType type, CudaMatrixProducts products) {
        this.type = type;
        this.plain = new PlainAttention(device, type, products);
        this.hindrance = hindrance(device, type);
        this.flash = hindrance == null ? new FlashAttention(device, type) : null;
    }

    private static String hindrance(CudaDevice device, DType type) {
        if (type == DType.FLOAT32) {
            return "tensor cores would round float32 to 10 bits";
        }
        if (type == DType.BFLOAT16 && device.compiler().target().architecture() < BFLOAT16_CORES) {
            return "tensor cores take bfloat16 from compute capability 8.0 on";
        }
        return device.functions().hasCudaHeaders()
                ? null
                : "mma.h was not found, or is of another CUDA: set CUDA_HOME to a CUDA 12 toolkit's folder";
    }

    /** Whether it does so for some size of a head. */
    boolean usesTensorCores() {
        return flash != null;
    }

    private Attention of(long d) {
        return chosen.computeIfAbsent(d, this::choose);
    }

    private Attention choose(long d) {
        boolean blocked = hindrance == null && FlashAttention.takes(d);
        LOG.info(
                "attention in {} with heads of size {} runs {}",
                type,
                d,
                blocked
                        ? "on tensor cores, in blocks"
                        : "in its plain form: "
                                + (hindrance == null ? "tensor cores take heads of size 64, 96 and 128" : hindrance));
        return blocked ? flash : plain;
    }

    @Override
    public Shape savedShape(long b, long a, long s, long d) {
        return of(d).savedShape(b, a, s, d);
    }

    @Override
    public Shape forwardScratchShape(Dropout dropout, long b, long a, long s, long d) {
        return of(d).forwardScratchShape(dropout, b, a, s, d);
    }

    @Override
    public Shape backwardScratchShape(Dropout dropout, long b, long a, long s, long d) {
        return of(d).backwardScratchShape(dropout, b, a, s, d);
    }

    @Override
    public void forward(
            Queue queue,
            boolean causal,
            Tensor qkv,
            Tensor lengths,
            Dropout dropout,
            Tensor positions,
            long firstHead,
            long heads,
            Tensor saved,
            Tensor scratch,
            Tensor out) {
        Operands.rank("qkv", qkv, 5);
        of(qkv.extent(4))
                .forward(queue, causal, qkv, lengths, dropout, positions, firstHead, heads, saved, scratch, out);
    }

    @Override
    public void backward(
            Queue queue,
            boolean causal,
            Tensor dOut,
            Tensor qkv,
            Tensor lengths,
            Dropout dropout,
            Tensor positions,
            long firstHead,
            long heads,
            Tensor saved,
            Tensor out,
            Tensor scratch,
            Tensor dQkv) {
        Operands.rank("qkv", qkv, 5);
        of(qkv.extent(4))
                .backward(
                        queue, causal, dOut, qkv, lengths, dropout, positions, firstHead, heads, saved, out, scratch,
                        dQkv);
    }
}
