package io.sparktron.job;

import io.sparktron.rank.GpuUse;
import io.sparktron.rank.ProbeLauncher;
import io.sparktron.rank.RankFailedException;
import io.sparktron.rank.RankFailedException.Kind;
import io.sparktron.rank.RankLauncher;
import io.sparktron.rank.RankProbe;
import io.sparktron.rank.RankProgram;
import io.sparktron.rank.SlotsMissingException;
import java.io.IOException;
import java.io.Serializable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaFutureAction;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.rdd.RDD;
import org.apache.spark.resource.ResourceProfile;
import org.apache.spark.resource.ResourceProfileManager;
import scala.collection.Iterator;
import scala.reflect.ClassTag$;
import scala.runtime.AbstractFunction1;

/** Runs programs as barrier stages of one Spark context of its own, one task per rank. */
public final class SparkRanks implements RankLauncher, ProbeLauncher, AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(100);
    private static final BooleanSupplier NEVER = () -> false;

    private final JavaSparkContext spark;
    private final HostSettings hosts;
    private final Duration slotTimeout;
    private final Duration peerTimeout;
    private final Consumer<String> progress;
    private final Map<GpuUse, ResourceProfile> profilesOfUse = new EnumMap<>(GpuUse.class);

    /**
     * Starts the context.
     *
     * @param conf as {@link RankSpark#configure} makes it
     * @param hosts how ranks count hosts and reach each other across them
     * @param slotTimeout how long to wait for executors
     * @param peerTimeout how long a rank waits for a peer that makes no step at all
     * @param progress lines for people
     */
    public SparkRanks(
            SparkConf conf, HostSettings hosts, Duration slotTimeout, Duration peerTimeout, Consumer<String> progress) {
        this.spark = new JavaSparkContext(conf);
        this.hosts = hosts;
        this.slotTimeout = slotTimeout;
        this.peerTimeout = peerTimeout;
        this.progress = progress;
    }

    @Override
    public <R extends Serializable> List<R> run(
            int ranks, RankProgram<R> program, Consumer<Serializable> onReport, BooleanSupplier stop) {
        Slots.requirePossible(spark.getConf(), ranks);
        RankRun run = run(ranks, program.groupSize(), program.gpus(), stop);
        return launch(run, ranks, onReport, () -> {
            Slots.await(spark.sc(), profile(program.gpus()), ranks, slotTimeout, stop, progress);
            return new RankTask(run.id(), program, hosts, HostSettings.newSecret(), peerTimeout);
        });
    }

    @Override
    public <R extends Serializable> List<R> probe(int ranks, RankProbe<R> probe) {
        int places = Math.min(ranks, slots(ranks, probe.gpus()));
        if (places == 0) {
            throw new SlotsMissingException(spark.sc().master() + " gave no slot within job.slot-timeout = "
                    + slotTimeout.toSeconds() + " s; its own pages and the executors' logs say why");
        }
        int group = places % probe.groupSize() == 0 ? probe.groupSize() : 1; // fewer places than ranks
        RankRun run = run(places, group, probe.gpus(), NEVER);
        return launch(
                run,
                places,
                report -> {},
                () -> new RankProbeTask(run.id(), probe, group, hosts, HostSettings.newSecret()));
    }

    /** What each task of a stage needs; registered, as Spark's scheduler wants it. */
    private ResourceProfile profile(GpuUse gpus) {
        ResourceProfileManager profiles = spark.sc().resourceProfileManager();
        return profilesOfUse.computeIfAbsent(
                gpus,
                use -> GpuResources.ofStage(spark.getConf(), use)
                        .map(profile -> {
                            profiles.addResourceProfile(profile);
                            return profile;
                        })
                        .orElseGet(profiles::defaultResourceProfile));
    }

    private int slots(int ranks, GpuUse gpus) {
        try {
            return Slots.gather(spark.sc(), profile(gpus), ranks, slotTimeout, NEVER, progress);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private RankRun run(int ranks, int groupSize, GpuUse gpus, BooleanSupplier stop) {
        return new RankRun(
                UUID.randomUUID().toString(), ranks, groupSize, hosts.acrossHosts(), gpus, stop, peerTimeout);
    }

    /** What each task of a stage does. */
    private interface Tasks {
        AbstractFunction1<Iterator<Integer>, Iterator<RankOutcome>> whenReady() throws InterruptedException;
    }

    private <R extends Serializable> List<R> launch(
            RankRun run, int ranks, Consumer<Serializable> onReport, Tasks what) {
        TaskWatch tasks = new TaskWatch(run.id());
        RankPlugin.register(run);
        spark.sc().addSparkListener(tasks);
        try {
            return collect(submit(ranks, what.whenReady(), run), run, tasks, ranks, onReport);
        } catch (InterruptedException e) {
            throw interrupted(e);
        } finally {
            spark.sc().removeSparkListener(tasks);
            RankPlugin.unregister(run);
        }
    }

    private static RankFailedException interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        return new RankFailedException(Kind.STOPPED, "the driver was interrupted", e);
    }

    private JavaFutureAction<List<RankOutcome>> submit(
            int ranks, AbstractFunction1<Iterator<Integer>, Iterator<RankOutcome>> task, RankRun run) {
        RDD<Integer> seats = spark.parallelize(IntStream.range(0, ranks).boxed().toList(), ranks)
                .rdd()
                .withResources(profile(run.gpus()));
        spark.sc().setLocalProperty(TaskWatch.RUN, run.id());
        spark.sc().setInterruptOnCancel(true);
        spark.sc().setJobDescription(ranks + " ranks");
        return seats.barrier()
                .mapPartitions(task, false, ClassTag$.MODULE$.<RankOutcome>apply(RankOutcome.class))
                .toJavaRDD()
                .collectAsync();
    }

    private <R extends Serializable> List<R> collect(
            JavaFutureAction<List<RankOutcome>> job,
            RankRun run,
            TaskWatch tasks,
            int ranks,
            Consumer<Serializable> onReport)
            throws InterruptedException {
        Aftermath aftermath = new Aftermath(spark.sc(), tasks, progress);
        Starting starting = new Starting(spark.sc().master(), ranks, slotTimeout, System::nanoTime);
        try {
            while (!job.isDone()) {
                run.sayPlaces(progress);
                run.deliver(onReport, POLL);
                starting.require(tasks.started());
                if (run.isHung(tasks.running())) {
                    job.cancel(true);
                }
            }
            run.sayPlaces(progress);
            run.deliver(onReport, Duration.ZERO);
            return byRank(job.get(), ranks);
        } catch (ExecutionException | CancellationException failed) {
            if (spark.sc().isStopped()) {
                throw new RankFailedException(
                        Kind.STOPPED,
                        "Spark was stopped while the ranks ran: by a signal, or by the cluster",
                        failed.getCause());
            }
            throw aftermath.explain(run, failed.getCause());
        } finally {
            if (!job.isDone()) {
                job.cancel(true);
                aftermath.clear();
            }
        }
    }

    @SuppressWarnings("unchecked") // the program's own result
    private static <R extends Serializable> List<R> byRank(List<RankOutcome> outcomes, int ranks) {
        List<R> results = new ArrayList<>(Collections.nCopies(ranks, null));
        for (RankOutcome outcome : outcomes) {
            try {
                results.set(outcome.rank(), (R) RankMessage.deserialize(outcome.result()));
            } catch (IOException | ClassNotFoundException e) {
                throw new IllegalStateException("the result of rank " + outcome.rank() + " cannot be read: " + e, e);
            }
        }
        return results;
    }

    /** Stops the context and its executors. */
    @Override
    public void close() {
        spark.close();
    }
}
