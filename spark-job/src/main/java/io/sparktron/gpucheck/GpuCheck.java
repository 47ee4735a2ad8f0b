package io.sparktron.gpucheck;

import io.sparktron.kernels.Kernels;
import io.sparktron.kernels.check.CollectiveChecks;
import io.sparktron.kernels.check.CollectiveChecks.Found;
import io.sparktron.kernels.check.KernelChecks;
import io.sparktron.kernels.check.KernelSpeeds;
import io.sparktron.kernels.check.ModelProduct;
import io.sparktron.kernels.check.Outcome;
import io.sparktron.kernels.check.Speed;
import io.sparktron.kernels.check.Stopwatch;
import io.sparktron.kernels.cuda.CudaGpu;
import io.sparktron.model.ModelConfig;
import io.sparktron.rank.GpuOffer;
import io.sparktron.rank.GpuUse;
import io.sparktron.rank.ThreadRanks;
import io.sparktron.rank.VisibleGpus;
import io.sparktron.tensor.DType;
import io.sparktron.tokens.InvalidInputException;
import io.sparktron.train.DeviceConfig;
import io.sparktron.train.Precision;
import java.io.Serializable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * Checks the GPUs of this machine: every kernel in three types against the oracle, the products of real models, collectives between all GPUs, a tiny training in three
 * precisions against processors; then how fast all that is against what the hardware can do.
 */
public final class GpuCheck {
    /** Ranks that do the same thing wait for each other no longer than one of them may take for a check. */
    private static final Duration TIME_LIMIT = Duration.ofMinutes(5);

    /** Tokens of a micro-batch, where time counts and where it does not. */
    private static final long ROWS = 8192;

    private static final long FEW_ROWS = 17;
    private static final int[] TENSOR_SIZES = {1, 2, 4, 8};
    private static final int SMALLEST_SHARE = 8;
    private static final long REDUCED = 64L << 20;

    /** A model name that begins so is of a test double, whose speed is nobody's. */
    private static final String PRETENDED = "Pretended";

    private final GpuCheckRequest request;
    private final DeviceConfig device;
    private final List<String> models;
    private final Consumer<String> progress;
    private final UnaryOperator<Kernels> between;

    /**
     * @param device processors stand in for GPUs in tests
     * @param models names of the devices that are checked
     * @param between what stands between the checks and the kernels; the identity except where a test plants a defect
     */
    GpuCheck(
            GpuCheckRequest request,
            DeviceConfig device,
            List<String> models,
            Consumer<String> progress,
            UnaryOperator<Kernels> between) {
        this.request = request;
        this.device = device;
        this.models = models;
        this.progress = progress;
        this.between = between;
    }

    /**
     * Checks the GPUs that this process sees.
     *
     * @param progress takes a line for people now and then
     * @throws InvalidInputException if there is no GPU, a library is missing or nothing is asked for, in one line that says what to install or set
     */
    public static GpuReport run(GpuCheckRequest request, Consumer<String> progress) {
        return run(request, progress, UnaryOperator.identity());
    }

    static GpuReport run(GpuCheckRequest request, Consumer<String> progress, UnaryOperator<Kernels> between) {
        List<String> models = visible().stream().map(CudaGpu::model).toList();
        int devices = request.devices().orElse(models.size());
        if (devices > models.size()) {
            throw new InvalidInputException("gpu-check.devices = " + devices + ", but this process sees "
                    + models.size() + "; legal: at most that");
        }
        models = models.subList(0, devices);
        boolean real = models.stream().noneMatch(model -> model.startsWith(PRETENDED));
        GpuCheckRequest possible = new GpuCheckRequest(
                request.devices(),
                request.only(),
                request.timing() && real && request.only().isEmpty());
        return new GpuCheck(possible, new DeviceConfig(DeviceConfig.Kind.CUDA, 1), models, progress, between).report();
    }

    private static List<CudaGpu> visible() {
        GpuOffer offer = VisibleGpus.offer(GpuUse.ALWAYS);
        if (offer instanceof GpuOffer.Shared here) {
            return here.gpus();
        }
        throw new InvalidInputException(((GpuOffer.None) offer).reason());
    }

    /** Every name that a check may have. */
    static List<String> names() {
        TreeSet<String> names = new TreeSet<>(List.of(GpuCheckRequest.COLLECTIVE, GpuCheckRequest.TRAINING));
        KernelChecks.of(DType.FLOAT32).forEach(check -> names.add(check.kernel()));
        return List.copyOf(names);
    }

    GpuReport report() {
        request.requireKnown(names());
        List<Outcome> outcomes = new ArrayList<>();
        for (Precision precision : Precision.values()) {
            progress.accept("kernels and products in " + precision);
            outcomes.addAll(kernels(precision));
        }
        if (request.asksFor(GpuCheckRequest.COLLECTIVE)) {
            progress.accept("collectives");
            outcomes.addAll(collectives());
        }
        if (request.asksFor(GpuCheckRequest.TRAINING)) {
            for (Precision precision : Precision.values()) {
                progress.accept("training in " + precision);
                outcomes.addAll(training(precision));
            }
        }
        List<Speed> speeds = new ArrayList<>();
        if (request.timing()) {
            for (Precision precision : Precision.values()) {
                progress.accept("speed in " + precision);
                SpeedWork work = new SpeedWork(KernelSpeeds.Scale.FULL, products(), REDUCED, Stopwatch.PATIENT);
                speeds.addAll(speeds(precision, work));
            }
        }
        return new GpuReport(models, outcomes, speeds);
    }

    List<Outcome> training(Precision precision) {
        Traces traces = new Traces(device);
        List<Outcome> outcomes = new ArrayList<>();
        for (ModelConfig model : Traces.MODELS) {
            outcomes.addAll(traces.check(model, precision, Traces.layouts(models.size())));
        }
        return outcomes;
    }

    private List<ModelProduct> products() {
        return request.timing() ? ModelProduct.of(ROWS, TENSOR_SIZES) : ModelProduct.of(FEW_ROWS, SMALLEST_SHARE);
    }

    /** What each device has found; the device is named where there are several. */
    List<Outcome> kernels(Precision precision) {
        List<ArrayList<Outcome>> devices = onEachDevice(precision, new KernelWork(request, products(), between));
        List<Outcome> outcomes = new ArrayList<>();
        for (int device = 0; device < devices.size(); device++) {
            String name = "GPU " + device;
            boolean several = devices.size() > 1;
            devices.get(device).forEach(outcome -> outcomes.add(several ? outcome.on(name) : outcome));
        }
        return outcomes;
    }

    List<Outcome> collectives() {
        List<ArrayList<Found>> ranks = onEachDevice(
                Precision.FP32, (on, context) -> CollectiveChecks.run(on.mesh().data(), on.queue()));
        return CollectiveChecks.merge(ranks);
    }

    List<Speed> speeds(Precision precision, SpeedWork work) {
        return slowest(onEachDevice(precision, work));
    }

    /**
     * Of several devices the slowest counts: a run goes at its pace.
     *
     * @param devices what each of them has measured, the same calls in the same order
     */
    static List<Speed> slowest(List<? extends List<Speed>> devices) {
        List<Speed> slowest = new ArrayList<>(devices.get(0));
        for (List<Speed> device : devices) {
            for (int i = 0; i < slowest.size(); i++) {
                if (device.get(i).seconds() > slowest.get(i).seconds()) {
                    slowest.set(i, device.get(i));
                }
            }
        }
        return slowest;
    }

    private <R extends Serializable> List<R> onEachDevice(Precision precision, DeviceProgram.Work<R> work) {
        return new ThreadRanks(TIME_LIMIT)
                .run(models.size(), new DeviceProgram<>(device, models.size(), precision, work), report -> {});
    }
}
