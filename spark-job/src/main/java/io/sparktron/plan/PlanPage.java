package io.sparktron.plan;

import io.sparktron.train.DeviceConfig;
import io.sparktron.train.Exchange;
import io.sparktron.train.Sizes;
import io.sparktron.train.TrainingMemory;
import io.sparktron.train.TrainingTraffic;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** A plan for people. */
public final class PlanPage {
    private static final String ROW = "  %-21s%s%n";

    private final Plan plan;
    private final PlanRequest.Executor executor;
    private final StringBuilder text = new StringBuilder();

    private PlanPage(Plan plan, PlanRequest.Executor executor) {
        this.plan = plan;
        this.executor = executor;
    }

    /** The page, with a line end. */
    public static String of(Plan plan, PlanRequest.Executor executor) {
        PlanPage page = new PlanPage(plan, executor);
        page.model();
        page.memory();
        page.operations();
        page.communication();
        page.layouts();
        return page.text.toString();
    }

    private void model() {
        line("%s%n", plan.model().describe());
        plan.assumed().forEach(assumed -> line("  %s%n", assumed));
        line(ROW, "parameters", String.format(Locale.ROOT, "%,d", plan.model().parameters()));
        line(ROW, "layout", plan.layout() + ", ranks: " + plan.layout().ranks());
        line(
                ROW,
                "global batch",
                plan.globalBatch() + " samples = data " + plan.layout().data() + " x micro-batch " + plan.microBatch()
                        + " x " + plan.accumulation() + " accumulated");
        if (!plan.batchRamp().none()) {
            line(
                    ROW,
                    "batch ramp",
                    plan.batchRamp() + ", whole after " + plan.batchRamp().steps(plan.globalBatch())
                            + " steps; a step below is one of the whole batch");
        }
    }

    private void memory() {
        TrainingMemory memory = plan.memory();
        boolean gpu = memory.kind() == DeviceConfig.Kind.CUDA;
        line("%nmemory of a rank, " + (gpu ? "on its GPU" : "outside the Java heap") + "%n");
        line(ROW, "weights", Sizes.of(memory.weights()));
        line(ROW, "gradients", Sizes.of(memory.gradients()));
        line(ROW, "Adam's moments", Sizes.of(memory.moments()));
        line(ROW, "activations", Sizes.of(memory.activations()) + ", of a micro-batch of " + plan.microBatch());
        line(ROW, "train.recompute", recompute());
        line(ROW, "train.precision", plan.precision());
        line(ROW, "buffers", Sizes.of(memory.buffers()));
        line(
                ROW,
                "together",
                Sizes.of(memory.onDevice())
                        + (gpu ? ", " + Sizes.of(memory.ofGpu()) + " with what CUDA and NCCL hold there" : ""));
        line(
                ROW,
                "for saves beside",
                Sizes.of(memory.saved()) + " more" + (gpu ? " of the host's" : "") + " (train.save-in-background)");
        line(
                "  spark.executor.memoryOverhead = %dm, for an executor with ranks: %d, threads of each: %d, heap: %s%n",
                overhead(memory), executor.ranks(), executor.threads(), Sizes.of(executor.heap()));
        line(
                gpu
                        ? "    (1 GiB a rank for CUDA and NCCL + a tenth of the heap + 384 MiB for the JVM; with saves in the background add theirs)%n"
                        : "    (the ranks' memory + 32 MiB a thread + a tenth of the heap + 384 MiB for the JVM)%n");
    }

    /** The mode, and the activations of all. */
    private String recompute() {
        return plan.mode().recompute() + "; activations with "
                + plan.activations().entrySet().stream()
                        .map(entry -> entry.getKey() + " " + Sizes.of(entry.getValue()))
                        .collect(Collectors.joining(", "));
    }

    private void operations() {
        double token = plan.model().trainingOperations(1);
        long tokens = (long) plan.globalBatch() * plan.model().sequence();
        line("%nfloating-point operations of the matrix products, forward and backward%n");
        line(ROW, "a token", number(token));
        line(ROW, "a step", String.format(Locale.ROOT, "%s, %,d tokens", number(token * tokens), tokens));
        line(ROW, "a step, each rank", number(token * tokens / plan.layout().ranks()));
    }

    private void communication() {
        TrainingTraffic traffic = plan.traffic();
        line("%ncommunication of a rank in a step%n");
        exchange("tensor group", traffic.tensor().times(plan.accumulation()).plus(traffic.rowSums()));
        exchange("data group", traffic.data());
    }

    /** A line for each kind of operation. */
    private void exchange(String group, Exchange exchange) {
        if (exchange.operations() == 0) {
            line(ROW, group, "nothing");
        }
        String name = group;
        for (Map.Entry<String, Exchange.Amount> kind : exchange.named().entrySet()) {
            Exchange.Amount amount = kind.getValue();
            line(
                    ROW,
                    name,
                    Sizes.of(amount.bytes()) + " in " + amount.operations() + " operations of " + kind.getKey());
            name = "";
        }
    }

    private void layouts() {
        line("%nlegal layouts%n");
        line("  %-16s %18s %18s%n", "parallel.tensor", "memory of a rank", "memoryOverhead");
        for (Map.Entry<Integer, TrainingMemory> entry : plan.byTensor().entrySet()) {
            TrainingMemory memory = entry.getValue();
            line("  %-16d %18s %17dm%n", entry.getKey(), Sizes.of(memory.onDevice()), overhead(memory));
        }
        String copies = plan.copies().isEmpty()
                ? "any, with train.global-batch a multiple of parallel.data x train.micro-batch"
                : plan.copies().stream().map(String::valueOf).collect(Collectors.joining(", "));
        line("  parallel.data: %s%n", copies);
    }

    private long overhead(TrainingMemory memory) {
        return memory.overheadMiB(executor.ranks(), executor.threads(), executor.heap());
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.3e", value);
    }

    private void line(String format, Object... values) {
        text.append(String.format(Locale.ROOT, format, values));
    }
}
