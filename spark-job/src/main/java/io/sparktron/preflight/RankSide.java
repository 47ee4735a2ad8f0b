package io.sparktron.preflight;

import io.sparktron.collective.Rendezvous;
import io.sparktron.parallel.Layout;
import io.sparktron.rank.GpuUse;
import io.sparktron.rank.ProcessFacts;
import io.sparktron.rank.RankProbe;
import io.sparktron.storage.HadoopSettings;
import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;

/**
 * All checks that run where a rank would. What is wrong becomes a finding; nothing here ends the others.
 *
 * @param tensors bytes that a rank will hold outside its heap
 * @param folder the run folder; null if there is none to look at
 */
record RankSide(
        long tensors, Layout layout, GpuUse gpus, List<Dataset> datasets, SharedFolder folder, HadoopSettings settings)
        implements RankProbe<RankReport> {

    /** A dataset that the driver can use, and that ranks must see alike. */
    record Dataset(String key, String path, String fingerprint) implements Serializable {}

    @Override
    public GpuUse gpus() {
        return gpus;
    }

    @Override
    public int groupSize() {
        return layout.tensor();
    }

    @Override
    public RankReport run(Rendezvous ranks, ProcessFacts process) throws IOException, InterruptedException {
        Configuration hadoop = settings.configuration();
        List<Finding> findings = new ArrayList<>(JavaChecks.findings());
        if (findings.stream().noneMatch(finding -> finding.level().stops())) {
            findings.addAll(new NativeChecks(tensors).findings());
        }
        findings.add(LocalDiskChecks.of(process.localFolders()));
        for (Dataset dataset : datasets) {
            findings.addAll(DatasetChecks.onRank(dataset, hadoop));
        }
        together(ranks, process, hadoop, findings);
        return new RankReport(ranks.rank(), process, Machine.current(), findings);
    }

    /** What needs the others: they meet when all listen and have written, and again when all have looked. */
    private void together(Rendezvous ranks, ProcessFacts process, Configuration hadoop, List<Finding> findings)
            throws IOException, InterruptedException {
        Optional<ProbeFile> written = Optional.empty();
        try (NetworkProbe network = new NetworkProbe(process)) {
            written = write(ranks.rank(), hadoop, findings);
            List<String> words = ranks.allGather(network.word());
            findings.addAll(network.reach(words));
            if (written.isPresent()) {
                findings.add(folder.seen(hadoop));
            }
            ranks.allGather("seen");
        } finally {
            written.flatMap(file -> folder.remove(file)).ifPresent(findings::add);
        }
    }

    private Optional<ProbeFile> write(int rank, Configuration hadoop, List<Finding> findings) {
        try {
            return folder == null ? Optional.empty() : Optional.of(folder.ofRank(rank, hadoop));
        } catch (IOException | RuntimeException e) {
            findings.add(folder.unwritable(e));
            return Optional.empty();
        }
    }
}
