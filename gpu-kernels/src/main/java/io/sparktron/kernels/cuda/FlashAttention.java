package io.sparktron.kernels.cuda;

import io.sparktron.kernels.Attention;
import io.sparktron.kernels.Dropout;
import io.sparktron.kernels.Operands;
import io.sparktron.tensor.DType;
import io.sparktron.tensor.Queue;
import io.sparktron.tensor.Shape;
import io.sparktron.tensor.Tensor;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Attention by the kernels of {@code flash_attention.cu}: in blocks, on tensor cores, without the scores in memory (Dao, "FlashAttention-2", arXiv 2307.08691). Forward keeps a number for each
 * row. Tensors begin on 16 bytes.
 */
final class FlashAttention implements Attention {
    private static final String FILE = "flash_attention.cu";
    private static final List<Integer> SIZES = List.of(64, 96, 128);

    private static final int WARPS = 4;
    private static final int THREADS = 32 * WARPS;
    /** Rows of the tile that a block owns, and of one that passes by in backward. */
    private static final int OWN_ROWS = 64;

    private static final int PASSING_ROWS = 32;
    /** What a block has of shared memory without asking. */
    private static final int ALWAYS_SHARED = 48 << 10;

    private static final int ALIGNMENT = 16;

    /** The kernels for one size of a head. */
    private record Kernels(CudaFunction forward, CudaFunction backwardKeys, CudaFunction backwardQueries) {}

    private final CudaFunctions functions;
    private final DType type;
    private final CudaFunction deltas;
    private final Map<Long, Kernels> kernels = new HashMap<>(); // by size of a head

    /**
     * @param type BFLOAT16 or FLOAT16
     */
    FlashAttention(CudaDevice device, DType type) {
        this.functions = device.functions();
        this.type = type;
        this.deltas = functions.get(FILE, type, "deltas");
    }

    /** Whether there are kernels for heads of that size. */
    static boolean takes(long d) {
        return SIZES.contains(Math.toIntExact(d));
    }

    private Kernels of(long d) {
        return kernels.computeIfAbsent(
                d,
                size -> new Kernels(
                        function("forward" + d, forwardShared(d)),
                        function("backwardKeys" + d, backwardShared(d)),
                        function("backwardQueries" + d, backwardShared(d))));
    }

    private CudaFunction function(String name, int shared) {
        CudaFunction function = functions.get(FILE, type, name);
        return shared > ALWAYS_SHARED ? function.allowShared(shared) : function;
    }

    /** Elements of a row in shared memory: those of a head, and 8 so that rows lie in different banks. */
    private static int row(long d) {
        return (int) d + 8;
    }

    /** Bytes: keys and values in 16 bits, scores [16, 72] and 16 factors of each warp in float32. */
    private static int forwardShared(long d) {
        return 2 * OWN_ROWS * row(d) * Short.BYTES + WARPS * 16 * (72 + 1) * Float.BYTES;
    }

    /** Bytes: what is owned and what passes by in 16 bits, P and dS [16, 40] of each warp, two numbers for each row, and the mask of 32 rows of each warp. */
    private static int backwardShared(long d) {
        return 2 * (OWN_ROWS + PASSING_ROWS) * row(d) * Short.BYTES
                + WARPS * 2 * 16 * (PASSING_ROWS + 8) * Short.BYTES
                + 2 * OWN_ROWS * Float.BYTES
                + WARPS * PASSING_ROWS * Short.BYTES;
    }

    @Override
    public Shape savedShape(long b, long a, long s, long d) {
        return saved(b, a, s);
    }

    /** [b, a, s]: a number for each row. */
    static Shape saved(long b, long a, long s) {
        return Shape.of(b, a, s);
    }

    @Override
    public Shape forwardScratchShape(Dropout dropout, long b, long a, long s, long d) {
        return forwardScratch();
    }

    static Shape forwardScratch() {
        return Shape.of(0);
    }

    @Override
    public Shape backwardScratchShape(Dropout dropout, long b, long a, long s, long d) {
        return backwardScratch(b, a, s);
    }

    /** [b, a, s]: a number for each row. */
    static Shape backwardScratch(long b, long a, long s) {
        return Shape.of(b, a, s);
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
        require(qkv, lengths, dropout, positions, firstHead, heads, saved, out);
        Operands.shape("scratch", scratch, forwardScratch());
        begin(
                        of(qkv.extent(4)).forward,
                        queue,
                        forwardShared(qkv.extent(4)),
                        causal,
                        qkv,
                        lengths,
                        dropout,
                        positions,
                        firstHead)
                .pass(out)
                .pass(saved)
                .go();
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
        require(qkv, lengths, dropout, positions, firstHead, heads, saved, out);
        Operands.sameShape("dOut", dOut, "out", out);
        Operands.sameShape("dQkv", dQkv, "qkv", qkv);
        Operands.sameShape("scratch", scratch, "saved", saved);
        scratch.expect("scratch", DType.FLOAT32);
        requireElements("dOut", dOut);
        requireElements("dQkv", dQkv);
        long b = qkv.extent(0);
        long s = qkv.extent(1);
        long a = qkv.extent(3);
        long d = qkv.extent(4);
        deltas.launch(queue)
                .grid((b * s * a + WARPS - 1) / WARPS)
                .threads(THREADS)
                .pass(dOut)
                .pass(out)
                .pass(b)
                .pass(s)
                .pass(a)
                .pass((int) d)
                .pass(scratch)
                .go();
        for (CudaFunction pass : List.of(of(d).backwardKeys, of(d).backwardQueries)) {
            begin(pass, queue, backwardShared(d), causal, qkv, lengths, dropout, positions, firstHead)
                    .pass(dOut)
                    .pass(saved)
                    .pass(scratch)
                    .pass(dQkv)
                    .go();
        }
    }

    /** A launch with what all passes take first. */
    private static CudaLaunch begin(
            CudaFunction function,
            Queue queue,
            int shared,
            boolean causal,
            Tensor qkv,
            Tensor lengths,
            Dropout dropout,
            Tensor positions,
            long firstHead) {
        long s = qkv.extent(1);
        long a = qkv.extent(3);
        return function.launch(queue)
                .grid((s + OWN_ROWS - 1) / OWN_ROWS, a, qkv.extent(0))
                .threads(THREADS)
                .shared(shared)
                .pass(qkv)
                .pass(lengths)
                .pass(positions)
                .pass((int) s)
                .pass((int) a)
                .pass(causal ? 1 : 0)
                .pass((float) (1 / Math.sqrt(qkv.extent(4))))
                .pass(firstHead)
                .pass(dropout);
    }

    private void require(
            Tensor qkv,
            Tensor lengths,
            Dropout dropout,
            Tensor positions,
            long firstHead,
            long heads,
            Tensor saved,
            Tensor out) {
        Operands.attention(qkv, lengths, out);
        Operands.attentionDropout(qkv, dropout, positions, firstHead, heads);
        Operands.shape("saved", saved, savedShape(qkv.extent(0), qkv.extent(3), qkv.extent(1), qkv.extent(4)));
        saved.expect("saved", DType.FLOAT32);
        requireElements("qkv", qkv);
        requireElements("out", out);
    }

    private void requireElements(String name, Tensor tensor) {
        tensor.expect(name, type);
        if (tensor.address() % ALIGNMENT != 0) {
            throw new IllegalArgumentException(name + " begins at byte " + tensor.offset() + " of "
                    + tensor.memory().purpose() + "; attention on tensor cores takes tensors that begin on " + ALIGNMENT
                    + " bytes");
        }
    }
}
