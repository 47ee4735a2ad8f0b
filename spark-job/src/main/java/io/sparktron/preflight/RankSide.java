package io.sparktron.preflight;

import io.sparktron.collective.Rendezvous;
import io.sparktron.parallel.Layout;
import io.sparktron.rank.ProcessFacts;
import io.sparktron.rank.RankProbe;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * All checks that run where a rank would. A check that finds something wrong returns it; nothing here ends the others.
 *
 * @param tensors bytes that a rank will hold outside its heap
 */
record RankSide(long tensors, Layout layout) implements RankProbe<RankReport> {
    @Override
    public int groupSize() {
        return layout.tensor();
    }

    @Override
    public RankReport run(Rendezvous ranks, ProcessFacts process) throws IOException {
        List<Finding> findings = new ArrayList<>(JavaChecks.findings());
        if (findings.stream().noneMatch(finding -> finding.level().stops())) {
            findings.addAll(new NativeChecks(tensors).findings());
        }
        return new RankReport(ranks.rank(), process, Machine.current(), findings);
    }
}
