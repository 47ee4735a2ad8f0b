package io.sparktron.preflight;

import io.sparktron.rank.ProcessFacts;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What was found where one rank would run. */
record RankReport(int rank, ProcessFacts process, Machine machine, List<Finding> findings) implements Serializable {

    /** The findings of all ranks; what several have found is told once, with their numbers unless all is well on all. */
    static List<Finding> merged(List<RankReport> reports) {
        Map<Finding, List<Integer>> ranks = new LinkedHashMap<>();
        for (RankReport report : reports) {
            for (Finding finding : report.findings) {
                ranks.computeIfAbsent(finding, first -> new ArrayList<>()).add(report.rank);
            }
        }
        List<Finding> merged = new ArrayList<>();
        ranks.forEach((finding, of) -> merged.add(
                of.size() == reports.size() && !finding.level().stops()
                        ? finding
                        : new Finding(
                                finding.level(),
                                finding.check(),
                                where(of, reports) + ": " + finding.found(),
                                finding.fix())));
        return merged;
    }

    /** Such as {@code all 4 ranks}, {@code ranks 0, 1, 2}, {@code rank 3 (host h, executor 2, process 123)}. */
    static String where(List<Integer> ranks, List<RankReport> reports) {
        if (ranks.size() == 1) {
            int rank = ranks.get(0);
            return "rank " + rank + " (" + reports.get(rank).process + ")";
        }
        if (ranks.size() == reports.size()) {
            return "all " + ranks.size() + " ranks";
        }
        return "ranks " + String.join(", ", ranks.stream().map(String::valueOf).toList());
    }
}
