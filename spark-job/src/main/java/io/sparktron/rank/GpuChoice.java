package io.sparktron.rank;

import io.sparktron.kernels.cuda.CudaGpu;
import io.sparktron.tokens.InvalidInputException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * What all ranks of a job compute on, decided once from what each of them sees: all on GPUs, each on its own, or all on processors.
 *
 * @param byRank the GPU of each rank; empty if they compute on processors
 * @param why for a line of the log; empty if nobody looked for GPUs
 */
public record GpuChoice(List<CudaGpu> byRank, String why) {
    /** Processors, since nobody wants anything else. */
    public static final GpuChoice HOST = new GpuChoice(List.of(), "");

    private static final String ONE_EACH = "each rank needs a GPU of its own";

    /**
     * The same for the same offers: every rank decides it for itself.
     *
     * @param offers of all ranks, by rank
     * @param hosts the names of their hosts, by rank
     * @throws InvalidInputException if ranks that must have a GPU have none, if only some have one, or if two would have the same
     */
    public static GpuChoice of(GpuUse use, List<GpuOffer> offers, List<String> hosts) {
        if (use == GpuUse.NEVER) {
            return HOST;
        }
        List<Integer> without = IntStream.range(0, offers.size())
                .filter(rank -> offers.get(rank) instanceof GpuOffer.None)
                .boxed()
                .toList();
        if (!without.isEmpty()) {
            return withoutGpus(use, without, offers, hosts);
        }
        List<CudaGpu> byRank = inTurn(offers, hosts);
        requireDistinct(byRank, hosts);
        Map<String, Long> models = byRank.stream()
                .collect(Collectors.groupingBy(CudaGpu::model, LinkedHashMap::new, Collectors.counting()));
        String found = models.entrySet().stream()
                .map(model -> model.getValue() + " x " + model.getKey())
                .collect(Collectors.joining(", "));
        return new GpuChoice(
                byRank,
                use == GpuUse.IF_ALL
                        ? "device.kind = auto: cuda, since every rank has a GPU of its own: " + found
                        : "device.kind = cuda: " + found);
    }

    private static GpuChoice withoutGpus(GpuUse use, List<Integer> without, List<GpuOffer> offers, List<String> hosts) {
        int first = without.get(0);
        String reason = ((GpuOffer.None) offers.get(first)).reason();
        if (use == GpuUse.ALWAYS) {
            throw new InvalidInputException("device.kind = cuda, but " + ranks(without) + " (host " + hosts.get(first)
                    + ") " + (without.size() == 1 ? "has" : "have") + " no GPU: " + reason);
        }
        if (without.size() < offers.size()) {
            List<Integer> with = IntStream.range(0, offers.size())
                    .filter(rank -> !without.contains(rank))
                    .boxed()
                    .toList();
            throw new InvalidInputException("device.kind = auto, but " + ranks(with) + " (host "
                    + hosts.get(with.get(0)) + ") could compute on GPUs and " + ranks(without) + " (host "
                    + hosts.get(first) + ") not: " + reason
                    + "; give every rank a GPU, or set device.kind = host to use none");
        }
        return new GpuChoice(List.of(), "device.kind = auto: host, since no rank has a GPU: " + reason);
    }

    /** Ranks that see the same GPUs take them in the order of their ranks. */
    private static List<CudaGpu> inTurn(List<GpuOffer> offers, List<String> hosts) {
        Map<List<CudaGpu>, List<Integer>> taken = new HashMap<>();
        List<CudaGpu> byRank = new ArrayList<>();
        for (int rank = 0; rank < offers.size(); rank++) {
            if (offers.get(rank) instanceof GpuOffer.Shared all) {
                List<Integer> before = taken.computeIfAbsent(all.gpus(), first -> new ArrayList<>());
                if (before.size() < all.gpus().size()) {
                    byRank.add(all.gpus().get(before.size()));
                }
                before.add(rank);
            } else if (offers.get(rank) instanceof GpuOffer.Given given) {
                byRank.add(given.gpu());
            }
        }
        taken.forEach((gpus, ranks) -> {
            if (ranks.size() > gpus.size()) {
                throw new InvalidInputException(ranks(ranks) + " run on host " + hosts.get(ranks.get(0))
                        + ", where CUDA shows " + gpus.size() + (gpus.size() == 1 ? " GPU" : " GPUs") + "; " + ONE_EACH
                        + ": choose a smaller layout, or set device.kind = host");
            }
        });
        return byRank;
    }

    private static void requireDistinct(List<CudaGpu> byRank, List<String> hosts) {
        Map<String, Integer> owner = new HashMap<>();
        for (int rank = 0; rank < byRank.size(); rank++) {
            Integer other = owner.putIfAbsent(byRank.get(rank).uuid(), rank);
            if (other != null) {
                throw new InvalidInputException(
                        "ranks " + other + " and " + rank + " (host " + hosts.get(rank)
                                + ") were both given " + byRank.get(rank) + "; " + ONE_EACH
                                + ": spark.task.resource.gpu.amount must be 1, and no two executors of a host may be given the same address");
            }
        }
    }

    private static String ranks(List<Integer> ranks) {
        return (ranks.size() == 1 ? "rank " : "ranks ")
                + ranks.stream().map(String::valueOf).collect(Collectors.joining(", "));
    }

    /** The GPU of a rank; empty if it computes on processors. */
    public Optional<CudaGpu> gpu(int rank) {
        return byRank.isEmpty() ? Optional.empty() : Optional.of(byRank.get(rank));
    }

    /** One line for people; empty if nobody looked for GPUs. */
    public Optional<String> describe() {
        return Optional.of(why).filter(line -> !line.isEmpty());
    }
}
