package io.sparktron.command;

import io.sparktron.convert.Convert;
import io.sparktron.evaluate.Evaluate;
import io.sparktron.generate.Generate;
import io.sparktron.gpucheck.GpuCheck;
import io.sparktron.gpucheck.GpuReport;
import io.sparktron.inspect.Inspect;
import io.sparktron.inspect.Inspection;
import io.sparktron.parallel.Layout;
import io.sparktron.plan.Plan;
import io.sparktron.plan.PlanPage;
import io.sparktron.plan.PlanRequest;
import io.sparktron.preflight.Preflight;
import io.sparktron.preflight.PreflightRequest;
import io.sparktron.preflight.Report;
import io.sparktron.prep.Prep;
import io.sparktron.prep.PrepSettings;
import io.sparktron.pretrain.Pretrain;
import io.sparktron.pretrain.PretrainRequest;
import io.sparktron.pretrain.StopRule;
import io.sparktron.pretrain.StopSignals;
import io.sparktron.pretrain.TimeLimit;
import io.sparktron.quickstart.Quickstart;
import io.sparktron.quickstart.QuickstartRequest;
import io.sparktron.rank.ClusterFacts;
import java.io.IOException;
import java.io.PrintStream;
import java.util.Optional;
import org.apache.spark.sql.SparkSession;

/** What each command does, given its settings: results to {@code out}, everything else to {@code err}. */
final class Commands {
    /** Executors that have not come in two minutes are a finding. */
    private static final String PREFLIGHT_SLOT_TIMEOUT = "120";

    private final Cluster cluster;
    private final PrintStream out;
    private final PrintStream err;

    Commands(Cluster cluster, PrintStream out, PrintStream err) {
        this.cluster = cluster;
        this.out = out;
        this.err = err;
    }

    void quickstart(Settings settings) throws IOException {
        StopRule limit = limit(settings);
        QuickstartRequest request = QuickstartSettings.request(settings);
        int ranks = request.pretrain().layout().ranks();
        try (Cluster.Ranks launcher =
                cluster.ranks(settings, ranks, "local-cluster[" + ranks + ",1,1024]", err::println)) {
            new Quickstart(request, out, err).run(cluster::session, launcher, cluster.hadoop(), limit);
        }
    }

    /** From now on. */
    private static StopRule limit(Settings settings) {
        return settings.find(TrainKeys.MAX_MINUTES)
                .<StopRule>map(minutes -> new TimeLimit(minutes, System::nanoTime))
                .orElse(StopRule.NEVER);
    }

    void prep(Settings settings) throws IOException {
        PrepSettings prep = PrepRequests.prep(settings);
        err.println("reading " + String.join(", ", prep.input()) + " to " + prep.output());
        try (SparkSession spark = cluster.session()) {
            try {
                Prep.run(spark, prep, out, err);
            } catch (IllegalStateException failed) {
                throw spark.sparkContext().isStopped() ? stopped(failed) : failed;
            }
        }
    }

    private IllegalStateException stopped(IllegalStateException failed) {
        String master = cluster.master()
                .map(url -> ", or because " + url + " does not answer")
                .orElse("");
        return new IllegalStateException(
                "Spark was stopped while it prepared the corpus: by a signal" + master, failed);
    }

    void pretrain(Settings settings) throws IOException {
        StopRule limit = limit(settings);
        Layout layout = said(cluster.trainingLayout(settings));
        PretrainRequest request = Requests.pretrain(settings, layout);
        Optional<String> finished = Preflight.requireReady(request, cluster.facts(local(layout)), cluster.hadoop());
        if (finished.isPresent()) {
            err.println(finished.get());
            return;
        }
        try (StopSignals signals = StopSignals.listen(err::println);
                Cluster.Ranks ranks = ranks(settings, layout)) {
            Pretrain.run(request, ranks, cluster.hadoop(), signals.or(limit), err::println);
        }
    }

    /** Returns the exit code. */
    int preflight(Settings settings) {
        Layout layout = said(cluster.trainingLayout(settings));
        PreflightRequest request = Requests.preflight(settings, layout);
        ClusterFacts facts = cluster.facts(local(layout));
        settings.setIfMissing(JobKeys.SLOT_TIMEOUT, PREFLIGHT_SLOT_TIMEOUT);
        int ranks = Math.min(layout.ranks(), facts.slots().orElse(layout.ranks()));
        Report report;
        try (Cluster.Ranks launcher =
                cluster.withFixedExecutors().ranks(settings, ranks, local(layout), err::println)) {
            report = Preflight.of(request, facts, cluster.hadoop(), launcher, launcher);
        }
        out.println(settings.get(ToolKeys.PREFLIGHT_JSON) ? report.json() : report.text());
        return report.exitCode();
    }

    void evaluate(Settings settings) throws IOException {
        Layout layout = said(cluster.layout(settings));
        try (Cluster.Ranks ranks = ranks(settings, layout)) {
            out.println(Evaluate.run(Requests.evaluate(settings, layout), ranks, cluster.hadoop())
                    .json());
        }
    }

    void generate(Settings settings) throws IOException {
        int tensor = settings.get(ModelKeys.TENSOR);
        Layout layout = new Layout(tensor, settings.find(ModelKeys.DATA).orElse(1));
        try (Cluster.Ranks ranks = ranks(settings, layout)) {
            out.println(Generate.run(Requests.generate(settings, layout), ranks, cluster.hadoop()));
        }
    }

    void convert(Settings settings) throws IOException {
        out.println(Convert.run(Requests.convert(settings), cluster.hadoop(), err::println));
    }

    void inspect(Settings settings) throws IOException {
        Inspection found = Inspect.run(Requests.inspect(settings), cluster.hadoop());
        out.print(settings.get(ToolKeys.INSPECT_JSON) ? found.json() + "\n" : found.text());
    }

    /** Returns the exit code. */
    int gpuCheck(Settings settings) {
        GpuReport report = GpuCheck.run(Requests.gpuCheck(settings), err::println);
        out.println(settings.get(ToolKeys.GPU_CHECK_JSON) ? report.json() : report.text());
        return report.exitCode();
    }

    void plan(Settings settings) {
        PlanRequest request = Requests.plan(settings, cluster.trainingLayout(settings), cluster.executor());
        out.print(PlanPage.of(Plan.of(request), request.executor()));
    }

    private Layout said(Layout layout) {
        err.println("layout: " + layout);
        return layout;
    }

    private Cluster.Ranks ranks(Settings settings, Layout layout) {
        return cluster.ranks(settings, layout.ranks(), local(layout), err::println);
    }

    /** The master where none is given. */
    private static String local(Layout layout) {
        return "local[" + layout.ranks() + "]";
    }
}
