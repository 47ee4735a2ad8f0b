package io.sparktron.preflight;

import io.sparktron.kernels.cuda.CudaGpu;
import io.sparktron.rank.GpuChoice;
import io.sparktron.rank.GpuUse;
import io.sparktron.tokens.InvalidInputException;
import io.sparktron.train.Sizes;
import io.sparktron.train.TrainingMemory;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Whether every rank has a GPU of its own, and whether that is large enough, where ranks may compute on GPUs. */
final class GpuChecks {
    private static final String MEMORY = "gpu memory";

    private final List<RankReport> reports;
    private final GpuUse use;
    private final Optional<TrainingMemory> need;

    /**
     * @param need of a rank that computes on a GPU
     */
    GpuChecks(List<RankReport> reports, GpuUse use, Optional<TrainingMemory> need) {
        this.reports = reports;
        this.use = use;
        this.need = need;
    }

    List<Finding> findings() {
        if (use == GpuUse.NEVER) {
            return List.of();
        }
        try {
            GpuChoice choice = GpuChoice.of(
                    use,
                    reports.stream().map(report -> report.process().gpus()).toList(),
                    reports.stream()
                            .map(report -> report.process().host().name())
                            .toList());
            List<Finding> findings = new ArrayList<>();
            findings.add(Finding.ok("gpus", choice.why()));
            need.ifPresent(memory -> findings.addAll(memory(choice, memory)));
            return findings;
        } catch (InvalidInputException e) {
            return List.of(Finding.mistake("gpus", e.getMessage(), ""));
        }
    }

    /** A finding for each kind of GPU. */
    private List<Finding> memory(GpuChoice choice, TrainingMemory memory) {
        Map<String, List<Integer>> ranks = new LinkedHashMap<>();
        Map<String, CudaGpu> kinds = new LinkedHashMap<>();
        for (int rank = 0; rank < choice.byRank().size(); rank++) {
            CudaGpu gpu = choice.byRank().get(rank);
            String kind = gpu.model() + " of " + gpu.memory();
            kinds.put(kind, gpu);
            ranks.computeIfAbsent(kind, first -> new ArrayList<>()).add(rank);
        }
        return kinds.entrySet().stream()
                .map(kind -> memory(kind.getValue(), RankReport.where(ranks.get(kind.getKey()), reports), memory))
                .toList();
    }

    private static Finding memory(CudaGpu gpu, String ranks, TrainingMemory memory) {
        String found = ranks + ": " + gpu.model() + " has " + Sizes.of(gpu.memory()) + ", the rank needs "
                + Sizes.of(memory.ofGpu()) + ", of which weights " + Sizes.of(memory.weights()) + ", gradients "
                + Sizes.of(memory.gradients()) + ", Adam's moments " + Sizes.of(memory.moments()) + ", activations "
                + Sizes.of(memory.activations());
        return gpu.memory() < memory.ofGpu()
                ? Finding.mistake(
                        MEMORY,
                        found,
                        "a larger --set parallel.tensor, a smaller --set train.micro-batch, --set train.recompute=full, or"
                                + " --set parallel.optimizer-sharding=true")
                : Finding.ok(MEMORY, found);
    }
}
