package io.sparktron.kernels.cuda;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import jcuda.nvrtc.JNvrtc;
import jcuda.nvrtc.nvrtcProgram;
import jcuda.nvrtc.nvrtcResult;

/** NVRTC, the compiler of CUDA C. */
final class Nvrtc {
    private Nvrtc() {}

    /** Such as 12.6. */
    static String version() {
        return CudaVersions.text(versionNumber());
    }

    /** As the driver counts: 12060 for 12.6. */
    static int versionNumber() {
        int[] major = {0};
        int[] minor = {0};
        check(JNvrtc.nvrtcVersion(major, minor), "nvrtcVersion");
        return 1000 * major[0] + 10 * minor[0];
    }

    /** The highest architecture that it knows and the device can run. */
    static int architecture(int capability) {
        int[] count = {0};
        check(JNvrtc.nvrtcGetNumSupportedArchs(count), "nvrtcGetNumSupportedArchs");
        int[] known = new int[count[0]];
        check(JNvrtc.nvrtcGetSupportedArchs(known), "nvrtcGetSupportedArchs");
        int best = 0;
        for (int architecture : known) {
            if (architecture <= capability) {
                best = Math.max(best, architecture);
            }
        }
        if (best == 0) {
            throw new CudaException(
                    "libnvrtc.so.12 " + version() + " compiles for no architecture up to " + capability
                            + "; install that of CUDA 12.4 or later",
                    0);
        }
        return best;
    }

    /**
     * Compiles; what fails has the compiler's log in its message.
     *
     * @param machineCode whether the options name a GPU and not a virtual architecture
     * @return machine code, or PTX with its end
     */
    static byte[] compile(KernelSource source, List<String> options, boolean machineCode) {
        nvrtcProgram program = new nvrtcProgram();
        String[] names = source.headers().keySet().toArray(String[]::new);
        String[] texts = source.headers().values().toArray(String[]::new);
        check(
                JNvrtc.nvrtcCreateProgram(program, source.text(), source.name(), names.length, texts, names),
                "nvrtcCreateProgram of " + source.name());
        try {
            int result = JNvrtc.nvrtcCompileProgram(program, options.size(), options.toArray(String[]::new));
            if (result != nvrtcResult.NVRTC_SUCCESS) {
                throw new CudaException(
                        message(
                                        result,
                                        "nvrtcCompileProgram of " + source.name() + " with "
                                                + String.join(" ", options))
                                + log(program),
                        result);
            }
            return machineCode ? machineCode(program, source) : ptx(program, source);
        } finally {
            JNvrtc.nvrtcDestroyProgram(program);
        }
    }

    private static byte[] ptx(nvrtcProgram program, KernelSource source) {
        String[] ptx = {null};
        check(JNvrtc.nvrtcGetPTX(program, ptx), "nvrtcGetPTX of " + source.name());
        byte[] text = ptx[0].getBytes(StandardCharsets.ISO_8859_1);
        return Arrays.copyOf(text, text.length + 1); // with the 0 that ends it
    }

    private static byte[] machineCode(nvrtcProgram program, KernelSource source) {
        long[] bytes = {0};
        check(JNvrtc.nvrtcGetCUBINSize(program, bytes), "nvrtcGetCUBINSize of " + source.name());
        byte[] code = new byte[Math.toIntExact(bytes[0])];
        check(JNvrtc.nvrtcGetCUBIN(program, code), "nvrtcGetCUBIN of " + source.name());
        return code;
    }

    private static String log(nvrtcProgram program) {
        String[] log = {null};
        int result = JNvrtc.nvrtcGetProgramLog(program, log);
        return result == nvrtcResult.NVRTC_SUCCESS ? ":\n" + log[0].strip() : "";
    }

    private static void check(int result, String call) {
        if (result != nvrtcResult.NVRTC_SUCCESS) {
            throw new CudaException(message(result, call), result);
        }
    }

    private static String message(int result, String call) {
        return call + " failed with " + nvrtcResult.stringFor(result) + " (" + result + ")";
    }
}
