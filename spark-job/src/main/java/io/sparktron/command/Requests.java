package io.sparktron.command;

import io.sparktron.convert.ConvertRequest;
import io.sparktron.evaluate.EvaluateRequest;
import io.sparktron.generate.GenerateRequest;
import io.sparktron.generate.Sampling;
import io.sparktron.inspect.InspectRequest;
import io.sparktron.job.AcrossHosts;
import io.sparktron.job.HostSettings;
import io.sparktron.job.PortRange;
import io.sparktron.model.ModelConfig;
import io.sparktron.model.ModelRequest;
import io.sparktron.optimizer.AdamConfig;
import io.sparktron.optimizer.Schedule;
import io.sparktron.parallel.Layout;
import io.sparktron.plan.PlanRequest;
import io.sparktron.preflight.PreflightRequest;
import io.sparktron.prep.PrepSettings;
import io.sparktron.pretrain.PretrainRequest;
import io.sparktron.pretrain.RetryPolicy;
import io.sparktron.tokens.InvalidInputException;
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

    static PrepSettings prep(Settings settings) {
        return prep(settings, settings.get(Keys.PREP_INPUT), settings.get(Keys.PREP_OUTPUT));
    }

    static PrepSettings prep(Settings settings, List<String> input, String output) {
        return new PrepSettings(
                input,
                settings.get(Keys.PREP_FORMAT),
                settings.get(Keys.PREP_TEXT_FIELD),
                output,
                settings.get(Keys.PREP_SEQUENCE),
                settings.get(Keys.PREP_SEED),
                settings.get(Keys.PREP_MINIMUM_CHARACTERS),
                settings.get(Keys.PREP_VALIDATION_FRACTION),
                settings.get(Keys.PREP_TOKENIZER),
                settings.get(Keys.PREP_SAMPLES_PER_FILE));
    }

    static PretrainRequest pretrain(Settings settings, Layout layout) {
        TrainingConfig training = training(settings, layout);
        training.accumulation(layout);
        requireDivisible(settings, layout);
        boolean validates = settings.has(Keys.DATA_VALIDATION);
        int validateEvery = settings.find(Keys.VALIDATE_EVERY).orElse(validates ? 100 : 0);
        if (validateEvery > 0 && !validates) {
            throw new InvalidInputException(
                    "train.validate-every = " + validateEvery + ", must be 0 where data.validation is not set");
        }
        return new PretrainRequest(
                settings.get(Keys.RUN_DIR),
                settings.get(Keys.DATA_TRAIN),
                settings.find(Keys.DATA_VALIDATION),
                settings.find(Keys.INIT_FROM),
                model(settings),
                layout,
                training,
                device(settings),
                validateEvery,
                settings.get(Keys.VALIDATE_BATCHES),
                settings.get(Keys.CHECKPOINT_EVERY),
                settings.get(Keys.CHECKPOINT_KEEP),
                settings.get(Keys.SAVE_IN_BACKGROUND),
                checkReplicasEvery(settings),
                new RetryPolicy(settings.get(Keys.RETRIES), Duration.ofSeconds(settings.get(Keys.RETRY_WAIT))),
                settings.json(CommandName.PRETRAIN));
    }

    /** Whatever is missing, and what does not go together, is left for the report to tell. */
    static PreflightRequest preflight(Settings settings, Layout layout) {
        List<String> missing = Stream.of(Keys.RUN_DIR, Keys.DATA_TRAIN, Keys.STEPS)
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
        int microBatch = settings.get(Keys.MICRO_BATCH);
        return new PreflightRequest(
                settings.find(Keys.RUN_DIR),
                settings.find(Keys.DATA_TRAIN),
                settings.find(Keys.DATA_VALIDATION),
                settings.find(Keys.INIT_FROM),
                model(settings),
                layout,
                microBatch,
                settings.find(Keys.GLOBAL_BATCH).orElse(layout.data() * microBatch),
                device(settings),
                settings.find(Keys.ACROSS_HOSTS),
                settings.get(Keys.CHECKPOINT_KEEP),
                whole,
                missing,
                mistake,
                settings.get(Keys.PREFLIGHT_DEEP));
    }

    private static int checkReplicasEvery(Settings settings) {
        int checkpointEvery = settings.get(Keys.CHECKPOINT_EVERY);
        return settings.find(Keys.CHECK_REPLICAS_EVERY)
                .orElse(checkpointEvery > 0 ? checkpointEvery : CHECK_REPLICAS_EVERY_WITHOUT_CHECKPOINTS);
    }

    private static TrainingConfig training(Settings settings, Layout layout) {
        long steps = settings.get(Keys.STEPS);
        int microBatch = settings.get(Keys.MICRO_BATCH);
        return new TrainingConfig(
                steps,
                microBatch,
                settings.find(Keys.GLOBAL_BATCH).orElse(layout.data() * microBatch),
                settings.get(Keys.SEED),
                new AdamConfig(
                        settings.get(Keys.BETA1),
                        settings.get(Keys.BETA2),
                        settings.get(Keys.EPSILON),
                        settings.get(Keys.WEIGHT_DECAY),
                        settings.get(Keys.CLIP)),
                schedule(settings, steps));
    }

    private static Schedule schedule(Settings settings, long steps) {
        double peak = settings.get(Keys.PEAK);
        long warmupSteps = settings.find(Keys.WARMUP_STEPS).orElse(steps / 100);
        long decaySteps = settings.find(Keys.DECAY_STEPS).orElse(steps);
        return new Schedule(
                peak,
                settings.find(Keys.FLOOR).orElse(peak / 10),
                warmupSteps,
                settings.get(Keys.DECAY),
                decaySteps,
                settings.find(Keys.COOLDOWN_STEPS).orElse(Schedule.cooldown(warmupSteps, decaySteps)));
    }

    private static void requireDivisible(Settings settings, Layout layout) {
        settings.find(Keys.HEADS).ifPresent(heads -> {
            settings.find(Keys.HIDDEN).ifPresent(hidden -> ModelConfig.requireDivisible(hidden, heads));
            ModelConfig.requireWholeHeads(heads, layout);
        });
    }

    static EvaluateRequest evaluate(Settings settings, Layout layout) {
        return new EvaluateRequest(
                settings.get(Keys.CHECKPOINT),
                settings.get(Keys.DATA_VALIDATION),
                layout,
                settings.get(Keys.MICRO_BATCH),
                device(settings));
    }

    static GenerateRequest generate(Settings settings, Layout layout) {
        return new GenerateRequest(
                settings.get(Keys.CHECKPOINT),
                settings.get(Keys.PROMPT),
                settings.get(Keys.MAX_TOKENS),
                new Sampling(
                        settings.get(Keys.TEMPERATURE),
                        settings.get(Keys.TOP_K),
                        settings.get(Keys.TOP_P),
                        settings.get(Keys.GREEDY),
                        settings.get(Keys.GENERATE_SEED)),
                layout,
                device(settings));
    }

    static HostSettings hosts(Settings settings) {
        AcrossHosts unset =
                settings.get(Keys.DEVICE_KIND) == DeviceConfig.Kind.CUDA ? AcrossHosts.REFUSED : AcrossHosts.WARNED;
        return new HostSettings(
                settings.get(Keys.HOST_IDENTITY),
                settings.find(Keys.ACROSS_HOSTS)
                        .map(allowed -> allowed ? AcrossHosts.ACCEPTED : AcrossHosts.REFUSED)
                        .orElse(unset),
                settings.find(Keys.ADDRESS).orElse(null),
                settings.find(Keys.PORTS).orElse(PortRange.ANY),
                Duration.ofSeconds(settings.get(Keys.CONNECT_TIMEOUT)));
    }

    private static ModelRequest model(Settings settings) {
        return new ModelRequest(
                integer(settings, Keys.LAYERS),
                integer(settings, Keys.HIDDEN),
                integer(settings, Keys.HEADS),
                integer(settings, Keys.SEQUENCE),
                integer(settings, Keys.POSITIONS),
                integer(settings, Keys.VOCABULARY));
    }

    static PlanRequest plan(Settings settings, Layout layout, PlanRequest.Executor executor) {
        return new PlanRequest(
                model(settings),
                layout,
                settings.get(Keys.MICRO_BATCH),
                integer(settings, Keys.GLOBAL_BATCH),
                new PlanRequest.Executor(
                        executor.heap(),
                        Math.min(executor.ranks(), layout.ranks()),
                        settings.find(Keys.DEVICE_THREADS).orElse(executor.threads())));
    }

    static InspectRequest inspect(Settings settings) {
        Optional<Long> sample = settings.find(Keys.INSPECT_SAMPLE);
        return new InspectRequest(
                settings.get(Keys.INSPECT_PATH),
                sample.isPresent() ? OptionalLong.of(sample.get()) : OptionalLong.empty(),
                settings.get(Keys.INSPECT_STATISTICS));
    }

    static ConvertRequest convert(Settings settings) {
        return new ConvertRequest(
                settings.get(Keys.CONVERT_INPUT),
                settings.get(Keys.CONVERT_OUTPUT),
                settings.find(Keys.CONVERT_FORMAT),
                settings.find(Keys.CONVERT_TOKENIZER),
                integer(settings, Keys.CONVERT_END_OF_TEXT));
    }

    private static DeviceConfig device(Settings settings) {
        return new DeviceConfig(
                settings.get(Keys.DEVICE_KIND),
                settings.find(Keys.DEVICE_THREADS).orElse(DeviceConfig.SHARE_OF_HOST));
    }

    private static OptionalInt integer(Settings settings, Key<Integer> key) {
        return settings.find(key).map(OptionalInt::of).orElseGet(OptionalInt::empty);
    }
}
