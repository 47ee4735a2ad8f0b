package io.sparktron.kernels.cuda;

import io.sparktron.tensor.DType;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import jcuda.nvrtc.nvrtcResult;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which of CUDA's own headers kernels are compiled with. A machine may have those of another CUDA than NVRTC's, which may not compile: so what the kernels take of them is tried, once in a process
 * for each list of folders.
 */
final class CudaHeaders {
    private static final Logger LOG = LoggerFactory.getLogger(CudaHeaders.class);

    private static final KernelSource PROBE = new KernelSource("headers.cu", """
            #include <cuda_bf16.h>
            #include <cuda_fp16.h>
            #include <mma.h>
            using namespace nvcuda::wmma;
            extern "C" __global__ void headers(const __half* x, __nv_bfloat16* y, float* z) {
              fragment<matrix_a, 16, 16, 16, __half, row_major> a;
              fragment<matrix_b, 16, 16, 16, __half, col_major> b;
              fragment<accumulator, 16, 16, 16, float> c;
              load_matrix_sync(a, x, 16);
              load_matrix_sync(b, x, 16);
              fill_fragment(c, __half2float(x[0]));
              mma_sync(c, a, b, c);
              store_matrix_sync(z, c, 16, mem_row_major);
              y[0] = __float2bfloat16(z[0]);
            }
            """, Map.of());

    private static final Map<String, Optional<Path>> CHOSEN = new ConcurrentHashMap<>();

    private CudaHeaders() {}

    /**
     * The first of the folders whose headers compile, or null: the log says why.
     *
     * @throws CudaException if NVRTC fails for another reason than what it compiles
     */
    static Path choose(KernelTarget target, List<Path> folders, KernelCache cache) {
        return CHOSEN.computeIfAbsent(target.option() + folders, key -> first(target, folders, cache))
                .orElse(null);
    }

    private static Optional<Path> first(KernelTarget target, List<Path> folders, KernelCache cache) {
        List<String> refusals = new ArrayList<>();
        for (Path folder : folders) {
            try {
                new KernelCompiler(target, folder, cache).compile(PROBE, DType.FLOAT32);
                return Optional.of(folder);
            } catch (CudaException e) {
                if (e.code() != nvrtcResult.NVRTC_ERROR_COMPILATION) {
                    throw e;
                }
                refusals.add(folder + " (" + reason(e) + ")");
            }
        }
        if (!refusals.isEmpty()) {
            LOG.warn(
                    "NVRTC {} does not compile CUDA's headers in {}: kernels do without them, attention in its plain form; set CUDA_HOME to the folder of a toolkit of CUDA {}",
                    Nvrtc.version(),
                    String.join(", ", refusals),
                    Nvrtc.version());
        }
        return Optional.empty();
    }

    /** The first error in the compiler's log. */
    private static String reason(CudaException e) {
        return e.getMessage()
                .lines()
                .skip(1)
                .filter(line -> line.contains("error"))
                .findFirst()
                .orElse(e.getMessage().lines().findFirst().orElse(""))
                .strip();
    }
}
