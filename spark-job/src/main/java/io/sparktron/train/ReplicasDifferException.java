package io.sparktron.train;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Copies of one tensor that must be equal are not. Nothing tells since when, so going on would spoil the run, and beginning again in silence might hide a host that
 * computes wrongly.
 */
public final class ReplicasDifferException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * @param step after which they were compared
     * @param tensor the first that differs
     * @param ranks that hold a copy
     * @param checksums of their copies
     */
    ReplicasDifferException(long step, String tensor, int[] ranks, int[] checksums) {
        super("after step " + step + " the copies of " + tensor + " differ: " + groups(ranks, checksums)
                + "; a processor, the memory or the network of one of them computes or keeps wrong bits, or a library does."
                + " Copies were equal before each checkpoint: start again to go on from the newest, on other hosts if it comes back"
                + " (run.json tells where each rank runs)");
    }

    /** Ranks by what they hold, the most first. */
    private static String groups(int[] ranks, int[] checksums) {
        Map<Integer, List<String>> bySum = new LinkedHashMap<>();
        for (int i = 0; i < ranks.length; i++) {
            bySum.computeIfAbsent(checksums[i], sum -> new ArrayList<>()).add(String.valueOf(ranks[i]));
        }
        return bySum.values().stream()
                .sorted((one, other) -> Integer.compare(other.size(), one.size()))
                .map(same -> (same.size() == 1 ? "rank " : "ranks ") + String.join(", ", same))
                .collect(Collectors.joining(" against "));
    }
}
