package io.sparktron.preflight;

import io.sparktron.data.TokenDataset;
import io.sparktron.model.GptConfig;
import io.sparktron.pretrain.PretrainRequest;
import io.sparktron.rank.ClusterFacts;
import io.sparktron.rank.ProbeLauncher;
import io.sparktron.train.TrainingMemory;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.hadoop.conf.Configuration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** All checks in order. */
public final class Preflight {
    private static final Logger LOG = LoggerFactory.getLogger(Preflight.class);

    /** Weights and Adam's two moments in float32. */
    private static final int CHECKPOINT_BYTES_OF_PARAMETER = 12;

    private final PreflightRequest request;
    private final ClusterFacts cluster;
    private final Configuration hadoop;
    private final List<Finding> findings = new ArrayList<>();

    private Preflight(PreflightRequest request, ClusterFacts cluster, Configuration hadoop) {
        this.request = request;
        this.cluster = cluster;
        this.hadoop = hadoop;
    }

    /**
     * What the driver can tell alone, without starting anything: before every run.
     *
     * @throws NotReadyException if a run could not come to its end
     */
    public static void requireReady(PretrainRequest request, ClusterFacts cluster, Configuration hadoop) {
        Preflight preflight = new Preflight(PreflightRequest.of(request), cluster, hadoop);
        preflight.driverSide();
        Report report = new Report(preflight.findings);
        if (!report.problems().isEmpty()) {
            throw new NotReadyException(report);
        }
    }

    /** Everything: also what can be seen on the executors, as far as there are some. */
    public static Report of(
            PreflightRequest request, ClusterFacts cluster, Configuration hadoop, ProbeLauncher launcher) {
        Preflight preflight = new Preflight(request, cluster, hadoop);
        Optional<GptConfig> model = preflight.driverSide();
        preflight.rankSide(launcher, model);
        return new Report(preflight.findings);
    }

    private Optional<GptConfig> driverSide() {
        findings.addAll(new SparkChecks(cluster).findings());
        findings.add(new SlotChecks(cluster, request.layout()).possible());
        findings.addAll(new LayoutChecks(request).findings());
        Optional<TokenDataset> train = dataset("data.train", request.trainData());
        Optional<TokenDataset> validation = dataset("data.validation", request.validationData());
        boolean usable = train.isPresent()
                && validation.isPresent() == request.validationData().isPresent();
        PlanChecks.Outlook outlook = new PlanChecks(request, hadoop).outlook(train, usable);
        findings.addAll(outlook.findings());
        Optional<GptConfig> model = outlook.model();
        need(model).ifPresent(memory -> findings.add(new MemoryChecks(cluster, memory, request.device()).overhead()));
        request.runFolder()
                .ifPresent(folder -> findings.addAll(new RunFolderChecks(folder, hadoop).onDriver(checkpoints(model))));
        return model;
    }

    private Optional<TokenDataset> dataset(String key, Optional<String> folder) {
        Optional<DatasetChecks> checks = folder.map(path -> new DatasetChecks(key, path, hadoop));
        checks.ifPresent(done -> findings.addAll(done.findings()));
        return checks.flatMap(DatasetChecks::usable);
    }

    private Optional<TrainingMemory> need(Optional<GptConfig> model) {
        return model.map(known -> TrainingMemory.of(known, request.layout(), request.microBatch()));
    }

    private OptionalLong checkpoints(Optional<GptConfig> model) {
        return model.isEmpty()
                ? OptionalLong.empty()
                : OptionalLong.of((request.checkpointKeep() + 1L)
                        * CHECKPOINT_BYTES_OF_PARAMETER
                        * model.get().parameters());
    }

    private void rankSide(ProbeLauncher launcher, Optional<GptConfig> model) {
        int asked = Math.min(
                request.layout().ranks(),
                cluster.slots().orElse(request.layout().ranks()));
        if (asked == 0 || new SparkChecks(cluster).isConnect()) {
            findings.add(Finding.warning("executors", "not looked at: none can be had with these settings", ""));
            return;
        }
        Optional<TrainingMemory> need = need(model);
        List<RankReport> reports;
        try {
            reports = launcher.probe(
                    asked, new RankSide(need.map(TrainingMemory::total).orElse(0L), request.layout()));
        } catch (RuntimeException e) {
            LOG.warn("executors cannot be probed", e);
            findings.add(Finding.problem("executors", String.valueOf(e.getMessage()), ""));
            return;
        }
        findings.add(new SlotChecks(cluster, request.layout()).came(reports.size(), asked));
        findings.addAll(RankReport.merged(reports));
        findings.addAll(new HostChecks(reports, need, request.device()).findings());
    }
}
