package io.sparktron.kernels.cuda;

import io.sparktron.tensor.DType;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import jcuda.nvrtc.JNvrtc;
import jcuda.nvrtc.nvrtcProgram;
import jcuda.nvrtc.nvrtcResult;

/** Compiles kernels by NVRTC to the PTX of one architecture. */
final class KernelCompiler {
    private final int architecture;
    private final Path headers;

    /**
     * @param architecture such as 80
     * @param headers the folder of CUDA's own headers, or null
     */
    KernelCompiler(int architecture, Path headers) {
        this.architecture = architecture;
        this.headers = headers;
    }

    /** The folder of CUDA's own headers, or null. */
    Path headers() {
        return headers;
    }

    int architecture() {
        return architecture;
    }

    List<String> options(DType type) {
        List<String> options = new ArrayList<>(
                List.of("--gpu-architecture=compute_" + architecture, "-std=c++17", "-DELEMENT=" + code(type)));
        if (headers != null) {
            options.add("-DCUDA_HEADERS=1");
            options.add("--include-path=" + headers);
        }
        return options;
    }

    /** The value of ELEMENT in {@code element.cuh}. */
    static int code(DType type) {
        return switch (type) {
            case FLOAT32 -> 0;
            case BFLOAT16 -> 1;
            case FLOAT16 -> 2;
            default ->
                throw new IllegalArgumentException("kernels compute in FLOAT32, BFLOAT16 and FLOAT16, not in " + type);
        };
    }

    String compile(KernelSource source, DType type) {
        nvrtcProgram program = new nvrtcProgram();
        String[] names = source.headers().keySet().toArray(String[]::new);
        String[] texts = source.headers().values().toArray(String[]::new);
        check(
                JNvrtc.nvrtcCreateProgram(program, source.text(), source.name(), names.length, texts, names),
                "nvrtcCreateProgram",
                source);
        try {
            String[] options = options(type).toArray(String[]::new);
            int result = JNvrtc.nvrtcCompileProgram(program, options.length, options);
            if (result != nvrtcResult.NVRTC_SUCCESS) {
                String[] log = {""};
                JNvrtc.nvrtcGetProgramLog(program, log);
                throw new CudaException(
                        "nvrtcCompileProgram of " + source.name() + " with " + String.join(" ", options)
                                + " failed with " + nvrtcResult.stringFor(result) + " (" + result + "):\n"
                                + log[0].strip(),
                        result);
            }
            String[] ptx = {null};
            check(JNvrtc.nvrtcGetPTX(program, ptx), "nvrtcGetPTX", source);
            return ptx[0];
        } finally {
            JNvrtc.nvrtcDestroyProgram(program);
        }
    }

    private static void check(int result, String call, KernelSource source) {
        if (result != nvrtcResult.NVRTC_SUCCESS) {
            throw new CudaException(
                    call + " of " + source.name() + " failed with " + nvrtcResult.stringFor(result) + " (" + result
                            + ")",
                    result);
        }
    }
}
