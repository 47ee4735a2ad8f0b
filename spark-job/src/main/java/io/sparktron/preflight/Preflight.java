package io.sparktron.preflight;

import io.sparktron.pretrain.PretrainRequest;
import io.sparktron.rank.ClusterFacts;
import io.sparktron.rank.ProbeLauncher;
import io.sparktron.rank.RankFailedException;
import io.sparktron.rank.RankLauncher;
import io.sparktron.run.RunFolder;
import io.sparktron.storage.HadoopSettings;
import io.sparktron.tokens.InvalidInputException;
import io.sparktron.train.TrainingMemory;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** All checks in order: those of the driver, those of each rank, what the ranks' answers tell together, and the communicator. */
public final class Preflight {
    private static final Logger LOG = LoggerFactory.getLogger(Preflight.class);

    private final PreflightRequest request;
    private final ClusterFacts cluster;
    private final Configuration hadoop;
    private final DriverSide driver;
    private final List<Finding> findings;

    private Preflight(PreflightRequest request, ClusterFacts cluster, Configuration hadoop) {
        this.request = request;
        this.cluster = cluster;
        this.hadoop = hadoop;
        this.driver = new DriverSide(request, cluster, hadoop);
        this.findings = new ArrayList<>(driver.findings());
    }

    /**
     * What the driver can tell alone, without starting anything: before every run.
     *
     * @return what there is to say where the run has come to its end already: it needs nothing any more
     * @throws NotReadyException if a run could not come to its end
     */
    public static Optional<String> requireReady(PretrainRequest request, ClusterFacts cluster, Configuration hadoop) {
        DriverSide driver = new DriverSide(PreflightRequest.of(request), cluster, hadoop);
        Report report = new Report(driver.findings());
        if (driver.finished().isEmpty() && !report.problems().isEmpty()) {
            throw new NotReadyException(report);
        }
        return driver.finished();
    }

    /** Everything: also what can be seen on the executors, as far as there are some. */
    public static Report of(
            PreflightRequest request,
            ClusterFacts cluster,
            Configuration hadoop,
            ProbeLauncher probes,
            RankLauncher launcher) {
        Preflight preflight = new Preflight(request, cluster, hadoop);
        request.runFolder()
                .ifPresent(folder -> preflight.findings.addAll(
                        new RunFolderChecks(folder, request.checkpointKeep(), hadoop).lease()));
        preflight.executors(probes, launcher);
        return new Report(preflight.findings);
    }

    private void executors(ProbeLauncher probes, RankLauncher launcher) {
        int wanted = request.layout().ranks();
        int asked = Math.min(wanted, cluster.slots().orElse(wanted));
        if (asked == 0 || new SparkChecks(cluster).isConnect()) {
            findings.add(Finding.warning("executors", "not looked at: none can be had with these settings", ""));
            return;
        }
        try {
            List<RankReport> reports = probe(probes, asked);
            List<Finding> seen = together(reports, asked);
            findings.addAll(seen);
            if (reports.size() == wanted
                    && seen.stream().noneMatch(finding -> finding.level().stops())) {
                findings.add(meet(launcher));
            }
        } catch (IOException | RuntimeException e) {
            LOG.warn("executors cannot be probed", e);
            findings.add(Finding.problem("executors", String.valueOf(e.getMessage()), ""));
        }
    }

    private List<RankReport> probe(ProbeLauncher probes, int asked) throws IOException {
        long tensors = driver.memory().map(TrainingMemory::onHost).orElse(0L);
        HadoopSettings settings = new HadoopSettings(hadoop);
        if (driver.runFolder().isEmpty()) {
            return probes.probe(
                    asked,
                    new RankSide(
                            tensors,
                            request.layout(),
                            request.device().kind().gpus(),
                            driver.datasets(),
                            null,
                            settings));
        }
        SharedFolder folder =
                SharedFolder.of(RunFolder.open(driver.runFolder().get(), hadoop).path());
        try (ProbeFile ours = folder.ofDriver(hadoop)) {
            LOG.info("ranks are to see what is written to {}", ours.folder());
            try {
                return probes.probe(
                        asked,
                        new RankSide(
                                tensors,
                                request.layout(),
                                request.device().kind().gpus(),
                                driver.datasets(),
                                folder,
                                settings));
            } finally {
                folder.clear(hadoop);
            }
        }
    }

    private List<Finding> together(List<RankReport> reports, int asked) {
        List<Finding> seen = new ArrayList<>();
        seen.add(new SlotChecks(cluster, request.layout()).came(reports.size(), asked));
        seen.addAll(RankReport.merged(reports));
        seen.addAll(new HostChecks(reports, driver.memory(), driver.samples(), request.device()).findings());
        seen.addAll(new GpuChecks(reports, request.device().kind().gpus(), driver.gpuMemory()).findings());
        seen.addAll(new AgreementChecks(reports, cluster, request.layout(), request.acrossHosts()).findings());
        return seen;
    }

    /** The communicator itself, as training opens it. */
    private Finding meet(RankLauncher launcher) {
        String check = "communicator";
        int ranks = request.layout().ranks();
        double expected = ranks * (ranks + 1.0) / 2;
        try {
            List<Double> sums =
                    launcher.run(ranks, new Meeting(request.layout(), request.device()), report -> {}, () -> false);
            return sums.stream().allMatch(sum -> sum == expected)
                    ? Finding.ok(check, "all ranks meet and add their numbers")
                    : Finding.problem(check, "1 + ... + " + ranks + " = " + sums + " on the ranks", "another host");
        } catch (RankFailedException e) {
            return e.getCause() instanceof InvalidInputException
                    ? Finding.mistake(check, e.getMessage(), "")
                    : Finding.problem(check, e.getMessage(), "");
        }
    }
}
