package io.sparktron.command;

import io.sparktron.convert.ConvertRequest;
import io.sparktron.evaluate.EvaluateRequest;
import io.sparktron.generate.GenerateRequest;
import io.sparktron.generate.Sampling;
import io.sparktron.gpucheck.GpuCheckRequest;
import io.sparktron.inspect.InspectRequest;
import io.sparktron.job.AcrossHosts;
import io.sparktron.job.HostSettings;
import io.sparktron.job.PortRange;
import io.sparktron.model.Mode;
import io.sparktron.model.ModelConfig;
import io.sparktron.model.ModelRequest;
import io.sparktron.optimizer.AdamConfig;
import io.sparktron.optimizer.Schedule;
import io.sparktron.parallel.Layout;
import io.sparktron.plan.PlanRequest;
import io.sparktron.preflight.PreflightRequest;
import io.sparktron.pretrain.PretrainRequest;
import io.sparktron.pretrain.RetryPolicy;
import io.sparktron.tokens.InvalidInputException;
import io.sparktron.train.BatchRamp;
import io.sparktron.train.DeviceConfig;
import io.sparktron.train.TrainingConfig;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.stream.Stream;

/** Settings as the plain records of the other rooms. Whatever can be found wrong without a cluster is found here. */
final class Requests {
    private static final int CHECK_REPLICAS_EVERY_WITHOUT_CHECKPOINTS = 500;

    private Requests() {}

    /** What only training divides, too. */
    static Layout forTraining(Settings settings, Layout layout) {
        return new Layout(
                layout.tensor(),
                layout.data(),
                settings.get(ModelKeys.SEQUENCE_PARALLEL),
                settings.get(ModelKeys.OPTIMIZER_SHARDING));
    }

    static PretrainRequest pretrain(Settings settings, Layout layout) {
        TrainingConfig training = training(settings, layout);
        training.accumulation(layout);
        requireDivisible(settings, layout);
        boolean validates = settings.has(PrepKeys.DATA_VALIDATION);
        int validateEvery = settings.find(TrainKeys.VALIDATE_EVERY).orElse(validates ? 100 : 0);
        if (validateEvery > 0 && !validates) {
            throw new InvalidInputException(
                    "train.validate-every = " + validateEvery + ", must be 0 where data.validation is not set");
        }
        return new PretrainRequest(
                settings.get(JobKeys.RUN_DIR),
                settings.get(PrepKeys.DATA_TRAIN),
                settings.find(PrepKeys.DATA_VALIDATION),
                settings.find(TrainKeys.INIT_FROM),
                model(settings),
                layout,
                training,
                device(settings),
                validateEvery,
                settings.get(TrainKeys.VALIDATE_BATCHES),
                settings.get(TrainKeys.CHECKPOINT_EVERY),
                settings.get(TrainKeys.CHECKPOINT_KEEP),
                settings.get(TrainKeys.SAVE_IN_BACKGROUND),
                checkReplicasEvery(settings),
                new RetryPolicy(settings.get(JobKeys.RETRIES), Duration.ofSeconds(settings.get(JobKeys.RETRY_WAIT))),
                settings.json(CommandName.PRETRAIN));
    }

    /** Whatever is missing, and what does not go together, is left for the report to tell. */
    static PreflightRequest preflight(Settings settings, Layout layout) {
        List<String> missing = Stream.of(JobKeys.RUN_DIR, PrepKeys.DATA_TRAIN, TrainKeys.STEPS)
                .filter(key -> !settings.has(key))
                .map(Key::name)
                .toList();
        Optional<PretrainRequest> whole = Optional.empty();
        String mistake = "";
        if (missing.isEmpty()) {
            try {
                whole = Optional.of(pretrain(settings, layout));
            } catch (InvalidInputException e) {
                mistake = e.getMessage();
            }
        }
        int microBatch = settings.get(TrainKeys.MICRO_BATCH);
        return new PreflightRequest(
                settings.find(JobKeys.RUN_DIR),
                settings.find(PrepKeys.DATA_TRAIN),
                settings.find(PrepKeys.DATA_VALIDATION),
                settings.find(TrainKeys.INIT_FROM),
                model(settings),
                layout,
                microBatch,
                settings.find(TrainKeys.GLOBAL_BATCH).orElseGet(() -> TrainingConfig.oneEach(layout, microBatch)),
                mode(settings),
                settings.get(TrainKeys.PRECISION),
                device(settings),
                settings.find(ModelKeys.ACROSS_HOSTS),
                settings.get(TrainKeys.CHECKPOINT_KEEP),
                whole,
                missing,
                mistake,
                settings.get(ToolKeys.PREFLIGHT_DEEP));
    }

    private static int checkReplicasEvery(Settings settings) {
        int checkpointEvery = settings.get(TrainKeys.CHECKPOINT_EVERY);
        return settings.find(TrainKeys.CHECK_REPLICAS_EVERY)
                .orElse(checkpointEvery > 0 ? checkpointEvery : CHECK_REPLICAS_EVERY_WITHOUT_CHECKPOINTS);
    }

    private static TrainingConfig training(Settings settings, Layout layout) {
        long steps = settings.get(TrainKeys.STEPS);
        int microBatch = settings.get(TrainKeys.MICRO_BATCH);
        return new TrainingConfig(
                steps,
                microBatch,
                settings.find(TrainKeys.GLOBAL_BATCH).orElseGet(() -> TrainingConfig.oneEach(layout, microBatch)),
                settings.get(TrainKeys.SEED),
                new AdamConfig(
                        settings.get(TrainKeys.BETA1),
                        settings.get(TrainKeys.BETA2),
                        settings.get(TrainKeys.EPSILON),
                        settings.get(TrainKeys.WEIGHT_DECAY),
                        settings.get(TrainKeys.CLIP)),
                schedule(settings, steps),
                batchRamp(settings),
                settings.get(ModelKeys.DROPOUT),
                settings.get(TrainKeys.RECOMPUTE),
                settings.get(TrainKeys.PRECISION),
                LossScaleSettings.of(settings));
    }

    /** All of it that decides on memory. */
    private static Mode mode(Settings settings) {
        return Mode.training(settings.get(ModelKeys.DROPOUT), settings.get(TrainKeys.RECOMPUTE), 0);
    }

    private static BatchRamp batchRamp(Settings settings) {
        List<Key<?>> keys = List.of(TrainKeys.RAMP_START, TrainKeys.RAMP_INCREMENT, TrainKeys.RAMP_SAMPLES);
        List<String> given = keys.stream().filter(settings::has).map(Key::name).toList();
        if (given.isEmpty()) {
            return BatchRamp.NONE;
        }
        for (Key<?> key : keys) {
            if (!settings.has(key)) {
                throw new InvalidInputException(
                        key.name() + " is not set, but " + String.join(" and ", given) + "; legal: all three, or none");
            }
        }
        return new BatchRamp(
                settings.get(TrainKeys.RAMP_START),
                settings.get(TrainKeys.RAMP_INCREMENT),
                settings.get(TrainKeys.RAMP_SAMPLES));
    }

    private static Schedule schedule(Settings settings, long steps) {
        double peak = settings.get(TrainKeys.PEAK);
        long warmupSteps = settings.find(TrainKeys.WARMUP_STEPS).orElse(steps / 100);
        long decaySteps = settings.find(TrainKeys.DECAY_STEPS).orElse(steps);
        return new Schedule(
                peak,
                settings.find(TrainKeys.FLOOR).orElse(peak / 10),
                warmupSteps,
                settings.get(TrainKeys.DECAY),
                decaySteps,
                settings.find(TrainKeys.COOLDOWN_STEPS).orElse(Schedule.cooldown(warmupSteps, decaySteps)));
    }

    private static void requireDivisible(Settings settings, Layout layout) {
        settings.find(ModelKeys.HEADS).ifPresent(heads -> {
            settings.find(ModelKeys.HIDDEN).ifPresent(hidden -> ModelConfig.requireDivisible(hidden, heads));
            ModelConfig.requireWholeHeads(heads, layout);
        });
        settings.find(ModelKeys.SEQUENCE).ifPresent(sequence -> ModelConfig.requireWholeShares(sequence, layout));
    }

    static EvaluateRequest evaluate(Settings settings, Layout layout) {
        return new EvaluateRequest(
                settings.get(ToolKeys.CHECKPOINT),
                settings.get(PrepKeys.DATA_VALIDATION),
                layout,
                settings.get(TrainKeys.MICRO_BATCH),
                device(settings));
    }

    static GenerateRequest generate(Settings settings, Layout layout) {
        return new GenerateRequest(
                settings.get(ToolKeys.CHECKPOINT),
                settings.get(ToolKeys.PROMPT),
                settings.get(ToolKeys.MAX_TOKENS),
                new Sampling(
                        settings.get(ToolKeys.TEMPERATURE),
                        settings.get(ToolKeys.TOP_K),
                        settings.get(ToolKeys.TOP_P),
                        settings.get(ToolKeys.GREEDY),
                        settings.get(ToolKeys.GENERATE_SEED)),
                layout,
                device(settings));
    }

    static HostSettings hosts(Settings settings) {
        return new HostSettings(
                settings.get(JobKeys.HOST_IDENTITY),
                settings.find(ModelKeys.ACROSS_HOSTS)
                        .map(allowed -> allowed ? AcrossHosts.ACCEPTED : AcrossHosts.REFUSED)
                        .orElse(AcrossHosts.WARNED),
                settings.find(JobKeys.ADDRESS).orElse(null),
                settings.find(JobKeys.PORTS).orElse(PortRange.ANY),
                Duration.ofSeconds(settings.get(JobKeys.CONNECT_TIMEOUT)));
    }

    private static ModelRequest model(Settings settings) {
        return new ModelRequest(
                settings.find(ModelKeys.FAMILY),
                integer(settings, ModelKeys.LAYERS),
                integer(settings, ModelKeys.HIDDEN),
                integer(settings, ModelKeys.HEADS),
                integer(settings, ModelKeys.SEQUENCE),
                integer(settings, ModelKeys.POSITIONS),
                integer(settings, ModelKeys.VOCABULARY),
                settings.find(ModelKeys.LAYER_ORDER));
    }

    static PlanRequest plan(Settings settings, Layout layout, PlanRequest.Executor executor) {
        return new PlanRequest(
                model(settings),
                layout,
                settings.get(TrainKeys.MICRO_BATCH),
                integer(settings, TrainKeys.GLOBAL_BATCH),
                batchRamp(settings),
                mode(settings),
                settings.get(TrainKeys.PRECISION),
                settings.get(JobKeys.DEVICE_KIND),
                new PlanRequest.Executor(
                        executor.heap(),
                        Math.min(executor.ranks(), layout.ranks()),
                        settings.find(JobKeys.DEVICE_THREADS).orElse(executor.threads())));
    }

    static InspectRequest inspect(Settings settings) {
        Optional<Long> sample = settings.find(ToolKeys.INSPECT_SAMPLE);
        return new InspectRequest(
                settings.get(ToolKeys.INSPECT_PATH),
                sample.isPresent() ? OptionalLong.of(sample.get()) : OptionalLong.empty(),
                settings.get(ToolKeys.INSPECT_STATISTICS));
    }

    static GpuCheckRequest gpuCheck(Settings settings) {
        return new GpuCheckRequest(
                integer(settings, ToolKeys.GPU_CHECK_DEVICES),
                settings.find(ToolKeys.GPU_CHECK_ONLY).orElse(List.of()),
                settings.get(ToolKeys.GPU_CHECK_TIMING));
    }

    static ConvertRequest convert(Settings settings) {
        return new ConvertRequest(
                settings.get(ToolKeys.CONVERT_INPUT),
                settings.get(ToolKeys.CONVERT_OUTPUT),
                settings.find(ToolKeys.CONVERT_FORMAT),
                settings.find(ToolKeys.CONVERT_TOKENIZER),
                integer(settings, ToolKeys.CONVERT_END_OF_TEXT));
    }

    private static DeviceConfig device(Settings settings) {
        return new DeviceConfig(
                settings.get(JobKeys.DEVICE_KIND),
                settings.find(JobKeys.DEVICE_THREADS).orElse(DeviceConfig.SHARE_OF_HOST),
                settings.get(JobKeys.REPRODUCIBLE));
    }

    private static OptionalInt integer(Settings settings, Key<Integer> key) {
        return settings.find(key).map(OptionalInt::of).orElseGet(OptionalInt::empty);
    }
}
