package io.sparktron.job;

import io.sparktron.kernels.cuda.CudaGpu;
import io.sparktron.tokens.InvalidInputException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * A GPU as Spark names it, which is as the discovery script of its cluster did: by UUID, or by the number that nvidia-smi gives it. nvidia-smi counts all GPUs of a
 * machine in the order of their buses; CUDA counts those of {@code CUDA_VISIBLE_DEVICES} in the order of that list, and without it the fastest first.
 */
record GpuAddress(String text) {
    private static final String USE_UUIDS =
            "; let the discovery script name GPUs by UUID, as that of conf/ does (find-gpus.sh)";

    /**
     * The GPU among those that CUDA shows to this process.
     *
     * @param listed {@code CUDA_VISIBLE_DEVICES}; null if it is not set
     * @throws InvalidInputException if it is none of them
     */
    CudaGpu among(List<CudaGpu> visible, String listed) {
        if (!text.matches("\\d+")) {
            return visible.stream()
                    .filter(gpu -> gpu.uuid().equals(text))
                    .findFirst()
                    .orElseThrow(() -> new InvalidInputException("Spark gave gpu " + text + ", but CUDA shows "
                            + visible + (listed == null ? "" : " with CUDA_VISIBLE_DEVICES = " + listed)));
        }
        int number = Integer.parseInt(text);
        return listed == null ? byBus(visible, number) : byList(visible, listed);
    }

    private CudaGpu byBus(List<CudaGpu> visible, int number) {
        if (number >= visible.size()) {
            throw new InvalidInputException("Spark gave gpu " + text + ", but CUDA shows only " + visible.size()
                    + " here, counted from 0" + USE_UUIDS);
        }
        return visible.stream()
                .sorted(Comparator.comparing(CudaGpu::bus))
                .toList()
                .get(number);
    }

    private CudaGpu byList(List<CudaGpu> visible, String listed) {
        List<String> entries =
                Arrays.stream(listed.split(",")).map(String::strip).toList();
        int place = entries.indexOf(text);
        if (place < 0 || place >= visible.size()) {
            throw new InvalidInputException("Spark gave gpu " + text + ", which is not among CUDA_VISIBLE_DEVICES = "
                    + listed + " of its executor" + USE_UUIDS);
        }
        return visible.get(place);
    }
}
